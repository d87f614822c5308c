//! Drawing several passwords.

use rand::CryptoRng;
use secrecy::ExposeSecret;

use crate::entropy::log2_of_distinct;
use crate::policy::Policy;
use crate::uniform::{RandomBits, Uniform};
use crate::{Error, Generated, Password};

impl Policy {
    /// `count` passwords, all different: every sequence of `count` different passwords of the policy is equally likely.
    ///
    /// # Errors
    /// [`Error::CountExceedsSpace`] if the policy has fewer than `count` passwords.
    pub fn generate<R: CryptoRng + ?Sized>(
        &self,
        count: u8,
        rng: &mut R,
    ) -> Result<Generated, Error> {
        let passwords = u32::try_from(self.count()).ok();
        if let Some(passwords) = passwords.filter(|passwords| *passwords < count.into()) {
            return Err(Error::CountExceedsSpace { passwords });
        }
        let passwords = distinct(self, count.into(), &mut RandomBits::new(rng));
        let entropy_bits = match count {
            1 => self.entropy_bits(),
            _ => log2_of_distinct(self.count(), count.into()),
        };
        Ok(Generated { passwords, entropy_bits })
    }
}

/// `count` different passwords of `policy`, each sequence of them equally likely; the policy has that many.
///
/// What has been drawn before is drawn again. Even if all N passwords are asked for, N at most 255, that takes fewer
/// than N·(1 + ln N) draws on average.
pub(crate) fn distinct(policy: &Policy, count: usize, source: &mut impl Uniform) -> Vec<Password> {
    let mut passwords: Vec<Password> = Vec::with_capacity(count);
    while passwords.len() < count {
        let password = Password::from(&policy.draw(source));
        if passwords.iter().all(|other| other.expose_secret() != password.expose_secret()) {
            passwords.push(password);
        }
    }
    passwords
}
