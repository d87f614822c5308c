use std::net::IpAddr;

use secrecy::{ExposeSecret, SecretString};

use crate::{
    Asked, Error, Identity, Username, client::context, cognito::within, resend_code::untold,
    retry::not_twice,
};

impl Identity {
    /// Has Cognito mail a code that lets a forgotten password be replaced.
    ///
    /// An account that cannot get one, for whatever reason, is a success too: a caller must not learn
    /// which addresses are known. No mail is asked for twice.
    ///
    /// # Errors
    /// What befalls any call.
    pub async fn forgot_password(
        &self,
        username: &Username,
        source_ip: Option<IpAddr>,
    ) -> Result<Asked, Error> {
        let call = |hash| self.send_forgot_password(username, source_ip, hash);
        within(self.with_hash(username.expose(), call)).await
    }

    async fn send_forgot_password(
        &self,
        username: &Username,
        source_ip: Option<IpAddr>,
        hash: SecretString,
    ) -> Result<Asked, Error> {
        let call = self
            .cognito
            .forgot_password()
            .client_id(self.client_id())
            .secret_hash(hash.expose_secret()) // EXPOSE: to Cognito.
            .username(username.expose())
            .set_user_context_data(context(source_ip))
            .customize()
            .config_override(not_twice());
        call.send().await.map(|_| Asked::Heard).or_else(|error| untold(&error))
    }
}
