use secrecy::{ExposeSecret, SecretString};

use crate::{
    Error, Identity, RefreshToken, Tokens,
    cognito::Deadline,
    error::{Refusal, unexpected},
    log_in::{incomplete, tokens},
};

/// What became of a refresh token.
enum Refreshed {
    Tokens(Tokens),
    /// It was used before, longer ago than a retry takes: there are two who hold it.
    Reused,
}

impl Identity {
    /// Gets new tokens for a refresh token; the new ones have a refresh token that takes its place.
    ///
    /// A repeat is safe: for a while the one before the last still works (`RetryGracePeriodSeconds`).
    /// After that it ends the login, since who uses it may be a thief, or the thief came first
    /// (RFC 9700, section 4.14.2). Cognito by itself only refuses it. The refusal does not depend on
    /// whether the login could be ended.
    ///
    /// # Errors
    /// [`Error::SessionOver`] for a token that is forged, revoked or over, or whose user is disabled
    /// or gone; [`Error::TokenReused`] and [`Error::ReusedLoginGoesOn`]; and what befalls any call.
    pub async fn refresh(&self, token: &RefreshToken) -> Result<Tokens, Error> {
        let deadline = Deadline::start();
        match deadline.bound(self.with_secret(|secret| self.send_refresh(token, secret))).await? {
            Refreshed::Tokens(tokens) => Ok(tokens),
            Refreshed::Reused => {
                let ended = deadline.bound(self.revoke(token.expose())).await;
                Err(ended.map_or_else(
                    |error| Error::ReusedLoginGoesOn(error.to_string()),
                    |()| Error::TokenReused,
                ))
            }
        }
    }

    async fn send_refresh(
        &self,
        token: &RefreshToken,
        secret: SecretString,
    ) -> Result<Refreshed, Error> {
        let call = self
            .cognito
            .get_tokens_from_refresh_token()
            .client_id(self.client_id())
            .client_secret(secret.expose_secret()) // EXPOSE: to Cognito.
            .refresh_token(token.expose());
        match call.send().await {
            Ok(output) => {
                let result = output.authentication_result.ok_or_else(incomplete)?;
                tokens(result, Some(token)).map(Refreshed::Tokens)
            }
            Err(error) => match Refusal::of(&error) {
                Some(refusal) if refusal.code == "RefreshTokenReuseException" => {
                    Ok(Refreshed::Reused)
                }
                Some(refusal) if is_of_the_token(&refusal) => Err(Error::SessionOver),
                _ => Err(unexpected(&error)),
            },
        }
    }
}

fn is_of_the_token(refusal: &Refusal<'_>) -> bool {
    match refusal.code {
        "UserNotFoundException" => true,
        "NotAuthorizedException" => !refusal.is_of_our_secret(),
        _ => false,
    }
}
