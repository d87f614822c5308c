//! Drawing passwords: position by position if that soon succeeds, else by rank.

use std::num::NonZeroU32;

use rand::CryptoRng;
use secrecy::ExposeSecret;

use crate::entropy::log2_of_distinct;
use crate::password::Draft;
use crate::policy::Policy;
use crate::uniform::{RandomBits, Uniform};
use crate::{Error, Generated, Password};

/// How often a password is drawn position by position before its rank is drawn instead.
///
/// Both ways are uniform, so the number decides nothing but the time. With an acceptance of 1/2 the tables of the
/// second way are needed once in 2^64 passwords.
const FAST_TRIES: u32 = 64;

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
        let count = u32::from(count);
        if let Some(passwords) =
            u32::try_from(self.count()).ok().filter(|passwords| *passwords < count)
        {
            return Err(Error::CountExceedsSpace { passwords });
        }
        let passwords = distinct(self, count, &mut RandomBits::new(rng), FAST_TRIES);
        let entropy_bits = match count {
            1 => self.entropy_bits(),
            _ => log2_of_distinct(self.count(), count),
        };
        Ok(Generated { passwords, entropy_bits })
    }
}

/// One password of `policy`, each equally likely, after at most `tries` attempts position by position.
pub(crate) fn one(policy: &Policy, source: &mut impl Uniform, tries: u32) -> Draft {
    let attempt = (0..tries).find_map(|_| policy.letters().attempt(source));
    attempt.unwrap_or_else(|| policy.draw(source))
}

/// `count` different passwords of `policy`, each sequence of them equally likely; the policy has that many.
pub(crate) fn distinct(
    policy: &Policy,
    count: u32,
    source: &mut impl Uniform,
    tries: u32,
) -> Vec<Password> {
    match u32::try_from(policy.count()) {
        Ok(space) if space < count * 2 => by_ranks(policy, space, count, source),
        _ => by_rejection(policy, count, source, tries),
    }
}

/// Draws again what has been drawn before. Of at least 2·`count` passwords, fewer than half have been drawn, so a draw is
/// new with probability over 1/2.
fn by_rejection(
    policy: &Policy,
    count: u32,
    source: &mut impl Uniform,
    tries: u32,
) -> Vec<Password> {
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let mut passwords: Vec<Password> = Vec::with_capacity(count);
    while passwords.len() < count {
        let password = Password::from(&one(policy, source, tries));
        if passwords.iter().all(|other| other.expose_secret() != password.expose_secret()) {
            passwords.push(password);
        }
    }
    passwords
}

/// Draws a sequence of different ranks (Fisher and Yates): no rank twice, so nothing is drawn again.
fn by_ranks(policy: &Policy, space: u32, count: u32, source: &mut impl Uniform) -> Vec<Password> {
    let mut ranks: Vec<u32> = (0..space).collect();
    let mut draw = || {
        let left = NonZeroU32::new(u32::try_from(ranks.len()).ok()?)?;
        let rank = ranks.swap_remove(usize::try_from(source.below(left)).ok()?);
        Some(Password::from(&policy.unrank(rank.into())))
    };
    (0..count).map_while(|_| draw()).collect()
}
