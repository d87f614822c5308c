use std::net::IpAddr;

use secrecy::{ExposeSecret, SecretString};

use crate::{
    ConfirmationCode, Error, Identity, Username,
    client::context,
    cognito::within,
    error::{Refusal, unexpected},
    retry::Attempts,
};

impl Identity {
    /// Confirms an account with the code that was mailed to its address.
    ///
    /// # Errors
    /// [`Error::InvalidCode`] for a wrong, old or used code, an unknown user and an account that is
    /// confirmed already; [`Error::TooManyAttempts`]; and what befalls any call.
    pub async fn confirm_sign_up(
        &self,
        username: &Username,
        code: &ConfirmationCode,
        source_ip: Option<IpAddr>,
    ) -> Result<(), Error> {
        let call = |hash| self.send_confirm_sign_up(username, code, source_ip, hash);
        within(self.with_hash(username.expose(), call)).await
    }

    async fn send_confirm_sign_up(
        &self,
        username: &Username,
        code: &ConfirmationCode,
        source_ip: Option<IpAddr>,
        hash: SecretString,
    ) -> Result<(), Error> {
        let attempts = Attempts::default();
        let call = self
            .cognito
            .confirm_sign_up()
            .client_id(self.client_id())
            .secret_hash(hash.expose_secret()) // EXPOSE: to Cognito.
            .username(username.expose())
            .confirmation_code(code.expose())
            .set_user_context_data(context(source_ip))
            .customize()
            .interceptor(attempts.clone());
        let Err(error) = call.send().await else {
            return Ok(());
        };
        match Refusal::of(&error) {
            // The first try timed out after it had confirmed the account.
            Some(refusal) if is_confirmed(&refusal) && attempts.repeated() => Ok(()),
            Some(refusal) if is_of_the_code(&refusal) => Err(Error::InvalidCode),
            _ => Err(unexpected(&error)),
        }
    }
}

fn is_confirmed(refusal: &Refusal<'_>) -> bool {
    refusal.code == "NotAuthorizedException"
        && refusal.message.contains("Current status is CONFIRMED")
}

/// Cognito tells these apart, and with them known users from unknown ones; we do not.
pub(crate) fn is_of_the_code(refusal: &Refusal<'_>) -> bool {
    match refusal.code {
        "CodeMismatchException"
        | "ExpiredCodeException"
        | "UserNotFoundException"
        | "UserNotConfirmedException"
        | "AliasExistsException" => true,
        "NotAuthorizedException" => !refusal.is_of_our_secret(),
        _ => false,
    }
}
