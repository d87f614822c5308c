use std::fmt;

use secrecy::{ExposeSecret, SecretString, zeroize::Zeroizing};

use crate::{
    Error,
    blocklist::{is_common, is_personal, is_predictable},
};

/// A password that an account may get: 15 to 256 characters on one line, without white space at either
/// end, and not one that is guessed first.
///
/// There are no rules of composition: they make passwords more alike, not stronger (NIST
/// SP 800-63B-4, section 3.1.1.2). Cognito refuses spaces at the ends and line breaks: its server's
/// pattern for `Password` is `^[\S]+.*[\S]+$`, while the published model still has `[\S]+`.
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
    /// White space at the beginning or the end, or a line break anywhere.
    WhiteSpace,
    /// One of the most used passwords.
    Common,
    /// A repetition, a sequence, or the name of this service.
    Predictable,
    /// The name of the account, or words of it.
    Personal,
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
        if password.trim().len() < password.len() || password.contains(is_line_break) {
            return Err(Weakness::WhiteSpace);
        }
        match length {
            ..Self::MIN => Err(Weakness::TooShort),
            Self::MIN..=Self::MAX => match guessed_first(&lower_case(password)) {
                Some(weakness) => Err(weakness),
                None => Ok(Self(text)),
            },
            _ => Err(Weakness::TooLong),
        }
    }

    /// Refuses a password that is made of what belongs to the account `address`.
    pub(crate) fn check_not_of(&self, address: &str) -> Result<(), Error> {
        if is_personal(&lower_case(self.expose()), &lower_case(address)) {
            return Err(Error::WeakPassword(Weakness::Personal));
        }
        Ok(())
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret() // EXPOSE: it goes to Cognito.
    }
}

/// The characters that end a line in any case (Unicode Standard Annex #14, classes BK, CR, LF and NL).
const fn is_line_break(character: char) -> bool {
    matches!(character, '\n'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn guessed_first(password: &str) -> Option<Weakness> {
    let weaknesses = [
        (is_common(password), Weakness::Common),
        (is_predictable(password), Weakness::Predictable),
    ];
    weaknesses.into_iter().find(|(is_so, _)| *is_so).map(|(_, weakness)| weakness)
}

fn lower_case(password: &str) -> Zeroizing<String> {
    let mut lower_case = Zeroizing::new(String::with_capacity(2 * password.len()));
    lower_case.extend(password.chars().flat_map(char::to_lowercase));
    lower_case
}

impl Weakness {
    /// The stable code, `snake_case`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooShort => "too_short",
            Self::TooLong => "too_long",
            Self::WhiteSpace => "white_space",
            Self::Common => "common",
            Self::Predictable => "predictable",
            Self::Personal => "personal",
            Self::PoolPolicy => "pool_policy",
        }
    }
}

impl fmt::Display for Weakness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooShort => write!(f, "must have at least {} characters", NewPassword::MIN),
            Self::TooLong => write!(f, "must have at most {} characters", NewPassword::MAX),
            Self::WhiteSpace => f.write_str(
                "must not begin or end with white space, or have a line break; spaces between words are fine",
            ),
            Self::Common => f.write_str("must not be one of the most used passwords"),
            Self::Predictable => f.write_str(
                "must not be made of a repetition, a sequence or the name of this service",
            ),
            Self::Personal => f.write_str("must not be made of the user name"),
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

    /// So many letters without a pattern.
    fn letters(count: usize) -> String {
        let next = |state: &u32| Some(state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
        let states = std::iter::successors(Some(7), next).skip(1);
        states.map(|state| char::from(b'a' + (state >> 24) as u8 % 26)).take(count).collect()
    }

    #[test]
    fn the_rules() {
        let rows = [
            (letters(14), Some(Weakness::TooShort)),
            (letters(15), None),
            ("\u{e9}".repeat(14), Some(Weakness::TooShort)),
            (letters(256), None),
            (letters(257), Some(Weakness::TooLong)),
            (format!(" {}", letters(15)), Some(Weakness::WhiteSpace)),
            (format!("{}\t", letters(15)), Some(Weakness::WhiteSpace)),
            (format!("{}\u{3000}", letters(15)), Some(Weakness::WhiteSpace)),
            ("correct horse\nbattery staple".to_owned(), Some(Weakness::WhiteSpace)),
            ("correct horse\u{b}battery staple".to_owned(), Some(Weakness::WhiteSpace)),
            ("correct horse\u{2028}battery staple".to_owned(), Some(Weakness::WhiteSpace)),
            ("correct horse battery staple".to_owned(), None),
            ("correct  horse\tbattery\u{a0}staple".to_owned(), None),
            ("passmint password mint".to_owned(), Some(Weakness::Predictable)),
            ("a".repeat(15), Some(Weakness::Common)),
            ("\u{e9}".repeat(15), Some(Weakness::Predictable)),
            ("PassMint-PassMint".to_owned(), Some(Weakness::Predictable)),
            ("ManchesterUnited".to_owned(), Some(Weakness::Common)),
            ("stairwayTOheaven".to_owned(), Some(Weakness::Common)),
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

    #[test]
    fn the_user_name_is_no_password() {
        let password = NewPassword::parse("Ada.Lovelace-1815".into()).unwrap();
        let personal = Err(Error::WeakPassword(Weakness::Personal));
        assert_eq!(password.check_not_of("ADA.lovelace@example.com"), personal);
        assert_eq!(password.check_not_of("grace@example.com"), Ok(()));
        // A final sigma is a sigma.
        let greek = NewPassword::parse(
            "\u{3b1}\u{3c3}\u{3ba}\u{3c3}-\u{3b1}\u{3c3}\u{3ba}\u{3c3}-2026!".into(),
        )
        .unwrap();
        assert_eq!(greek.check_not_of("\u{391}\u{3a3}\u{39a}\u{3a3}@example.com"), personal);
    }
}
