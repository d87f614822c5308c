use std::fmt;

use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::Problem;

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
        Self { status, headers: HeaderMap::new(), body: String::new() }
    }

    fn new(status: StatusCode, content_type: &'static str, body: String) -> Self {
        let content_type = HeaderValue::from_static(content_type);
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, content_type)]);
        Self { status, headers, body }
    }
}

impl From<Problem> for Response {
    fn from(problem: Problem) -> Self {
        let content_type = "application/problem+json; charset=utf-8";
        let mut response = Self::new(problem.status(), content_type, problem.body());
        if let Some(wait) = problem.retry_after() {
            response.headers.insert(header::RETRY_AFTER, wait.as_secs().max(1).into());
        }
        response
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response").field("status", &self.status).finish_non_exhaustive()
    }
}
