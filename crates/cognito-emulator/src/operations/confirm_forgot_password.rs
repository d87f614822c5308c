use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::account::{Account, counted_user};
use crate::{
    attempts::{Attempts, quota},
    code::Purpose,
    constraint::{CONFIRMATION_CODE, PASSWORD},
    exception::{Exception, code_mismatch, disabled},
    fields::Fields,
    name::{SignInName, Subject},
    password_policy::{self, Wording},
    pool::Pool,
    store::{Change, Counter},
    time::Moment,
    user::UserStatus,
};

const QUOTA: (Counter, u32) = (Counter::PasswordResetConfirmations, quota::CONFIRM_FORGOT_PASSWORD);

struct Input {
    account: Account,
    code: SecretString,
    password: SecretString,
}

impl Input {
    fn read(mut fields: Fields) -> Result<Self, Exception> {
        let input = Self {
            account: Account::read(&mut fields)?,
            code: fields.required_secret("ConfirmationCode", &CONFIRMATION_CODE)?,
            password: fields.required_secret("Password", &PASSWORD)?,
        };
        fields.unused(&["ClientMetadata"], &["AnalyticsMetadata", "UserContextData"])?;
        fields.finish().map(|()| input)
    }
}

/// Sets a new password by the code that was mailed. Who was locked out for wrong passwords may try
/// again; logins go on, but not a sign-in that the password before began.
pub(super) async fn run(pool: &Arc<Pool>, fields: Fields) -> Result<Value, Exception> {
    let input = Input::read(fields)?;
    let username = input.account.username(pool)?;
    let policy = pool.settings.password_policy();
    // EXPOSE: the policy is about the characters of the password.
    password_policy::check(&policy, input.password.expose_secret(), Wording::Replacement)?;

    // Hashed before the code is looked at, so that a wrong one costs the same time.
    let password_hash = pool.hasher.hash(input.password).await?;
    let (name, now) = (pool.name(&username), pool.now());
    let context = Arc::clone(pool);
    pool.store
        .write(move |change| reset(&context, change, &name, &input.code, password_hash, now))
        .await?;
    Ok(json!({}))
}

fn reset(
    pool: &Pool,
    change: &Change,
    name: &SignInName,
    code: &SecretString,
    password_hash: String,
    now: Moment,
) -> Result<(), Exception> {
    let user = counted_user(pool, change, name, QUOTA, now)?;
    let mut user = user.ok_or_else(code_mismatch)?;
    if !user.enabled {
        return Err(disabled());
    }
    change.spend_code(pool.digest_key(), Purpose::PasswordReset, &user.sub, code, now)?;
    change.forget_old_password(&user.sub)?;
    user.password_hash = password_hash;
    user.temporary_password_expires = None;
    user.status = UserStatus::Confirmed;
    user.modified = now;
    change.put_user(&user)?;
    let subject = Subject::User(user.sub);
    Ok(change.put_attempts(Counter::FailedPasswords, &subject, Attempts::NONE)?)
}
