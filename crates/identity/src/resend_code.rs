use std::net::IpAddr;

use aws_sdk_cognitoidentityprovider::{
    config::{self, http::HttpResponse},
    error::{ProvideErrorMetadata, SdkError},
};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    Error, Identity, Username,
    client::context,
    cognito::within,
    error::{Refusal, unexpected},
    retry::not_twice,
};

/// What became of a request for a code; the client is not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A code is on its way, or the account is none that can get one.
    Heard,
    /// No code is mailed any more for a while: the account's limit or the pool's is reached.
    AboveLimit,
}

impl Identity {
    /// Has Cognito mail a new code to an account that is not confirmed yet; the older ones end.
    ///
    /// An unknown user, a confirmed one, one whose hourly limit is reached and one whose mail could
    /// not be sent are successes too: a caller must not learn which addresses are known. No mail is
    /// asked for twice.
    ///
    /// # Errors
    /// What befalls any call.
    pub async fn resend_code(
        &self,
        username: &Username,
        source_ip: Option<IpAddr>,
    ) -> Result<Asked, Error> {
        let call = |hash| self.send_resend_code(username, source_ip, hash, not_twice());
        within(self.with_hash(username.expose(), call)).await
    }

    pub(crate) async fn send_resend_code(
        &self,
        username: &Username,
        source_ip: Option<IpAddr>,
        hash: SecretString,
        retries: config::Builder,
    ) -> Result<Asked, Error> {
        let call = self
            .cognito
            .resend_confirmation_code()
            .client_id(self.client_id())
            .secret_hash(hash.expose_secret()) // EXPOSE: to Cognito.
            .username(username.expose())
            .set_user_context_data(context(source_ip))
            .customize()
            .config_override(retries);
        call.send().await.map(|_| Asked::Heard).or_else(|error| untold(&error))
    }
}

/// A refusal that depends on the account, which is kept from whoever asks for a code, or a failure.
pub(crate) fn untold<E>(error: &SdkError<E, HttpResponse>) -> Result<Asked, Error>
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    match Refusal::of(error) {
        Some(refusal) if refusal.is_of_our_secret() => Err(unexpected(error)),
        Some(refusal) => match refusal.code {
            "LimitExceededException" | "TooManyFailedAttemptsException" => Ok(Asked::AboveLimit),
            "CodeDeliveryFailureException"
            | "InvalidParameterException"
            | "NotAuthorizedException"
            | "UserNotFoundException" => Ok(Asked::Heard),
            _ => Err(unexpected(error)),
        },
        None => Err(unexpected(error)),
    }
}
