//! For each block, how many strings the blocks from it on have together, by length.
//!
//! Two ways lead to the same tables. The convolution adds one block after the other and takes n²/2 products for each.
//! The lattice goes by the last character: a string of t + 1 characters over some blocks is a string of t and any
//! character, except where that character brings its block to its minimum or beyond its maximum. A class has at most
//! two such numbers, its *jumps*, so that a table takes a few products for each length, but one table is needed for
//! every subset of the blocks. Few blocks and long passwords go by the lattice, many blocks by convolution.

use std::collections::BTreeMap;

use num_bigint::BigUint;

use crate::atoms::Repetition;
use crate::binomial::row;
use crate::digits::strings;

/// What the tables need to know of a block.
#[derive(Clone, Copy)]
pub(crate) struct Series<'a> {
    /// How many characters it has to choose from.
    pub(crate) size: usize,
    /// How many jumps it has at most.
    pub(crate) jumps: usize,
    /// Its strings by length.
    pub(crate) strings: &'a [BigUint],
}

impl Series<'_> {
    /// The length of its shortest string, or one too many if it has none.
    fn shortest(&self) -> usize {
        self.strings.iter().take_while(|strings| **strings == BigUint::ZERO).count()
    }
}

/// `tails[j][t]`: the strings of `t` characters over the blocks from `j` on and `free` unbound characters. Where the
/// blocks before `j` leave no room for `t`, the entry may be missing.
pub(crate) type Tails = Vec<Vec<BigUint>>;

/// The tables for lengths up to `length`, by the way that takes fewer products.
pub(crate) fn tails(
    blocks: &[Series],
    free: usize,
    length: usize,
    repetition: Repetition,
) -> Tails {
    let jumps: Vec<usize> = blocks.iter().map(|block| block.jumps).collect();
    if by_lattice(&jumps, length, repetition) {
        lattice(blocks, free, length)
    } else {
        convolution(blocks, strings(free, repetition), length)
    }
}

/// How many products [`tails`] takes, and how many numbers it keeps, at most, for blocks with so many jumps.
pub(crate) fn cost(jumps: &[usize], length: usize, repetition: Repetition) -> (usize, usize) {
    if by_lattice(jumps, length, repetition) {
        (lattice_products(jumps, length), subsets(jumps).saturating_mul(length + 1))
    } else {
        (convolution_products(jumps, length), (jumps.len() + 1).saturating_mul(length + 1))
    }
}

/// The lattice puts any character behind a string, so every character must be allowed again.
fn by_lattice(jumps: &[usize], length: usize, repetition: Repetition) -> bool {
    repetition == Repetition::Allowed
        && lattice_products(jumps, length) <= convolution_products(jumps, length)
}

fn lattice_products(jumps: &[usize], length: usize) -> usize {
    let each = jumps.iter().fold(1, |sum, jumps| jumps.saturating_add(sum));
    subsets(jumps).saturating_mul(each).saturating_mul(length)
}

fn convolution_products(jumps: &[usize], length: usize) -> usize {
    jumps.len().saturating_mul(length).saturating_mul(length)
}

fn subsets(blocks: &[usize]) -> usize {
    u32::try_from(blocks.len())
        .ok()
        .and_then(|blocks| 1_usize.checked_shl(blocks))
        .unwrap_or(usize::MAX)
}

fn convolution(blocks: &[Series], free: impl Iterator<Item = BigUint>, length: usize) -> Tails {
    let mut tails = vec![free.take(length + 1).collect()];
    for block in blocks.iter().rev() {
        let tail = tails.last().map_or(&[][..], Vec::as_slice);
        tails.push(
            (0..=length).map(|total| convolve(row(total), block.strings, tail, total)).collect(),
        );
    }
    tails.reverse();
    tails
}

/// Σ weights\[k\]·own\[k\]·tail\[total − k\], where a missing entry is 0.
pub(crate) fn convolve(
    weights: impl Iterator<Item = BigUint>,
    own: &[BigUint],
    tail: &[BigUint],
    total: usize,
) -> BigUint {
    let term = |(taken, (weight, own)): (usize, (BigUint, &BigUint))| {
        let rest = tail.get(total.checked_sub(taken)?)?;
        (*own != BigUint::ZERO && *rest != BigUint::ZERO).then(|| weight * own * rest)
    };
    weights.zip(own).enumerate().filter_map(term).sum()
}

