use std::fmt;

use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::{Problem, SecurityEvent};

/// One HTTP answer as a handler gives it; the adapter adds the headers that every answer has.
///
/// Its `Debug` shows no body: a body can be a password or a token.
#[derive(Clone)]
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// The headers of this answer alone.
    pub headers: HeaderMap,
    /// The body, UTF-8.
    pub body: String,
    event: Option<SecurityEvent>,
    tally: Option<Tally>,
    cause: Option<String>,
}

/// What a success adds to the metrics beside its event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tally {
    /// A registration of an address that has an account, answered like any other.
    RegisteredAgain,
    /// So many passwords were made.
    Passwords(u32),
}

impl Response {
    /// An answer with `value` as its JSON body.
    #[must_use]
    pub fn json(status: StatusCode, value: &impl Serialize) -> Self {
        match serde_json::to_string(value) {
            Ok(body) => Self::new(status, "application/json; charset=utf-8", body),
            Err(error) => Problem::internal(&error).into(),
        }
    }

    /// An answer without a body.
    #[must_use]
    pub fn empty(status: StatusCode) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            body: String::new(),
            event: None,
            tally: None,
            cause: None,
        }
    }

    /// Names what happened to the log; the client never sees it.
    #[must_use]
    pub fn noting(self, event: SecurityEvent) -> Self {
        Self { event: Some(event), ..self }
    }

    /// Adds to the metrics; the client never sees it.
    #[must_use]
    pub fn counting(self, tally: Tally) -> Self {
        Self { tally: Some(tally), ..self }
    }

    /// Says what did not work in spite of the success; the client never sees it.
    #[must_use]
    pub fn because(self, cause: &dyn fmt::Display) -> Self {
        Self { cause: Some(cause.to_string()), ..self }
    }

    /// What happened, for the log alone.
    #[must_use]
    pub const fn event(&self) -> Option<SecurityEvent> {
        self.event
    }

    /// What it adds to the metrics, for the log alone.
    #[must_use]
    pub const fn tally(&self) -> Option<Tally> {
        self.tally
    }

    /// What did not work, for the log only.
    #[must_use]
    pub fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }

    fn new(status: StatusCode, content_type: &'static str, body: String) -> Self {
        let content_type = HeaderValue::from_static(content_type);
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, content_type)]);
        Self { headers, body, ..Self::empty(status) }
    }
}

impl From<Problem> for Response {
    fn from(problem: Problem) -> Self {
        let content_type = "application/problem+json; charset=utf-8";
        let mut response = Self::new(problem.status(), content_type, problem.body());
        if let Some(wait) = problem.retry_after() {
            response.headers.insert(header::RETRY_AFTER, wait.as_secs().max(1).into());
        }
        response.event = problem.event();
        response
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response").field("status", &self.status).finish_non_exhaustive()
    }
}
