use std::net::IpAddr;

use secrecy::{ExposeSecret, SecretString};

use crate::{
    Error, Identity, NewPassword, Username, Weakness,
    client::context,
    cognito::within,
    error::{Refusal, unexpected},
    retry::{Attempts, once},
};

/// What became of a registration; the client is not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignUp {
    /// There is a new account.
    Created,
    /// The address has an account; if it is not confirmed yet, a new code goes there.
    Known,
    /// The address had none, and Cognito could not mail the code. Nobody is told, since a known address
    /// gets no mail that could fail.
    Unmailed,
}

impl Identity {
    /// Creates an account and has Cognito mail a code to its address.
    ///
    /// Asks for a new code first, whatever the address: an account that somebody else registered there
    /// and never confirmed is confirmed by whoever reads its mail. For everybody else Cognito refuses
    /// that or does nothing. Since both calls are always made, their time says nothing.
    ///
    /// An account that exists already is a success too, [`SignUp::Known`]: a client must not learn
    /// which addresses are known. A repeat after a time-out that finds an account has most likely
    /// found the one that the first try made.
    ///
    /// # Errors
    /// [`Error::WeakPassword`] if it is made of the name, or where the pool is stricter than this
    /// crate, [`Error::InvalidUsername`], [`Error::SignUpClosed`], and what befalls any call.
    pub async fn sign_up(
        &self,
        username: &Username,
        password: &NewPassword,
        source_ip: Option<IpAddr>,
    ) -> Result<SignUp, Error> {
        password.check_not_of(username.expose())?;
        within(async {
            let calls = |hash: SecretString| async {
                // Whatever comes of it, the answer of the sign-up decides.
                _ = self.send_resend_code(username, source_ip, hash.clone(), once()).await;
                self.send_sign_up(username, password, source_ip, hash).await
            };
            self.with_hash(username.expose(), calls).await
        })
        .await
    }

    async fn send_sign_up(
        &self,
        username: &Username,
        password: &NewPassword,
        source_ip: Option<IpAddr>,
        hash: SecretString,
    ) -> Result<SignUp, Error> {
        let attempts = Attempts::default();
        let call = self
            .cognito
            .sign_up()
            .client_id(self.client_id())
            .secret_hash(hash.expose_secret()) // EXPOSE: to Cognito.
            .username(username.expose())
            .password(password.expose())
            .set_user_context_data(context(source_ip))
            .customize()
            .interceptor(attempts.clone());
        let Err(error) = call.send().await else {
            return Ok(SignUp::Created);
        };
        let Some(refusal) = Refusal::of(&error) else {
            return Err(unexpected(&error));
        };
        match refusal.code {
            "UsernameExistsException" | "AliasExistsException" => {
                Ok(if attempts.repeated() { SignUp::Created } else { SignUp::Known })
            }
            "InvalidParameterException" if is_of_the_username(&refusal) => {
                Err(Error::InvalidUsername)
            }
            "NotAuthorizedException" if refusal.message.contains("not permitted") => {
                Err(Error::SignUpClosed)
            }
            "UserLambdaValidationException" => Err(Error::SignUpClosed),
            "LimitExceededException" | "CodeDeliveryFailureException" => Ok(SignUp::Unmailed),
            _ => Err(weakness(&refusal).map_or_else(|| unexpected(&error), Error::WeakPassword)),
        }
    }
}

/// What the pool has against a new password, if that is what it refuses.
pub(crate) fn weakness(refusal: &Refusal<'_>) -> Option<Weakness> {
    match refusal.code {
        "InvalidPasswordException" if refusal.message.contains("not long enough") => {
            Some(Weakness::TooShort)
        }
        "InvalidPasswordException" | "PasswordHistoryPolicyViolationException" => {
            Some(Weakness::PoolPolicy)
        }
        "InvalidParameterException"
            if refusal.message.to_ascii_lowercase().contains("password'") =>
        {
            Some(Weakness::PoolPolicy)
        }
        _ => None,
    }
}

fn is_of_the_username(refusal: &Refusal<'_>) -> bool {
    let message = refusal.message.to_ascii_lowercase();
    message.contains("username") || message.contains("email")
}
