use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use shared::{Kind, Problem, SecurityEvent};

use super::head::{HEADERS_LIMIT, URL_LIMIT};
use crate::answer;

/// A request that is refused by its form, before anybody looks at what it asks for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    /// Something that HTTP does not allow, or that two parsers could read differently.
    #[error("malformed: {0}")]
    Malformed(&'static str),
    /// A host that this server does not have.
    #[error("Host is not one of the allowed hosts")]
    Misdirected,
    /// A page of an origin that is not allowed.
    #[error("the origin is not one of --allowed-origins")]
    ForeignPage,
    /// A path and query above [`URL_LIMIT`].
    #[error("path and query above {URL_LIMIT} bytes")]
    UriTooLong,
    /// Headers above [`HEADERS_LIMIT`].
    #[error("headers above {HEADERS_LIMIT} bytes")]
    HeadersTooLarge,
    /// A body above the limit.
    #[error("body above {limit} bytes")]
    PayloadTooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// A body that does not arrive.
    #[error("the body took too long")]
    BodyTimeout,
}

impl Refused {
    /// The stable code of the answer.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => Kind::MalformedRequest.code(),
            Self::Misdirected => "misdirected_request",
            Self::ForeignPage => "origin_not_allowed",
            Self::UriTooLong => Kind::UriTooLong.code(),
            Self::HeadersTooLarge => "headers_too_large",
            Self::PayloadTooLarge { .. } => Kind::PayloadTooLarge.code(),
            Self::BodyTimeout => "request_timeout",
        }
    }

    /// What this is to the log.
    pub(crate) const fn event(&self) -> Option<SecurityEvent> {
        match self {
            Self::Malformed(_)
            | Self::Misdirected
            | Self::UriTooLong
            | Self::HeadersTooLarge
            | Self::PayloadTooLarge { .. } => Some(SecurityEvent::InputValidationFail),
            Self::ForeignPage => Some(SecurityEvent::MaliciousCors),
            // A slow network is no attack.
            Self::BodyTimeout => None,
        }
    }

    /// The answer. The connection ends with it: what follows on it may be the rest of this request.
    pub(crate) fn response(&self) -> Response<Bytes> {
        let known = |kind, detail| answer::problem(Problem::new(kind).with_detail(detail));
        let mut response = match self {
            Self::Malformed(detail) => known(Kind::MalformedRequest, (*detail).to_owned()),
            Self::UriTooLong => {
                known(Kind::UriTooLong, format!("path and query have at most {URL_LIMIT} bytes"))
            }
            Self::PayloadTooLarge { limit } => {
                known(Kind::PayloadTooLarge, format!("a body has at most {limit} bytes"))
            }
            Self::Misdirected => self.own(
                StatusCode::MISDIRECTED_REQUEST,
                "Misdirected request",
                "this server answers to 127.0.0.1, localhost, [::1] and the hosts of --allowed-hosts",
            ),
            Self::ForeignPage => self.own(
                StatusCode::FORBIDDEN,
                "Origin not allowed",
                "pages may use the user pool if --allowed-origins has their origin, and /_local if they are the API's own",
            ),
            Self::HeadersTooLarge => self.own(
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                "Headers too large",
                &format!("headers have at most {HEADERS_LIMIT} bytes together"),
            ),
            Self::BodyTimeout => self.own(
                StatusCode::REQUEST_TIMEOUT,
                "Request timeout",
                "the body took too long to arrive",
            ),
        };
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        response
    }

    /// A problem (RFC 9457) that only this server gives; in the cloud the network in front of the
    /// API does.
    fn own(&self, status: StatusCode, title: &str, detail: &str) -> Response<Bytes> {
        let code = self.code();
        let body = serde_json::json!({
            "type": format!("urn:passmint:problem:{code}"),
            "title": title,
            "status": status.as_u16(),
            "detail": detail,
            "code": code,
        });
        answer::with_body(status, "application/problem+json; charset=utf-8", body.to_string())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn every_refusal_is_a_problem_and_ends_the_connection() {
        for (refused, status) in [
            (Refused::Malformed("why"), 400),
            (Refused::Misdirected, 421),
            (Refused::ForeignPage, 403),
            (Refused::UriTooLong, 414),
            (Refused::HeadersTooLarge, 431),
            (Refused::PayloadTooLarge { limit: 16_384 }, 413),
            (Refused::BodyTimeout, 408),
        ] {
            let response = refused.response();
            assert_eq!(response.status(), status);
            assert_eq!(response.headers()["connection"], "close");
            assert_eq!(
                response.headers()["content-type"],
                "application/problem+json; charset=utf-8"
            );
            let body: Value = serde_json::from_slice(response.body()).unwrap();
            assert_eq!((&body["status"], &body["code"]), (&status.into(), &refused.code().into()));
            assert!(
                body["type"].is_string() && body["title"].is_string() && body["detail"].is_string()
            );
        }
    }
}
