use std::net::IpAddr;

use secrecy::{ExposeSecret, SecretString};

use crate::{
    ConfirmationCode, Error, Identity, NewPassword, Username,
    client::context,
    cognito::Deadline,
    confirm_sign_up::is_of_the_code,
    error::{Refusal, unexpected},
    retry::Attempts,
    sign_up::weakness,
};

/// What became of a call that replaces a password.
pub(crate) enum Replaced {
    /// The new password holds.
    Yes,
    /// An earlier try got no answer and may have done it: the code or the old password, which was
    /// right then, is refused now.
    Perhaps,
}

impl Identity {
    /// Replaces a forgotten password with the help of a mailed code, and ends every login.
    ///
    /// Cognito itself ends none, and whoever had the old password could go on with theirs.
    ///
    /// # Errors
    /// [`Error::InvalidCode`] for a wrong, old or used code and for an unknown user,
    /// [`Error::WeakPassword`], [`Error::TooManyAttempts`], [`Error::LoginsGoOn`] after the password
    /// was replaced, and what befalls any call.
    pub async fn reset_password(
        &self,
        username: &Username,
        code: &ConfirmationCode,
        password: &NewPassword,
        source_ip: Option<IpAddr>,
    ) -> Result<(), Error> {
        password.check_not_of(username.expose())?;
        let deadline = Deadline::start();
        deadline.bound(self.replace_password(username, code, password, source_ip)).await?;
        let ended = deadline.bound(self.end_logins(username)).await;
        ended.map_err(|error| Error::LoginsGoOn(error.to_string()))
    }

    async fn replace_password(
        &self,
        username: &Username,
        code: &ConfirmationCode,
        password: &NewPassword,
        source_ip: Option<IpAddr>,
    ) -> Result<(), Error> {
        let call = |hash| self.send_reset(username, code, password, source_ip, hash);
        match self.with_hash(username.expose(), call).await? {
            Replaced::Yes => Ok(()),
            // Whether the new password is the account's, a login tells.
            Replaced::Perhaps => {
                let login = self.try_password(username.expose(), password.expose(), source_ip);
                match login.await {
                    Err(Error::InvalidCredentials | Error::Locked) => Err(Error::InvalidCode),
                    outcome => outcome.map(drop),
                }
            }
        }
    }

    async fn send_reset(
        &self,
        username: &Username,
        code: &ConfirmationCode,
        password: &NewPassword,
        source_ip: Option<IpAddr>,
        hash: SecretString,
    ) -> Result<Replaced, Error> {
        let attempts = Attempts::default();
        let call = self
            .cognito
            .confirm_forgot_password()
            .client_id(self.client_id())
            .secret_hash(hash.expose_secret()) // EXPOSE: to Cognito.
            .username(username.expose())
            .confirmation_code(code.expose())
            .password(password.expose())
            .set_user_context_data(context(source_ip))
            .customize()
            .interceptor(attempts.clone());
        let Err(error) = call.send().await else {
            return Ok(Replaced::Yes);
        };
        match Refusal::of(&error) {
            Some(refusal) if is_of_the_code(&refusal) && attempts.repeated() => {
                Ok(Replaced::Perhaps)
            }
            Some(refusal) if is_of_the_code(&refusal) => Err(Error::InvalidCode),
            Some(refusal) => {
                Err(weakness(&refusal).map_or_else(|| unexpected(&error), Error::WeakPassword))
            }
            None => Err(unexpected(&error)),
        }
    }

    pub(crate) async fn end_logins(&self, username: &Username) -> Result<(), Error> {
        let call = self
            .cognito
            .admin_user_global_sign_out()
            .user_pool_id(self.user_pool_id())
            .username(username.expose());
        call.send().await.map(drop).map_err(|error| unexpected(&error))
    }
}
