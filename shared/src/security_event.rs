use serde::Serialize;

/// What happened, in the words of OWASP's Application Logging Vocabulary, as far as it happens here.
///
/// A line of the log has one at most, that which matters most of it. Which route notes which event
/// of which outcome stands in SECURITY.md alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SecurityEvent {
    /// A login that fails: the password, the code of an authenticator app, or the account's state.
    AuthnLoginFail,
    /// A try at an account that too many failures have locked.
    AuthnLoginLock,
    /// A login that ends with tokens.
    AuthnLoginSuccess,
    /// A password is replaced.
    AuthnPasswordChange,
    /// Somebody would replace a password and cannot prove that they may.
    AuthnPasswordChangeFail,
    /// A refresh token comes back after another one took its place.
    AuthnTokenReuse,
    /// A login is ended by its refresh token.
    AuthnTokenRevoked,
    /// No token or code that lets this pass.
    AuthzFail,
    /// More requests than an address, an account, a route or our share of Cognito has.
    ExcessRateLimitExceeded,
    /// A request that cannot be what a page of ours sends.
    InputValidationFail,
    /// A page that is not on the list of origins asks whether it may call.
    MaliciousCors,
    /// Passwords, or the key of an authenticator app, are made and given away.
    SensitiveCreate,
    /// The data of an account are given to its user.
    SensitiveRead,
    /// A step before the one that it follows.
    SequenceFail,
    /// The right password, and a code or a new password still to come.
    SessionCreated,
    /// New tokens for a refresh token.
    SessionRenewed,
    /// A refresh token, or the session between two steps of a login, that is over.
    SessionUseAfterExpire,
    /// A fault of ours.
    SysCrash,
    /// An account is made.
    UserCreated,
    /// An account is gone.
    UserDeleted,
    /// An account is confirmed, or its second factor is switched on or off.
    UserUpdated,
}
