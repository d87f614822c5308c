//! HTTP as a page or a script speaks it.

use std::{
    fmt,
    io::{Cursor, Read},
    sync::{
        LazyLock,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use ureq::{
    Agent, SendBody,
    http::{HeaderMap, Method, Request},
};

use crate::{
    administrator::invite,
    contract,
    stack::{Running, SHARED},
    totp::code,
};

/// The password of every account that does not need one of its own.
pub(crate) const PASSWORD: &str = "correct-horse-battery";

/// A connection that the server closes after 10 s of silence is not used again.
static AGENT: LazyLock<Agent> = LazyLock::new(|| {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .allow_non_standard_methods(true)
        .proxy(None)
        .max_redirects(0)
        .max_idle_age(Duration::from_secs(2));
    config.build().new_agent()
});

/// One request.
#[derive(Clone)]
pub(crate) struct Call {
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Body,
}

#[derive(Clone)]
enum Body {
    None,
    Whole(Vec<u8>),
    Chunked(Vec<u8>),
}

/// One answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

/// The tokens of a login.
#[derive(Clone)]
pub(crate) struct Tokens {
    pub(crate) id: String,
    pub(crate) access: String,
    pub(crate) refresh: String,
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:.80}", self.method, self.path)
    }
}

impl Call {
    pub(crate) fn new(method: &str, path: &str) -> Self {
        let method = method.parse().unwrap();
        Self { method, path: path.to_owned(), headers: Vec::new(), body: Body::None }
    }

    pub(crate) fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    /// A POST of `body` as JSON.
    pub(crate) fn post(path: &str, body: &Value) -> Self {
        Self::post_text(path, body.to_string())
    }

    /// A DELETE with `body` as JSON.
    pub(crate) fn delete(path: &str, body: &Value) -> Self {
        let call = Self::new("DELETE", path).header("content-type", "application/json");
        call.body(body.to_string())
    }

    /// A POST of anything as JSON.
    pub(crate) fn post_text(path: &str, body: impl AsRef<[u8]>) -> Self {
        Self::new("POST", path).header("content-type", "application/json").body(body)
    }

    pub(crate) fn body(self, body: impl AsRef<[u8]>) -> Self {
        Self { body: Body::Whole(body.as_ref().to_owned()), ..self }
    }

    /// Sends the body without telling its length before.
    pub(crate) fn chunked(self) -> Self {
        match self.body {
            Body::Whole(bytes) => Self { body: Body::Chunked(bytes), ..self },
            Body::None | Body::Chunked(_) => self,
        }
    }

    /// Adds a header, beside those of the same name.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Takes away every header `name`.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// Adds a parameter to the query.
    pub(crate) fn query(mut self, name: &str, value: &str) -> Self {
        self.path.push(if self.path.contains('?') { '&' } else { '?' });
        self.path.extend(utf8_percent_encode(name, NON_ALPHANUMERIC));
        self.path.push('=');
        self.path.extend(utf8_percent_encode(value, NON_ALPHANUMERIC));
        self
    }

    pub(crate) fn send(self) -> Answer {
        self.send_to(&SHARED)
    }

    /// Sends the request. No answer of the API is ever a fault of its own, and every answer is one
    /// of the contract.
    pub(crate) fn send_to(self, stack: &Running) -> Answer {
        let (method, path) = (self.method.to_string(), self.path.clone());
        let mut request =
            Request::builder().method(self.method).uri(format!("{}{}", stack.url(), self.path));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let sent = match self.body {
            Body::None => AGENT.run(request.body(()).unwrap()),
            Body::Whole(bytes) => AGENT.run(request.body(bytes).unwrap()),
            Body::Chunked(bytes) => {
                AGENT.run(request.body(SendBody::from_owned_reader(Cursor::new(bytes))).unwrap())
            }
        };
        let answer = Answer::read(sent.unwrap());
        assert!(answer.status < 500, "{method} {path}: {:?}", stack.log().last());
        contract::check_answer(&method, &path, &answer);
        answer
    }
}

impl Answer {
    fn read(response: ureq::http::Response<ureq::Body>) -> Self {
        let (head, body) = response.into_parts();
        let mut text = String::new();
        body.into_reader().read_to_string(&mut text).unwrap();
        Self { status: head.status.as_u16(), headers: head.headers, body: text }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }

    /// The status and the problem's code; no code for a success.
    pub(crate) fn outcome(&self) -> (u16, String) {
        let code = if self.status < 400 { Value::Null } else { self.json()["code"].clone() };
        (self.status, code.as_str().unwrap_or_default().to_owned())
    }

    /// The field and the code of each entry in `errors`.
    pub(crate) fn errors(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let body = self.json();
        let errors = body["errors"].as_array().into_iter().flatten();
        errors.map(|error| (text(&error["field"]), text(&error["code"]))).collect()
    }

