//! What the exact count of a policy may cost, so that no request takes the machine for itself.

use crate::Limit;
use crate::block::Block;
use crate::model::Model;
use crate::tails::cost;

/// The greatest number of 64-bit words in the tables of a policy with each number counted at its longest, which is
/// more than twice what they take.
const MAX_WORDS: usize = 1 << 26;

/// The greatest number of 64-bit words in the tables of a policy with limits on runs, which take about as many steps.
const MAX_POSITION_WORDS: usize = 1 << 23;

/// The greatest number of steps of about a nanosecond that the tables of a policy take.
const MAX_STEPS: usize = 1 << 31;

/// The same for all tables together where a policy needs several: what they take was seen to be several times their
/// number of steps, and whoever asks for so much at once can do with a shorter password.
const MAX_SHARED_STEPS: usize = 1 << 29;

/// The blocks of `model`, those of overlapping rules first.
///
/// The first layer needs no table of its own, so it had better be the costliest.
pub(crate) fn blocks(model: &Model) -> Result<Vec<Block>, Limit> {
    let mut blocks = model.blocks().ok_or(Limit::States)?;
    blocks.sort_by_key(|block| matches!(block, Block::Class { .. }));
    Ok(blocks)
}

/// How many words the tables of `model` take at most, if they stay within one of `shares` equal shares of the budget.
pub(crate) fn check(model: &Model, blocks: &[Block], shares: usize) -> Result<usize, Limit> {
    let lengths = model.length + 1;
    let words = model.length.saturating_mul(bits_per_character(model)) / 64 + 1;
    let below = blocks.iter().skip(usize::from(model.inner.is_empty()));
    let jumps: Vec<usize> = below.map(|block| block.jumps(model.length)).collect();
    let (products, numbers) = cost(&jumps, model.length, model.repetition);
    let states: usize = blocks.iter().map(Block::states).sum();
    let moves: usize = blocks.iter().map(Block::moves).sum();
    // Measured: a product of numbers of all lengths up to the longest, and the memory that each result takes.
    let (product, addition) = (words * words / 100 + 50, words + 50);
    let steps =
        products.saturating_mul(product).saturating_add((moves * lengths).saturating_mul(addition));
    let space = numbers.saturating_add(states * lengths).saturating_mul(words);
    let max_steps = if shares > 1 { MAX_SHARED_STEPS / shares } else { MAX_STEPS };
    match (steps <= max_steps, space <= MAX_WORDS / shares.max(1)) {
        (_, false) => Err(Limit::Memory),
        (false, true) => Err(Limit::Work),
        (true, true) => Ok(space),
    }
}

/// How many words the tables of a policy with limits on runs take, if they stay within the budget.
///
/// Each of so many `states` has a number for each of so many `kinds` of characters and their sum, at each length.
pub(crate) fn check_positions(
    length: usize,
    states: usize,
    kinds: usize,
    bits: usize,
) -> Result<usize, Limit> {
    let words = length.saturating_mul(length.saturating_mul(bits) / 128 + 1);
    let space = words.saturating_mul(states.saturating_mul(kinds + 1));
    if space <= MAX_POSITION_WORDS { Ok(space) } else { Err(Limit::Memory) }
}

fn bits_per_character(model: &Model) -> usize {
    let characters =
        model.atoms.iter().map(|atom| atom.characters.len()).sum::<usize>() + model.inner.len();
    usize::try_from(characters.checked_ilog2().unwrap_or(0) + 1).unwrap_or(usize::MAX)
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
        blocks(&model).and_then(|blocks| check(&model, &blocks, 1)).is_ok()
    }

    const DISJOINT: [&str; 8] =
        ["abcdefghijklm", "nopqrstuvwxyz", "ABCDEFG", "01234", "56789", "!@#$", "%^&*", "()"];

    #[test]
    fn the_promised_sizes_are_within_the_budget() {
        for min in [1, 100, 1000] {
            assert!(within(4096, &DISJOINT[..4], min, None, " "), "at least {min}");
            assert!(within(4096, &DISJOINT[..4], min, Some(2000), " "), "{min} to 2000");
        }
        assert!(within(256, &DISJOINT, 9, Some(99), " "));
        // Overlapping sets of a Vault policy at its greatest length.
        assert!(within(100, &["abcdef", "defghi", "abcghi"], 20, None, ""));
    }

    #[test]
    fn what_would_take_the_machine_is_refused() {
        assert!(!within(4096, &DISJOINT, 500, None, " "));
        assert!(!within(4096, &["abcdef", "defghi", "abcghi"], 100, None, ""));
        assert!(!within(200, &["abcdef", "defghi", "abcghi"], 60, None, ""));
    }
}
