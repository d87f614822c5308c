//! Counting strings with limited runs, one length after the other.
//!
//! A string is *valid* from a state if no run in it is too long and it ends in an accepting state. Let T be the valid
//! strings of k characters from a state, Y(c) those that begin with the character c, and, for one direction of runs,
//! S(c) those of them whose run at the beginning has just the one character c. With L the limit of that direction and
//! c + i the character i steps on from c:
//!
//! - A valid string behind c is one too many if its run continues that of c and has all L characters. Such a string
//!   is given by what stands from its last run character on, c + L, whose own run has length 1. So
//!   Y(c, k) = T(k − 1) − Σ S(c + L, k − L), where the sum is over the directions.
//! - S(c, k) = Y(c, k) − Y(c + 1, k − 1) + S(c + L, k − L): all, less those that go on with c + 1, except that those are
//!   none that are valid only without c in front.
//!
//! The states are those after the characters in between, which are given. Every number is found in a few additions,
//! however large the limit, and needs no more than the last L lengths.

use std::collections::VecDeque;
use std::mem::swap;

use num_bigint::BigUint;

use super::shape::Shape;
use crate::wide::{Wide, add, add_multiple, copy, subtract};

/// The strings of one length, from 0 on.
pub(super) struct Levels<'a> {
    shape: &'a Shape,
    length: usize,
    steps: Vec<Step>,
    rings: Vec<Ring>,
    /// T of this length and, where the next is made, of the one before.
    all: [Wide; 2],
    /// Y in the same way.
    begun: [Wide; 2],
}

/// How Y is found for a state and a kind.
struct Step {
    state: usize,
    last: bool,
    size: u64,
    index: usize,
    next: usize,
    /// The rings and numbers of the S that are too many.
    behind: Vec<(usize, usize)>,
}

/// The S of all directions with one limit, of as many lengths as the limit.
struct Ring {
    limit: usize,
    alone: Vec<Alone>,
    levels: VecDeque<Wide>,
    /// A level that is no longer needed, for the next.
    spare: Option<Wide>,
}

/// How S is found for a state and an arrow.
struct Alone {
    state: usize,
    index: usize,
    /// Y of the next character after this one.
    on: Option<usize>,
    behind: Option<usize>,
}

impl<'a> Levels<'a> {
    pub(super) fn new(shape: &'a Shape) -> Self {
        let mut all = [Wide::zeros(shape.states(), 1), Wide::default()];
        let [end, _] = &mut all;
        for (state, accepts) in shape.accepting.iter().enumerate() {
            add(end.get_mut(state), &[u64::from(*accepts)]);
        }
        let mut limits: Vec<usize> = shape.arrows.iter().map(|arrow| arrow.limit).collect();
        limits.sort_unstable();
        limits.dedup();
        let numbers: Vec<_> = limits.iter().map(|limit| alone_numbers(shape, *limit)).collect();
        let rings =
            limits.iter().zip(&numbers).map(|(limit, numbers)| Ring::new(shape, *limit, numbers));
        let rings = rings.collect();
        let steps = steps(shape, &limits, &numbers);
        let begun = [Wide::default(), Wide::default()];
        Self { shape, length: 0, steps, rings, all, begun }
    }

    /// Goes on to strings with one character more.
    pub(super) fn advance(&mut self) {
        self.length += 1;
        let bits = self.shape.bits(self.length);
        let before = self.shape.length - self.length;
        let start =
            |state: usize| self.shape.depths.get(state).is_some_and(|depth| *depth <= before);
        let ([all, new_all], [begun, new_begun]) = (&mut self.all, &mut self.begun);
        new_all.reset(self.shape.states(), bits);
        new_begun.reset(self.shape.states() * self.shape.kinds.len(), bits);
        for step in self.steps.iter().take_while(|step| start(step.state)) {
            if self.length == 1 && !step.last {
                continue;
            }
            let number = new_begun.get_mut(step.index);
            copy(number, all.get(step.next));
            for (ring, index) in &step.behind {
                let ring = self.rings.get(*ring);
                subtract(number, ring.map_or(&[], |ring| ring.behind(self.length, *index)));
            }
            add_multiple(new_all.get_mut(step.state), number, step.size);
        }
        for ring in &mut self.rings {
            ring.push(self.length, self.shape.length, bits, new_begun, begun, start);
        }
        swap(all, new_all);
        swap(begun, new_begun);
    }

    /// Y of this length, by the index of the shape.
    pub(super) fn begun(&self) -> &Wide {
        let [begun, _] = &self.begun;
        begun
    }
}

/// N, the number of passwords of a shape.
pub(super) fn count(shape: &Shape) -> BigUint {
    if shape.length == 0 {
        return u32::from(shape.accepting.first() == Some(&true)).into();
    }
    let mut levels = Levels::new(shape);
    (0..shape.length).for_each(|_| levels.advance());
    let begun = shape.kinds.iter().enumerate();
    begun.map(|(kind, of)| levels.begun().number(shape.index(0, kind)) * of.first).sum()
}

