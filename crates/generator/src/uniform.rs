//! Exactly uniform integers: the only way randomness enters the crate.

use std::num::NonZeroU32;

use num_bigint::BigUint;
use rand::Rng;

/// A source of uniform integers: random bits in production, every possible answer in turn in the proof.
pub(crate) trait Uniform {
    /// An integer below `bound`, each equally likely.
    fn below(&mut self, bound: NonZeroU32) -> u32;

    /// An integer below `bound`, each equally likely; `bound` is at least 1.
    fn below_big(&mut self, bound: &BigUint) -> BigUint;
}

/// Uniform integers by rejection: as many random bits as `bound − 1` has, again if they are not below `bound`.
///
/// No remainder is taken, so there is no bias. A try succeeds with probability over 1/2, so the number of tries is
/// geometric: two on average at worst, and more than 128 with probability below 2^-128. That needs no bound of its own.
pub(crate) struct RandomBits<'a, R: ?Sized> {
    rng: &'a mut R,
    word: u64,
    left: u32,
}

impl<'a, R: Rng + ?Sized> RandomBits<'a, R> {
    pub(crate) fn new(rng: &'a mut R) -> Self {
        Self { rng, word: 0, left: 0 }
    }

    /// The next `width` bits, at most 32; each random bit is used once at most.
    fn bits(&mut self, width: u32) -> u32 {
        if self.left < width {
            self.word = self.rng.next_u64();
            self.left = u64::BITS;
        }
        let bits = self.word & ((1 << width) - 1);
        self.word >>= width;
        self.left -= width;
        u32::try_from(bits).unwrap_or(u32::MAX)
    }
}

impl<R: Rng + ?Sized> Uniform for RandomBits<'_, R> {
    fn below(&mut self, bound: NonZeroU32) -> u32 {
        let width = u32::BITS - (bound.get() - 1).leading_zeros();
        loop {
            let candidate = self.bits(width);
            if candidate < bound.get() {
                return candidate;
            }
        }
    }

    fn below_big(&mut self, bound: &BigUint) -> BigUint {
        let width = (bound - 1_u32).bits();
        let top = u32::try_from(width % 32).unwrap_or(0);
        loop {
            let mut digits: Vec<u32> = (0..width / 32).map(|_| self.bits(32)).collect();
            digits.push(self.bits(top));
            let candidate = BigUint::new(digits);
            if candidate < *bound {
                return candidate;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use rand::TryRng;

    use super::*;

    /// Gives the bits of one word, then zeros.
    struct Word(u64);

    impl TryRng for Word {
        type Error = Infallible;

        fn try_next_u32(&mut self) -> Result<u32, Infallible> {
            panic!("bits come in words of 64")
        }

        fn try_next_u64(&mut self) -> Result<u64, Infallible> {
            Ok(std::mem::take(&mut self.0))
        }

        fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), Infallible> {
            panic!("bits come in words of 64")
        }
    }

    /// How many bits a number below `bound` is drawn from.
    fn width(bound: u32) -> u32 {
        bound.next_power_of_two().trailing_zeros()
    }

    #[test]
    fn every_raw_value_below_the_bound_is_its_own_answer_and_every_other_is_drawn_again() {
        for bound in 1..=300 {
            for raw in 0..1_u32 << width(bound) {
                // The second draw, if there is one, gives the mark; a bound of 1 draws no bit at all.
                let mark = bound - 1;
                let mut word = Word(u64::from(raw) | u64::from(mark) << width(bound));
                let expected = if raw < bound { raw } else { mark };
                assert_eq!(
                    RandomBits::new(&mut word).below(NonZeroU32::new(bound).unwrap()),
                    expected,
                    "{raw} of {bound}"
                );
                let mut word = Word(u64::from(raw) | u64::from(mark) << width(bound));
                let big = RandomBits::new(&mut word).below_big(&BigUint::from(bound));
                assert_eq!(big, BigUint::from(expected), "{raw} of {bound}");
            }
        }
    }

    #[test]
    fn big_numbers_use_every_bit_of_the_bound() {
        let bound = (BigUint::from(1_u32) << 64_u32) + 1_u32;
        let mut word = Word(u64::MAX);
        // 65 bits: 64 ones, then a zero from the next word.
        assert_eq!(RandomBits::new(&mut word).below_big(&bound), BigUint::from(u64::MAX));
    }
}
