//! Signing in by password.

use std::sync::Arc;

use secrecy::SecretString;
use serde_json::Value;
use tokio::sync::SemaphorePermit;

use super::next_step::NextStep;
use crate::{
    attempts::{Attempts, lockout},
    exception::{Exception, Kind, disabled, incorrect, no_such_user},
    gate::Gate,
    name::Subject,
    pool::Pool,
    store::Counter,
    user::User,
};

/// Signs a user in, or tells why not. A name that nobody has costs and counts as a wrong password.
pub(super) async fn by_password(
    pool: &Arc<Pool>,
    username: &str,
    password: SecretString,
) -> Result<Value, Exception> {
    let attempt = Attempt::admitted(pool, username).await?;
    let stored = attempt.user.as_ref().map(|user| user.password_hash.clone());
    let right = pool.hasher.verify(password, stored).await?;
    match &attempt.user {
        None if !pool.client.hides_existence() => Err(no_such_user()),
        Some(user) if right && !user.enabled => Err(disabled()),
        Some(user) if right => go_on(pool, user, &attempt).await,
        None | Some(_) => Err(failed(pool, attempt).await),
    }
}

/// A try of a password that the lockout allows.
struct Attempt<'a> {
    user: Option<User>,
    subject: Subject,
    failures: Attempts,
    /// Held until the outcome is counted.
    _place: Option<SemaphorePermit<'a>>,
}

impl<'a> Attempt<'a> {
    /// Waits for a place among the tries under way, and looks again after waiting.
    async fn admitted(pool: &'a Pool, username: &str) -> Result<Self, Exception> {
        let name = pool.name(username);
        let (mut place, mut weight) = (None, 0);
        loop {
            let (state, now) = (pool.store.read()?, pool.now());
            let user = pool.visible(state.find(&name)?);
            let subject = pool.subject(&name, user.as_ref());
            let failures = state.attempts(Counter::FailedPasswords, &subject)?;
            if lockout::is_locked(failures, now) {
                return Err(Kind::NotAuthorized.because("Password attempts exceeded"));
            }
            let needed = Gate::weight(lockout::counted(failures, now));
            if needed <= weight {
                return Ok(Self { user, subject, failures, _place: place });
            }
            drop(place);
            place = pool.gate.enter(&subject, needed).await;
            weight = needed;
        }
    }
}

/// Counts a wrong password. A name that nobody has is counted too, at the same cost.
async fn failed(pool: &Pool, attempt: Attempt<'_>) -> Exception {
    let Attempt { subject, _place, .. } = attempt;
    let now = pool.now();
    let counted = pool.store.write(move |change| {
        let failures = change.attempts(Counter::FailedPasswords, &subject)?;
        Ok(change.put_attempts(
            Counter::FailedPasswords,
            &subject,
            lockout::failed(failures, now),
        )?)
    });
    counted.await.err().unwrap_or_else(incorrect)
}

/// Takes the step after a right password. What is stored of it and the end of the count of failures
/// are one write.
async fn go_on(pool: &Arc<Pool>, user: &User, attempt: &Attempt<'_>) -> Result<Value, Exception> {
    // Made before they are promised.
    pool.keys().await?;
    let (sub, verified) = (user.sub.clone(), user.password_hash.clone());
    let forgiven = (attempt.failures != Attempts::NONE).then(|| attempt.subject.clone());
    let (context, now) = (Arc::clone(pool), pool.now());
    let next = pool
        .store
        .write(move |change| {
            // The password that was right may be another's, or nobody's, by now.
            let user = change.user(&sub)?.filter(|user| user.password_hash == verified);
            let user = user.ok_or_else(incorrect)?;
            if !user.enabled {
                return Err(disabled());
            }
            let next = NextStep::after_password((&context, change, now), user)?;
            if let Some(subject) = forgiven {
                change.put_attempts(Counter::FailedPasswords, &subject, Attempts::NONE)?;
            }
            Ok(next)
        })
        .await?;
    next.answer(pool).await
}
