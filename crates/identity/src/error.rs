use std::time::Duration;

use aws_sdk_cognitoidentityprovider::{
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
};
use shared::{FieldError, Kind, Problem, SecurityEvent};

use crate::Weakness;

/// How long a client is told to wait after Cognito said "try after some time", which is all it
/// says; its documented lockouts last up to about 15 minutes.
const LIMIT_WAIT: Duration = Duration::from_mins(15);
/// How long a client is told to wait when the account's request rate is spent.
const THROTTLE_WAIT: Duration = Duration::from_secs(5);

const WRONG_TOTP_CODE: &str = "the code is wrong or was used already: wait for the next one";
const LOGINS_GO_ON: &str =
    "the new password holds, but older logins could not be ended: replace it once more";

/// Why an operation on an account was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Wrong password, no such user, disabled or locked: one refusal, so that none is revealed.
    #[error("the user name or the password is wrong")]
    InvalidCredentials,
    /// The right password, before the address was confirmed.
    #[error("the user is not confirmed")]
    UserNotConfirmed,
    /// The right password, after an administrator reset it.
    #[error("the password must be reset")]
    PasswordResetRequired,
    /// The right password, and a challenge that this service does not answer.
    #[error("the challenge {0} is not supported")]
    ChallengeUnsupported(String),
    /// A code that is wrong, old or used, or of an unknown user.
    #[error("the code is wrong or no longer valid")]
    InvalidCode,
    /// A code of an authenticator app that is wrong or was used already.
    #[error("the code of the authenticator app is wrong or was used")]
    InvalidTotpCode,
    /// A log-in whose session is used, over or another user's, or a refresh token that is.
    #[error("the login is over")]
    SessionOver,
    /// A refresh token that is used again after another one took its place: there are two who hold
    /// it. The client is told nothing but [`Error::SessionOver`].
    #[error("the refresh token was used before, and its login is ended")]
    TokenReused,
    /// The same, and Cognito did not end the login. The next use of the token tries again.
    #[error("the refresh token was used before, and its login goes on: {0}")]
    ReusedLoginGoesOn(String),
    /// An access token that Cognito does not take: forged, over, revoked, or of a user who is
    /// disabled or gone.
    #[error("the access token is refused")]
    TokenRefused,
    /// A token of another kind where a refresh token belongs.
    #[error("the token is not a refresh token")]
    NotARefreshToken,
    /// A code of an authenticator app that was never set up.
    #[error("no authenticator app is set up")]
    MfaNotSetUp,
    /// An authenticator app is in use.
    #[error("an authenticator app is in use")]
    MfaAlreadyEnabled,
    /// A password that may not be chosen.
    #[error("the password {0}")]
    WeakPassword(Weakness),
    /// A user name that Cognito does not take for an e-mail address.
    #[error("the user name is not an e-mail address")]
    InvalidUsername,
    /// The pool takes no sign-ups.
    #[error("sign-up is not permitted")]
    SignUpClosed,
    /// The new password holds, but the logins from before could not be ended.
    #[error("the password is replaced, but older logins go on: {0}")]
    LoginsGoOn(String),
    /// The account is confirmed, but the password could not be set, or not safely.
    #[error("the account is confirmed, but its password is not set: {0}")]
    PasswordNotSet(String),
    /// Too many wrong passwords or codes: the account is locked for a while. Only for callers who
    /// have proved to know that there is such an account.
    #[error("the account is locked for a while")]
    Locked,
    /// The same, of callers who have proved nothing: they are told nothing but
    /// [`Error::InvalidCredentials`], and the log alone tells the two apart.
    #[error("the account is locked for a while, which the client is not told")]
    LockedUntold,
    /// This user's hourly limit is reached.
    #[error("too many attempts")]
    TooManyAttempts,
    /// Our share of Cognito's request rate is spent.
    #[error("throttled by Cognito: {0}")]
    Throttled(String),
    /// Cognito did not answer, or not usefully.
    #[error("cognito is not available: {0}")]
    Unavailable(String),
    /// The app client or the pool is not set up as this service needs it.
    #[error("cognito is not set up for this service: {0}")]
    Misconfigured(String),
}

