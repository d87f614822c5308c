use aws_smithy_http_client::tls;
use aws_smithy_runtime_api::client::{
    http::{HttpClient, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector},
    runtime_components::RuntimeComponents,
};

/// HTTPS with the system's root certificates.
///
/// The SDK's own client makes a connector when a client is built, for the sake of the certificates,
/// and throws it away; the first call makes another one. Here the first call makes the only one.
#[derive(Debug)]
pub(crate) struct Https(SharedHttpClient);

impl Https {
    pub(crate) fn new() -> Self {
        // ring: the SDK's default, aws-lc, spends some 30 ms of CPU gathering entropy at its first
        // use, which at a small memory size is most of the first user's wait.
        let ring = tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring);
        Self(aws_smithy_http_client::Builder::new().tls_provider(ring).build_https())
    }
}

impl HttpClient for Https {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        self.0.http_connector(settings, components)
    }
}
