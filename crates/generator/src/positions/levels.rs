//! Counting strings with limited runs, one length after the other.
//!
//! A string is *valid* from a state if no run in it is too long and it ends in an accepting state. Let T be the valid
//! strings of k characters from a state, Y(c) those that begin with the character c, and, for one direction of runs,
//! S(c) those of them whose run at the beginning has just the one character c. With L the limit of that direction and
//! c + i the character i steps on from c:
//!
//! - A valid string behind c is one too many if its run continues that of c and has all L characters. Such a string
//!   is given by what follows from its last run character on, c + L, whose own run has length 1. So
//!   Y(c, k) = T(k − 1) − Σ S(c + L, k − L), where the sum is over the directions.
//! - If L is 1, no run is longer than that, so S is Y. Else
//!   S(c, k) = Y(c, k) − Y(c + 1, k − 1) + S(c + L, k − L): all, less those that go on with c + 1, except that those are
//!   none that are valid only without c in front.
//!
//! The states are those after the characters in between, which are given. Every number is found in a few additions,
//! however large the limit.
#![expect(clippy::indexing_slicing, reason = "indices are numbers of states, kinds and arrows")]

use num_bigint::BigUint;

use super::alphabet::Arrow;
use super::shape::Shape;
use crate::Limit;
use crate::budget::Budget;

/// The greatest number of 64-bit words in the numbers of all lengths: 32 MiB.
const MAX_WORDS: usize = 1 << 22;
/// The words that a number takes besides its digits.
const WORDS_OF_NUMBER: usize = 5;
/// The cost of a length besides its numbers, in steps.
const STEPS_OF_LEVEL: usize = 512;

/// The strings of every length from 1 to that of the shape.
#[derive(Debug)]
pub(crate) struct Levels {
    shape: Shape,
    /// For each state and arrow, the state and arrow after a run that is as long as the limit allows.
    after: Vec<Option<usize>>,
    lengths: Vec<Level>,
}

/// The strings of one length.
#[derive(Debug)]
struct Level {
    /// Y for each state and kind.
    begun: Vec<BigUint>,
    /// S for each state and arrow that follows a run, if its limit is over 1; 0 for the others, which are never read.
    alone: Vec<BigUint>,
}

impl Levels {
    /// Counts the strings of `shape` of every length, unless that takes too much work or memory.
    pub(crate) fn all(shape: Shape, budget: &mut Budget) -> Result<Self, Limit> {
        Self::new(shape, Some(usize::MAX), budget)
    }

    /// Counts the strings of `shape` of the last length.
    pub(crate) fn last(shape: Shape, budget: &mut Budget) -> Result<Self, Limit> {
        Self::new(shape, None, budget)
    }

    /// Keeps so many of the last lengths, or no more than are needed to go on.
    fn new(shape: Shape, kept: Option<usize>, budget: &mut Budget) -> Result<Self, Limit> {
        let arrows = shape.arrows.len();
        let steps: usize =
            shape.arrows.iter().map(|arrow| 4 * arrow.limit.min(shape.length) + 8).sum();
        budget.pay(shape.states().saturating_mul(steps))?;
        let indices = (0..shape.states()).flat_map(|state| (0..arrows).map(move |at| (state, at)));
        let after: Vec<Option<usize>> =
            indices.map(|(state, at)| after(&shape, state, at)).collect();
        let mut needed = vec![false; after.len()];
        for index in after.iter().flatten() {
            needed[*index] = shape.arrows[index % arrows].limit > 1;
        }
        let needed: Vec<usize> = (0..after.len()).filter(|index| needed[*index]).collect();
        let kept =
            kept.unwrap_or_else(|| shape.arrows.iter().map(|arrow| arrow.limit).max().unwrap_or(1));
        check_memory(&shape, needed.len(), kept)?;
        let mut all: Vec<BigUint> =
            shape.accepting.iter().map(|accepts| u32::from(*accepts).into()).collect();
        let mut counted = Self { shape, after, lengths: Vec::new() };
        for length in 1..=counted.shape.length {
            let begun;
            (begun, all) = counted.begin(&all, length, budget)?;
            let alone = counted.stop(&begun, length, &needed, budget)?;
            counted.lengths.push(Level { begun, alone });
            if let Some(passed) = length.checked_sub(kept.saturating_add(1)) {
                counted.lengths[passed] = Level { begun: Vec::new(), alone: Vec::new() };
            }
        }
        Ok(counted)
    }

    pub(crate) fn shape(&self) -> &Shape {
        &self.shape
    }

    /// N, the number of passwords of the shape.
    pub(crate) fn count(&self) -> BigUint {
        let Some(level) = self.lengths.last() else {
            return u32::from(self.shape.accepting[0]).into();
        };
        let kinds = self.shape.kinds.iter().zip(&level.begun);
        kinds.map(|(kind, begun)| begun * kind.first).sum()
    }