/// How many words the numbers of the last lengths take, and how many steps on a word the counting takes, at most.
pub(super) fn cost(shape: &Shape) -> (usize, usize) {
    let words = shape.bits(shape.length) / 64 + 1;
    let states = shape.states();
    let kept = |limit: usize| limit.min(shape.length - limit);
    let rings: usize = shape.arrows.iter().map(|arrow| kept(arrow.limit)).sum();
    let space = states.saturating_mul(shape.kinds.len() * 2 + rings).saturating_mul(words);
    let each = states.saturating_mul(shape.kinds.len() * 4 + shape.arrows.len() * 3);
    // Half of the words on average, and what a step takes beside them.
    (space, each.saturating_mul(shape.length).saturating_mul(words / 2 + 8))
}

impl Ring {
    /// The S with these `numbers` for each state and arrow; the others are never read.
    fn new(shape: &Shape, limit: usize, numbers: &[Option<usize>]) -> Self {
        let arrows = shape.arrows.len();
        let needed = numbers.iter().enumerate().filter(|(_, number)| number.is_some());
        let alone = needed.map(|(place, _)| {
            let (state, arrow) = (place / arrows, place % arrows);
            let kind = shape.arrows.get(arrow).map_or(0, |arrow| arrow.kind);
            let behind = walk(shape, state, arrow, limit)
                .and_then(|(state, arrow)| numbers.get(state * arrows + arrow).copied().flatten());
            let on = walk(shape, state, arrow, 1)
                .and_then(|(state, arrow)| Some(shape.index(state, shape.arrows.get(arrow)?.kind)));
            Alone { state, index: shape.index(state, kind), on, behind }
        });
        Self { limit, alone: alone.collect(), levels: VecDeque::new(), spare: None }
    }

    /// S(c + L, k − L) for k = `length`.
    fn behind(&self, length: usize, index: usize) -> &[u64] {
        // The last level is of the length before.
        let level = if length > self.limit { self.levels.front() } else { None };
        level.map_or(&[], |level| level.get(index))
    }

    /// Adds the S of one more length, out of Y of this and of the length before.
    fn push(
        &mut self,
        length: usize,
        longest: usize,
        bits: usize,
        begun: &Wide,
        shorter: &Wide,
        start: impl Fn(usize) -> bool,
    ) {
        let full = self.levels.len() >= self.limit;
        let mut level = self.spare.take().unwrap_or_default();
        // Nothing longer stands behind a run.
        if length + self.limit > longest {
            level = Wide::default();
        } else {
            level.reset(self.alone.len(), bits);
            let starts = self.alone.iter().take_while(|alone| start(alone.state));
            for (number, alone) in starts.enumerate() {
                let own = level.get_mut(number);
                copy(own, begun.get(alone.index));
                subtract(own, alone.on.map_or(&[], |on| shorter.get(on)));
                add(own, alone.behind.map_or(&[], |behind| self.behind(length, behind)));
            }
        }
        if full {
            self.spare = self.levels.pop_front();
        }
        self.levels.push_back(level);
    }
}

/// The state and the arrow so many characters of a run on.
fn walk(shape: &Shape, state: usize, arrow: usize, steps: usize) -> Option<(usize, usize)> {
    let step = |(state, arrow): (usize, usize), _| {
        let arrow = shape.arrows.get(arrow)?;
        Some((shape.next(state, arrow.kind)?, arrow.next?))
    };
    (0..steps).try_fold((state, arrow), step)
}

/// For each state and arrow, the number of its S among those with this limit that are needed: those that stand after
/// a run that is as long as the limit allows.
fn alone_numbers(shape: &Shape, limit: usize) -> Vec<Option<usize>> {
    let arrows = shape.arrows.len();
    let mut needed = vec![false; shape.states() * arrows];
    for state in 0..shape.states() {
        for (number, _) in shape.arrows.iter().enumerate().filter(|(_, arrow)| arrow.limit == limit)
        {
            let after = walk(shape, state, number, limit);
            if let Some(needed) =
                after.and_then(|(state, arrow)| needed.get_mut(state * arrows + arrow))
            {
                *needed = true;
            }
        }
    }
    let mut next = 0..;
    needed.into_iter().map(|needed| if needed { next.next() } else { None }).collect()
}

fn steps(shape: &Shape, limits: &[usize], numbers: &[Vec<Option<usize>>]) -> Vec<Step> {
    let behind = |state: usize, arrow: &usize| {
        let limit = shape.arrows.get(*arrow)?.limit;
        let ring = limits.binary_search(&limit).ok()?;
        let (state, arrow) = walk(shape, state, *arrow, limit)?;
        let number = numbers.get(ring)?.get(state * shape.arrows.len() + arrow);
        Some((ring, number.copied().flatten()?))
    };
    let mut steps = Vec::new();
    for state in 0..shape.states() {
        for (number, kind) in shape.kinds.iter().enumerate() {
            let Some(next) = shape.next(state, number) else { continue };
            steps.push(Step {
                state,
                last: kind.last,
                size: u64::try_from(kind.size).unwrap_or(u64::MAX),
                index: shape.index(state, number),
                next,
                behind: kind.arrows.iter().filter_map(|arrow| behind(state, arrow)).collect(),
            });
        }
    }
    steps
}
