use std::{borrow::Cow, fmt, time::Duration};

use http::StatusCode;
use serde::Serialize;

use crate::SecurityEvent;

/// What went wrong, as far as a client needs to tell apart. The one table of statuses, codes and
/// security events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The body cannot be read, or a member of it is missing, unknown or out of its bounds.
    MalformedRequest,
    /// A new password that the rules refuse.
    WeakPassword,
    /// A code that is wrong, old, used or of an unknown user: one answer for all of them.
    InvalidCode,
    /// A generator parameter with a value that it cannot have.
    InvalidParameter,
    /// Password rules that cannot be read; the answer says where.
    InvalidRules,
    /// A password policy that cannot be read; the answer says where.
    InvalidPolicy,
    /// A generator parameter that does not exist: a typo must not weaken a password.
    UnknownParameter,
    /// A generator parameter given twice.
    DuplicateParameter,
    /// Generator parameters that contradict each other.
    ConflictingParameters,
    /// No token, or one that does not hold.
    Unauthorized,
    /// A wrong password, an unknown user or a disabled one: one answer for all of them.
    InvalidCredentials,
    /// A login that is over, or that was never finished: the user logs in again.
    SessionOver,
    /// The right password of an account whose address is not confirmed yet.
    UserNotConfirmed,
    /// The right password of an account that an administrator wants to have a new one.
    PasswordResetRequired,
    /// The right password of an account that asks for a step this service does not offer.
    ChallengeUnsupported,
    /// The user pool does not let people sign up.
    SignUpClosed,
    /// No authenticator app was set up, so no code of one can be right.
    MfaNotSetUp,
    /// An authenticator app is in use already.
    MfaAlreadyEnabled,
    /// No such route, or nothing that this caller may know of.
    NotFound,
    /// The route exists, the method on it does not.
    MethodNotAllowed,
    /// The client takes nothing that this API answers in.
    NotAcceptable,
    /// The body is larger than [`crate::json::BODY_LIMIT`].
    PayloadTooLarge,
    /// The path and query are longer than the gateway takes.
    UriTooLong,
    /// The body is not declared as JSON in UTF-8.
    UnsupportedMediaType,
    /// No password can satisfy the generator request.
    Unsatisfiable,
    /// A generator request whose passwords cannot be counted with reasonable work.
    PolicyTooComplex,
    /// No length that is allowed gives passwords of the entropy asked for.
    EntropyUnreachable,
    /// More different passwords asked for than there are.
    CountExceedsSpace,
    /// Too many tries for one account or address.
    TooManyAttempts,
    /// An account that is confirmed but may have another password than the one that was sent.
    PasswordNotSet,
    /// A fault of ours.
    Internal,
    /// A service that we need did not answer, or refused us for now.
    DependencyUnavailable,
}

