use std::{fmt, time::Duration};

use aws_config::{
    BehaviorVersion, Region, SdkConfig, retry::RetryConfig,
    stalled_stream_protection::StalledStreamProtectionConfig, timeout::TimeoutConfig,
};
use aws_sdk_cognitoidentityprovider::{Client, config};
use aws_smithy_http_client::tls;
use aws_smithy_runtime_api::client::http::HttpClient;
use secrecy::SecretString;
use shared::secret_hash;

use crate::{Error, MissingVariables, Settings, Username, retry::LimitsAreFinal};

/// A connection that takes longer is given up and tried again.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(1_500);
/// One try of one call.
const ATTEMPT_TIMEOUT: Duration = Duration::from_millis(2_500);
/// One call with all its tries: well below the function's own time-out, so that the client gets an
/// answer of ours and not the gateway's.
const OPERATION_TIMEOUT: Duration = Duration::from_millis(5_500);
/// Tries of one call, with jittered exponential back-off between them.
const ATTEMPTS: u32 = 3;
/// The longest wait before the second try; the SDK's own, a second, is longer than most calls.
const INITIAL_BACKOFF: Duration = Duration::from_millis(200);

/// The accounts of one user pool, as one app client sees them. Cheap to clone.
#[derive(Clone)]
pub struct Identity {
    pub(crate) cognito: Client,
    settings: Settings,
}

impl Identity {
    /// The accounts that a function's environment variables name, over HTTPS.
    ///
    /// Nothing is sent and no certificate read before the first call.
    ///
    /// # Errors
    /// All variables that are missing; see [`Settings::from_variables`].
    pub fn from_variables(
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, MissingVariables> {
        let settings = Settings::from_variables(variable)?;
        // ring: the SDK's default, aws-lc, spends some 30 ms of CPU gathering entropy at its first
        // use, which at a small memory size is most of the first user's wait.
        let ring = tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring);
        Ok(Self::over(
            settings,
            aws_smithy_http_client::Builder::new().tls_provider(ring).build_https(),
        ))
    }

    /// The accounts that `settings` name, reached through `http_client`.
    pub fn over(settings: Settings, http_client: impl HttpClient + 'static) -> Self {
        let mut config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(settings.region.clone()))
            .http_client(http_client)
            .retry_config(retries())
            .timeout_config(timeouts())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        config.set_endpoint_url(settings.endpoint.clone());
        let config = config::Builder::from(&config.build()).retry_classifier(LimitsAreFinal);
        Self { cognito: Client::from_conf(config.build()), settings }
    }

    pub(crate) fn client_id(&self) -> &str {
        &self.settings.client_id
    }

    pub(crate) fn secret_hash(&self, username: &Username) -> Result<SecretString, Error> {
        secret_hash(&self.settings.client_secret, username.expose(), self.client_id())
            .map_err(|_| Error::Misconfigured("the client secret is empty".to_owned()))
    }
}

fn retries() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(ATTEMPTS).with_initial_backoff(INITIAL_BACKOFF)
}

fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .operation_timeout(OPERATION_TIMEOUT)
        .build()
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("settings", &self.settings).finish_non_exhaustive()
    }
}