    /// All that two answers must share not to be told apart: everything but ids and dates.
    pub(crate) fn likeness(&self) -> String {
        let own = ["date", "x-amzn-requestid", "x-amzn-trace-id", "x-amz-apigw-id"];
        let mut headers: Vec<_> = self.headers.iter().map(|pair| format!("{pair:?}")).collect();
        headers.retain(|pair| !own.iter().any(|name| pair.starts_with(&format!("(\"{name}\""))));
        headers.sort_unstable();
        format!("{} {} {}", self.status, headers.join(" "), self.body)
    }
}

/// Whether the user pool at `url` takes `token` for an access token.
pub(crate) fn get_user(url: &str, token: &str) -> Answer {
    ask_pool(url, "GetUser", &[], &json!({"AccessToken": token}).to_string())
}

/// The answer of the user pool at `url` itself.
pub(crate) fn ask_pool(url: &str, operation: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut request = Request::post(url)
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", format!("AWSCognitoIdentityProviderService.{operation}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    Answer::read(AGENT.run(request.body(body.to_owned()).unwrap()).unwrap())
}

/// An address that no other test has.
pub(crate) fn address() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("user{}@example.com", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// An account that waits for its code.
pub(crate) fn registered() -> String {
    let address = address();
    register(&SHARED, &address);
    address
}

/// An account that can log in.
pub(crate) fn confirmed() -> String {
    let address = registered();
    confirm(&SHARED, &address);
    address
}

pub(crate) fn register(stack: &Running, address: &str) {
    let body = json!({"username": address, "password": PASSWORD});
    let answer = Call::post("/register", &body).send_to(stack);
    assert_eq!(answer.status, 200, "{}", answer.body);
}

/// Confirms an account with the newest code of its mail.
pub(crate) fn confirm(stack: &Running, address: &str) {
    let code = stack.codes(address).swap_remove(0);
    let body = json!({"username": address, "confirmation_code": code});
    let answer = Call::post("/confirm_user", &body).send_to(stack);
    assert_eq!(answer.status, 200, "{}", answer.body);
}

pub(crate) fn log_in(stack: &Running, address: &str) -> Tokens {
    Tokens::read(&log_in_by(stack, address, PASSWORD).json())
}

/// The answer to a login that does not fail.
pub(crate) fn log_in_by(stack: &Running, address: &str, password: &str) -> Answer {
    let body = json!({"username": address, "password": password});
    let answer = Call::post("/login", &body).send_to(stack);
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer
}

/// An account on `stack` that can log in.
pub(crate) fn confirmed_on(stack: &Running) -> String {
    let address = address();
    register(stack, &address);
    confirm(stack, &address);
    address
}

/// The key of an authenticator app that the bearer of `token` begins to set up.
pub(crate) fn mfa_key(stack: &Running, token: &str) -> String {
    let body = json!({"password": PASSWORD});
    let answer = Call::post("/mfa/setup", &body).bearer(token).send_to(stack);
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()["secret"].as_str().unwrap().to_owned()
}

/// Sets up an authenticator app for the bearer of `token`, and gives its key. The code before the
/// current one is used up.
pub(crate) fn set_up_mfa(stack: &Running, token: &str) -> String {
    let secret = mfa_key(stack, token);
    let body = json!({"code": code(stack, &secret, -1)});
    let answer = Call::post("/mfa/verify", &body).bearer(token).send_to(stack);
    assert_eq!(answer.status, 204, "{}", answer.body);
    secret
}

/// The password of a user whom an administrator has invited.
pub(crate) const TEMPORARY: &str = "temporary-horse-battery";

/// The session of a user whom an administrator invites and who must choose a password.
pub(crate) fn invited(stack: &Running, address: &str) -> String {
    invite(stack, address, TEMPORARY);
    session_of("NEW_PASSWORD_REQUIRED", &log_in_by(stack, address, TEMPORARY))
}

/// The session of a login that goes on with a code.
pub(crate) fn session(stack: &Running, address: &str) -> String {
    session_by(stack, address, PASSWORD)
}

pub(crate) fn session_by(stack: &Running, address: &str, password: &str) -> String {
    session_of("SOFTWARE_TOKEN_MFA", &log_in_by(stack, address, password))
}

/// The session of an answer that asks for one more step, `challenge`.
pub(crate) fn session_of(challenge: &str, answer: &Answer) -> String {
    let body = answer.json();
    assert_eq!(body["challenge"], challenge, "{body}");
    body["session"].as_str().unwrap().to_owned()
}

impl Tokens {
    pub(crate) fn read(body: &Value) -> Self {
        let token = |name: &str| body[name].as_str().unwrap().to_owned();
        Self {
            id: token("id_token"),
            access: token("access_token"),
            refresh: token("refresh_token"),
        }
    }

    /// The tokens of one user of the shared stack, for tests that need any.
    pub(crate) fn shared() -> &'static Self {
        static TOKENS: LazyLock<Tokens> = LazyLock::new(|| log_in(&SHARED, &confirmed()));
        &TOKENS
    }
}