impl Kind {
    /// The HTTP status.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::MalformedRequest
            | Self::WeakPassword
            | Self::InvalidCode
            | Self::InvalidParameter
            | Self::InvalidRules
            | Self::InvalidPolicy
            | Self::UnknownParameter
            | Self::DuplicateParameter
            | Self::ConflictingParameters => StatusCode::BAD_REQUEST,
            Self::Unauthorized | Self::InvalidCredentials | Self::SessionOver => {
                StatusCode::UNAUTHORIZED
            }
            Self::UserNotConfirmed
            | Self::PasswordResetRequired
            | Self::ChallengeUnsupported
            | Self::SignUpClosed => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Self::MfaNotSetUp | Self::MfaAlreadyEnabled => StatusCode::CONFLICT,
            Self::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UriTooLong => StatusCode::URI_TOO_LONG,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Unsatisfiable
            | Self::PolicyTooComplex
            | Self::EntropyUnreachable
            | Self::CountExceedsSpace => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooManyAttempts => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::PasswordNotSet | Self::DependencyUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The code that clients match on: `snake_case`, never changed once released.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::MalformedRequest => "malformed_request",
            Self::WeakPassword => "weak_password",
            Self::InvalidCode => "invalid_code",
            Self::InvalidParameter => "invalid_parameter",
            Self::InvalidRules => "invalid_rules",
            Self::InvalidPolicy => "invalid_policy",
            Self::UnknownParameter => "unknown_parameter",
            Self::DuplicateParameter => "duplicate_parameter",
            Self::ConflictingParameters => "conflicting_parameters",
            Self::Unauthorized => "unauthorized",
            Self::InvalidCredentials => "invalid_credentials",
            Self::SessionOver => "session_over",
            Self::UserNotConfirmed => "user_not_confirmed",
            Self::PasswordResetRequired => "password_reset_required",
            Self::ChallengeUnsupported => "challenge_unsupported",
            Self::SignUpClosed => "sign_up_closed",
            Self::MfaNotSetUp => "mfa_not_set_up",
            Self::MfaAlreadyEnabled => "mfa_already_enabled",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::NotAcceptable => "not_acceptable",
            Self::PayloadTooLarge => "payload_too_large",
            Self::UriTooLong => "uri_too_long",
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::Unsatisfiable => "unsatisfiable",
            Self::PolicyTooComplex => "policy_too_complex",
            Self::EntropyUnreachable => "entropy_unreachable",
            Self::CountExceedsSpace => "count_exceeds_space",
            Self::TooManyAttempts => "too_many_attempts",
            Self::PasswordNotSet => "password_not_set",
            Self::Internal => "internal",
            Self::DependencyUnavailable => "dependency_unavailable",
        }
    }

    /// What a problem of this kind is to the log, unless it says better; see [`Problem::noting`].
    #[must_use]
    pub const fn event(self) -> Option<SecurityEvent> {
        match self {
            Self::MalformedRequest
            | Self::WeakPassword
            | Self::InvalidParameter
            | Self::InvalidRules
            | Self::InvalidPolicy
            | Self::UnknownParameter
            | Self::DuplicateParameter
            | Self::ConflictingParameters
            | Self::NotAcceptable
            | Self::PayloadTooLarge
            | Self::UriTooLong
            | Self::UnsupportedMediaType
            | Self::Unsatisfiable
            | Self::PolicyTooComplex
            | Self::EntropyUnreachable
            | Self::CountExceedsSpace => Some(SecurityEvent::InputValidationFail),
            Self::InvalidCredentials
            | Self::UserNotConfirmed
            | Self::PasswordResetRequired
            | Self::ChallengeUnsupported => Some(SecurityEvent::AuthnLoginFail),
            Self::Unauthorized | Self::InvalidCode | Self::SignUpClosed => {
                Some(SecurityEvent::AuthzFail)
            }
            Self::SessionOver => Some(SecurityEvent::SessionUseAfterExpire),
            Self::MfaNotSetUp | Self::MfaAlreadyEnabled => Some(SecurityEvent::SequenceFail),
            Self::TooManyAttempts => Some(SecurityEvent::ExcessRateLimitExceeded),
            Self::PasswordNotSet => Some(SecurityEvent::UserUpdated),
            Self::Internal => Some(SecurityEvent::SysCrash),
            Self::NotFound | Self::MethodNotAllowed | Self::DependencyUnavailable => None,
        }
    }

    /// The title for people: the code in words.
    fn title(self) -> String {
        let words = self.code().replace('_', " ");
        let first = words.chars().next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(words.chars().skip(1)).collect()
    }

    /// The sentence for a client that can do nothing more specific.
    const fn default_detail(self) -> &'static str {
        match self {
            Self::Unauthorized => "log in and send the access token as a bearer token",
            Self::InvalidCredentials => "the user name or the password is wrong",
            Self::SessionOver => "this login is over: log in again",
            Self::UserNotConfirmed => {
                "confirm the account first, with the code that was mailed to its address"
            }
            Self::PasswordResetRequired => "choose a new password before you log in",
            Self::ChallengeUnsupported => "this account needs a log-in step that is not offered",
            Self::SignUpClosed => "this user pool does not take registrations",
            Self::MfaNotSetUp => "set up an authenticator app first",
            Self::MfaAlreadyEnabled => "an authenticator app is in use: remove it first",
            Self::InvalidCode => "the code is wrong or no longer valid: ask for a new one",
            Self::NotFound => "no such route: check the path and the method",
            Self::NotAcceptable => "this API answers in application/json alone",
            Self::TooManyAttempts => "too many attempts: wait before the next one",
            Self::PasswordNotSet => {
                "the password could not be set: choose it with POST /forgot_password"
            }
            Self::Internal => "something went wrong on our side: try again later",
            Self::DependencyUnavailable => "a service that this needs is not available: try again",
            Self::MalformedRequest
            | Self::WeakPassword
            | Self::InvalidParameter
            | Self::InvalidRules
            | Self::InvalidPolicy
            | Self::UnknownParameter
            | Self::DuplicateParameter
            | Self::ConflictingParameters
            | Self::MethodNotAllowed
            | Self::PayloadTooLarge
            | Self::UriTooLong
            | Self::UnsupportedMediaType
            | Self::Unsatisfiable
            | Self::PolicyTooComplex
            | Self::EntropyUnreachable
            | Self::CountExceedsSpace => "the request cannot be answered as it stands",
        }
    }
}

/// One member or parameter of a request that is at fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// Its name as the client wrote it, cut at [`FieldError::NAME_LIMIT`] characters.
    pub field: String,
    /// A stable code, `snake_case`.
    pub code: &'static str,
    /// What is wrong and what is allowed; never the value.
    pub detail: String,
}

impl FieldError {
    /// How many characters of a name are repeated to the client.
    pub const NAME_LIMIT: usize = 64;

    /// A fault of the member or parameter `field`.
    #[must_use]
    pub fn new(field: &str, code: &'static str, detail: impl Into<String>) -> Self {
        let field = field.chars().take(Self::NAME_LIMIT).collect();
        Self { field, code, detail: detail.into() }
    }
}

/// A refusal, as RFC 9457 describes it; becomes an answer by `Response::from`.
#[derive(Clone, Debug)]
pub struct Problem {
    kind: Kind,
    detail: Cow<'static, str>,
    errors: Vec<FieldError>,
    retry_after: Option<Duration>,
    cause: Option<String>,
    event: Option<SecurityEvent>,
}

