use std::fmt;

use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

/// Who sent an authenticated request: the `sub` of the access token that the authorizer verified.
///
/// `sub` and nothing else: a user name or an address can change or be given to somebody else,
/// and anything in a body, query or header is only what the client claims.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Caller(String);

/// A caller's name in the log: the first 64 bits of SHA-256 over the `sub`, as 16 hexadecimal digits.
///
/// Lines of one caller can be joined by it, and it does not change from one deployment to another. A
/// `sub` is a UUID and cannot be guessed, so the hash alone leads to nobody. It protects from no one
/// who knows the `sub`: whoever may list the user pool, or has a token of the caller, finds their
/// lines. It is a pseudonym, not anonymity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SubHash(u64);

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

    /// The caller's name in the log.
    #[must_use]
    pub fn sub_hash(&self) -> SubHash {
        let digest = Sha256::digest(self.0.as_bytes());
        SubHash(digest.iter().take(8).fold(0, |bits, byte| bits << 8 | u64::from(*byte)))
    }
}

impl fmt::Display for SubHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl Serialize for SubHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Caller(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with `printf %s SUB | sha256sum | cut -c-16`.
    #[test]
    fn the_name_in_the_log_is_the_start_of_a_hash() {
        for (sub, expected) in [
            ("1f3c2a9e-7b4d-4e55-9c61-0d8e6f2a4b17", "612a8c95973d1e28"),
            ("1f3c2a9e-7b4d-4e55-9c61-0d8e6f2a4b18", "14f2c0a66511e8eb"),
        ] {
            let hash = Caller::from_sub(sub).unwrap().sub_hash();
            assert_eq!(hash.to_string(), expected, "{sub}");
            assert_eq!(serde_json::to_string(&hash).unwrap(), format!("{expected:?}"));
        }
    }
}
