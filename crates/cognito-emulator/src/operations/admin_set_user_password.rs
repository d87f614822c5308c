use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::{
    constraint::{PASSWORD, USER_POOL_ID, USERNAME},
    exception::{Exception, no_such_user},
    fields::Fields,
    password_policy::{self, Wording},
    pool::Pool,
    user::UserStatus,
};

/// Gives a user another password: for good, or one that the user must change. Logins go on, but not
/// a sign-in that the password before began.
pub(super) async fn run(pool: &Pool, mut fields: Fields) -> Result<Value, Exception> {
    let pool_id = fields.required("UserPoolId", &USER_POOL_ID)?;
    let username = fields.required("Username", &USERNAME)?;
    let password = fields.required_secret("Password", &PASSWORD)?;
    let permanent = fields.boolean("Permanent")?.unwrap_or_default();
    fields.finish()?;

    pool.check_pool(&pool_id)?;
    let name = pool.name(&username);
    pool.store.read()?.find(&name)?.ok_or_else(no_such_user)?;
    let policy = pool.settings.password_policy();
    // EXPOSE: the policy is about the characters of the password.
    password_policy::check(&policy, password.expose_secret(), Wording::Replacement)?;
    let hash = pool.hasher.hash(password).await?;
    let now = pool.now();
    let until = pool.temporary_until(now);
    pool.store
        .write(move |change| {
            let mut user = change.find(&name)?.ok_or_else(no_such_user)?;
            user.password_hash = hash;
            user.status =
                if permanent { UserStatus::Confirmed } else { UserStatus::ForceChangePassword };
            user.temporary_password_expires = (!permanent).then_some(until);
            user.sign_up_code = None;
            user.modified = now;
            change.forget_old_password(&user.sub)?;
            Ok(change.put_user(&user)?)
        })
        .await?;
    Ok(json!({}))
}
