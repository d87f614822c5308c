//! Characters whose rules concern no other character, so that only their number ties them to the rest.

use num_bigint::BigUint;

use crate::atoms::{Bounds, Repetition};
use crate::automaton::{Automaton, Ways};
use crate::digits::{spell, strings};
use crate::growth::Class;
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
        /// Whether any of them may stand twice.
        repetition: Repetition,
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
    pub(crate) fn class(characters: Vec<char>, bounds: Bounds, repetition: Repetition) -> Self {
        Self::Class { characters, bounds, repetition }
    }

    /// How many characters the block has to choose from.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Class { characters, .. } => characters.len(),
            Self::Overlap(automaton) => automaton.size(),
        }
    }

    /// The class that the block is, if its characters may stand again.
    pub(crate) fn as_growing(&self) -> Option<Class> {
        match self {
            Self::Class { characters, bounds, repetition: Repetition::Allowed } => {
                Some(Class { size: characters.len(), bounds: *bounds })
            }
            Self::Class { .. } | Self::Overlap(_) => None,
        }
    }

    /// No string of the block is shorter.
    pub(crate) fn shortest(&self) -> usize {
        match self {
            Self::Class { bounds, .. } => bounds.min,
            Self::Overlap(_) => 0,
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
            Self::Class { characters, bounds, repetition } => {
                let within =
                    |(count, all)| if bounds.contains(count) { all } else { BigUint::ZERO };
                let all = strings(characters.len(), *repetition).take(length + 1);
                let strings = all.enumerate().map(within).collect();
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
            Self::Class { characters, repetition, .. } => {
                spell(characters, rank, length, *repetition)
            }
            Self::Overlap(automaton) => automaton.unrank(rank, length, &counts.ways),
        }
    }
}
