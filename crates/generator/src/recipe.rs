//! What a request comes to.

use rand::CryptoRng;
use serde::Serialize;

use crate::{Error, Generated, Passphrase, Policy};

/// A set of equally likely passwords: of characters, or of words. Serialises as what decides it: the normal form, or
/// the options of the passphrase.
#[derive(Debug, Clone)]
pub enum Recipe {
    /// Passwords of characters, PINs among them.
    Policy(Policy),
    /// Passwords of words.
    Passphrase(Passphrase),
}

impl Recipe {
    /// `count` passwords, all different: every sequence of `count` different ones is equally likely.
    ///
    /// # Errors
    /// [`Error::CountExceedsSpace`] if there are fewer than `count`.
    pub fn generate<R: CryptoRng + ?Sized>(
        &self,
        count: u8,
        rng: &mut R,
    ) -> Result<Generated, Error> {
        match self {
            Self::Policy(policy) => policy.generate(count, rng),
            Self::Passphrase(passphrase) => Ok(passphrase.generate(count, rng)),
        }
    }

    /// The entropy of one password in bits.
    #[must_use]
    pub fn entropy_bits(&self) -> f64 {
        match self {
            Self::Policy(policy) => policy.entropy_bits(),
            Self::Passphrase(passphrase) => passphrase.entropy_bits(),
        }
    }

    /// The number of characters of every password; passphrases have none that all share.
    #[must_use]
    pub fn length(&self) -> Option<u16> {
        match self {
            Self::Policy(policy) => Some(policy.normal_form().length),
            Self::Passphrase(_) => None,
        }
    }
}

impl Serialize for Recipe {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Policy(policy) => policy.normal_form().serialize(serializer),
            Self::Passphrase(passphrase) => passphrase.options().serialize(serializer),
        }
    }
}
