use std::{net::IpAddr, time::Duration};

use aws_sdk_cognitoidentityprovider::types::{
    AuthFlowType, AuthenticationResultType, ChallengeNameType,
};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    Error, Identity, RefreshToken, Username,
    client::context,
    cognito::within,
    error::{Refusal, refused},
};

/// What the right password leads to.
#[derive(Debug)]
pub enum LogIn {
    /// The user is logged in.
    Tokens(Tokens),
    /// The user must also give a code of their authenticator app.
    SoftwareTokenMfa {
        /// Names this log-in to the next step; usable once, for as long as the app client says.
        session: SecretString,
    },
    /// The password was a temporary one of an administrator's: the user must choose one.
    NewPasswordRequired {
        /// As that of [`LogIn::SoftwareTokenMfa`].
        session: SecretString,
    },
}

/// The tokens of one log-in.
#[derive(Debug)]
pub struct Tokens {
    /// Who the user is, for the frontend.
    pub id: SecretString,
    /// What the API takes as a bearer token.
    pub access: SecretString,
    /// Gets new tokens when the access token is over.
    pub refresh: SecretString,
    /// How long the access token holds, in whole seconds.
    pub expires_in: Duration,
}

impl Identity {
    /// Logs a user in with their password.
    ///
    /// # Errors
    /// [`Error::InvalidCredentials`], [`Error::LockedUntold`], [`Error::UserNotConfirmed`],
    /// [`Error::PasswordResetRequired`] and [`Error::ChallengeUnsupported`] (these three only after
    /// the right password), and what befalls any call.
    pub async fn log_in(
        &self,
        username: &Username,
        password: &SecretString,
        source_ip: Option<IpAddr>,
    ) -> Result<LogIn, Error> {
        // EXPOSE: to Cognito.
        let login = self.try_password(username.expose(), password.expose_secret(), source_ip);
        // Whether Cognito locks names that nobody has, it does not say: one answer for both.
        within(login).await.map_err(|error| match error {
            Error::Locked => Error::LockedUntold,
            error => error,
        })
    }

    /// As [`Identity::log_in`], but tells a locked account, and sets no time.
    pub(crate) async fn try_password(
        &self,
        username: &str,
        password: &str,
        source_ip: Option<IpAddr>,
    ) -> Result<LogIn, Error> {
        let call = |hash| self.send_password(username, password, source_ip, hash);
        self.with_hash(username, call).await
    }

    async fn send_password(
        &self,
        username: &str,
        password: &str,
        source_ip: Option<IpAddr>,
        hash: SecretString,
    ) -> Result<LogIn, Error> {
        let call = self
            .cognito
            .initiate_auth()
            .client_id(self.client_id())
            .auth_flow(AuthFlowType::UserPasswordAuth)
            .auth_parameters("USERNAME", username)
            .auth_parameters("PASSWORD", password)
            .auth_parameters("SECRET_HASH", hash.expose_secret()) // EXPOSE: to Cognito.
            .set_user_context_data(context(source_ip));
        match call.send().await {
            Ok(output) => {
                outcome(output.authentication_result, output.challenge_name, output.session)
            }
            Err(error) => Err(refused(&error, known)),
        }
    }
}

fn known(refusal: &Refusal<'_>) -> Option<Error> {
    match refusal.code {
        "NotAuthorizedException" if refusal.is_of_our_secret() => None,
        "NotAuthorizedException" if refusal.is_of_a_lock() => Some(Error::Locked),
        "NotAuthorizedException" | "UserNotFoundException" => Some(Error::InvalidCredentials),
        _ => of_the_account(refusal),
    }
}

/// What stands between the right password and tokens.
pub(crate) fn of_the_account(refusal: &Refusal<'_>) -> Option<Error> {
    match refusal.code {
        "UserNotConfirmedException" => Some(Error::UserNotConfirmed),
        "PasswordResetRequiredException" => Some(Error::PasswordResetRequired),
        _ => None,
    }
}

pub(crate) fn outcome(
    result: Option<AuthenticationResultType>,
    challenge: Option<ChallengeNameType>,
    session: Option<String>,
) -> Result<LogIn, Error> {
    match (result, challenge, session) {
        (Some(result), _, _) => tokens(result, None).map(LogIn::Tokens),
        (None, Some(ChallengeNameType::SoftwareTokenMfa), Some(session)) => {
            Ok(LogIn::SoftwareTokenMfa { session: session.into() })
        }
        (None, Some(ChallengeNameType::NewPasswordRequired), Some(session)) => {
            Ok(LogIn::NewPasswordRequired { session: session.into() })
        }
        (None, Some(challenge), _) => {
            Err(Error::ChallengeUnsupported(challenge.as_str().to_owned()))
        }
        (None, None, _) => Err(incomplete()),
    }
}

/// The tokens of an answer. One that refreshes may keep the refresh token, `kept`.
pub(crate) fn tokens(
    result: AuthenticationResultType,
    kept: Option<&RefreshToken>,
) -> Result<Tokens, Error> {
    let secret = |token: Option<String>| token.map(SecretString::from).ok_or_else(incomplete);
    let kept = || kept.map(|token| token.expose().to_owned());
    Ok(Tokens {
        id: secret(result.id_token)?,
        access: secret(result.access_token)?,
        refresh: secret(result.refresh_token.or_else(kept))?,
        expires_in: Duration::from_secs(result.expires_in.try_into().map_err(|_| incomplete())?),
    })
}

pub(crate) fn incomplete() -> Error {
    Error::Unavailable("the answer lacks what it is there for".to_owned())
}
