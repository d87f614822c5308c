use secrecy::{ExposeSecret, SecretString};

use crate::{
    Error, Identity, RefreshToken,
    cognito::within,
    error::{Refusal, unexpected},
};

impl Identity {
    /// Ends a login: its refresh token, those that took its place, and its access tokens as far as
    /// Cognito is asked about them. One that is over already, or never was, is a success too.
    ///
    /// # Errors
    /// [`Error::NotARefreshToken`] for a token of another kind, and what befalls any call.
    pub async fn log_out(&self, token: &RefreshToken) -> Result<(), Error> {
        within(self.revoke(token.expose())).await
    }

    /// As [`Identity::log_out`], but sets no time.
    pub(crate) async fn revoke(&self, token: &str) -> Result<(), Error> {
        self.with_secret(|secret| self.send_revoke(token, secret)).await
    }

    async fn send_revoke(&self, token: &str, secret: SecretString) -> Result<(), Error> {
        let call = self
            .cognito
            .revoke_token()
            .client_id(self.client_id())
            .client_secret(secret.expose_secret()) // EXPOSE: to Cognito.
            .token(token);
        let Err(error) = call.send().await else {
            return Ok(());
        };
        match Refusal::of(&error).map(|refusal| refusal.code) {
            Some("UnsupportedTokenTypeException" | "InvalidParameterException") => {
                Err(Error::NotARefreshToken)
            }
            _ => Err(unexpected(&error)),
        }
    }
}
