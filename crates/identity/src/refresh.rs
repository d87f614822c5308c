use secrecy::{ExposeSecret, SecretString};

use crate::{
    Error, Identity, RefreshToken, Tokens,
    cognito::within,
    error::{Refusal, unexpected},
    log_in::{incomplete, tokens},
};

impl Identity {
    /// Gets new tokens for a refresh token; the new ones have a refresh token that takes its place.
    ///
    /// A repeat is safe: for a while the one before the last still works (`RetryGracePeriodSeconds`).
    ///
    /// # Errors
    /// [`Error::SessionOver`] for a token that is forged, used up, revoked or over, or whose user is
    /// disabled or gone; and what befalls any call.
    pub async fn refresh(&self, token: &RefreshToken) -> Result<Tokens, Error> {
        within(self.with_secret(|secret| self.send_refresh(token, secret))).await
    }

    async fn send_refresh(
        &self,
        token: &RefreshToken,
        secret: SecretString,
    ) -> Result<Tokens, Error> {
        let call = self
            .cognito
            .get_tokens_from_refresh_token()
            .client_id(self.client_id())
            .client_secret(secret.expose_secret()) // EXPOSE: to Cognito.
            .refresh_token(token.expose());
        match call.send().await {
            Ok(output) => tokens(output.authentication_result.ok_or_else(incomplete)?, Some(token)),
            Err(error) => match Refusal::of(&error) {
                Some(refusal) if is_of_the_token(&refusal) => Err(Error::SessionOver),
                _ => Err(unexpected(&error)),
            },
        }
    }
}

fn is_of_the_token(refusal: &Refusal<'_>) -> bool {
    match refusal.code {
        "RefreshTokenReuseException" | "UserNotFoundException" => true,
        "NotAuthorizedException" => !refusal.is_of_our_secret(),
        _ => false,
    }
}
