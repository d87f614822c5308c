use std::fmt;

/// Who sent an authenticated request: the `sub` of the access token that the authorizer verified.
///
/// `sub` and nothing else: a user name or an address can change or be given to somebody else,
/// and anything in a body, query or header is only what the client claims.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Caller(String);

impl Caller {
    /// The caller named by the authorizer's `sub` claim; `None` if the claim is empty.
    #[must_use]
    pub fn from_sub(sub: &str) -> Option<Self> {
        (!sub.is_empty()).then(|| Self(sub.to_owned()))
    }

    /// The `sub` claim: an opaque id that Cognito never gives to another user of the pool.
    #[must_use]
    pub fn sub(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Caller(…)")
    }
}
