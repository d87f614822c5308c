//! An endpoint that does what a script says.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use aws_smithy_runtime_api::{
    client::{
        http::{
            HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings,
            SharedHttpConnector,
        },
        orchestrator::{HttpRequest, HttpResponse},
        result::ConnectorError,
        runtime_components::RuntimeComponents,
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use identity::{Account, Credentials, Endpoint as Region, Identity, Settings, Wire};
use secrecy::ExposeSecret;
use serde_json::Value;

use crate::operations::NAME;

/// What the endpoint does with one request.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Answer(&'static str),
    Refuse(&'static str, &'static str),
    /// 200 with a page that is no answer of Cognito's.
    Page,
    /// The page of a proxy in between.
    BadGateway,
    /// An answer that ends in its middle.
    Half,
    /// A connection that ends instead of an answer.
    Reset,
    Hang,
}
pub(crate) use Step::{Answer, BadGateway, Half, Hang, Page, Refuse, Reset};

/// An endpoint that takes one step a request, the last one for ever, and keeps what it was sent.
/// The app client's secret it tells beside the script: one after the other, the last one for ever.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    steps: VecDeque<Step>,
    secrets: VecDeque<Step>,
    told: usize,
    opened: usize,
    sent: Vec<(String, Value)>,
}

/// What tells the secret `$secret`.
macro_rules! secret {
    ($secret:literal) => {
        crate::endpoint::Answer(concat!(
            r#"{"UserPoolClient":{"ClientSecret":""#,
            $secret,
            r#""}}"#
        ))
    };
}
pub(crate) use secret;

impl Endpoint {
    pub(crate) fn new(steps: &[Step]) -> Self {
        Self::telling(&[secret!("secret")], steps)
    }

    pub(crate) fn telling(secrets: &[Step], steps: &[Step]) -> Self {
        Self(Arc::new(Mutex::new(State {
            steps: steps.iter().cloned().collect(),
            secrets: secrets.iter().cloned().collect(),
            told: 0,
            opened: 0,
            sent: Vec::new(),
        })))
    }

    pub(crate) fn identity(&self) -> Identity {
        let settings = Settings {
            endpoint: region(),
            user_pool_id: "pool".to_owned(),
            client_id: "client".to_owned(),
            credentials: Credentials {
                access_key_id: "AKID".to_owned(),
                secret_access_key: "a key".into(),
                session_token: Some("a session token".into()),
            },
        };
        Identity::new(settings, &self.wire())
    }

    pub(crate) fn account(&self) -> Account {
        Account::new(&region(), &self.wire())
    }

    fn wire(&self) -> Wire {
        let clock = || SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_280_971);
        Wire::over(self.clone(), Arc::new(clock))
    }

    /// The operations and bodies that were sent, but those that asked for the secret.
    pub(crate) fn sent(&self) -> Vec<(String, Value)> {
        self.0.lock().unwrap().sent.clone()
    }

    pub(crate) fn calls(&self) -> usize {
        self.0.lock().unwrap().sent.len()
    }

    /// How often the secret was asked for.
    pub(crate) fn told(&self) -> usize {
        self.0.lock().unwrap().told
    }

    /// How often it was asked for no operation, just to have a connection.
    pub(crate) fn opened(&self) -> usize {
        self.0.lock().unwrap().opened
    }

    fn next(&self, request: &HttpRequest) -> Step {
        let mut state = self.0.lock().unwrap();
        let Some(target) = request.headers().get("x-amz-target") else {
            assert_eq!(
                (request.method(), request.uri()),
                ("GET", "https://cognito-idp.eu-central-1.amazonaws.com/")
            );
            state.opened += 1;
            return step(&mut state.steps);
        };
        let operation = target.strip_prefix("AWSCognitoIdentityProviderService.").unwrap();
        check_signature(operation, request);
        if operation == "DescribeUserPoolClient" {
            state.told += 1;
            return step(&mut state.secrets);
        }
        let body: Value = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        state.sent.push((operation.to_owned(), body));
        step(&mut state.steps)
    }
}

/// The hash over the name of every operation's user.
pub(crate) fn secret_hash(secret: &str) -> String {
    let hash = shared::secret_hash(&secret.into(), NAME, "client").unwrap();
    hash.expose_secret().to_owned()
}

/// The operations of users are open, and nothing about our key shall travel with them.
fn check_signature(operation: &str, request: &HttpRequest) {
    let authorization = request.headers().get("authorization");
    if operation.starts_with("Admin") || operation == "DescribeUserPoolClient" {
        let signature = "AWS4-HMAC-SHA256 Credential=AKID/20260924/eu-central-1/cognito-idp/";
        assert!(authorization.unwrap().starts_with(signature), "{authorization:?}");
        assert_eq!(request.headers().get("x-amz-security-token"), Some("a session token"));
    } else {
        assert_eq!(authorization, None, "{operation}");
        assert_eq!(request.headers().get("x-amz-security-token"), None);
    }
}

fn region() -> Region {
    Region { region: "eu-central-1".to_owned(), url: None }
}

fn step(steps: &mut VecDeque<Step>) -> Step {
    let step = if steps.len() > 1 { steps.pop_front() } else { steps.front().cloned() };
    step.unwrap()
}

impl HttpConnector for Endpoint {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (status, error_type, body) = match self.next(&request) {
            Answer(body) => (200, None, body.to_owned()),
            Refuse(code, message) => {
                (400, Some(code), format!(r#"{{"__type":"{code}","message":"{message}"}}"#))
            }
            Page => (200, None, "<html>".to_owned()),
            BadGateway => (502, None, "<html>Bad gateway</html>".to_owned()),
            Half => (200, None, r#"{"AuthenticationResult":{"AccessTok"#.to_owned()),
            Reset => {
                let reset = ConnectorError::io("connection reset by peer".into());
                return HttpConnectorFuture::ready(Err(reset));
            }
            Hang => return HttpConnectorFuture::new(std::future::pending()),
        };
        let mut response =
            HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(body));
        if let Some(error_type) = error_type {
            response.headers_mut().insert("x-amzn-errortype", format!("{error_type}:"));
        }
        HttpConnectorFuture::new(async {
            // Lets calls at once overlap.
            tokio::task::yield_now().await;
            Ok(response)
        })
    }
}

impl HttpClient for Endpoint {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
