//! Making HTTP answers out of texts and of what the functions' side has.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use shared::Problem;

/// An answer with a body of the type `content_type`.
pub(crate) fn with_body(
    status: StatusCode,
    content_type: &'static str,
    body: impl Into<Bytes>,
) -> Response<Bytes> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// The answer that `problem` is.
pub(crate) fn problem(problem: Problem) -> Response<Bytes> {
    let answer = shared::Response::from(problem);
    let mut response = Response::new(Bytes::from(answer.body));
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    response
}
