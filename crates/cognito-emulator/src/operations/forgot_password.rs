use std::sync::Arc;

use serde_json::Value;

use super::{
    account::{Account, counted_user},
    delivery::mailed,
};
use crate::{
    attempts::quota,
    code::{Purpose, RESET_LIFETIME},
    exception::{Exception, Kind, disabled},
    fields::Fields,
    pool::Pool,
    store::Counter,
    user::{User, UserStatus},
};

const QUOTA: (Counter, u32) = (Counter::PasswordResets, quota::FORGOT_PASSWORD);

/// Mails a code that allows to set a new password. Whoever gets no mail sees the same answer, if the
/// client may not know who has an account.
pub(super) async fn run(pool: &Arc<Pool>, fields: Fields) -> Result<Value, Exception> {
    let username = Account::alone(fields)?.username(pool)?;
    let (name, now) = (pool.name(&username), pool.now());
    let context = Arc::clone(pool);
    let sent = pool
        .store
        .write(move |change| {
            let pool = &context;
            let user = counted_user(pool, change, &name, QUOTA, now)?;
            let Some((user, address)) = addressee(pool, user)? else { return Ok(None) };
            let (code, stored) = pool.new_code(&user.sub, RESET_LIFETIME, now);
            change.put_code(Purpose::PasswordReset, &user.sub, &stored)?;
            Ok(Some((address, code)))
        })
        .await?;
    Ok(mailed(pool, &username, sent))
}

/// The user who gets a code, and where; nobody if that must not be told.
fn addressee(pool: &Pool, user: Option<User>) -> Result<Option<(User, String)>, Exception> {
    let Some(user) = user else { return Ok(None) };
    if !user.enabled {
        return Err(disabled());
    }
    if user.status == UserStatus::ForceChangePassword {
        return Err(
            Kind::NotAuthorized.because("User password cannot be reset in the current state.")
        );
    }
    let verified = user.has_verified_email();
    match user.email().map(str::to_owned) {
        Some(address) if verified => Ok(Some((user, address))),
        _ if pool.client.hides_existence() => Ok(None),
        _ => Err(Kind::InvalidParameter.because(
            "Cannot reset password for the user as there is no registered/verified email or phone_number",
        )),
    }
}