impl From<Error> for Problem {
    /// With `password` as the name of a new password; see [`Error::about`].
    fn from(error: Error) -> Self {
        error.about("password")
    }
}

impl Error {
    /// The problem for the client, of a request whose member for a new password is called
    /// `new_password`.
    #[must_use]
    pub fn about(self, new_password: &str) -> Problem {
        let error = self;
        let kind = match &error {
            Error::InvalidCredentials => Kind::InvalidCredentials,
            Error::UserNotConfirmed => Kind::UserNotConfirmed,
            Error::PasswordResetRequired => Kind::PasswordResetRequired,
            Error::ChallengeUnsupported(_) => Kind::ChallengeUnsupported,
            Error::InvalidCode => Kind::InvalidCode,
            Error::InvalidTotpCode => {
                return Problem::new(Kind::InvalidCode).with_detail(WRONG_TOTP_CODE);
            }
            Error::SessionOver => Kind::SessionOver,
            Error::TokenReused | Error::ReusedLoginGoesOn(_) => {
                let problem = Problem::new(Kind::SessionOver);
                return problem.noting(SecurityEvent::AuthnTokenReuse).because(&error);
            }
            Error::TokenRefused => Kind::Unauthorized,
            Error::NotARefreshToken => return not_a_refresh_token(),
            Error::MfaNotSetUp => Kind::MfaNotSetUp,
            Error::MfaAlreadyEnabled => Kind::MfaAlreadyEnabled,
            Error::WeakPassword(weakness) => return weak_password(new_password, *weakness),
            Error::InvalidUsername => return invalid_username(),
            Error::SignUpClosed => Kind::SignUpClosed,
            Error::LoginsGoOn(_) => {
                let problem = Problem::new(Kind::DependencyUnavailable).with_detail(LOGINS_GO_ON);
                return problem.noting(SecurityEvent::AuthnPasswordChange).because(&error);
            }
            Error::Locked => {
                let problem = Problem::new(Kind::TooManyAttempts).retry_in(LIMIT_WAIT);
                return problem.noting(SecurityEvent::AuthnLoginLock).because(&error);
            }
            Error::LockedUntold => {
                let problem = Problem::new(Kind::InvalidCredentials);
                return problem.noting(SecurityEvent::AuthnLoginLock).because(&error);
            }
            Error::TooManyAttempts => {
                return Problem::new(Kind::TooManyAttempts).retry_in(LIMIT_WAIT).because(&error);
            }
            Error::Throttled(_) => {
                let problem = Problem::new(Kind::DependencyUnavailable).retry_in(THROTTLE_WAIT);
                return problem.noting(SecurityEvent::ExcessRateLimitExceeded).because(&error);
            }
            Error::PasswordNotSet(_) => Kind::PasswordNotSet,
            Error::Unavailable(_) => Kind::DependencyUnavailable,
            Error::Misconfigured(_) => Kind::Internal,
        };
        Problem::new(kind).because(&error)
    }
}

fn weak_password(field: &str, weakness: Weakness) -> Problem {
    let error = FieldError::new(field, weakness.code(), weakness.to_string());
    Problem::of_fields(Kind::WeakPassword, vec![error])
}

fn invalid_username() -> Problem {
    let error = FieldError::new("username", "not_an_email", "must be an e-mail address");
    Problem::of_fields(Kind::MalformedRequest, vec![error])
}

fn not_a_refresh_token() -> Problem {
    let error = FieldError::new("refresh_token", "invalid", "must be the refresh token of a login");
    Problem::of_fields(Kind::MalformedRequest, vec![error])
}

/// Cognito's name for a refusal and its sentence.
pub(crate) struct Refusal<'a> {
    pub(crate) code: &'a str,
    pub(crate) message: &'a str,
}

impl<'a> Refusal<'a> {
    /// What Cognito refused; `None` if there is no answer of Cognito's.
    pub(crate) fn of<E: ProvideErrorMetadata>(
        error: &'a SdkError<E, HttpResponse>,
    ) -> Option<Self> {
        let refusal = error.as_service_error()?.meta();
        let message = refusal.message().unwrap_or_default();
        Some(Self { code: refusal.code().unwrap_or_default(), message })
    }