impl Problem {
    /// A problem of `kind` with that kind's own sentence.
    #[must_use]
    pub const fn new(kind: Kind) -> Self {
        let detail = Cow::Borrowed(kind.default_detail());
        let event = kind.event();
        Self { kind, detail, errors: Vec::new(), retry_after: None, cause: None, event }
    }

    /// A fault of ours; `cause` goes to the log, never to the client.
    #[must_use]
    pub fn internal(cause: &dyn fmt::Display) -> Self {
        Self::new(Kind::Internal).because(cause)
    }

    /// A problem of the fields `errors`; its sentence names them.
    #[must_use]
    pub fn of_fields(kind: Kind, errors: Vec<FieldError>) -> Self {
        let sentences: Vec<_> =
            errors.iter().map(|error| format!("{}: {}", error.field, error.detail)).collect();
        Self { errors, ..Self::new(kind).with_detail(sentences.join("; ")) }
    }

    /// Replaces the sentence for people.
    #[must_use]
    pub fn with_detail(self, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { detail: detail.into(), ..self }
    }

    /// Says how long to wait, as `Retry-After` in whole seconds, at least one.
    #[must_use]
    pub fn retry_in(self, wait: Duration) -> Self {
        Self { retry_after: Some(wait), ..self }
    }

    /// Names the cause for the log; the client never sees it.
    #[must_use]
    pub fn because(self, cause: &dyn fmt::Display) -> Self {
        Self { cause: Some(cause.to_string()), ..self }
    }

    /// Names what this is to the log, where the kind alone does not tell; the client never sees it.
    #[must_use]
    pub fn noting(self, event: SecurityEvent) -> Self {
        Self { event: Some(event), ..self }
    }

    /// As [`Problem::noting`] if it is of `kind`, for a route that means something else by that kind.
    #[must_use]
    pub fn noting_if(self, kind: Kind, event: SecurityEvent) -> Self {
        if self.kind == kind { self.noting(event) } else { self }
    }

    /// The kind.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.kind.status()
    }

    /// How long the client should wait.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// The cause, for the log alone.
    #[must_use]
    pub fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }

    /// What this is to the log, for the log alone.
    #[must_use]
    pub const fn event(&self) -> Option<SecurityEvent> {
        self.event
    }

    /// The body, `application/problem+json`.
    #[must_use]
    pub fn body(&self) -> String {
        let code = self.kind.code();
        let body = Body {
            r#type: format!("urn:passmint:problem:{code}"),
            title: self.kind.title(),
            status: self.status().as_u16(),
            detail: &self.detail,
            code,
            errors: &self.errors,
        };
        serde_json::to_string(&body).unwrap_or_default()
    }
}

/// The members of RFC 9457, section 3.1, and two of ours.
#[derive(Serialize)]
struct Body<'a> {
    r#type: String,
    title: String,
    status: u16,
    detail: &'a str,
    code: &'static str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::Response;

    #[test]
    fn a_problem_becomes_an_answer() {
        let problem = Problem::of_fields(
            Kind::MalformedRequest,
            vec![FieldError::new("username", "missing", "is required")],
        );
        let response = Response::from(problem.because(&"only for the log"));
        assert_eq!(response.status, 400);
        assert_eq!(
            serde_json::from_str::<Value>(&response.body).unwrap(),
            json!({
                "type": "urn:passmint:problem:malformed_request",
                "title": "Malformed request",
                "status": 400,
                "detail": "username: is required",
                "code": "malformed_request",
                "errors": [{"field": "username", "code": "missing", "detail": "is required"}],
            })
        );
    }

    /// ENU-2: what the log is told never changes the answer.
    #[test]
    fn an_event_is_not_in_the_answer() {
        let plain = Problem::new(Kind::InvalidCredentials);
        assert_eq!(plain.event(), Some(SecurityEvent::AuthnLoginFail));
        let noted = plain.clone().noting(SecurityEvent::AuthnLoginLock);
        assert_eq!(noted.event(), Some(SecurityEvent::AuthnLoginLock));
        assert_eq!(noted.body(), plain.body());
        let event = |kind| {
            plain.clone().noting_if(kind, SecurityEvent::AuthnPasswordChangeFail).event().unwrap()
        };
        assert_eq!(event(Kind::InvalidCode), SecurityEvent::AuthnLoginFail);
        assert_eq!(event(Kind::InvalidCredentials), SecurityEvent::AuthnPasswordChangeFail);
    }

    #[test]
    fn retry_after_is_whole_seconds_and_at_least_one() {
        for (wait, seconds) in [(Duration::ZERO, "1"), (Duration::from_millis(61_900), "61")] {
            let problem = Problem::new(Kind::TooManyAttempts).retry_in(wait);
            assert_eq!(Response::from(problem).headers["retry-after"], seconds);
        }
    }

    #[test]
    fn a_long_name_is_cut() {
        let error = FieldError::new(&"ß".repeat(5000), "unknown", "is not known");
        assert_eq!(error.field.chars().count(), FieldError::NAME_LIMIT);
    }
}
