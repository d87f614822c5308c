//! Passwords with limited runs by their rank.

use std::collections::BTreeMap;

use num_bigint::BigUint;
use secrecy::zeroize::Zeroizing;

use super::alphabet::may_be_first;
use super::levels::Levels;
use super::shape::Shape;
use crate::Limit;
use crate::budget::Budget;
use crate::digits::{divide, small};
use crate::normal_form::NormalForm;
use crate::password::Draft;
use crate::runs::{Direction, Limits};

/// The passwords of a form, each with its rank.
#[derive(Debug)]
pub(crate) struct Tables {
    levels: Levels,
    limits: Limits,
    kinds: Vec<Members>,
    /// The kinds in the order of ranks: those with many characters first, so that few are looked at.
    order: Vec<usize>,
    kind_of: BTreeMap<char, usize>,
}

/// The characters of a kind.
#[derive(Debug)]
struct Members {
    all: Vec<char>,
    first: Vec<char>,
}

/// A position in a string.
struct Place {
    left: usize,
    state: usize,
    /// The runs before it, one for each direction that is limited.
    runs: Vec<Run>,
}

/// How a run can go on.
struct Run {
    direction: Direction,
    next: char,
    /// The kind of the next character.
    kind: usize,
    /// How many characters are still allowed.
    room: usize,
}

impl Tables {
    /// The tables of a form, unless they take too much work or memory.
    pub(crate) fn new(form: &NormalForm, budget: &mut Budget) -> Result<Self, Limit> {
        let limits = Limits::new(form);
        let (shape, members) = Shape::new(form, limits, budget)?;
        let of_kind =
            |(kind, all): (usize, &Vec<char>)| all.iter().map(|of| (*of, kind)).collect::<Vec<_>>();
        let kind_of = members.iter().enumerate().flat_map(of_kind).collect();
        let first =
            |all: &[char]| all.iter().copied().filter(|first| may_be_first(form, *first)).collect();
        let kinds: Vec<Members> =
            members.into_iter().map(|all| Members { first: first(&all), all }).collect();
        let size = |kind: &usize| kinds.get(*kind).map_or(0, |members| members.all.len());
        let mut order: Vec<usize> = (0..kinds.len()).collect();
        order.sort_by_key(|kind| std::cmp::Reverse(size(kind)));
        Ok(Self { levels: Levels::all(shape, budget)?, limits, kinds, order, kind_of })
    }

    /// N, the number of passwords.
    pub(crate) fn count(&self) -> BigUint {
        self.levels.count()
    }

    /// Pays for so many passwords by their rank.
    pub(crate) fn pay(&self, passwords: usize, budget: &mut Budget) -> Result<(), Limit> {
        let shape = self.levels.shape();
        let sizes = self.order.iter().filter_map(|kind| Some(self.kinds.get(*kind)?.all.len()));
        let looked_at: usize = sizes.enumerate().map(|(before, size)| (before + 1) * size).sum();
        let looked_at = looked_at / self.kind_of.len().max(1) + 1;
        // A run that goes on is a sum over the rest of the string, in steps of half a limit.
        let limits = shape.arrows.iter().map(|arrow| arrow.limit).filter(|limit| *limit > 1);
        let runs = limits.min().map_or(0, |limit| 2 * shape.length / limit);
        let operations =
            passwords.saturating_mul(shape.length).saturating_mul(looked_at + 4 + runs);
        budget.sums(operations, shape.bits(shape.length) / 64 + 1)
    }

    /// The password at `rank`, which is below N.
    pub(crate) fn unrank(&self, mut rank: BigUint) -> Draft {
        let length = self.levels.shape().length;
        let mut string: Draft = Zeroizing::new(Vec::with_capacity(length));
        let mut state = 0;
        for left in (1..=length).rev() {
            let place = Place { left, state, runs: self.runs(&string) };
            let (kind, character, rest) = self.choose(&place, rank);
            state = self.levels.shape().next(state, kind).unwrap_or(0);
            rank = rest;
            string.push(character);
        }
        string
    }

    /// The kind and the character that `rank` falls on at a place, and the rank of what follows.
    fn choose(&self, place: &Place, mut rank: BigUint) -> (usize, char, BigUint) {
        let is_first = place.left == self.levels.shape().length;
        for kind in &self.order {
            let (kind, Some(members)) = (*kind, self.kinds.get(*kind)) else { continue };
            let characters = if is_first { &members.first } else { &members.all };
            let continues = |next: &char| place.runs.iter().any(|run| run.next == *next);
            let in_kind = |run: &&Run| run.kind == kind && characters.contains(&run.next);
            let begun = self.levels.begun(place.left, place.state, kind);
            let others = characters.len() - place.runs.iter().filter(in_kind).count();
            let apart = begun * others;
            if rank < apart {
                let (digit, rest) = divide(&rank, begun);
                let mut others = characters.iter().filter(|character| !continues(character));
                if let Some(character) = others.nth(small(&digit)) {
                    return (kind, *character, rest);
                }
            }
            rank -= apart;
            for run in place.runs.iter().filter(in_kind) {
                let strings = self.up_to(place, run);
                if rank < strings {
                    return (kind, run.next, rank);
                }
                rank -= strings;
            }
        }
        unreachable!("a rank is below the sum of the strings")
    }

    /// How the run at the end of `string` can go on, in each direction that it may have.
    fn runs(&self, string: &[char]) -> Vec<Run> {
        let run = |direction: Direction| {
            let limit = self.limits.get(direction)?;
            let next = direction.next(*string.last()?)?;
            let steps = string.windows(2).rev().take_while(
                |pair| matches!(pair, [one, two] if direction.next(*one) == Some(*two)),
            );
            let kind = *self.kind_of.get(&next)?;
            Some(Run { direction, next, kind, room: limit - (steps.count() + 1) })
        };
        Direction::ALL.into_iter().filter_map(run).collect()
    }

    /// The valid strings at a place that begin with a character and whose run at the beginning has at most `room`
    /// characters, fewer than the limit.
    ///
    /// They are all that begin with the character, less those whose run is longer. What follows in such a string from
    /// the first character too many on begins with a run that is as long as the limit still allows: a smaller
    /// problem of the same form.
    fn up_to(&self, place: &Place, run: &Run) -> BigUint {
        let (direction, mut character, mut room) = (run.direction, run.next, run.room);
        let (mut left, mut state) = (place.left, place.state);
        let (mut sum, mut taken) = (BigUint::ZERO, BigUint::ZERO);
        if room == 0 {
            return sum;
        }
        while let Some(kind) = self.kind_of.get(&character).filter(|_| left > 0) {
            sum += self.levels.begun(left, state, *kind);
            let Some(after) = self.walk(direction, (state, character), room) else { break };
            (state, character) = after;
            left = left.saturating_sub(room);
            room = self.limits.get(direction).unwrap_or(room) - room;
            std::mem::swap(&mut sum, &mut taken);
        }
        if sum < taken { taken - sum } else { sum - taken }
    }

    /// The state after so many characters of a run, and the character that would continue it.
    fn walk(
        &self,
        direction: Direction,
        from: (usize, char),
        steps: usize,
    ) -> Option<(usize, char)> {
        let step = |(state, character), _| {
            let kind = self.kind_of.get(&character)?;
            Some((self.levels.shape().next(state, *kind)?, direction.next(character)?))
        };
        (0..steps).try_fold(from, step)
    }
}
