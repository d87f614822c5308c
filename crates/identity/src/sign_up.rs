use crate::{
    Error, Identity, NewPassword, Username, Weakness,
    error::{Refusal, unexpected},
};

impl Identity {
    /// Creates an account and has Cognito mail a code to its address.
    ///
    /// An account that exists already is a success too: a caller must not learn which addresses
    /// are known, and a repeat after a time-out finds the account that the first try made.
    ///
    /// # Errors
    /// [`Error::WeakPassword`] or [`Error::InvalidUsername`] where the pool is stricter than this
    /// crate, [`Error::SignUpClosed`], and what befalls any call.
    pub async fn sign_up(&self, username: &Username, password: &NewPassword) -> Result<(), Error> {
        use secrecy::ExposeSecret;
        let call = self
            .cognito
            .sign_up()
            .client_id(self.client_id())
            .secret_hash(self.secret_hash(username)?.expose_secret()) // EXPOSE: to Cognito.
            .username(username.expose())
            .password(password.expose());
        let Err(error) = call.send().await else {
            return Ok(());
        };
        let Some(refusal) = Refusal::of(&error) else {
            return Err(unexpected(&error));
        };
        match refusal.code {
            "UsernameExistsException" | "AliasExistsException" => Ok(()),
            "InvalidPasswordException" => Err(Error::WeakPassword(weakness(&refusal))),
            "InvalidParameterException" if is_of_the_username(&refusal) => {
                Err(Error::InvalidUsername)
            }
            "InvalidParameterException" if refusal.message.contains("'password'") => {
                Err(Error::WeakPassword(Weakness::PoolPolicy))
            }
            "NotAuthorizedException" if refusal.message.contains("not permitted") => {
                Err(Error::SignUpClosed)
            }
            "UserLambdaValidationException" => Err(Error::SignUpClosed),
            _ => Err(unexpected(&error)),
        }
    }
}

fn weakness(refusal: &Refusal<'_>) -> Weakness {
    if refusal.message.contains("not long enough") {
        Weakness::TooShort
    } else {
        Weakness::PoolPolicy
    }
}

fn is_of_the_username(refusal: &Refusal<'_>) -> bool {
    let message = refusal.message.to_ascii_lowercase();
    message.contains("username") || message.contains("email")
}
