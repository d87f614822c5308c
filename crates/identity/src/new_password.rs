use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// A password that an account may get: 15 to 256 characters, none of them white space.
///
/// Length and nothing else: rules of composition make passwords more alike, not stronger
/// (NIST SP 800-63B-4, section 3.1.1.2). White space is what Cognito's `Password` pattern refuses.
/// The password is used exactly as sent.
#[derive(Clone)]
pub struct NewPassword(SecretString);

/// Why a password may not be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// Fewer than [`NewPassword::MIN`] characters.
    TooShort,
    /// More than [`NewPassword::MAX`] characters.
    TooLong,
    /// White space, anywhere in it.
    WhiteSpace,
    /// A rule of the user pool's own that this service does not have.
    PoolPolicy,
}

impl NewPassword {
    /// The fewest characters, counted as Unicode code points.
    pub const MIN: usize = 15;
    /// The most characters.
    pub const MAX: usize = 256;

    /// Reads a password exactly as sent.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn parse(text: SecretString) -> Result<Self, Weakness> {
        let password = text.expose_secret(); // EXPOSE: its length is counted.
        let length = password.chars().count();
        if password.contains(char::is_whitespace) {
            return Err(Weakness::WhiteSpace);
        }
        match length {
            ..Self::MIN => Err(Weakness::TooShort),
            Self::MIN..=Self::MAX => Ok(Self(text)),
            _ => Err(Weakness::TooLong),
        }
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret() // EXPOSE: it goes to Cognito.
    }
}

impl Weakness {
    /// The stable code, `snake_case`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooShort => "too_short",
            Self::TooLong => "too_long",
            Self::WhiteSpace => "white_space",
            Self::PoolPolicy => "pool_policy",
        }
    }
}

impl fmt::Display for Weakness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooShort => write!(f, "must have at least {} characters", NewPassword::MIN),
            Self::TooLong => write!(f, "must have at most {} characters", NewPassword::MAX),
            Self::WhiteSpace => {
                f.write_str("must not have white space; hyphens join words as well")
            }
            Self::PoolPolicy => {
                f.write_str("does not satisfy the password policy of the user pool")
            }
        }
    }
}

impl fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewPassword(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules() {
        let rows = [
            ("a".repeat(14), Some(Weakness::TooShort)),
            ("a".repeat(15), None),
            ("\u{e9}".repeat(14), Some(Weakness::TooShort)),
            ("\u{1f511}".repeat(15), None),
            ("a".repeat(256), None),
            ("a".repeat(257), Some(Weakness::TooLong)),
            (format!(" {}", "a".repeat(15)), Some(Weakness::WhiteSpace)),
            (format!("{}\u{3000}", "a".repeat(15)), Some(Weakness::WhiteSpace)),
        ];
        for (password, weakness) in rows {
            let parsed = NewPassword::parse(password.as_str().into());
            assert_eq!(parsed.as_ref().err().copied(), weakness, "{password}");
            if let Ok(parsed) = parsed {
                assert_eq!(parsed.expose(), password);
                assert!(!format!("{parsed:?}").contains(&password));
            }
        }
    }
}
