use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use shared::json::Fault;

/// What gets new tokens: one or more of the characters that a token has (Cognito's pattern
/// `[A-Za-z0-9-_=.]+`).
#[derive(Clone)]
pub struct RefreshToken(SecretString);

impl RefreshToken {
    /// Reads a token exactly as sent.
    ///
    /// # Errors
    /// `invalid` with what is allowed.
    pub fn parse(text: SecretString) -> Result<Self, Fault> {
        let token = text.expose_secret(); // EXPOSE: its form is checked.
        let fine = |byte: u8| byte.is_ascii_alphanumeric() || b"-_=.".contains(&byte);
        if !token.is_empty() && token.bytes().all(fine) {
            return Ok(Self(text));
        }
        Err(Fault::new("invalid", "must be the refresh token of a login"))
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret() // EXPOSE: it goes to Cognito.
    }
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters() {
        assert!(RefreshToken::parse("eyJjdHki.-_=".into()).is_ok());
        for token in ["", "a b", "a+b", "a/b", "\u{e9}", "a\n"] {
            assert!(RefreshToken::parse(token.into()).is_err(), "{token:?}");
        }
    }
}
