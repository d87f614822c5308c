use std::sync::Arc;

use serde_json::Value;

use super::{
    account::{Account, counted_user},
    delivery::mailed,
};
use crate::{
    attempts::quota,
    exception::{Exception, Kind, disabled},
    fields::Fields,
    pool::Pool,
    store::Counter,
    user::{User, UserStatus},
};

const QUOTA: (Counter, u32) = (Counter::Resends, quota::RESEND_CONFIRMATION_CODE);

/// Mails a new sign-up code, which makes the one before it useless.
pub(super) async fn run(pool: &Arc<Pool>, fields: Fields) -> Result<Value, Exception> {
    let username = Account::alone(fields)?.username(pool)?;
    if !pool.settings.verifies_email() {
        return Err(
            Kind::InvalidParameter.because("Cannot resend codes. Auto verification not turned on.")
        );
    }

    let (name, now) = (pool.name(&username), pool.now());
    let context = Arc::clone(pool);
    let sent = pool
        .store
        .write(move |change| {
            let pool = &context;
            let user = counted_user(pool, change, &name, QUOTA, now)?;
            let Some((mut user, address)) = addressee(pool, user)? else { return Ok(None) };
            let (code, stored) = pool.new_sign_up_code(&user.sub, now);
            user.sign_up_code = Some(stored);
            change.put_user(&user)?;
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
    if user.status != UserStatus::Unconfirmed {
        if pool.client.hides_existence() {
            return Ok(None);
        }
        return Err(Kind::InvalidParameter.because("User is already confirmed."));
    }
    let address = user.email().map(str::to_owned);
    Ok(address.map(|address| (user, address)))
}
