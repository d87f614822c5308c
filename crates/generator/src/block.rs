//! Characters whose rules concern no other character, so that only their number ties them to the rest.

use num_bigint::BigUint;
use secrecy::zeroize::Zeroizing;

use crate::automaton::{Automaton, Ways};
use crate::model::{Atom, Bounds};
use crate::password::Draft;

/// One set of characters with bounds on its number, or several sets under overlapping rules.
#[derive(Debug, Clone)]
pub(crate) enum Block {
    /// A single atom.
    Class {
        /// Its characters.
        characters: Vec<char>,
        /// How many of them there may be.
        bounds: Bounds,
    },
    /// Atoms joined by rules.
    Overlap(Automaton),
}

/// How many strings of each length a block has, and what finding one of them takes.
#[derive(Debug)]
pub(crate) struct Counts {
    /// `strings[t]`: the strings of `t` characters that satisfy the block's rules.
    pub(crate) strings: Vec<BigUint>,
    ways: Ways,
}

impl Block {
    pub(crate) fn class(characters: Vec<char>, bounds: Bounds) -> Self {
        Self::Class { characters, bounds }
    }

    /// A block of overlapping rules, or nothing if it has more than `max_states` states.
    pub(crate) fn overlap(
        atoms: &[Atom],
        rules: &[(usize, Bounds)],
        max_states: usize,
    ) -> Option<Self> {
        Automaton::new(atoms, rules, max_states).map(Self::Overlap)
    }

    /// How many characters the block has to choose from.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Class { characters, .. } => characters.len(),
            Self::Overlap(automaton) => automaton.size(),
        }
    }

    /// How many jumps (see [`crate::tails`]) the strings of up to `length` characters have, at most.
    pub(crate) fn jumps(&self, length: usize) -> usize {
        match self {
            Self::Class { bounds, .. } => {
                usize::from(bounds.min > 0) + usize::from(bounds.max.is_some())
            }
            Self::Overlap(_) => length,
        }
    }

    /// How many states of overlapping rules the block has.
    pub(crate) fn states(&self) -> usize {
        match self {
            Self::Class { .. } => 1,
            Self::Overlap(automaton) => automaton.states(),
        }
    }

    /// How many moves its states have together.
    pub(crate) fn moves(&self) -> usize {
        match self {
            Self::Class { .. } => 1,
            Self::Overlap(automaton) => automaton.states() * automaton.classes(),
        }
    }

    /// The strings of 0 to `length` characters.
    pub(crate) fn counts(&self, length: usize) -> Counts {
        match self {
            Self::Class { characters, bounds } => {
                let within =
                    |(count, power)| if bounds.contains(count) { power } else { BigUint::ZERO };
                let strings =
                    powers(characters.len()).take(length + 1).enumerate().map(within).collect();
                Counts { strings, ways: Vec::new() }
            }
            Self::Overlap(automaton) => {
                let ways = automaton.ways(length);
                Counts {
                    strings: ways.iter().filter_map(|row| row.first().cloned()).collect(),
                    ways,
                }
            }
        }
    }

    /// The string of `length` characters at `rank`, which is below `counts.strings[length]`.
    pub(crate) fn unrank(&self, rank: BigUint, length: usize, counts: &Counts) -> Draft {
        match self {
            Self::Class { characters, .. } => spell(characters, rank, length),
            Self::Overlap(automaton) => automaton.unrank(rank, length, &counts.ways),
        }
    }
}

/// 1, `base`, `base`², …
pub(crate) fn powers(base: usize) -> impl Iterator<Item = BigUint> {
    std::iter::successors(Some(BigUint::from(1_u32)), move |power| Some(power * base))
}

/// The string of `length` characters at `rank` among all strings over `characters`.
pub(crate) fn spell(characters: &[char], mut rank: BigUint, length: usize) -> Draft {
    let base = BigUint::from(characters.len());
    let next = |_| {
        let (rest, digit) = divide(&rank, &base);
        rank = rest;
        letter(characters, &digit)
    };
    Zeroizing::new((0..length).map(next).collect())
}

/// Quotient and remainder; `divisor` is not 0.
pub(crate) fn divide(dividend: &BigUint, divisor: &BigUint) -> (BigUint, BigUint) {
    let quotient = dividend / divisor;
    let remainder = dividend - &quotient * divisor;
    (quotient, remainder)
}

/// The character at `digit`, which is below the number of `characters`.
#[expect(clippy::indexing_slicing, reason = "a digit is a remainder by the number of characters")]
pub(crate) fn letter(characters: &[char], digit: &BigUint) -> char {
    let index = digit
        .iter_u64_digits()
        .next()
        .map_or(0, |digit| usize::try_from(digit).unwrap_or(usize::MAX));
    characters[index]
}