    /// The strings of `length` characters from `state` that begin with one character of `kind`.
    pub(crate) fn begun(&self, length: usize, state: usize, kind: usize) -> &BigUint {
        &self.lengths[length - 1].begun[self.shape.index(state, kind)]
    }

    /// Y and T of one length; `all` is T of the length before.
    fn begin(
        &self,
        all: &[BigUint],
        length: usize,
        budget: &mut Budget,
    ) -> Result<(Vec<BigUint>, Vec<BigUint>), Limit> {
        let shape = &self.shape;
        let words = shape.bits(length) / 64 + 1;
        let mut begun = vec![BigUint::ZERO; shape.states() * shape.kinds.len()];
        let mut sums = vec![BigUint::ZERO; shape.states()];
        let before = shape.length - length;
        let reached = shape.depths.iter().take_while(|depth| **depth <= before).count();
        budget.pay(STEPS_OF_LEVEL + 2 * begun.len() + reached * shape.kinds.len())?;
        for state in 0..reached {
            for (number, kind) in shape.kinds.iter().enumerate() {
                let next = shape.next(state, number).filter(|_| length > 1 || kind.last);
                let Some(strings) = next.map(|next| &all[next]).filter(|all| is_some(all)) else {
                    continue;
                };
                // Taking one number from another in place is cheap.
                budget.sums(4 + kind.arrows.len() / 2, words)?;
                let mut strings = strings.clone();
                for arrow in &kind.arrows {
                    let index = state * shape.arrows.len() + arrow;
                    if let Some(too_long) = self.behind(index, length) {
                        strings -= too_long;
                    }
                }
                sums[state] += &strings * kind.size;
                begun[shape.index(state, number)] = strings;
            }
        }
        Ok((begun, sums))
    }

    /// S of one length, for the states and arrows that are `needed`.
    fn stop(
        &self,
        begun: &[BigUint],
        length: usize,
        needed: &[usize],
        budget: &mut Budget,
    ) -> Result<Vec<BigUint>, Limit> {
        let shape = &self.shape;
        let words = shape.bits(length) / 64 + 1;
        let mut alone = vec![BigUint::ZERO; self.after.len()];
        budget.pay(2 * alone.len() + 2 * needed.len())?;
        for index in needed {
            let (state, arrow) = (index / shape.arrows.len(), index % shape.arrows.len());
            let Arrow { kind, limit, .. } = &shape.arrows[arrow];
            let strings = &begun[shape.index(state, *kind)];
            // A run has as many characters as its limit, and before it those that lead to the state.
            let before = limit.max(&shape.depths[state]);
            if length + before > shape.length || !is_some(strings) {
                continue;
            }
            budget.sums(3, words)?;
            let mut strings = strings.clone();
            if let Some(behind) = self.behind(*index, length) {
                strings += behind;
            }
            if let (Some(level), Some((state, arrow))) =
                (self.lengths.last(), shape.walk(state, arrow, 1))
            {
                strings -= &level.begun[shape.index(state, shape.arrows[arrow].kind)];
            }
            alone[*index] = strings;
        }
        Ok(alone)
    }

    /// S(c + L, k − L) for a state and an arrow and k = `length`.
    fn behind(&self, index: usize, length: usize) -> Option<&BigUint> {
        let limit = self.shape.arrows[index % self.shape.arrows.len()].limit;
        let level = self.lengths.get(length.checked_sub(limit + 1)?)?;
        let after = self.after[index]?;
        if limit > 1 {
            return Some(&level.alone[after]);
        }
        let (state, arrow) = (after / self.shape.arrows.len(), after % self.shape.arrows.len());
        Some(&level.begun[self.shape.index(state, self.shape.arrows[arrow].kind)])
    }
}

fn is_some(strings: &BigUint) -> bool {
    *strings != BigUint::ZERO
}

fn after(shape: &Shape, state: usize, arrow: usize) -> Option<usize> {
    let (state, arrow) = shape.walk(state, arrow, shape.arrows[arrow].limit)?;
    Some(state * shape.arrows.len() + arrow)
}

fn check_memory(shape: &Shape, needed: usize, kept: usize) -> Result<(), Limit> {
    // Half of the digits on average.
    let digits = shape.bits(shape.length) / 128 + 1;
    let numbers = shape.states() * shape.kinds.len() + needed;
    let each = numbers * (digits + WORDS_OF_NUMBER) + shape.states() * shape.arrows.len() * 3;
    let all = each.saturating_mul(shape.length.min(kept.saturating_add(2)));
    if all > MAX_WORDS { Err(Limit::Memory) } else { Ok(()) }
}
