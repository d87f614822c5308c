use std::net::IpAddr;

use secrecy::{ExposeSecret, SecretString};

use crate::{
    Error, Identity,
    account::get_user,
    cognito::within,
    error::{Refusal, of_token},
    retry::Attempts,
};

impl Identity {
    /// Deletes the account of the bearer of `access_token`, who proves with the password that it is
    /// not somebody who found the token.
    ///
    /// # Errors
    /// [`Error::TokenRefused`], [`Error::InvalidCredentials`] for a wrong password,
    /// [`Error::Locked`] after too many of them, and what befalls any call.
    pub async fn delete_user(
        &self,
        access_token: &SecretString,
        password: &SecretString,
        source_ip: Option<IpAddr>,
    ) -> Result<(), Error> {
        within(async {
            let profile = get_user(&self.cognito, access_token).await?;
            // A challenge proves the password as well.
            match self.prove_password(&profile, password, source_ip).await {
                Ok(_) | Err(Error::ChallengeUnsupported(_)) => {}
                Err(error) => return Err(error),
            }
            self.send_delete_user(access_token).await
        })
        .await
    }

    async fn send_delete_user(&self, access_token: &SecretString) -> Result<(), Error> {
        let attempts = Attempts::default();
        let call = self
            .cognito
            .delete_user()
            .access_token(access_token.expose_secret()) // EXPOSE: to Cognito.
            .customize()
            .interceptor(attempts.clone());
        let Err(error) = call.send().await else {
            return Ok(());
        };
        match Refusal::of(&error).map(|refusal| refusal.code) {
            // The first try timed out after it had deleted the account.
            Some("UserNotFoundException" | "NotAuthorizedException") if attempts.repeated() => {
                Ok(())
            }
            _ => Err(of_token(&error)),
        }
    }
}
