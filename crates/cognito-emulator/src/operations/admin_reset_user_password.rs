use std::sync::Arc;

use serde_json::{Value, json};

use super::user_of_pool::UserOfPool;
use crate::{
    code::{Purpose, RESET_LIFETIME},
    exception::{Exception, Kind, disabled, no_such_user},
    fields::Fields,
    pool::Pool,
    user::UserStatus,
};

/// Makes a user's password useless, also in a sign-in that it began, and mails a code to set another
/// with.
pub(super) async fn run(pool: &Arc<Pool>, mut fields: Fields) -> Result<Value, Exception> {
    let user = UserOfPool::read(&mut fields)?;
    fields.unused(&["ClientMetadata"], &[])?;
    fields.finish()?;

    let (name, now) = (user.name(pool)?, pool.now());
    let context = Arc::clone(pool);
    let (address, code) = pool
        .store
        .write(move |change| {
            let mut user = change.find(&name)?.ok_or_else(no_such_user)?;
            if !user.enabled {
                return Err(disabled());
            }
            match user.status {
                UserStatus::Confirmed | UserStatus::ResetRequired => {}
                UserStatus::Unconfirmed | UserStatus::ForceChangePassword => {
                    return Err(Kind::NotAuthorized
                        .because("User password cannot be reset in the current state."));
                }
            }
            let verified = user.has_verified_email();
            let Some(address) = user.email().filter(|_| verified).map(str::to_owned) else {
                return Err(Kind::InvalidParameter.because(
                    "Cannot reset password for the user as there is no registered/verified email or phone_number",
                ));
            };
            let (code, stored) = context.new_code(&user.sub, RESET_LIFETIME, now);
            user.status = UserStatus::ResetRequired;
            user.modified = now;
            change.put_code(Purpose::PasswordReset, &user.sub, &stored)?;
            change.drop_sessions(&user.sub)?;
            change.put_user(&user)?;
            Ok((address, code))
        })
        .await?;
    pool.mail(address, code);
    Ok(json!({}))
}
