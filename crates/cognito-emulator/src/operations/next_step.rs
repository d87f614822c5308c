//! What comes after a step of signing in: another challenge, or tokens.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::{authentication_result::authentication_result, put};
use crate::{
    exception::{Exception, Kind},
    login::Login,
    pool::{Pool, rng},
    session::{Session, Step},
    software_token::SOFTWARE_TOKEN_MFA,
    store::Change,
    time::Moment,
    tokens::{refresh_token, token_digest},
    user::{User, UserStatus},
};

/// The next step of a sign-in. What it needs is stored when it is made.
pub(super) enum NextStep {
    Challenge { name: &'static str, parameters: Value, session: SecretString },
    Tokens { user: Box<User>, login: Box<Login>, refresh_token: SecretString },
}

/// Where a change happens: the pool, the change, the moment.
pub(super) type At<'a> = (&'a Pool, &'a Change, Moment);

impl NextStep {
    /// The step after a right password.
    pub(super) fn after_password(at: At, user: User) -> Result<Self, Exception> {
        match user.status {
            UserStatus::Unconfirmed => {
                Err(Kind::UserNotConfirmed.because("User is not confirmed."))
            }
            UserStatus::ResetRequired => {
                Err(Kind::PasswordResetRequired.because("Password reset required for the user"))
            }
            UserStatus::ForceChangePassword => {
                let (_, _, now) = at;
                if user.temporary_password_expires.is_some_and(|end| now >= end) {
                    return Err(Kind::NotAuthorized.because(
                        "Temporary password has expired and must be reset by an administrator.",
                    ));
                }
                let parameters = json!({
                    "USER_ID_FOR_SRP": user.username,
                    "requiredAttributes": "[]",
                    "userAttributes": json!(user.attributes).to_string(),
                });
                Self::challenge(at, &user, ("NEW_PASSWORD_REQUIRED", Step::NewPassword), parameters)
            }
            UserStatus::Confirmed => Self::after_own_password(at, user),
        }
    }

    /// The step after a password that the user has chosen.
    pub(super) fn after_own_password(at: At, user: User) -> Result<Self, Exception> {
        let (pool, change, _) = at;
        if !pool.settings.has_software_token_mfa() {
            return Self::tokens(at, user);
        }
        let required = pool.settings.requires_mfa();
        let token = change.software_token(&user.sub)?.filter(|token| token.verified);
        match token {
            Some(token) if token.enabled || required => {
                let mut parameters = json!({ "USER_ID_FOR_SRP": user.username });
                if let Some(device) = token.device {
                    put(&mut parameters, "FRIENDLY_DEVICE_NAME", device);
                }
                Self::challenge(at, &user, (SOFTWARE_TOKEN_MFA, Step::SoftwareToken), parameters)
            }
            None if required => {
                let parameters = json!({
                    "MFAS_CAN_SETUP": json!([SOFTWARE_TOKEN_MFA]).to_string(),
                    "USER_ID_FOR_SRP": user.username,
                });
                Self::challenge(at, &user, ("MFA_SETUP", Step::Associate), parameters)
            }
            Some(_) | None => Self::tokens(at, user),
        }
    }

    /// Tokens for a new login.
    pub(super) fn tokens((pool, change, now): At, user: User) -> Result<Self, Exception> {
        let (lifetime, rng) = (pool.client.refresh_token_lifetime(), &mut rng());
        let login = Login::new(&user, &pool.client_id, lifetime, now, rng);
        let refresh_token = refresh_token(rng);
        change.put_login(&login)?;
        change.add_refresh_token(&token_digest(&refresh_token), &login)?;
        Ok(Self::Tokens { user: Box::new(user), login: Box::new(login), refresh_token })
    }

    fn challenge(
        at: At,
        user: &User,
        (name, step): (&'static str, Step),
        parameters: Value,
    ) -> Result<Self, Exception> {
        let (pool, _, _) = at;
        let session = new_session(at, &user.sub, &pool.client_id, step)?;
        Ok(Self::Challenge { name, parameters, session })
    }

    /// The answer of `InitiateAuth` and `RespondToAuthChallenge`. Call it when the step is durable.
    pub(super) async fn answer(self, pool: &Arc<Pool>) -> Result<Value, Exception> {
        match self {
            Self::Challenge { name, parameters, session } => Ok(json!({
                "ChallengeName": name,
                "ChallengeParameters": parameters,
                // EXPOSE: the caller is who it is for.
                "Session": session.expose_secret(),
            })),
            Self::Tokens { user, login, refresh_token } => {
                let result =
                    authentication_result(pool, &user, &login, Some(refresh_token)).await?;
                Ok(json!({ "AuthenticationResult": result, "ChallengeParameters": {} }))
            }
        }
    }
}

/// A new session of a user for a step.
pub(super) fn new_session(
    (pool, change, now): At,
    sub: &str,
    client_id: &str,
    step: Step,
) -> Result<SecretString, Exception> {
    let token = Session::token(client_id, &mut rng());
    let session = Session {
        sub: sub.to_owned(),
        client_id: client_id.to_owned(),
        step,
        expires: now.after(pool.client.session_lifetime()),
        used: false,
    };
    change.put_session(&token_digest(&token), &session)?;
    Ok(token)
}
