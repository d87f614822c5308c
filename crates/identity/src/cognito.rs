use std::{
    fmt,
    future::Future,
    sync::Arc,
    time::{Duration, SystemTime},
};

use aws_config::{
    BehaviorVersion, Region, SdkConfig, retry::RetryConfig,
    stalled_stream_protection::StalledStreamProtectionConfig, timeout::TimeoutConfig,
};
use aws_sdk_cognitoidentityprovider::{
    Client, config,
    config::retry::{RetryPartition, TokenBucket},
};
use aws_smithy_async::time::TimeSource;
use aws_smithy_runtime_api::client::http::{HttpClient, SharedHttpClient};
use secrecy::ExposeSecret;
use tokio::time::{Instant, timeout_at};

use crate::{Credentials, Endpoint, Error, https::Https, retry::LimitsAreFinal};

/// A connection that takes longer is given up and tried again.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(1_500);
/// One try of one call.
const ATTEMPT_TIMEOUT: Duration = Duration::from_millis(2_500);
/// All calls of one operation with all their tries: well below the function's own time-out, so that
/// the client gets an answer of ours and not the gateway's.
const OPERATION_TIMEOUT: Duration = Duration::from_millis(5_500);
/// Tries of one call, with jittered exponential back-off between them.
const ATTEMPTS: u32 = 3;
/// The longest wait before the second try; the SDK's own, a second, is longer than most calls.
const INITIAL_BACKOFF: Duration = Duration::from_millis(200);

/// The time, which dates signatures.
pub type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// How Cognito is reached.
#[derive(Clone)]
pub struct Wire {
    http_client: SharedHttpClient,
    clock: Clock,
}

impl Wire {
    /// Over HTTPS, with the system's clock.
    ///
    /// Nothing is sent and no certificate read before the first call.
    #[must_use]
    pub fn https() -> Self {
        #[expect(clippy::disallowed_methods, reason = "a function's environment gives the clock")]
        let clock = Arc::new(SystemTime::now);
        Self::over(Https::new(), clock)
    }

    /// Through `http_client`, with signatures dated by `clock`.
    pub fn over(http_client: impl HttpClient + 'static, clock: Clock) -> Self {
        Self { http_client: SharedHttpClient::new(http_client), clock }
    }

    /// A client of Cognito's. Without credentials it can make no call that needs a permission.
    pub(crate) fn client(&self, endpoint: &Endpoint, credentials: Option<&Credentials>) -> Client {
        let mut shared = SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(endpoint.region.clone()))
            .http_client(self.http_client.clone())
            .time_source(DatedBy(Arc::clone(&self.clock)))
            .retry_config(retries())
            .timeout_config(timeouts())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        shared.set_endpoint_url(endpoint.url.clone());
        let mut config = config::Builder::from(&shared.build())
            .retry_classifier(LimitsAreFinal)
            .retry_partition(own_budget());
        if let Some(credentials) = credentials {
            config = config.credentials_provider(signing(credentials));
        }
        Client::from_conf(config.build())
    }
}

/// Within how much time all calls of one operation must be done.
#[derive(Clone, Copy)]
pub(crate) struct Deadline(Instant);

impl Deadline {
    pub(crate) fn start() -> Self {
        Self(Instant::now() + OPERATION_TIMEOUT)
    }

    pub(crate) async fn bound<T>(
        self,
        calls: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let late = || Err(Error::Unavailable(format!("no end after {OPERATION_TIMEOUT:?}")));
        timeout_at(self.0, calls).await.unwrap_or_else(|_| late())
    }
}

/// Gives `calls` the time of one operation.
pub(crate) async fn within<T>(calls: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    Deadline::start().bound(calls).await
}

fn signing(credentials: &Credentials) -> config::Credentials {
    // EXPOSE: they sign calls.
    config::Credentials::new(
        credentials.access_key_id.clone(),
        credentials.secret_access_key.expose_secret(),
        credentials.session_token.as_ref().map(|token| token.expose_secret().to_owned()),
        None,
        "environment",
    )
}

fn retries() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(ATTEMPTS).with_initial_backoff(INITIAL_BACKOFF)
}

/// A budget of retries that no other client of the process uses up.
fn own_budget() -> RetryPartition {
    RetryPartition::custom("cognito").token_bucket(TokenBucket::default()).build()
}

fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .build()
}

struct DatedBy(Clock);

impl TimeSource for DatedBy {
    fn now(&self) -> SystemTime {
        (self.0)()
    }
}

impl fmt::Debug for DatedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatedBy(…)")
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wire(…)")
    }
}
