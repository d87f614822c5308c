use serde_json::{Value, json};

use crate::{
    constraint::{USER_POOL_ID, USERNAME},
    exception::{Exception, cannot_confirm, no_such_user},
    fields::Fields,
    pool::Pool,
    user::UserStatus,
};

/// Confirms a user without a code. The address stays unverified, since nobody proved it.
pub(super) async fn run(pool: &Pool, mut fields: Fields) -> Result<Value, Exception> {
    let pool_id = fields.required("UserPoolId", &USER_POOL_ID)?;
    let username = fields.required("Username", &USERNAME)?;
    fields.unused(&["ClientMetadata"], &[])?;
    fields.finish()?;

    pool.check_pool(&pool_id)?;
    let (name, now) = (pool.name(&username), pool.now());
    pool.store
        .write(move |change| {
            let mut user = change.find(&name)?.ok_or_else(no_such_user)?;
            if user.status != UserStatus::Unconfirmed {
                return Err(cannot_confirm(user.status.name()));
            }
            user.status = UserStatus::Confirmed;
            user.modified = now;
            user.sign_up_code = None;
            Ok(change.put_user(&user)?)
        })
        .await?;
    Ok(json!({}))
}
