use secrecy::{ExposeSecret, SecretString};

use super::{Account, get_user};
use crate::{
    Error, NewPassword,
    cognito::Deadline,
    error::{Refusal, of_token},
    reset_password::Replaced,
    retry::Attempts,
    sign_up::weakness,
};

impl Account {
    /// Changes the bearer's password and ends every login, this one as well.
    ///
    /// Cognito itself ends none, and whoever had the old password could go on with theirs; to spare
    /// the caller's own, it would have to be told apart, which no call allows.
    ///
    /// # Errors
    /// [`Error::TokenRefused`], [`Error::InvalidCredentials`] for a wrong current password,
    /// [`Error::WeakPassword`], [`Error::Locked`], [`Error::TooManyAttempts`],
    /// [`Error::LoginsGoOn`] after the password was changed, and what befalls any call.
    pub async fn change_password(
        &self,
        access_token: &SecretString,
        current: &SecretString,
        new: &NewPassword,
    ) -> Result<(), Error> {
        let deadline = Deadline::start();
        deadline.bound(self.replace_password(access_token, current, new)).await?;
        let ended = deadline.bound(self.end_logins(access_token)).await;
        ended.map_err(|error| Error::LoginsGoOn(error.to_string()))
    }

    async fn replace_password(
        &self,
        access_token: &SecretString,
        current: &SecretString,
        new: &NewPassword,
    ) -> Result<(), Error> {
        new.check_not_of(&get_user(&self.cognito, access_token).await?.email)?;
        // EXPOSE: to Cognito.
        match self.send_change(access_token, current.expose_secret(), new.expose()).await? {
            Replaced::Yes => Ok(()),
            // If the new password is the account's by now, it can be changed to itself.
            Replaced::Perhaps => {
                match self.send_change(access_token, new.expose(), new.expose()).await? {
                    Replaced::Yes => Ok(()),
                    Replaced::Perhaps => Err(Error::InvalidCredentials),
                }
            }
        }
    }

    async fn send_change(
        &self,
        access_token: &SecretString,
        current: &str,
        new: &str,
    ) -> Result<Replaced, Error> {
        let attempts = Attempts::default();
        let call = self
            .cognito
            .change_password()
            .access_token(access_token.expose_secret()) // EXPOSE: to Cognito.
            .previous_password(current)
            .proposed_password(new)
            .customize()
            .interceptor(attempts.clone());
        let Err(error) = call.send().await else {
            return Ok(Replaced::Yes);
        };
        match Refusal::of(&error) {
            Some(refusal) if is_of_the_password(&refusal) => {
                if attempts.repeated() {
                    Ok(Replaced::Perhaps)
                } else {
                    Err(Error::InvalidCredentials)
                }
            }
            Some(refusal) => {
                Err(weakness(&refusal).map_or_else(|| of_token(&error), Error::WeakPassword))
            }
            None => Err(of_token(&error)),
        }
    }

    async fn end_logins(&self, access_token: &SecretString) -> Result<(), Error> {
        let attempts = Attempts::default();
        let call = self
            .cognito
            .global_sign_out()
            .access_token(access_token.expose_secret()) // EXPOSE: to Cognito.
            .customize()
            .interceptor(attempts.clone());
        match call.send().await.map_err(|error| of_token(&error)) {
            // The first try timed out after it had ended this login too.
            Err(Error::TokenRefused) if attempts.repeated() => Ok(()),
            outcome => outcome.map(drop),
        }
    }
}

/// Whether the current password is wrong: it is another one, or could be nobody's, such as one that
/// begins with a space.
fn is_of_the_password(refusal: &Refusal<'_>) -> bool {
    match refusal.code {
        "NotAuthorizedException" => refusal.message.contains("Incorrect username or password"),
        "InvalidParameterException" => refusal.message.contains("'previousPassword'"),
        _ => false,
    }
}
