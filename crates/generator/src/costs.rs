//! What arithmetic with large numbers costs, measured: nanoseconds by the words of the numbers.

use crate::model::Model;

/// The cost of a product of numbers of all lengths up to so many words, in nanoseconds, and of the memory for it.
pub(crate) fn product(words: usize) -> usize {
    words.saturating_mul(words) / 40 + 2 * words + 50
}

/// The cost of a step that multiplies a number by small ones and divides it, over all lengths up to so many words.
pub(crate) fn step(words: usize) -> usize {
    4 * words + 40
}

/// The cost of a term of inclusion and exclusion: a power and binomial coefficients of up to so many words.
pub(crate) fn term(words: usize) -> usize {
    words.saturating_mul(words) + 20 * words + 500
}

/// How many 64-bit words the numbers of `model` have at most.
pub(crate) fn words(model: &Model) -> usize {
    let counted: usize = model.atoms.iter().map(|atom| atom.characters.len()).sum();
    length_in_words(model.length, counted + model.inner.len())
}

/// How many 64-bit words the number of strings of `length` out of so many `characters` has at most.
pub(crate) fn length_in_words(length: usize, characters: usize) -> usize {
    let bits = usize::try_from(characters.checked_ilog2().unwrap_or(0) + 1).unwrap_or(usize::MAX);
    length.saturating_mul(bits) / 64 + 1
}
