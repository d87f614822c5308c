use data_encoding::BASE32_NOPAD;
use rand::{CryptoRng, RngExt};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{time::Moment, totp};

/// The name of this kind of multi-factor authentication, in settings and challenges.
pub(crate) const SOFTWARE_TOKEN_MFA: &str = "SOFTWARE_TOKEN_MFA";

/// A user's authenticator app, as stored: one JSON record. The secret is in it as it is, since every
/// code is computed from it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct SoftwareToken {
    secret: [u8; 32],
    /// Whether the user has shown to have it.
    pub(crate) verified: bool,
    /// Whether sign-in asks for it.
    pub(crate) enabled: bool,
    pub(crate) preferred: bool,
    /// `FriendlyDeviceName`.
    pub(crate) device: Option<String>,
    /// The newest step whose code was used: that code and all before it are over.
    used_step: Option<u64>,
}

/// What became of a code that somebody sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Right,
    Wrong,
    UsedBefore,
}

impl SoftwareToken {
    pub(crate) fn new(rng: &mut impl CryptoRng) -> Self {
        Self {
            secret: rng.random(),
            verified: false,
            enabled: false,
            preferred: false,
            device: None,
            used_step: None,
        }
    }

    /// The secret as apps take it: 52 characters of base 32 (RFC 4648).
    pub(crate) fn secret_code(&self) -> SecretString {
        BASE32_NOPAD.encode(&self.secret).into()
    }

    /// Judges a code, and uses it up if it is right.
    pub(crate) fn spend(&mut self, sent: &SecretString, now: Moment) -> Verdict {
        match totp::step_of(&self.secret, sent, now) {
            None => Verdict::Wrong,
            Some(step) if self.used_step.is_some_and(|used| step <= used) => Verdict::UsedBefore,
            Some(step) => {
                self.used_step = Some(step);
                Verdict::Right
            }
        }
    }

    /// Adds `PreferredMfaSetting` and `UserMFASettingList` to the description of a user.
    pub(crate) fn describe(token: Option<&Self>, user: &mut Value) {
        let (Some(token), Some(user)) = (token.filter(|token| token.enabled), user.as_object_mut())
        else {
            return;
        };
        user.insert("UserMFASettingList".to_owned(), json!([SOFTWARE_TOKEN_MFA]));
        if token.preferred {
            user.insert("PreferredMfaSetting".to_owned(), json!(SOFTWARE_TOKEN_MFA));
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::{rand_core::UnwrapErr, rngs::SysRng};
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn a_step_counts_once_and_none_before_it() {
        let mut token = SoftwareToken::new(&mut UnwrapErr(SysRng));
        let code = |step| SecretString::from(totp::code(&token.secret, step));
        let [before, present, next] = [9, 10, 11].map(code);
        let now = Moment(10 * totp::STEP_SECONDS * 1000);
        assert_eq!(token.spend(&present, now), Verdict::Right);
        assert_eq!(token.spend(&present, now), Verdict::UsedBefore);
        assert_eq!(token.spend(&before, now), Verdict::UsedBefore);
        assert_eq!(token.spend(&next, now), Verdict::Right);
    }

    #[test]
    fn the_secret_is_shown_in_base_32() {
        let token = SoftwareToken::new(&mut UnwrapErr(SysRng));
        let code = token.secret_code();
        let code = code.expose_secret();
        assert!(code.len() == 52 && code.chars().all(|c| matches!(c, 'A'..='Z' | '2'..='7')));
        assert_eq!(BASE32_NOPAD.decode(code.as_bytes()).unwrap(), token.secret);
    }
}
