use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::{
    attempts::quota,
    bearer::Bearer,
    constraint::{PASSWORD, TOKEN},
    exception::{Exception, incorrect, limit_exceeded},
    fields::Fields,
    gate::Gate,
    name::Subject,
    password_policy::{self, Wording},
    pool::Pool,
    store::Counter,
};

struct Input {
    previous: Option<SecretString>,
    proposed: SecretString,
    token: SecretString,
}

impl Input {
    fn read(mut fields: Fields) -> Result<Self, Exception> {
        let input = Self {
            previous: fields.optional("PreviousPassword", &PASSWORD)?.map(Into::into),
            proposed: fields.required_secret("ProposedPassword", &PASSWORD)?,
            token: fields.required_secret("AccessToken", &TOKEN)?,
        };
        fields.finish().map(|()| input)
    }
}

/// Sets a new password for users who know their present one. Logins go on, but not a sign-in that the
/// password before began.
pub(super) async fn run(pool: &Arc<Pool>, fields: Fields) -> Result<Value, Exception> {
    let input = Input::read(fields)?;
    let bearer = Bearer::read(pool, &input.token).await?;
    let subject = Subject::User(bearer.user_in(&pool.store.read()?)?.sub);
    let policy = pool.settings.password_policy();
    // EXPOSE: the policy is about the characters of the password.
    password_policy::check(&policy, input.proposed.expose_secret(), Wording::Replacement)?;
    // Every user here has a password; without one AWS asks for none.
    let previous = input.previous.ok_or_else(incorrect)?;

    // One try at a time, so that tries at the same time do not outrun the quota.
    let _place = pool.gate.enter(&subject, Gate::weight(u32::MAX)).await;
    let (state, now) = (pool.store.read()?, pool.now());
    let user = bearer.user_in(&state)?;
    let spent = state.attempts(Counter::PasswordChanges, &subject)?;
    let spent = quota::spend(spent, quota::CHANGE_PASSWORD, now).ok_or_else(limit_exceeded)?;
    let tried = user.password_hash;
    let right = pool.hasher.verify(previous, Some(tried.clone())).await?;
    let new = if right { Some(pool.hasher.hash(input.proposed).await?) } else { None };
    pool.store
        .write(move |change| {
            change.put_attempts(Counter::PasswordChanges, &subject, spent)?;
            let mut user = bearer.user(change)?;
            match new {
                Some(hash) if user.password_hash == tried => user.password_hash = hash,
                Some(_) | None => return Err(incorrect()),
            }
            user.modified = now;
            change.forget_old_password(&user.sub)?;
            Ok(change.put_user(&user)?)
        })
        .await?;
    Ok(json!({}))
}
