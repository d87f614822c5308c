use rand::{
    CryptoRng,
    seq::{IteratorRandom, SliceRandom},
};
use secrecy::SecretString;

use crate::{
    exception::{Exception, Kind},
    settings::PasswordPolicy,
};

/// The characters that Cognito counts as symbols. A space can only come within a password.
const SYMBOLS: &str = r#" ^$*.[]{}()?"!@#%&/\,><':;|_~`=+-"#;

/// The classes that a temporary password is drawn from, without what is mistaken for another.
const UPPERCASE: &str = "ABCDEFGHJKLMNPQRSTUVWXYZ";
const LOWERCASE: &str = "abcdefghijkmnopqrstuvwxyz";
const DIGITS: &str = "23456789";
const DRAWN_SYMBOLS: &str = "!#$%*+-=?@^_";

/// The least characters of a password that is made here.
const TEMPORARY_LENGTH: usize = 12;

/// How AWS introduces the reason, which differs from operation to operation.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wording {
    SignUp,
    AdminCreateUser,
    /// Wherever a password takes the place of another.
    Replacement,
}

impl Wording {
    fn introduction(self) -> &'static str {
        match self {
            Self::SignUp => "Password did not conform with policy",
            Self::AdminCreateUser => "Password did not conform with password policy",
            Self::Replacement => "Password does not conform to policy",
        }
    }
}

/// Refuses a password that the policy does not allow, with the first reason in the order of AWS. Its
/// classes of letters are Basic Latin.
/// Source: Amazon Cognito developer guide, "Adding user pool password requirements".
pub(crate) fn check(
    policy: &PasswordPolicy,
    password: &str,
    wording: Wording,
) -> Result<(), Exception> {
    let has = |class: fn(char) -> bool| password.chars().any(class);
    let reason = if password.chars().count() < policy.minimum_length {
        "Password not long enough"
    } else if policy.require_uppercase && !has(|c| c.is_ascii_uppercase()) {
        "Password must have uppercase characters"
    } else if policy.require_lowercase && !has(|c| c.is_ascii_lowercase()) {
        "Password must have lowercase characters"
    } else if policy.require_numbers && !has(|c| c.is_ascii_digit()) {
        "Password must have numeric characters"
    } else if policy.require_symbols && !has(|c| SYMBOLS.contains(c)) {
        "Password must have symbol characters"
    } else {
        return Ok(());
    };
    Err(Kind::InvalidPassword.because(format!("{}: {reason}", wording.introduction())))
}

/// A password that every policy of this length allows: with some of each class.
pub(crate) fn temporary(policy: &PasswordPolicy, rng: &mut impl CryptoRng) -> SecretString {
    let length = policy.minimum_length.max(TEMPORARY_LENGTH);
    let classes = [UPPERCASE, LOWERCASE, DIGITS, DRAWN_SYMBOLS];
    let mut letters: Vec<_> = (0..length)
        .zip(classes.iter().cycle())
        .filter_map(|(_, class)| class.chars().choose(rng))
        .collect();
    letters.shuffle(rng);
    letters.into_iter().collect::<String>().into()
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;
    use crate::pool::rng;

    #[test]
    fn temporary_passwords_conform_and_differ() {
        for minimum_length in [6, 12, 99] {
            let policy = PasswordPolicy {
                minimum_length,
                require_uppercase: true,
                require_lowercase: true,
                require_numbers: true,
                require_symbols: true,
                ..PasswordPolicy::default()
            };
            let [one, two] = [(); 2].map(|()| temporary(&policy, &mut rng()));
            assert_eq!(one.expose_secret().len(), minimum_length.max(TEMPORARY_LENGTH));
            assert_ne!(one.expose_secret(), two.expose_secret());
            assert_eq!(check(&policy, one.expose_secret(), Wording::SignUp), Ok(()));
        }
    }
}
