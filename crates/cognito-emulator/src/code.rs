//! The six digits that prove that a mail arrived.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use rand::{CryptoRng, RngExt};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use crate::{mac::hmac_sha256, time::Moment};

/// How long a sign-up code works.
pub(crate) const SIGN_UP_LIFETIME: Duration = Duration::from_hours(24);

/// How long a code works that allows to set a new password.
pub(crate) const RESET_LIFETIME: Duration = Duration::from_hours(1);

/// How long a code works that proves an address.
pub(crate) const ATTRIBUTE_LIFETIME: Duration = Duration::from_hours(24);

/// What a code is for, if not for the sign-up. A user has one of each, the newest.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    EmailVerification,
    PasswordReset,
}

impl Purpose {
    pub(crate) const ALL: [Self; 2] = [Self::EmailVerification, Self::PasswordReset];

    /// What codes of this purpose are filed under.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::EmailVerification => "email-verification",
            Self::PasswordReset => "password-reset",
        }
    }
}

/// What is kept of a code: enough to know it again, not to read it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct StoredCode {
    digest: String,
    expires: Moment,
}

/// What became of a code that somebody sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Right,
    Wrong,
    Expired,
}

/// A new code, each of the million equally likely.
pub(crate) fn generate(rng: &mut impl CryptoRng) -> SecretString {
    format!("{:06}", rng.random_range(0..1_000_000_u32)).into()
}

impl StoredCode {
    /// Keeps the code of the user with this `sub`, under the key of the pool.
    pub(crate) fn new(key: &[u8], sub: &str, code: &SecretString, expires: Moment) -> Self {
        Self { digest: digest(key, sub, code), expires }
    }

    /// Compares in constant time.
    pub(crate) fn judge(&self, key: &[u8], sub: &str, sent: &SecretString, now: Moment) -> Verdict {
        if now >= self.expires {
            return Verdict::Expired;
        }
        let same = digest(key, sub, sent).as_bytes().ct_eq(self.digest.as_bytes());
        if bool::from(same) { Verdict::Right } else { Verdict::Wrong }
    }
}

fn digest(key: &[u8], sub: &str, code: &SecretString) -> String {
    // EXPOSE: to compute the digest that is kept instead of the code.
    STANDARD.encode(hmac_sha256(
        key,
        &[b"code\0", sub.as_bytes(), b"\0", code.expose_secret().as_bytes()],
    ))
}

#[cfg(test)]
mod tests {
    use rand::{rand_core::UnwrapErr, rngs::SysRng};

    use super::*;

    #[test]
    fn codes_are_six_digits_and_every_digit_occurs_everywhere() {
        let rng = &mut UnwrapErr(SysRng);
        let mut seen = [[0_u32; 10]; 6];
        for _ in 0..10_000 {
            let code = generate(rng);
            let digits = code.expose_secret();
            assert_eq!(digits.len(), 6);
            for (place, digit) in digits.bytes().enumerate() {
                seen[place][usize::from(digit - b'0')] += 1;
            }
        }
        // 1000 expected, standard deviation 30: this fails once in 10^9 runs.
        assert!(seen.iter().flatten().all(|count| (800..1200).contains(count)), "{seen:?}");
    }

    #[test]
    fn a_code_works_for_its_user_until_it_expires() {
        let (code, other) = (SecretString::from("012345"), SecretString::from("012346"));
        let stored = StoredCode::new(b"key", "ann", &code, Moment(1000));
        for (sub, sent, now, verdict) in [
            ("ann", &code, 999, Verdict::Right),
            ("ann", &code, 1000, Verdict::Expired),
            ("ann", &other, 999, Verdict::Wrong),
            ("bob", &code, 999, Verdict::Wrong),
        ] {
            assert_eq!(stored.judge(b"key", sub, sent, Moment(now)), verdict);
        }
        assert!(!serde_json::to_string(&stored).unwrap().contains("012345"));
    }
}
