//! Signing in by password.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tokio::{sync::SemaphorePermit, task::spawn_blocking};

use crate::{
    attempts::{Attempts, lockout},
    exception::{Exception, Kind, disabled, incorrect, no_such_user},
    gate::Gate,
    ids,
    name::Subject,
    pool::{Pool, rng},
    store::Counter,
    tokens::{Claims, Login, refresh_token, refresh_token_digest},
    user::{User, UserStatus},
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
        Some(user) if right => match user.status {
            _ if !user.enabled => Err(disabled()),
            UserStatus::Unconfirmed => {
                Err(Kind::UserNotConfirmed.because("User is not confirmed."))
            }
            UserStatus::ResetRequired => {
                Err(Kind::PasswordResetRequired.because("Password reset required for the user"))
            }
            UserStatus::ForceChangePassword => Err(temporary(user, pool)),
            UserStatus::Confirmed => signed_in(pool, user, &attempt).await,
        },
        None | Some(_) => Err(failed(pool, attempt).await),
    }
}

/// A temporary password leads to a challenge, which is not built.
fn temporary(user: &User, pool: &Pool) -> Exception {
    if user.temporary_password_expires.is_some_and(|until| pool.now() >= until) {
        return Kind::NotAuthorized
            .because("Temporary password has expired and must be reset by an administrator.");
    }
    Kind::UnsupportedOperation.because("NEW_PASSWORD_REQUIRED is not emulated.")
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

/// Issues tokens. What is stored of the login and the end of the count of failures are one write.
async fn signed_in(
    pool: &Arc<Pool>,
    user: &User,
    attempt: &Attempt<'_>,
) -> Result<Value, Exception> {
    let (rng, now) = (&mut rng(), pool.now());
    let login = Login {
        sub: user.sub.clone(),
        client_id: pool.client_id.clone(),
        origin_jti: ids::uuid(rng),
        event_id: ids::uuid(rng),
        auth_time: now,
        expires: now.after(pool.client.refresh_token_lifetime()),
        revoked: false,
    };
    let claims = Claims::new(user, &login, &pool.issuer(), &pool.client, now, rng);
    let refresh_token = refresh_token(rng);
    let keys = pool.keys().await?;
    let (access_token, id_token) = spawn_blocking(move || claims.sign(&keys)).await??;

    let digest = refresh_token_digest(&refresh_token);
    let forgiven = (attempt.failures != Attempts::NONE).then(|| attempt.subject.clone());
    pool.store
        .write(move |change| {
            if let Some(subject) = forgiven {
                change.put_attempts(Counter::FailedPasswords, &subject, Attempts::NONE)?;
            }
            Ok(change.put_login(&digest, &login)?)
        })
        .await?;
    Ok(json!({
        "AuthenticationResult": {
            "AccessToken": access_token,
            "ExpiresIn": pool.client.access_token_lifetime().as_secs(),
            "IdToken": id_token,
            // EXPOSE: the caller is who it is for.
            "RefreshToken": refresh_token.expose_secret(),
            "TokenType": "Bearer",
        },
        "ChallengeParameters": {},
    }))
}
