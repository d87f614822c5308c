//! Ranks as numbers whose digits are characters.

use num_bigint::BigUint;

/// Quotient and remainder; `divisor` is not 0.
pub(crate) fn divide(dividend: &BigUint, divisor: &BigUint) -> (BigUint, BigUint) {
    let quotient = dividend / divisor;
    let remainder = dividend - &quotient * divisor;
    (quotient, remainder)
}

/// The character at `digit`, which is below the number of characters; with `once` it is not there any more.
#[expect(clippy::indexing_slicing, reason = "a digit is a remainder by the number of characters")]
pub(crate) fn take(characters: &mut Vec<char>, digit: &BigUint, once: bool) -> char {
    let index = small(digit);
    if once { characters.swap_remove(index) } else { characters[index] }
}

/// A number that is an index.
pub(crate) fn small(digit: &BigUint) -> usize {
    usize::try_from(digit).unwrap_or(usize::MAX)
}
