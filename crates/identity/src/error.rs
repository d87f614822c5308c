use std::time::Duration;

use aws_sdk_cognitoidentityprovider::{
    config::http::HttpResponse,
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
};
use shared::{FieldError, Kind, Problem};

use crate::Weakness;

/// How long a client is told to wait after Cognito said "try after some time", which is all it
/// says; its documented lockouts last up to about 15 minutes.
const LIMIT_WAIT: Duration = Duration::from_mins(15);
/// How long a client is told to wait when the account's request rate is spent.
const THROTTLE_WAIT: Duration = Duration::from_secs(5);

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
    /// A password that may not be chosen.
    #[error("the password {0}")]
    WeakPassword(Weakness),
    /// A user name that Cognito does not take for an e-mail address.
    #[error("the user name is not an e-mail address")]
    InvalidUsername,
    /// The pool takes no sign-ups.
    #[error("sign-up is not permitted")]
    SignUpClosed,
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
    fn from(error: Error) -> Self {
        let kind = match &error {
            Error::InvalidCredentials => Kind::InvalidCredentials,
            Error::UserNotConfirmed => Kind::UserNotConfirmed,
            Error::PasswordResetRequired => Kind::PasswordResetRequired,
            Error::ChallengeUnsupported(_) => Kind::ChallengeUnsupported,
            Error::InvalidCode => Kind::InvalidCode,
            Error::WeakPassword(weakness) => return weak_password(*weakness),
            Error::InvalidUsername => return invalid_username(),
            Error::SignUpClosed => Kind::SignUpClosed,
            Error::TooManyAttempts => {
                return Self::new(Kind::TooManyAttempts).retry_in(LIMIT_WAIT).because(&error);
            }
            Error::Throttled(_) => {
                let problem = Self::new(Kind::DependencyUnavailable);
                return problem.retry_in(THROTTLE_WAIT).because(&error);
            }
            Error::Unavailable(_) => Kind::DependencyUnavailable,
            Error::Misconfigured(_) => Kind::Internal,
        };
        Self::new(kind).because(&error)
    }
}

fn weak_password(weakness: Weakness) -> Problem {
    let error = FieldError::new("password", weakness.code(), weakness.to_string());
    Problem::of_fields(Kind::WeakPassword, vec![error])
}

fn invalid_username() -> Problem {
    let error = FieldError::new("username", "not_an_email", "must be an e-mail address");
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

    /// Whether it is about `SECRET_HASH`, whose refusals share their code with a wrong password.
    pub(crate) fn is_of_our_secret(&self) -> bool {
        let message = self.message.to_ascii_lowercase();
        message.contains("secret hash")
            || message.contains("secret_hash")
            || message.contains("with secret")
            || message.contains("for secret")
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
        return Error::Unavailable(DisplayErrorContext(error).to_string());
    };
    match refusal.code {
        // The default sender's daily quota: nothing that this user did.
        "LimitExceededException" if refusal.message.contains("email limit") => {
            Error::Unavailable(refusal.cause())
        }
        "LimitExceededException" | "TooManyFailedAttemptsException" => Error::TooManyAttempts,
        "TooManyRequestsException" => Error::Throttled(refusal.cause()),
        "NotAuthorizedException"
        | "ResourceNotFoundException"
        | "InvalidParameterException"
        | "InvalidUserPoolConfigurationException"
        | "UnsupportedOperationException" => Error::Misconfigured(refusal.cause()),
        _ => Error::Unavailable(refusal.cause()),
    }
}
