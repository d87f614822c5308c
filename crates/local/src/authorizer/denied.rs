use super::token::TOKEN_LIMIT;

/// Why a request has no caller. It goes to the log; the client is told nothing but 401.
///
/// No message holds anything that stands in the token, except which of two kinds it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Denied {
    /// No token where one belongs.
    #[error("no Authorization header")]
    Absent,
    /// Two tokens: neither is trusted.
    #[error("more than one Authorization header")]
    Repeated,
    /// Refused before anything is decoded.
    #[error("the token is longer than {TOKEN_LIMIT} bytes")]
    TooLong,
    /// Not a JWS in compact serialization (RFC 7515, section 7.1).
    #[error("the token is not three parts of base64url")]
    NotCompact,
    /// The header is not JSON, not an object, or has a name twice.
    #[error("the token's header is not a JSON object with distinct names")]
    Header,
    /// A header member that changes what the rest means, and is not understood here.
    #[error("the token's header has {0}, which is not understood")]
    HeaderMember(&'static str),
    /// Anything but RS256.
    #[error("alg is not RS256")]
    Algorithm,
    /// No `kid`, or one that is not a text.
    #[error("kid is missing or no text")]
    KeyId,
    /// A `kid` that no key of the pool has.
    #[error("kid is of no key of the user pool")]
    UnknownKey,
    /// The signature is not one of that key.
    #[error("the signature does not hold")]
    Signature,
    /// The payload is not a JSON object.
    #[error("the claims are not a JSON object")]
    Claims,
    /// A claim that is missing or of another type than Cognito gives it.
    #[error("the claim {0} is missing or of the wrong type")]
    Claim(&'static str),
    /// Another user pool, or another way to write this one.
    #[error("iss is not this user pool")]
    Issuer,
    /// `exp` is now or before.
    #[error("the token has expired (exp)")]
    Expired,
    /// `nbf` is in the future.
    #[error("the token is not valid yet (nbf)")]
    NotYet,
    /// `iat` is in the future.
    #[error("the token was issued in the future (iat)")]
    Future,
    /// An ID token where an access token is wanted.
    #[error("token_use is id, the route takes access tokens")]
    WantsAccess,
    /// An access token where an ID token is wanted.
    #[error("token_use is access, the route takes ID tokens")]
    WantsId,
    /// Neither of the two kinds.
    #[error("token_use is neither access nor id")]
    TokenUse,
    /// An access token without any of the scopes wanted.
    #[error("scope has none of the route's scopes")]
    Scope,
    /// An access token of another app client.
    #[error("client_id is not this app client")]
    ClientId,
    /// An ID token for another app client.
    #[error("aud is not this app client")]
    Audience,
}
