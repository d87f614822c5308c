//! What the exact count of a policy may cost, so that no request takes the machine for itself.
//!
//! Costs are computed from sizes alone, before anything is counted.

use crate::Limit;
use crate::block::Block;
use crate::costs::words;
use crate::model::Model;
use crate::tails::{Scope, cost};

/// The greatest number of 64-bit words in the tables of a policy with each number counted at its longest, which is
/// more than twice what they take.
pub(crate) const MAX_WORDS: usize = 1 << 26;

/// The greatest cost of counting a policy, and of the tables for drawing a password from it, in nanoseconds: about a
/// second each.
pub(crate) const MAX_COST: usize = 1 << 30;

/// What drawing a password takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Price {
    /// How many words the tables have at most.
    pub(crate) words: usize,
    /// About how many nanoseconds it takes to make them.
    pub(crate) cost: usize,
}

/// What the tables of `model` take, if that is within the budget.
pub(crate) fn check(model: &Model, blocks: &[Block]) -> Result<Price, Limit> {
    let lengths = model.length + 1;
    let words = words(model);
    let below: Vec<&Block> = blocks.iter().skip(usize::from(model.inner.is_empty())).collect();
    let taken: usize = blocks.iter().take(blocks.len() - below.len()).map(Block::shortest).sum();
    let length = model.length.saturating_sub(taken);
    let scope = Scope { free: model.free().len(), length, repetition: model.repetition, words };
    let (tables, numbers) = cost(&below, scope);
    let states: usize = blocks.iter().map(Block::states).sum();
    let moves: usize = blocks.iter().map(Block::moves).sum();
    let cost = tables.saturating_add((moves * lengths).saturating_mul(words + 50));
    let words = numbers.saturating_add(states * lengths).saturating_mul(words);
    match (cost <= MAX_COST, words <= MAX_WORDS) {
        (_, false) => Err(Limit::Memory),
        (false, true) => Err(Limit::Work),
        (true, true) => Ok(Price { words, cost }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Characters, NormalForm, Rule};

    fn within(length: u16, sets: &[&str], min: u16, max: Option<u16>, inner: &str) -> bool {
        let alphabet: Characters = ('!'..='~').collect();
        let rule = |set: &&str| Rule { name: (*set).into(), characters: (*set).into(), min, max };
        let rules = sets.iter().map(rule).collect();
        let inner = inner.into();
        let model =
            Model::new(&NormalForm { length, alphabet, inner, rules, ..NormalForm::default() });
        model.blocks().and_then(|blocks| check(&model, &blocks)).is_ok()
    }

    const DISJOINT: [&str; 8] =
        ["abcdefghijklm", "nopqrstuvwxyz", "ABCDEFG", "01234", "56789", "!@#$", "%^&*", "()"];

    #[test]
    fn the_promised_sizes_are_within_the_budget() {
        for min in [1, 100, 1000] {
            assert!(within(4096, &DISJOINT[..4], min, None, " "), "at least {min}");
            assert!(within(4096, &DISJOINT[..4], min, Some(2000), " "), "{min} to 2000");
        }
        assert!(within(4096, &DISJOINT[..4], 10, Some(60), " "), "large tables of short classes");
        assert!(within(256, &DISJOINT[..6], 9, Some(99), " "));
        assert!(within(256, &DISJOINT, 9, Some(99), ""));
        // Overlapping sets of a Vault policy at its greatest length.
        assert!(within(100, &["abcdef", "defghi", "abcghi"], 20, None, ""));
    }

    #[test]
    fn what_would_take_the_machine_is_refused() {
        assert!(!within(4096, &DISJOINT, 100, Some(2000), " "));
        assert!(!within(4096, &["abcdef", "defghi", "abcghi"], 100, None, ""));
        assert!(!within(200, &["abcdef", "defghi", "abcghi"], 60, None, ""));
    }
}
