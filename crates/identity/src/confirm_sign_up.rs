use crate::{
    ConfirmationCode, Error, Identity, Username,
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
    ) -> Result<(), Error> {
        use secrecy::ExposeSecret;
        let attempts = Attempts::default();
        let call = self
            .cognito
            .confirm_sign_up()
            .client_id(self.client_id())
            .secret_hash(self.secret_hash(username)?.expose_secret()) // EXPOSE: to Cognito.
            .username(username.expose())
            .confirmation_code(code.expose())
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
fn is_of_the_code(refusal: &Refusal<'_>) -> bool {
    match refusal.code {
        "CodeMismatchException"
        | "ExpiredCodeException"
        | "UserNotFoundException"
        | "AliasExistsException" => true,
        "NotAuthorizedException" => !refusal.is_of_our_secret(),
        _ => false,
    }
}
