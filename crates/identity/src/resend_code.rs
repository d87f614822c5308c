use aws_sdk_cognitoidentityprovider::config;

use crate::{
    Error, Identity, Username,
    error::{Refusal, unexpected},
};

impl Identity {
    /// Has Cognito mail a new code to an account that is not confirmed yet; the older ones end.
    ///
    /// An unknown user, a confirmed one and one whose hourly limit is reached are successes too:
    /// a caller must not learn which addresses are known. Sent once: a repeat would be a second mail.
    ///
    /// # Errors
    /// What befalls any call.
    pub async fn resend_code(&self, username: &Username) -> Result<(), Error> {
        use secrecy::ExposeSecret;
        let once = config::retry::RetryConfig::disabled();
        let call = self
            .cognito
            .resend_confirmation_code()
            .client_id(self.client_id())
            .secret_hash(self.secret_hash(username)?.expose_secret()) // EXPOSE: to Cognito.
            .username(username.expose())
            .customize()
            .config_override(config::Config::builder().retry_config(once));
        let Err(error) = call.send().await else {
            return Ok(());
        };
        match Refusal::of(&error).map(|refusal| refusal.code) {
            Some("UserNotFoundException" | "InvalidParameterException") => Ok(()),
            _ => match unexpected(&error) {
                Error::TooManyAttempts => Ok(()),
                error => Err(error),
            },
        }
    }
}
