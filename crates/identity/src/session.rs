use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use shared::json::Fault;

/// Identifies a log-in to its next step: 20 to 2048 characters (the bounds of Cognito's `Session`).
#[derive(Clone)]
pub struct Session(SecretString);

impl Session {
    /// The fewest characters.
    pub const MIN: usize = 20;
    /// The most characters.
    pub const MAX: usize = 2048;

    /// Reads a session exactly as sent.
    ///
    /// # Errors
    /// `invalid` with what is allowed.
    pub fn parse(text: SecretString) -> Result<Self, Fault> {
        // EXPOSE: its length is counted.
        if (Self::MIN..=Self::MAX).contains(&text.expose_secret().chars().count()) {
            return Ok(Self(text));
        }
        let detail =
            format!("must be the session of a login, {} to {} characters", Self::MIN, Self::MAX);
        Err(Fault::new("invalid", detail))
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret() // EXPOSE: it goes to Cognito.
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Session(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds() {
        for length in [20, 2048] {
            assert!(Session::parse("x".repeat(length).into()).is_ok());
        }
        for length in [0, 19, 2049] {
            assert!(Session::parse("x".repeat(length).into()).is_err(), "{length}");
        }
    }
}
