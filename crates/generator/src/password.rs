//! What a policy makes.

use std::fmt;

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

/// A generated password: redacted in `Debug`, zeroed on drop, read through [`ExposeSecret`].
pub struct Password(SecretString);

/// The passwords of one request and what they are worth.
#[derive(Debug)]
pub struct Generated {
    /// As many passwords as asked for, all different, in random order.
    pub passwords: Vec<Password>,
    /// log2 of the number of equally likely outcomes: N for one password, N(N−1)…(N−c+1) for c different ones.
    pub entropy_bits: f64,
}

/// The characters of a password in the making, zeroed on drop.
pub(crate) type Draft = Zeroizing<Vec<char>>;

impl From<&Draft> for Password {
    fn from(draft: &Draft) -> Self {
        // The exact capacity: growing the string would leave copies of it behind.
        let mut text =
            String::with_capacity(draft.iter().map(|character| character.len_utf8()).sum());
        text.extend(draft.iter());
        Self(text.into())
    }
}

impl ExposeSecret<str> for Password {
    fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Password([REDACTED])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_3_debug_shows_nothing_of_a_password() {
        let draft = Zeroizing::new("Tr0ub4dor".chars().collect());
        let generated = Generated { passwords: vec![Password::from(&draft)], entropy_bits: 28.5 };
        assert_eq!(generated.passwords[0].expose_secret(), "Tr0ub4dor");
        assert_eq!(
            format!("{generated:?}"),
            "Generated { passwords: [Password([REDACTED])], entropy_bits: 28.5 }"
        );
    }
}
