//! For each block, how many strings the blocks from it on have together, by length.
//!
//! Two ways lead to such a table. The convolution with the table of the blocks behind takes up to n²/2 products of
//! large numbers. Classes of characters that may stand again can grow by length (see [`crate::growth`]), in steps by
//! small numbers, but with a line for every set of classes that are at a bound.

use std::iter;

use num_bigint::BigUint;

use crate::atoms::Repetition;
use crate::binomial::row;
use crate::block::Block;
use crate::costs;
use crate::digits;
use crate::growth::{self, Class, Growth};

/// `tails[j][t]`: the strings of `t` characters over the blocks from `j` on and the unbound characters. Where the
/// blocks before `j` leave no room for `t`, the entry may be missing.
pub(crate) type Tails = Vec<Vec<BigUint>>;

/// What the tables are for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope {
    /// How many characters no block has.
    pub(crate) free: usize,
    /// The greatest length.
    pub(crate) length: usize,
    pub(crate) repetition: Repetition,
    /// How many 64-bit words the greatest number has at most.
    pub(crate) words: usize,
}

/// How a table is made.
enum Way {
    Free,
    Growth(Vec<Class>),
    Convolution,
}

/// The tables of `blocks`, whose strings by length are `strings`, each by the way that costs less.
pub(crate) fn tails(blocks: &[&Block], strings: &[&[BigUint]], scope: Scope) -> Tails {
    let mut tails: Tails = Vec::new();
    for (behind, scope) in suffixes(blocks, scope).rev() {
        let own = strings.get(blocks.len() - behind.len()).copied().unwrap_or_default();
        let table = match (way(behind, scope).0, tails.last()) {
            (Way::Growth(classes), _) => grown(&classes, scope),
            (Way::Convolution, Some(tail)) => convolution(own, tail, scope.length),
            (Way::Free, _) | (Way::Convolution, None) => {
                digits::strings(scope.free, scope.repetition).take(scope.length + 1).collect()
            }
        };
        tails.push(table);
    }
    tails.reverse();
    tails
}

/// About how many nanoseconds the tables of `blocks` take, and how many numbers they keep at most.
pub(crate) fn cost(blocks: &[&Block], scope: Scope) -> (usize, usize) {
    suffixes(blocks, scope).fold((0, 0), |(cost, numbers): (usize, usize), (behind, scope)| {
        (cost.saturating_add(way(behind, scope).1), numbers + scope.length + 1)
    })
}

/// The blocks from each one on, and from none, with the length that those before leave to them.
fn suffixes<'a, 'b>(
    blocks: &'a [&'b Block],
    scope: Scope,
) -> impl DoubleEndedIterator<Item = (&'a [&'b Block], Scope)> {
    (0..=blocks.len()).map(move |index| {
        let (before, behind) = blocks.split_at(index);
        let taken = before.iter().map(|block| block.shortest()).sum();
        (behind, Scope { length: scope.length.saturating_sub(taken), ..scope })
    })
}

/// The cheaper way to the table of `blocks`, and what it costs.
fn way(blocks: &[&Block], scope: Scope) -> (Way, usize) {
    if blocks.is_empty() {
        return (Way::Free, scope.length.saturating_mul(costs::step(scope.words)));
    }
    let products = scope.length.saturating_mul(scope.length) / 2;
    let convolution = products.saturating_mul(costs::product(scope.words));
    match growth(blocks, scope).filter(|(_, cost)| *cost <= convolution) {
        Some((classes, cost)) => (Way::Growth(classes), cost),
        None => (Way::Convolution, convolution),
    }
}

/// The classes that `blocks` are, if they can grow, and what that costs.
fn growth(blocks: &[&Block], scope: Scope) -> Option<(Vec<Class>, usize)> {
    let classes: Vec<Class> =
        blocks.iter().map(|block| block.as_growing()).collect::<Option<_>>()?;
    let steps = growth::steps(&classes, scope.length)?;
    Some((classes, steps.saturating_mul(costs::step(scope.words))))
}

fn grown(classes: &[Class], scope: Scope) -> Vec<BigUint> {
    let mut growth = Growth::new(classes, scope.free, scope.length);
    let mut table = vec![BigUint::ZERO; growth.length().min(scope.length + 1)];
    table.extend(iter::repeat_with(|| growth.next_strings()).take(scope.length + 1 - table.len()));
    table
}

fn convolution(own: &[BigUint], tail: &[BigUint], length: usize) -> Vec<BigUint> {
    (0..=length).map(|total| convolve(row(total), own, tail, total)).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::atoms::Bounds;

    #[test]
    fn growth_and_convolution_agree() {
        let bounds = |min, max| Bounds { min, max };
        let class = |characters: &str, bounds| {
            Block::class(characters.chars().collect(), bounds, Repetition::Allowed)
        };
        let blocks = [
            class("abc", bounds(1, None)),
            class("AB", bounds(0, Some(2))),
            class("0123", bounds(2, Some(5))),
            class("!", bounds(3, None)),
            class("x", bounds(2, Some(1))),
        ];
        let counts: Vec<_> = blocks.iter().map(|block| block.counts(14)).collect();
        for free in [0, 1, 7] {
            let scope = Scope { free, length: 14, repetition: Repetition::Allowed, words: 1 };
            for used in 0..=blocks.len() {
                let mut tail = grown(&[], scope);
                assert_eq!(
                    tail,
                    digits::strings(free, Repetition::Allowed).take(15).collect::<Vec<_>>()
                );
                for first in (0..used).rev() {
                    tail = convolution(&counts[first].strings, &tail, 14);
                    let classes: Vec<Class> = blocks[first..used]
                        .iter()
                        .map(|block| block.as_growing().unwrap())
                        .collect();
                    assert_eq!(grown(&classes, scope), tail, "{first} to {used}, {free} free");
                }
                let blocks: Vec<&Block> = blocks.iter().take(used).collect();
                let strings: Vec<&[BigUint]> =
                    counts.iter().take(used).map(|counts| counts.strings.as_slice()).collect();
                let tails = tails(&blocks, &strings, scope);
                assert_eq!((tails.len(), &tails[0]), (used + 1, &tail));
            }
        }
    }
}
