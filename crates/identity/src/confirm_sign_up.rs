use std::net::IpAddr;

use secrecy::{ExposeSecret, SecretString};

use crate::{
    ConfirmationCode, Error, Identity, NewPassword, Username,
    client::context,
    cognito::{Deadline, within},
    error::{Refusal, unexpected},
    retry::Attempts,
};

/// What is left of the logins of an account from before its password was set. Only a login between the
/// confirmation and the new password, some milliseconds later, can be one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EarlierLogins {
    /// They are over, and no authenticator app that they set up is left.
    Ended,
    /// Ending them, or removing such an app, failed for this reason.
    MayGoOn(String),
}

/// The account that a confirmation finds confirmed.
enum Confirmed {
    /// By this call: Cognito answered it with success.
    Now,
    /// By an earlier try that got no answer, or long ago. The code may be wrong.
    Perhaps,
}

impl Identity {
    /// Confirms an account with the code that was mailed to its address. The password stays the one of
    /// the registration, whoever that was.
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
        within(self.confirm(username, code, source_ip)).await.map(drop)
    }

    /// Confirms an account with the code that was mailed to its address, and gives it `password` in
    /// place of the one of the registration: whoever reads the mail owns the account, not whoever
    /// registered the address first.
    ///
    /// The password is set only after Cognito itself has answered the confirmation with success.
    /// `AdminSetUserPassword` would set it for anybody, and confirm the account too.
    ///
    /// # Errors
    /// [`Error::WeakPassword`] if it is made of the name, before anything is sent;
    /// those of [`Identity::confirm_sign_up`]; and [`Error::PasswordNotSet`] if the account is
    /// confirmed but the password could not be set, or the code may be wrong.
    pub async fn confirm_sign_up_with_password(
        &self,
        username: &Username,
        code: &ConfirmationCode,
        password: &NewPassword,
        source_ip: Option<IpAddr>,
    ) -> Result<EarlierLogins, Error> {
        password.check_not_of(username.expose())?;
        let deadline = Deadline::start();
        match deadline.bound(self.confirm(username, code, source_ip)).await? {
            Confirmed::Now => {}
            Confirmed::Perhaps => {
                let cause = "only a repeated try found the account confirmed";
                return Err(Error::PasswordNotSet(cause.to_owned()));
            }
        }
        let set = deadline.bound(self.set_password(username, password)).await;
        set.map_err(|error| Error::PasswordNotSet(error.to_string()))?;
        let ended = deadline.bound(self.end_logins(username)).await;
        // Last, since a login that goes on could set up another one.
        let removed = deadline.bound(self.remove_software_token(username)).await;
        Ok(match ended.and(removed) {
            Ok(()) => EarlierLogins::Ended,
            Err(error) => EarlierLogins::MayGoOn(error.to_string()),
        })
    }

    async fn confirm(
        &self,
        username: &Username,
        code: &ConfirmationCode,
        source_ip: Option<IpAddr>,
    ) -> Result<Confirmed, Error> {
        let call = |hash| self.send_confirm_sign_up(username, code, source_ip, hash);
        self.with_hash(username.expose(), call).await
    }

    async fn send_confirm_sign_up(
        &self,
        username: &Username,
        code: &ConfirmationCode,
        source_ip: Option<IpAddr>,
        hash: SecretString,
    ) -> Result<Confirmed, Error> {
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
            return Ok(Confirmed::Now);
        };
        match Refusal::of(&error) {
            Some(refusal) if is_confirmed(&refusal) && attempts.repeated() => {
                Ok(Confirmed::Perhaps)
            }
            Some(refusal) if is_of_the_code(&refusal) => Err(Error::InvalidCode),
            _ => Err(unexpected(&error)),
        }
    }

    async fn set_password(&self, username: &Username, password: &NewPassword) -> Result<(), Error> {
        let call = self
            .cognito
            .admin_set_user_password()
            .user_pool_id(self.user_pool_id())
            .username(username.expose())
            .password(password.expose())
            .permanent(true);
        call.send().await.map(drop).map_err(|error| unexpected(&error))
    }

    /// Removes an authenticator app. An account that was confirmed just now can have none of its owner's.
    async fn remove_software_token(&self, username: &Username) -> Result<(), Error> {
        let call = self
            .cognito
            .admin_delete_software_token()
            .user_pool_id(self.user_pool_id())
            .username(username.expose());
        let Err(error) = call.send().await else {
            return Ok(());
        };
        match Refusal::of(&error).map(|refusal| refusal.code) {
            // Pool and user exist, so it can only say that there is no app. The API reference leaves open
            // how a user without one is answered.
            Some("InvalidParameterException" | "ResourceNotFoundException") => Ok(()),
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
