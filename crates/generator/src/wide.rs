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
        let width = bits / 64 + 1;
        Self { width, words: vec![0; width * count] }
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
    let (low, high) = sum.split_at_mut(other.len().min(sum.len()));
    let mut carry = false;
    for (word, other) in low.iter_mut().zip(other) {
        let (partial, first) = word.overflowing_add(*other);
        let (total, second) = partial.overflowing_add(u64::from(carry));
        (*word, carry) = (total, first || second);
    }
    for word in high {
        (*word, carry) = word.overflowing_add(u64::from(carry));
    }
}

/// Takes `other` from `difference`, modulo the width of `difference`.
pub(crate) fn subtract(difference: &mut [u64], other: &[u64]) {
    let (low, high) = difference.split_at_mut(other.len().min(difference.len()));
    let mut borrow = false;
    for (word, other) in low.iter_mut().zip(other) {
        let (partial, first) = word.overflowing_sub(*other);
        let (rest, second) = partial.overflowing_sub(u64::from(borrow));
        (*word, borrow) = (rest, first || second);
    }
    for word in high {
        (*word, borrow) = word.overflowing_sub(u64::from(borrow));
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
