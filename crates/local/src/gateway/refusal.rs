use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, header};
use shared::{Kind, Origins, Problem, SecurityEvent};

use super::proxy_answer::Malformed;
use crate::{
    answer,
    authorizer::Denied,
    server::Refused,
    template::{GatewayResponse, GatewayResponses},
};

/// Why the gateway answers in place of a function.
#[derive(Debug, Clone)]
pub(super) enum Refusal {
    /// The form of the request.
    Refused(Refused),
    /// No such path.
    NoPath {
        /// The path of the template that looks most like it.
        nearest: Option<String>,
    },
    /// The path is there, the method is not.
    ///
    /// The one answer that differs from the cloud's: API Gateway cannot tell this from a path that
    /// does not exist, and answers both alike.
    NoMethod {
        /// The methods that are there.
        allow: String,
    },
    /// No caller on a route that needs one.
    Denied(Denied),
    /// The function's answer is none.
    Malformed(Malformed),
}

impl Refusal {
    /// The answer: the template's own words where the cloud would use them.
    ///
    /// The template names one fixed origin, which is all that API Gateway can. Here it is sent only
    /// to that origin, and one of `origins` is sent its own name: stricter than the cloud, and a
    /// page on a developer's machine can read the answer as well.
    pub(super) fn response(
        &self,
        responses: &GatewayResponses,
        request: &HeaderMap,
        origins: &Origins,
    ) -> Response<Bytes> {
        match self {
            Self::Refused(refused) => refused.response(),
            Self::NoMethod { allow } => not_allowed(allow),
            Self::NoPath { .. } => {
                templated(&responses.missing_authentication_token, request, origins)
            }
            Self::Denied(_) => templated(&responses.unauthorized, request, origins),
            Self::Malformed(_) => templated(&responses.malformed_answer, request, origins),
        }
    }

    /// What API Gateway calls the fault, in the header `x-amzn-ErrorType`.
    pub(super) const fn error_type(&self) -> Option<&'static str> {
        match self {
            Self::Refused(_) | Self::NoMethod { .. } => None,
            Self::NoPath { .. } => Some("MissingAuthenticationTokenException"),
            Self::Denied(_) => Some("UnauthorizedException"),
            Self::Malformed(_) => Some("InternalServerErrorException"),
        }
    }

    /// What this is to the log.
    pub(super) const fn event(&self) -> Option<SecurityEvent> {
        match self {
            Self::Refused(refused) => refused.event(),
            Self::NoPath { .. } => Kind::NotFound.event(),
            Self::NoMethod { .. } => Kind::MethodNotAllowed.event(),
            Self::Denied(_) => Kind::Unauthorized.event(),
            Self::Malformed(_) => Kind::Internal.event(),
        }
    }

    /// The stable code of the answer.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Refused(refused) => refused.code(),
            Self::NoPath { .. } => Kind::NotFound.code(),
            Self::NoMethod { .. } => Kind::MethodNotAllowed.code(),
            Self::Denied(_) => Kind::Unauthorized.code(),
            Self::Malformed(_) => Kind::Internal.code(),
        }
    }
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<Denied> for Refusal {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

impl From<Malformed> for Refusal {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

/// The cause, for the log.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refused) => refused.fmt(f),
            Self::NoPath { nearest: Some(nearest) } => {
                write!(f, "no such path; the nearest is {nearest}")
            }
            Self::NoPath { nearest: None } => f.write_str("no such path"),
            Self::NoMethod { allow } => write!(f, "no such method; the path has {allow}"),
            Self::Denied(denied) => denied.fmt(f),
            Self::Malformed(malformed) => malformed.fmt(f),
        }
    }
}

fn not_allowed(allow: &str) -> Response<Bytes> {
    let problem =
        Problem::new(Kind::MethodNotAllowed).with_detail(format!("this path has {allow}"));
    let mut response = answer::problem(problem);
    if let Ok(allow) = HeaderValue::from_str(allow) {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    response
}

fn templated(
    template: &GatewayResponse,
    request: &HeaderMap,
    origins: &Origins,
) -> Response<Bytes> {
    let GatewayResponse { status, mut headers, body } = template.clone();
    let fixed = headers.remove(header::ACCESS_CONTROL_ALLOW_ORIGIN);
    let sent = request.get(header::ORIGIN);
    if let Some(origin) =
        origins.allowed(request).or_else(|| fixed.as_ref().filter(|fixed| Some(*fixed) == sent))
    {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    }
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}
