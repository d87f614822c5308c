use std::time::Duration;

use aws_sdk_cognitoidentityprovider::{
    operation::initiate_auth::InitiateAuthOutput,
    types::{AuthFlowType, AuthenticationResultType, ChallengeNameType},
};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    Error, Identity, Username,
    error::{Refusal, unexpected},
};

/// What the right password leads to.
#[derive(Debug)]
pub enum LogIn {
    /// The user is logged in.
    Tokens(Tokens),
    /// The user must also give a code of their authenticator app.
    SoftwareTokenMfa {
        /// Names this log-in to the next step; usable once, for 3 to 15 minutes.
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
    /// [`Error::InvalidCredentials`], [`Error::UserNotConfirmed`],
    /// [`Error::PasswordResetRequired`] and [`Error::ChallengeUnsupported`] (these three only after
    /// the right password), and what befalls any call.
    pub async fn log_in(
        &self,
        username: &Username,
        password: &SecretString,
    ) -> Result<LogIn, Error> {
        let call = self
            .cognito
            .initiate_auth()
            .client_id(self.client_id())
            .auth_flow(AuthFlowType::UserPasswordAuth)
            .auth_parameters("USERNAME", username.expose())
            .auth_parameters("PASSWORD", password.expose_secret()) // EXPOSE: to Cognito.
            .auth_parameters("SECRET_HASH", self.secret_hash(username)?.expose_secret()); // EXPOSE: to Cognito.
        match call.send().await {
            Ok(output) => outcome(output),
            Err(error) => Err(match Refusal::of(&error).and_then(|refusal| known(&refusal)) {
                Some(known) => known,
                None => unexpected(&error),
            }),
        }
    }
}

fn known(refusal: &Refusal<'_>) -> Option<Error> {
    match refusal.code {
        "NotAuthorizedException" if refusal.is_of_our_secret() => None,
        "NotAuthorizedException" | "UserNotFoundException" => Some(Error::InvalidCredentials),
        "UserNotConfirmedException" => Some(Error::UserNotConfirmed),
        "PasswordResetRequiredException" => Some(Error::PasswordResetRequired),
        _ => None,
    }
}

fn outcome(output: InitiateAuthOutput) -> Result<LogIn, Error> {
    match (output.authentication_result, output.challenge_name, output.session) {
        (Some(result), _, _) => tokens(result).map(LogIn::Tokens),
        (None, Some(ChallengeNameType::SoftwareTokenMfa), Some(session)) => {
            Ok(LogIn::SoftwareTokenMfa { session: session.into() })
        }
        (None, Some(challenge), _) => {
            Err(Error::ChallengeUnsupported(challenge.as_str().to_owned()))
        }
        (None, None, _) => Err(incomplete()),
    }
}

fn tokens(result: AuthenticationResultType) -> Result<Tokens, Error> {
    let secret = |token: Option<String>| token.map(SecretString::from).ok_or_else(incomplete);
    Ok(Tokens {
        id: secret(result.id_token)?,
        access: secret(result.access_token)?,
        refresh: secret(result.refresh_token)?,
        expires_in: Duration::from_secs(result.expires_in.try_into().map_err(|_| incomplete())?),
    })
}

fn incomplete() -> Error {
    Error::Unavailable("the answer has neither tokens nor a challenge".to_owned())
}
