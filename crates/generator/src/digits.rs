//! Strings of characters by their rank: numbers whose digits are characters.

use num_bigint::BigUint;
use secrecy::zeroize::Zeroizing;

use crate::atoms::Repetition;
use crate::password::Draft;

/// The strings of 0, 1, 2, … characters out of `size`.
pub(crate) fn strings(size: usize, repetition: Repetition) -> impl Iterator<Item = BigUint> {
    let longer = move |(length, strings): &(usize, BigUint)| {
        Some((length + 1, strings * repetition.choices(size, *length)))
    };
    std::iter::successors(Some((0, BigUint::from(1_u32))), longer).map(|(_, strings)| strings)
}

/// The string of `length` characters at `rank` among all strings over `characters`.
pub(crate) fn spell(
    characters: &[char],
    mut rank: BigUint,
    length: usize,
    repetition: Repetition,
) -> Draft {
    let mut left = Zeroizing::new(characters.to_vec());
    let next = |_| {
        let (rest, digit) = divide(&rank, &BigUint::from(left.len()));
        rank = rest;
        take(&mut left, &digit, repetition)
    };
    Zeroizing::new((0..length).map(next).collect())
}

/// Quotient and remainder; `divisor` is not 0.
pub(crate) fn divide(dividend: &BigUint, divisor: &BigUint) -> (BigUint, BigUint) {
    let quotient = dividend / divisor;
    let remainder = dividend - &quotient * divisor;
    (quotient, remainder)
}

/// The character at `digit`, which is below the number of characters; it is gone if it may not stand again.
#[expect(clippy::indexing_slicing, reason = "a digit is a remainder by the number of characters")]
pub(crate) fn take(characters: &mut Vec<char>, digit: &BigUint, repetition: Repetition) -> char {
    let index = small(digit);
    match repetition {
        Repetition::Allowed => characters[index],
        Repetition::Forbidden => characters.swap_remove(index),
    }
}

/// A number that is an index.
pub(crate) fn small(digit: &BigUint) -> usize {
    usize::try_from(digit).unwrap_or(usize::MAX)
}
