use std::net::IpAddr;

use aws_sdk_cognitoidentityprovider::types::ChallengeNameType;
use secrecy::{ExposeSecret, SecretString};

use crate::{
    Error, Identity, LogIn, Session, Tokens, TotpCode, Username,
    client::context,
    cognito::within,
    error::{Refusal, refused},
    log_in::{of_the_account, outcome},
};

impl Identity {
    /// Finishes a log-in with a code of the user's authenticator app.
    ///
    /// `USERNAME` is the address that the log-in began with, and `SECRET_HASH` is made over it.
    /// Cognito's `USER_ID_FOR_SRP` would serve as well but the caller does not know it; only
    /// challenges of SRP insist on it (API reference of `AdminInitiateAuth`, `ChallengeParameters`).
    ///
    /// # Errors
    /// [`Error::InvalidCode`] for a wrong or used code, [`Error::SessionOver`] for a session that is
    /// used, expired, forged or of another user, [`Error::Locked`] after too many wrong codes, those
    /// of [`Identity::log_in`], and what befalls any call.
    pub async fn log_in_with_code(
        &self,
        username: &Username,
        session: &Session,
        code: &TotpCode,
        source_ip: Option<IpAddr>,
    ) -> Result<Tokens, Error> {
        within(self.try_code(username.expose(), session.expose(), code, source_ip)).await
    }

    /// As [`Identity::log_in_with_code`], but sets no time.
    pub(crate) async fn try_code(
        &self,
        username: &str,
        session: &str,
        code: &TotpCode,
        source_ip: Option<IpAddr>,
    ) -> Result<Tokens, Error> {
        let call = |hash| self.send_code(username, session, code, source_ip, hash);
        match self.with_hash(username, call).await? {
            LogIn::Tokens(tokens) => Ok(tokens),
            LogIn::SoftwareTokenMfa { .. } | LogIn::NewPasswordRequired { .. } => {
                Err(Error::ChallengeUnsupported("one more after SOFTWARE_TOKEN_MFA".to_owned()))
            }
        }
    }

    async fn send_code(
        &self,
        username: &str,
        session: &str,
        code: &TotpCode,
        source_ip: Option<IpAddr>,
        hash: SecretString,
    ) -> Result<LogIn, Error> {
        let call = self
            .cognito
            .respond_to_auth_challenge()
            .client_id(self.client_id())
            .challenge_name(ChallengeNameType::SoftwareTokenMfa)
            .session(session)
            .challenge_responses("USERNAME", username)
            .challenge_responses("SOFTWARE_TOKEN_MFA_CODE", code.expose())
            .challenge_responses("SECRET_HASH", hash.expose_secret()) // EXPOSE: to Cognito.
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
        "CodeMismatchException" | "ExpiredCodeException" | "NotAuthorizedException"
            if refusal.message.contains("session") =>
        {
            Some(Error::SessionOver)
        }
        "CodeMismatchException" | "ExpiredCodeException" => Some(Error::InvalidTotpCode),
        "NotAuthorizedException" | "UserNotFoundException" => Some(Error::SessionOver),
        _ => of_the_account(refusal),
    }
}
