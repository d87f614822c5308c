use std::sync::Arc;

use secrecy::SecretString;
use serde_json::{Value, json};

use super::account::{Account, counted_user};
use crate::{
    attempts::quota,
    code::Verdict,
    constraint::CONFIRMATION_CODE,
    exception::{Exception, cannot_confirm, code_expired, code_mismatch, disabled},
    fields::Fields,
    pool::Pool,
    store::Counter,
    time::Moment,
    user::{User, UserStatus},
};

const QUOTA: (Counter, u32) = (Counter::Confirmations, quota::CONFIRM_SIGN_UP);

struct Input {
    account: Account,
    code: SecretString,
}

impl Input {
    fn read(mut fields: Fields) -> Result<Self, Exception> {
        let input = Self {
            account: Account::read(&mut fields)?,
            code: fields.required_secret("ConfirmationCode", &CONFIRMATION_CODE)?,
        };
        fields.boolean("ForceAliasCreation")?;
        fields.unused(&["ClientMetadata"], &["AnalyticsMetadata", "UserContextData"])?;
        fields.finish().map(|()| input)
    }
}

/// Confirms a user by the code that was mailed.
pub(super) async fn run(pool: &Arc<Pool>, fields: Fields) -> Result<Value, Exception> {
    let input = Input::read(fields)?;
    let username = input.account.username(pool)?;

    let (name, now) = (pool.name(&username), pool.now());
    let context = Arc::clone(pool);
    pool.store
        .write(move |change| {
            let pool = &context;
            let user = counted_user(pool, change, &name, QUOTA, now)?;
            let user = confirmed(pool, user.ok_or_else(code_mismatch)?, &input.code, now)?;
            Ok(change.put_user(&user)?)
        })
        .await?;
    Ok(json!({}))
}

/// The user after a right code.
fn confirmed(
    pool: &Pool,
    mut user: User,
    code: &SecretString,
    now: Moment,
) -> Result<User, Exception> {
    if !user.enabled {
        return Err(disabled());
    }
    if user.status != UserStatus::Unconfirmed {
        return Err(cannot_confirm(user.status.name()));
    }
    let verdict = user
        .sign_up_code
        .as_ref()
        .map_or(Verdict::Expired, |stored| stored.judge(pool.digest_key(), &user.sub, code, now));
    match verdict {
        Verdict::Right => {}
        Verdict::Wrong => return Err(code_mismatch()),
        Verdict::Expired => return Err(code_expired()),
    }
    user.status = UserStatus::Confirmed;
    user.modified = now;
    user.sign_up_code = None;
    if let Some(verified) = user.attributes.get_mut("email_verified") {
        "true".clone_into(verified);
    }
    Ok(user)
}