fn lattice(blocks: &[Series], free: usize, length: usize) -> Tails {
    let jumps: Vec<Vec<Jump>> = blocks.iter().map(|block| jumps(*block)).collect();
    let all = (1_usize << blocks.len()) - 1;
    let suffixes: Vec<usize> = (0..=blocks.len()).map(|block| all >> block << block).collect();
    let mut subsets: Vec<usize> = (0..=all).collect();
    subsets.sort_by_key(|subset| subset.count_ones());
    let mut tables: BTreeMap<usize, Vec<BigUint>> = BTreeMap::new();
    for subset in subsets {
        // A table is read by those of the subsets with one block more, and kept if it is one of the answer's.
        tables
            .retain(|old, _| old.count_ones() + 1 >= subset.count_ones() || suffixes.contains(old));
        let contains = |index: usize| subset >> index & 1 == 1;
        let members =
            || blocks.iter().zip(&jumps).enumerate().filter(|(index, _)| contains(*index));
        let others = blocks.iter().enumerate().filter(|(index, _)| !contains(*index));
        let needed = length.saturating_sub(others.map(|(_, block)| block.shortest()).sum());
        let size = members().fold(free, |size, (_, (block, _))| size + block.size);
        let first = members().filter_map(|(_, (block, _))| block.strings.first()).product();
        let without =
            |index: usize| tables.get(&(subset ^ 1 << index)).map_or(&[][..], Vec::as_slice);
        let feed = |(index, (_, jumps)): (usize, (&Series, &Vec<Jump>))| {
            jumps
                .iter()
                .map(|jump| Feed { jump: jump.clone(), others: without(index) })
                .collect::<Vec<_>>()
        };
        let mut feeds: Vec<Feed> = members().flat_map(feed).collect();
        let grow = |(total, strings): &(usize, BigUint)| {
            Some((total + 1, step(&mut feeds, strings * size, *total)))
        };
        let lengths = std::iter::successors(Some((0, first)), grow).take(needed + 1);
        let table = lengths.map(|(_, strings)| strings).collect();
        tables.insert(subset, table);
    }
    suffixes.iter().filter_map(|suffix| tables.remove(suffix)).collect()
}

/// A number of characters at which one more makes a block's strings valid, or invalid.
#[derive(Debug, Clone)]
struct Jump {
    at: usize,
    valid: bool,
    /// C(t, at)·|strings\[at + 1\] − size·strings\[at\]|, where t is `at` at first and then grows.
    weight: BigUint,
}

fn jumps(block: Series) -> Vec<Jump> {
    let jump = |(at, (here, next)): (usize, (&BigUint, &BigUint))| {
        let grown = here * block.size;
        let valid = *next > grown;
        let weight = if valid { next - grown } else { grown - next };
        (weight != BigUint::ZERO).then_some(Jump { at, valid, weight })
    };
    block.strings.iter().zip(block.strings.iter().skip(1)).enumerate().filter_map(jump).collect()
}

/// A jump of one block beside the strings of the others.
struct Feed<'a> {
    jump: Jump,
    others: &'a [BigUint],
}

/// The strings of `total + 1` characters, out of `grown`: those of `total` with any character behind.
fn step(feeds: &mut [Feed], grown: BigUint, total: usize) -> BigUint {
    let (mut gained, mut lost) = (grown, BigUint::ZERO);
    for Feed { jump, others } in feeds {
        let Some(rest) = total.checked_sub(jump.at) else { continue };
        if let Some(strings) = others.get(rest) {
            *(if jump.valid { &mut gained } else { &mut lost }) += &jump.weight * strings;
        }
        jump.weight *= total + 1;
        jump.weight /= rest + 1;
    }
    gained - lost
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::atoms::Bounds;
    use crate::block::Block;

    #[test]
    fn lattice_and_convolution_agree() {
        let bounds = |min, max| Bounds { min, max };
        let class = |characters, bounds| Block::class(characters, bounds, Repetition::Allowed);
        let blocks = [
            class("abc".chars().collect(), bounds(1, None)),
            class("AB".chars().collect(), bounds(0, Some(2))),
            class("0123".chars().collect(), bounds(2, Some(5))),
            class("!".chars().collect(), bounds(3, None)),
            class("x".chars().collect(), bounds(2, Some(1))),
        ];
        let counts: Vec<_> = blocks.iter().map(|block| block.counts(14)).collect();
        for free in [0, 1, 7] {
            for used in 0..=blocks.len() {
                let series: Vec<_> = blocks
                    .iter()
                    .zip(&counts)
                    .take(used)
                    .map(|(block, counts)| Series {
                        size: block.size(),
                        jumps: 2,
                        strings: &counts.strings,
                    })
                    .collect();
                let (lattice, convolution) = (
                    lattice(&series, free, 14),
                    convolution(&series, strings(free, Repetition::Allowed), 14),
                );
                assert_eq!((lattice.len(), convolution.len()), (used + 1, used + 1));
                for (short, long) in lattice.iter().zip(&convolution) {
                    assert_eq!(
                        short.as_slice(),
                        &long[..short.len()],
                        "{used} blocks, {free} free"
                    );
                }
                assert_eq!(lattice[0].len(), 15);
            }
        }
    }
}
