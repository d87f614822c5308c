use std::{fmt, future::Future, net::IpAddr, sync::Arc};

use aws_sdk_cognitoidentityprovider::{Client, types::UserContextDataType};
use secrecy::SecretString;
use shared::secret_hash;
use tokio::sync::OnceCell;

use crate::{Error, InvalidVariables, Settings, Wire, error::unexpected};

/// The accounts of one user pool, as one app client sees them. Cheap to clone; clones share the
/// client's secret.
#[derive(Clone)]
pub struct Identity {
    pub(crate) cognito: Client,
    settings: Settings,
    /// Read once. Cognito never shows another one for this client: after `AddUserPoolClientSecret`,
    /// `DescribeUserPoolClient` still answers with the first. Concurrent first calls share the
    /// reading, and the next call repeats one that failed.
    secret: Arc<OnceCell<SecretString>>,
}

impl Identity {
    /// The accounts that a function's environment variables name, over HTTPS.
    ///
    /// # Errors
    /// All variables that are missing or wrong; see [`Settings::from_variables`].
    pub fn from_variables(
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, InvalidVariables> {
        Ok(Self::new(Settings::from_variables(variable)?, &Wire::https()))
    }

    /// The accounts that `settings` name. Nothing is sent before the first call.
    #[must_use]
    pub fn new(settings: Settings, wire: &Wire) -> Self {
        let cognito = wire.client(&settings.endpoint, Some(&settings.credentials));
        Self { cognito, settings, secret: Arc::default() }
    }

    /// Reads the app client's secret, and so opens the connection too, before a call needs them. If
    /// that fails, the call does it.
    pub async fn fetch_secret(&self) {
        _ = self.secret.get_or_try_init(|| self.read_secret()).await;
    }

    pub(crate) fn client_id(&self) -> &str {
        &self.settings.client_id
    }

    pub(crate) fn user_pool_id(&self) -> &str {
        &self.settings.user_pool_id
    }

    /// Makes `call` with the client's secret.
    pub(crate) async fn with_secret<T, F>(
        &self,
        call: impl FnOnce(SecretString) -> F,
    ) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        // On the heap, since the SDK's futures are large.
        let secret = Box::pin(self.secret.get_or_try_init(|| self.read_secret())).await?;
        Box::pin(call(secret.clone())).await
    }

    /// Makes `call` with the `SECRET_HASH` over `username`.
    pub(crate) async fn with_hash<T, F>(
        &self,
        username: &str,
        call: impl FnOnce(SecretString) -> F,
    ) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        self.with_secret(|secret| async move {
            let hash = secret_hash(&secret, username, self.client_id());
            call(hash.map_err(|_| no_secret())?).await
        })
        .await
    }

    async fn read_secret(&self) -> Result<SecretString, Error> {
        let call = self
            .cognito
            .describe_user_pool_client()
            .user_pool_id(self.user_pool_id())
            .client_id(self.client_id());
        let output = call.send().await.map_err(|error| unexpected(&error))?;
        let secret = output.user_pool_client.and_then(|client| client.client_secret);
        secret.map(Into::into).ok_or_else(no_secret)
    }
}

fn no_secret() -> Error {
    Error::Misconfigured("the app client has no secret".to_owned())
}

/// The address that the client has, for Cognito's own view of who is asking.
pub(crate) fn context(source_ip: Option<IpAddr>) -> Option<UserContextDataType> {
    source_ip.map(|ip| UserContextDataType::builder().ip_address(ip.to_string()).build())
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("settings", &self.settings).finish_non_exhaustive()
    }
}
