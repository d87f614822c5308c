use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use shared::json::Fault;

/// A code that was mailed to the user: 1 to 2048 characters, none of them white space (the bounds
/// of Cognito's `ConfirmationCode`; the codes it sends have six digits).
#[derive(Clone)]
pub struct ConfirmationCode(SecretString);

impl ConfirmationCode {
    /// The most characters of a code.
    pub const MAX: usize = 2048;

    /// Reads a code exactly as sent.
    ///
    /// # Errors
    /// `invalid` with what is allowed.
    pub fn parse(text: SecretString) -> Result<Self, Fault> {
        let code = text.expose_secret(); // EXPOSE: its form is checked.
        let length = code.chars().count();
        if (1..=Self::MAX).contains(&length) && !code.contains(char::is_whitespace) {
            return Ok(Self(text));
        }
        let detail = format!("must have 1 to {} characters and no white space", Self::MAX);
        Err(Fault::new("invalid", detail))
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret() // EXPOSE: it goes to Cognito.
    }
}

impl fmt::Debug for ConfirmationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConfirmationCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds() {
        for code in ["1", "123456", &"9".repeat(2048)] {
            assert!(ConfirmationCode::parse(code.into()).is_ok());
        }
        for code in ["", " 123456", "123 456", "123456\n", "12\u{3000}34", &"9".repeat(2049)] {
            assert!(ConfirmationCode::parse(code.into()).is_err(), "{code:?}");
        }
    }
}
