use std::borrow::Cow;

/// A refusal as AWS words it: a type and, mostly, a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Exception {
    pub(crate) kind: Kind,
    pub(crate) message: Option<Cow<'static, str>>,
}

/// The exception types that this pool can answer with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    AliasExists,
    CodeMismatch,
    EnableSoftwareTokenMfa,
    ExpiredCode,
    IncompleteSignature,
    InternalError,
    InvalidParameter,
    InvalidPassword,
    InvalidSignature,
    LimitExceeded,
    MissingAuthenticationToken,
    NotAuthorized,
    PasswordResetRequired,
    RefreshTokenReuse,
    RequestEntityTooLarge,
    ResourceNotFound,
    Serialization,
    SoftwareTokenMfaNotFound,
    Unauthorized,
    UnknownOperation,
    UnrecognizedClient,
    UnsupportedOperation,
    UnsupportedUserState,
    UnsupportedTokenType,
    UserNotConfirmed,
    UserNotFound,
    UsernameExists,
}

impl Kind {
    /// The name on the wire.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::AliasExists => "AliasExistsException",
            Self::CodeMismatch => "CodeMismatchException",
            Self::EnableSoftwareTokenMfa => "EnableSoftwareTokenMFAException",
            Self::ExpiredCode => "ExpiredCodeException",
            Self::IncompleteSignature => "IncompleteSignatureException",
            Self::InternalError => "InternalErrorException",
            Self::InvalidParameter => "InvalidParameterException",
            Self::InvalidPassword => "InvalidPasswordException",
            Self::InvalidSignature => "InvalidSignatureException",
            Self::LimitExceeded => "LimitExceededException",
            Self::MissingAuthenticationToken => "MissingAuthenticationTokenException",
            Self::NotAuthorized => "NotAuthorizedException",
            Self::PasswordResetRequired => "PasswordResetRequiredException",
            Self::RefreshTokenReuse => "RefreshTokenReuseException",
            Self::RequestEntityTooLarge => "RequestEntityTooLargeException",
            Self::ResourceNotFound => "ResourceNotFoundException",
            Self::Serialization => "SerializationException",
            Self::SoftwareTokenMfaNotFound => "SoftwareTokenMFANotFoundException",
            Self::Unauthorized => "UnauthorizedException",
            Self::UnknownOperation => "UnknownOperationException",
            Self::UnrecognizedClient => "UnrecognizedClientException",
            Self::UnsupportedOperation => "UnsupportedOperationException",
            Self::UnsupportedUserState => "UnsupportedUserStateException",
            Self::UnsupportedTokenType => "UnsupportedTokenTypeException",
            Self::UserNotConfirmed => "UserNotConfirmedException",
            Self::UserNotFound => "UserNotFoundException",
            Self::UsernameExists => "UsernameExistsException",
        }
    }

    /// The member that holds the message: AWS capitalises it in one exception only.
    pub(crate) fn message_member(self) -> &'static str {
        if self == Self::Serialization { "Message" } else { "message" }
    }

    /// An exception of this kind.
    pub(crate) fn because(self, message: impl Into<Cow<'static, str>>) -> Exception {
        Exception { kind: self, message: Some(message.into()) }
    }

    /// An exception of this kind that has no message on AWS either.
    pub(crate) fn bare(self) -> Exception {
        Exception { kind: self, message: None }
    }
}

/// A wrong password; with `PreventUserExistenceErrors` also a user that does not exist.
pub(crate) fn incorrect() -> Exception {
    Kind::NotAuthorized.because("Incorrect username or password.")
}

/// A mailed code that does not match.
pub(crate) fn code_mismatch() -> Exception {
    Kind::CodeMismatch.because("Invalid verification code provided, please try again.")
}

/// A code that is too old, used, or was never asked for.
pub(crate) fn code_expired() -> Exception {
    Kind::ExpiredCode.because("Invalid code provided, please request a code again.")
}

/// A quota of attempts is used up.
pub(crate) fn limit_exceeded() -> Exception {
    Kind::LimitExceeded.because("Attempt limit exceeded, please try after some time.")
}

/// No such user, said openly: to administrators, and by `LEGACY` clients.
pub(crate) fn no_such_user() -> Exception {
    Kind::UserNotFound.because("User does not exist.")
}

/// No such user, in the words of the operations that handle codes (`LEGACY` clients).
pub(crate) fn no_such_combination() -> Exception {
    Kind::UserNotFound.because("Username/client id combination not found.")
}

/// No such pool, or one that has been deleted.
pub(crate) fn no_such_pool(id: &str) -> Exception {
    Kind::ResourceNotFound.because(format!("User pool {id} does not exist."))
}

/// No such app client in this pool.
pub(crate) fn no_such_client(id: &str) -> Exception {
    Kind::ResourceNotFound.because(format!("User pool client {id} does not exist."))
}

/// An administrator creates a user under a name that is taken.
pub(crate) fn account_exists() -> Exception {
    Kind::UsernameExists.because("User account already exists")
}

/// What AWS does and these pools do not: better refused than taken and forgotten.
pub(crate) fn not_emulated(what: &str) -> Exception {
    Kind::InvalidParameter.because(format!("{what} is not emulated."))
}

/// A user whom an administrator has disabled.
pub(crate) fn disabled() -> Exception {
    Kind::NotAuthorized.because("User is disabled.")
}

/// Confirmation of a user who is past it.
pub(crate) fn cannot_confirm(status: &str) -> Exception {
    Kind::NotAuthorized.because(format!("User cannot be confirmed. Current status is {status}"))
}

impl From<redb::Error> for Exception {
    /// The cause stays readable: whoever runs this pool is its only operator. It names no user
    /// data.
    fn from(error: redb::Error) -> Self {
        Kind::InternalError.because(format!("the user store failed: {error}"))
    }
}

impl From<tokio::task::JoinError> for Exception {
    fn from(_: tokio::task::JoinError) -> Self {
        Kind::InternalError.because("a background task was interrupted")
    }
}