    /// Whether it is about the client's secret or `SECRET_HASH`, whose refusals share their code with a
    /// wrong password.
    pub(crate) fn is_of_our_secret(&self) -> bool {
        matches!(self.code, "NotAuthorizedException" | "UnauthorizedException")
            && self.message.to_ascii_lowercase().contains("secret")
    }

    /// Whether too many wrong passwords or codes came before, whose refusals share their code with
    /// one more.
    pub(crate) fn is_of_a_lock(&self) -> bool {
        self.message.contains("attempts exceeded")
    }

    /// For the log: the code, and the sentence unless it quotes what a user sent.
    fn cause(&self) -> String {
        if self.message.contains("Value") {
            self.code.to_owned()
        } else {
            format!("{}: {}", self.code, self.message)
        }
    }
}

/// What a refusal means that the operation itself has no other reading of.
pub(crate) fn unexpected<E>(error: &SdkError<E, HttpResponse>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let Some(refusal) = Refusal::of(error) else {
        return Error::Unavailable(sentences(error));
    };
    match refusal.code {
        _ if refusal.is_of_our_secret() => Error::Misconfigured(refusal.cause()),
        // The default sender's daily quota: nothing that this user did.
        "LimitExceededException" if refusal.message.contains("email limit") => {
            Error::Unavailable(refusal.cause())
        }
        "LimitExceededException" | "TooManyFailedAttemptsException" => Error::TooManyAttempts,
        "TooManyRequestsException" => Error::Throttled(refusal.cause()),
        "AccessDeniedException"
        | "InvalidSignatureException"
        | "NotAuthorizedException"
        | "ResourceNotFoundException"
        | "SoftwareTokenMFANotFoundException"
        | "InvalidParameterException"
        | "InvalidUserPoolConfigurationException"
        | "UnauthorizedException"
        | "UnrecognizedClientException"
        | "UnsupportedOperationException" => Error::Misconfigured(refusal.cause()),
        _ => Error::Unavailable(refusal.cause()),
    }
}

/// An error and what caused it, as sentences. `DisplayErrorContext` of the SDK adds the `Debug` form,
/// which can hold the body of an answer.
fn sentences(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

/// What a refusal means of a call that an access token is the proof for.
pub(crate) fn of_token<E>(error: &SdkError<E, HttpResponse>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    match Refusal::of(error) {
        Some(refusal) if refusal.is_of_a_lock() => Error::Locked,
        Some(refusal) => match refusal.code {
            "NotAuthorizedException" | "UserNotFoundException" => Error::TokenRefused,
            "PasswordResetRequiredException" => Error::PasswordResetRequired,
            "UserNotConfirmedException" => Error::UserNotConfirmed,
            _ => unexpected(error),
        },
        None => unexpected(error),
    }
}

/// What `known` makes of a refusal; what it does not know, and what is none, is unexpected.
pub(crate) fn refused<E>(
    error: &SdkError<E, HttpResponse>,
    known: fn(&Refusal<'_>) -> Option<Error>,
) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    Refusal::of(error).and_then(|refusal| known(&refusal)).unwrap_or_else(|| unexpected(error))
}

#[cfg(test)]
mod tests {
    use aws_sdk_cognitoidentityprovider::{
        config::http::HttpResponse, operation::get_user::GetUserError,
    };
    use aws_smithy_runtime_api::http::StatusCode;
    use aws_smithy_types::body::SdkBody;

    use super::*;

    /// The SDK's own errors hold the answer that they are about.
    #[test]
    fn sec_4_an_answer_that_cannot_be_read_is_not_in_the_cause() {
        let status = StatusCode::try_from(200).unwrap();
        let answer = HttpResponse::new(status, SdkBody::from("a token of somebody"));
        let error = SdkError::<GetUserError, _>::response_error("cut off", answer);
        assert!(format!("{error:?}").contains("of somebody"), "the SDK prints it");
        let Error::Unavailable(cause) = unexpected(&error) else { panic!("{error}") };
        assert!(cause.contains("cut off") && !cause.contains("of somebody"), "{cause}");
    }
}
