//! Passwords with limited runs by their rank.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use num_bigint::BigUint;
use secrecy::zeroize::Zeroizing;

use super::alphabet::may_stand_first;
use super::levels::Levels;
use super::shape::Shape;
use crate::Limit;
use crate::digits::{divide, small};
use crate::normal_form::NormalForm;
use crate::password::Draft;
use crate::runs::{Direction, Limits};
use crate::wide::Wide;

/// For each number of characters, how many strings go on from each state with a character of each kind.
#[derive(Debug)]
pub(super) struct Tables {
    shape: Shape,
    limits: Limits,
    kinds: Vec<Members>,
    kind_of: BTreeMap<char, usize>,
    /// One for each number of characters, from 1 on: made when it is first needed, since most passwords never need it.
    levels: OnceLock<Vec<Wide>>,
}

/// The characters of a kind.
#[derive(Debug)]
struct Members {
    all: Vec<char>,
    first: Vec<char>,
}

/// Where a string stands.
struct Place {
    left: usize,
    state: usize,
    /// The characters that would continue the run at the end, and how many of the run are still allowed.
    runs: Vec<(Direction, char, usize)>,
}

impl Tables {
    /// The tables of a form.
    pub(super) fn new(form: &NormalForm, limits: Limits) -> Result<Self, Limit> {
        let (shape, members) = Shape::new(form, limits)?;
        let of_kind =
            |(kind, all): (usize, &Vec<char>)| all.iter().map(|of| (*of, kind)).collect::<Vec<_>>();
        let kind_of = members.iter().enumerate().flat_map(of_kind).collect();
        let first = |all: &[char]| {
            all.iter().copied().filter(|first| may_stand_first(form, *first)).collect()
        };
        let kinds = members.into_iter().map(|all| Members { first: first(&all), all }).collect();
        Ok(Self { shape, limits, kinds, kind_of, levels: OnceLock::new() })
    }

    pub(super) fn shape(&self) -> &Shape {
        &self.shape
    }

    /// How many words the tables take, or would take.
    pub(super) fn words(&self) -> usize {
        let shape = &self.shape;
        // Half of the longest number on average.
        let each = shape.bits(shape.length) / 128 + 1;
        [shape.length, shape.states(), shape.kinds.len()]
            .into_iter()
            .fold(each, usize::saturating_mul)
    }

    fn levels(&self) -> &[Wide] {
        self.levels.get_or_init(|| {
            let mut counting = Levels::new(&self.shape);
            let next = |_| {
                counting.advance();
                counting.begun().clone()
            };
            (0..self.shape.length).map(next).collect()
        })
    }

    /// N, the number of passwords.
    #[cfg(test)]
    pub(super) fn count(&self) -> BigUint {
        if self.shape.length == 0 {
            return u32::from(self.shape.accepting.first() == Some(&true)).into();
        }
        let kinds = self.kinds.iter().enumerate();
        kinds.map(|(kind, of)| self.begun(self.shape.length, 0, kind) * of.first.len()).sum()
    }

    /// The password at `rank`, which is below N.
    pub(super) fn unrank(&self, mut rank: BigUint) -> Draft {
        let mut string: Draft = Zeroizing::new(Vec::with_capacity(self.shape.length));
        let mut state = 0;
        for left in (1..=self.shape.length).rev() {
            let place = Place { left, state, runs: self.runs(&string) };
            let (kind, character, rest) = self.choose(&place, rank);
            state = self.shape.next(state, kind).unwrap_or(0);
            rank = rest;
            string.push(character);
        }
        string
    }

    /// The kind and the character that `rank` falls on at a place, and the rank of what follows.
    fn choose(&self, place: &Place, mut rank: BigUint) -> (usize, char, BigUint) {
        for (kind, members) in self.kinds.iter().enumerate() {
            let characters =
                if place.left == self.shape.length { &members.first } else { &members.all };
            let (continued, others): (Vec<char>, Vec<char>) = characters
                .iter()
                .partition(|character| place.runs.iter().any(|(_, next, _)| next == *character));
            let begun = self.begun(place.left, place.state, kind);
            let apart = &begun * others.len();
            if rank < apart {
                let (digit, rest) = divide(&rank, &begun);
                if let Some(character) = others.get(small(&digit)) {
                    return (kind, *character, rest);
                }
            }
            rank -= apart;
            for run in place.runs.iter().filter(|(_, next, _)| continued.contains(next)) {
                let strings = self.up_to(place, *run);
                if rank < strings {
                    return (kind, run.1, rank);
                }
                rank -= strings;
            }
        }
        unreachable!("a rank is below the sum of the strings")
    }

    /// How the run at the end of `string` can go on, in each direction that it may have.
    fn runs(&self, string: &[char]) -> Vec<(Direction, char, usize)> {
        let run = |direction: Direction| {
            let limit = self.limits.get(direction)?;
            let next = direction.next(*string.last()?)?;
            let steps = string.windows(2).rev().take_while(
                |pair| matches!(pair, [one, two] if direction.next(*one) == Some(*two)),
            );
            Some((direction, next, limit - (steps.count() + 1)))
        };
        Direction::ALL.into_iter().filter_map(run).collect()
    }

    /// The valid strings at a place that begin with a character and whose run at the beginning has at most `room`
    /// characters, fewer than the limit.
    ///
    /// They are all that begin with the character, less those whose run is longer. What stands in such a string from
    /// the first character too many on begins with a run that is as long as the limit still allows: a smaller
    /// problem of the same form.
    fn up_to(&self, place: &Place, run: (Direction, char, usize)) -> BigUint {
        let (direction, mut character, mut room) = run;
        let (mut left, mut state) = (place.left, place.state);
        let (mut sum, mut taken) = (BigUint::ZERO, BigUint::ZERO);
        if room == 0 {
            return sum;
        }
        while let Some(kind) = self.kind_of.get(&character).filter(|_| left > 0) {
            sum += self.begun(left, state, *kind);
            let Some(after) = self.walk(direction, (state, character), room) else { break };
            (state, character) = after;
            left = left.saturating_sub(room);
            room = self.limits.get(direction).unwrap_or(room) - room;
            std::mem::swap(&mut sum, &mut taken);
        }
        if sum < taken { taken - sum } else { sum - taken }
    }

    /// The strings of `length` characters from `state` that begin with one character of a kind.
    fn begun(&self, length: usize, state: usize, kind: usize) -> BigUint {
        let level = length.checked_sub(1).and_then(|length| self.levels().get(length));
        level.map(|level| level.number(self.shape.index(state, kind))).unwrap_or_default()
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
            Some((self.shape.next(state, *kind)?, direction.next(character)?))
        };
        (0..steps).try_fold(from, step)
    }
}
