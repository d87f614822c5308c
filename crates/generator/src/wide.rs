//! Natural numbers in a table: all of one width, side by side, so that adding two of them allocates nothing.

use num_bigint::BigUint;

/// Numbers of a fixed number of 64-bit words, the lowest word first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wide {
    width: usize,
    words: Vec<u64>,
}

impl Wide {
    /// `count` zeros that numbers of up to `bits` bits fit in.
    pub(crate) fn zeros(count: usize, bits: usize) -> Self {
        let mut zeros = Self::default();
        zeros.reset(count, bits);
        zeros
    }

    /// Makes `count` zeros of the numbers, wide enough for `bits` bits each.
    pub(crate) fn reset(&mut self, count: usize, bits: usize) {
        self.width = bits / 64 + 1;
        self.words.clear();
        self.words.resize(self.width * count, 0);
    }

    /// The number at `index`, nothing beyond the end; numbers of different tables differ in width.
    pub(crate) fn get(&self, index: usize) -> &[u64] {
        self.words.get(index * self.width..(index + 1) * self.width).unwrap_or_default()
    }

    pub(crate) fn get_mut(&mut self, index: usize) -> &mut [u64] {
        self.words.get_mut(index * self.width..(index + 1) * self.width).unwrap_or_default()
    }

    /// The number at `index` as a number of any size.
    pub(crate) fn number(&self, index: usize) -> BigUint {
        let half = |word: &u64| [low(*word), low(*word >> 32)];
        BigUint::new(self.get(index).iter().flat_map(half).collect())
    }
}

fn low(word: u64) -> u32 {
    u32::try_from(word & u64::from(u32::MAX)).unwrap_or(u32::MAX)
}

/// Makes `number` the same as `other`, modulo its width.
pub(crate) fn copy(number: &mut [u64], other: &[u64]) {
    let (low, high) = number.split_at_mut(other.len().min(number.len()));
    low.iter_mut().zip(other).for_each(|(word, other)| *word = *other);
    high.fill(0);
}

/// Adds `factor` times `other` to `sum`, modulo the width of `sum`.
pub(crate) fn add_multiple(sum: &mut [u64], other: &[u64], factor: u64) {
    if factor == 1 {
        return add(sum, other);
    }
    let (low, high) = sum.split_at_mut(other.len().min(sum.len()));
    let mut carry = 0_u128;
    for (word, other) in low.iter_mut().zip(other) {
        carry += u128::from(*word) + u128::from(*other) * u128::from(factor);
        *word = truncate(carry);
        carry >>= 64;
    }
    for word in high {
        carry += u128::from(*word);
        *word = truncate(carry);
        carry >>= 64;
    }
}

/// Adds `other` to `sum`, modulo the width of `sum`.
pub(crate) fn add(sum: &mut [u64], other: &[u64]) {
    let add = |word: u64, other: u64, carry: bool| {
        let (partial, first) = word.overflowing_add(other);
        let (total, second) = partial.overflowing_add(u64::from(carry));
        (total, first | second)
    };
    ripple(sum, other, add);
}

/// Takes `other` from `difference`, modulo the width of `difference`.
pub(crate) fn subtract(difference: &mut [u64], other: &[u64]) {
    let subtract = |word: u64, other: u64, borrow: bool| {
        let (partial, first) = word.overflowing_sub(other);
        let (rest, second) = partial.overflowing_sub(u64::from(borrow));
        (rest, first | second)
    };
    ripple(difference, other, subtract);
}

/// Combines the words of two numbers from the lowest on, each with what is carried from the one before.
#[inline]
fn ripple(number: &mut [u64], other: &[u64], step: impl Fn(u64, u64, bool) -> (u64, bool)) {
    let (low, high) = number.split_at_mut(other.len().min(number.len()));
    let mut carry = false;
    // Four words at a time, so that the carry stays in its flag.
    let (fours, rest) = low.as_chunks_mut::<4>();
    let (other_fours, other_rest) = other.as_chunks::<4>();
    for ([a, b, c, d], [e, f, g, h]) in fours.iter_mut().zip(other_fours) {
        (*a, carry) = step(*a, *e, carry);
        (*b, carry) = step(*b, *f, carry);
        (*c, carry) = step(*c, *g, carry);
        (*d, carry) = step(*d, *h, carry);
    }
    for (word, other) in rest.iter_mut().zip(other_rest) {
        (*word, carry) = step(*word, *other, carry);
    }
    for word in high {
        if !carry {
            break;
        }
        (*word, carry) = step(*word, 0, carry);
    }
}

fn truncate(wide: u128) -> u64 {
    u64::try_from(wide & u128::from(u64::MAX)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_carries_into_wider_numbers() {
        let mut table = Wide::zeros(2, 128);
        let max = [u64::MAX, u64::MAX];
        add(table.get_mut(1), &max);
        add(table.get_mut(1), &[1]);
        assert_eq!(table.get(1), [0, 0, 1]);
        assert_eq!(table.number(1), BigUint::from(1_u32) << 128_u32);
        subtract(table.get_mut(1), &[1]);
        assert_eq!(table.get(1), [u64::MAX, u64::MAX, 0]);
        add_multiple(table.get_mut(1), &max, 5);
        assert_eq!(table.number(1), ((BigUint::from(1_u32) << 128_u32) - 1_u32) * 6_u32);
        assert_eq!(table.get(0), [0, 0, 0]);
        assert_eq!(table.get(2), [0; 0]);
        assert_eq!(table.number(2), BigUint::ZERO);
    }
}
