use std::net::IpAddr;

use aws_sdk_cognitoidentityprovider::types::ChallengeNameType;
use secrecy::{ExposeSecret, SecretString};

use crate::{
    Error, Identity, LogIn, NewPassword, Session, Username,
    client::context,
    cognito::within,
    error::{Refusal, refused},
    log_in::{of_the_account, outcome},
    retry::Attempts,
    sign_up::weakness,
};

impl Identity {
    /// Goes on with a log-in by a temporary password: `password` takes its place.
    ///
    /// # Errors
    /// [`Error::WeakPassword`] if it is made of the name, or where the pool is stricter than this
    /// crate, which does not use up the session; [`Error::SessionOver`] for a session that is used,
    /// expired, forged or of another user; the errors of [`Identity::log_in`]; and what befalls any
    /// call.
    pub async fn log_in_with_new_password(
        &self,
        username: &Username,
        session: &Session,
        password: &NewPassword,
        source_ip: Option<IpAddr>,
    ) -> Result<LogIn, Error> {
        password.check_not_of(username.expose())?;
        within(self.replace_temporary(username, session, password, source_ip)).await
    }

    async fn replace_temporary(
        &self,
        username: &Username,
        session: &Session,
        password: &NewPassword,
        source_ip: Option<IpAddr>,
    ) -> Result<LogIn, Error> {
        let attempts = Attempts::default();
        let call = |hash| {
            self.send_new_password(username, session, password, source_ip, hash, attempts.clone())
        };
        match self.with_hash(username.expose(), call).await {
            // An earlier try got no answer and may have done it: a login shows whether it has.
            Err(Error::SessionOver) if attempts.repeated() => {
                let login = self.try_password(username.expose(), password.expose(), source_ip);
                match login.await {
                    Err(Error::InvalidCredentials | Error::Locked) => Err(Error::SessionOver),
                    outcome => outcome,
                }
            }
            outcome => outcome,
        }
    }

    async fn send_new_password(
        &self,
        username: &Username,
        session: &Session,
        password: &NewPassword,
        source_ip: Option<IpAddr>,
        hash: SecretString,
        attempts: Attempts,
    ) -> Result<LogIn, Error> {
        let call = self
            .cognito
            .respond_to_auth_challenge()
            .client_id(self.client_id())
            .challenge_name(ChallengeNameType::NewPasswordRequired)
            .session(session.expose())
            .challenge_responses("USERNAME", username.expose())
            .challenge_responses("NEW_PASSWORD", password.expose())
            .challenge_responses("SECRET_HASH", hash.expose_secret()) // EXPOSE: to Cognito.
            .set_user_context_data(context(source_ip))
            .customize()
            .interceptor(attempts);
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
        "CodeMismatchException"
        | "ExpiredCodeException"
        | "NotAuthorizedException"
        | "UserNotFoundException" => Some(Error::SessionOver),
        _ => weakness(refusal).map(Error::WeakPassword).or_else(|| of_the_account(refusal)),
    }
}
