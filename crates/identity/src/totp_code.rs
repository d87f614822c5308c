use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use shared::json::Fault;

/// A code of an authenticator app: six digits (Cognito's `UserCode`).
#[derive(Clone)]
pub struct TotpCode(SecretString);

impl TotpCode {
    /// How many digits a code has.
    pub const DIGITS: usize = 6;

    /// Reads a code exactly as sent.
    ///
    /// # Errors
    /// `invalid` with what is allowed.
    pub fn parse(text: SecretString) -> Result<Self, Fault> {
        let code = text.expose_secret(); // EXPOSE: its form is checked.
        if code.len() == Self::DIGITS && code.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Self(text));
        }
        Err(Fault::new("invalid", format!("must have {} digits", Self::DIGITS)))
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret() // EXPOSE: it goes to Cognito.
    }
}

impl fmt::Debug for TotpCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_digits() {
        assert!(TotpCode::parse("012345".into()).is_ok());
        for code in ["", "12345", "1234567", "12345x", " 12345", "12 345", "١٢٣"] {
            assert!(TotpCode::parse(code.into()).is_err(), "{code:?}");
        }
    }
}
