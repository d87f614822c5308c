//! Engine B: policies with limits on runs, counted and ranked position by position.
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
//! however large the limit. A kind of characters that no sequence can reach shares one Y.

use std::collections::BTreeMap;

use num_bigint::BigUint;
use secrecy::zeroize::Zeroizing;

use crate::atoms::{Atom, Repetition};
use crate::binomial::row;
use crate::digits::{divide, small};
use crate::model::Model;
use crate::normal_form::{NormalForm, Rule};
use crate::password::Draft;
use crate::runs::{Direction, Limits};
use crate::states::{MAX_STATES, Restrictions, States};
use crate::wide::{Wide, add, add_multiple, subtract};
use crate::{Characters, Limit, budget};

/// The passwords of a form with limits on runs.
#[derive(Debug)]
pub(crate) struct Positions {
    length: usize,
    kinds: Vec<Kind>,
    runs: Vec<Run>,
    states: States,
    /// For each state and kind, where a character of the kind leads.
    moves: Vec<Option<usize>>,
    /// One for each number of characters, from 0 on.
    levels: Vec<Level>,
    words: usize,
}

/// Characters that count alike: one, or several of an atom that no sequential run can hold.
#[derive(Debug)]
struct Kind {
    atom: usize,
    characters: Vec<char>,
    /// Those that may stand first.
    first: Vec<char>,
    /// Whether they may stand last.
    last: bool,
}

/// A limit on runs in one direction.
#[derive(Debug)]
struct Run {
    direction: Direction,
    limit: usize,
    /// For each kind, the one that continues a run.
    next: Vec<Option<usize>>,
}

/// The strings of one length: those from each state, and those that begin with a character of each kind.
#[derive(Debug, Default)]
struct Level {
    all: Wide,
    begun: Wide,
}

/// Where a string stands.
struct Place<'a> {
    left: usize,
    state: usize,
    before: &'a [char],
    /// The kind of the last character.
    kind: Option<usize>,
}

impl Positions {
    /// Counts the passwords of `form`, unless that takes too much work or memory.
    pub(crate) fn new(form: &NormalForm, limits: Limits) -> Result<Self, Limit> {
        if form.distinct && too_many_subsets(form) {
            return Err(Limit::States);
        }
        let model = Model::new(&separated(form));
        let inner = Atom { characters: model.inner.clone(), rules: [].into() };
        let atoms: Vec<Atom> = model.atoms.iter().cloned().chain([inner]).collect();
        let rules: Vec<_> = model.rules.iter().copied().enumerate().collect();
        let quorum = model.quorum.as_ref();
        let restrictions = Restrictions { rules: &rules, quorum, repetition: Repetition::Allowed };
        let states = States::new(&atoms, &restrictions).ok_or(Limit::States)?;
        let kinds = kinds(form, &atoms, limits);
        let runs = runs(&kinds, limits);
        let bits = bits(atoms.iter().map(|atom| atom.characters.len()).sum());
        let words = budget::check_positions(model.length, states.len(), kinds.len(), bits)?;
        let moves = (0..states.len())
            .flat_map(|state| kinds.iter().map(move |kind| (state, kind.atom)))
            .map(|(state, atom)| states.next(state, atom))
            .collect();
        let mut positions =
            Self { length: model.length, kinds, runs, states, moves, levels: Vec::new(), words };
        positions.fill(bits);
        Ok(positions)
    }

    /// How many words the tables take.
    pub(crate) fn words(&self) -> usize {
        self.words
    }

    /// N, the number of passwords.
    pub(crate) fn count(&self) -> BigUint {
        if self.length == 0 {
            return u32::from(self.states.accepts(0)).into();
        }
        let begun =
            |(number, kind): (usize, &Kind)| self.begun(self.length, 0, number) * kind.first.len();
        self.kinds.iter().enumerate().map(begun).sum()
    }

    /// The password at `rank`, which is below N.
    pub(crate) fn unrank(&self, mut rank: BigUint) -> Draft {
        let mut string: Draft = Zeroizing::new(Vec::with_capacity(self.length));
        let (mut state, mut kind) = (0, None);
        for left in (1..=self.length).rev() {
            let place = Place { left, state, before: &string, kind };
            let (next, character, rest) = self.choose(&place, rank);
            state = self.next(state, next).unwrap_or(0);
            (kind, rank) = (Some(next), rest);
            string.push(character);
        }
        string
    }

    /// The kind and the character that `rank` falls on at a place, and the rank of what follows.
    fn choose(&self, place: &Place, mut rank: BigUint) -> (usize, char, BigUint) {
        for (number, kind) in self.kinds.iter().enumerate() {
            let characters = if place.before.is_empty() { &kind.first } else { &kind.characters };
            if characters.is_empty() {
                continue;
            }
            let begun = self.begun(place.left, place.state, number);
            let continued = self.continued(place, number);
            let others =
                |character: &&char| Some(**character) != continued.as_ref().map(|run| run.0);
            let apart = &begun * characters.iter().filter(others).count();
            if rank < apart {
                let (digit, rest) = divide(&rank, &begun);
                if let Some(character) = characters.iter().filter(others).nth(small(&digit)) {
                    return (number, *character, rest);
                }
            }
            rank -= apart;
            if let Some((character, strings)) = continued {
                if rank < strings {
                    return (number, character, rank);
                }
                rank -= strings;
            }
        }
        unreachable!("a rank is below the sum of the strings")
    }

    /// The character of a kind that continues a run at a place, and the valid strings that begin with it.
    fn continued(&self, place: &Place, kind: usize) -> Option<(char, BigUint)> {
        let last = *place.before.last()?;
        let run = self.runs.iter().find(|run| run.next(place.kind) == Some(kind))?;
        let next = run.direction.next(last)?;
        let steps = place.before.windows(2).rev().take_while(
            |pair| matches!(pair, [one, two] if run.direction.next(*one) == Some(*two)),
        );
        let room = run.limit - (steps.count() + 1);
        Some((next, self.up_to(run, place.left, place.state, kind, room)))
    }

    /// The valid strings that begin with a character of `kind` and whose run at the beginning has at most `room`
    /// characters, fewer than the limit.
    ///
    /// They are all that begin with the character, less those whose run is longer. What stands in such a string from
    /// the first character too many on begins with a run that is as long as the limit still allows: a smaller
    /// problem of the same form.
    fn up_to(
        &self,
        run: &Run,
        mut left: usize,
        mut state: usize,
        mut kind: usize,
        mut room: usize,
    ) -> BigUint {
        let (mut sum, mut taken) = (BigUint::ZERO, BigUint::ZERO);
        if room == 0 {
            return sum;
        }
        loop {
            sum += self.begun(left, state, kind);
            let Some((next, on)) = self.walk(run, state, kind, room) else { break };
            (left, state, kind) = (left.saturating_sub(room), next, on);
            if left == 0 {
                break;
            }
            room = run.limit - room;
            std::mem::swap(&mut sum, &mut taken);
        }
        if sum < taken { taken - sum } else { sum - taken }
    }

    fn begun(&self, length: usize, state: usize, kind: usize) -> BigUint {
        let level = self.levels.get(length);
        level.map(|level| level.begun.number(self.index(state, kind))).unwrap_or_default()
    }

    fn index(&self, state: usize, kind: usize) -> usize {
        state * self.kinds.len() + kind
    }

    fn next(&self, state: usize, kind: usize) -> Option<usize> {
        self.moves.get(self.index(state, kind)).copied().flatten()
    }

    /// The state after so many characters of a run from `kind` on, and the kind that would continue it.
    fn walk(&self, run: &Run, state: usize, kind: usize, steps: usize) -> Option<(usize, usize)> {
        let step = |(state, kind), _| Some((self.next(state, kind)?, run.next(Some(kind))?));
        (0..steps).try_fold((state, kind), step)
    }

    /// Makes the tables, in numbers of `bits` bits for each character.
    fn fill(&mut self, bits: usize) {
        let mut end = Level { all: Wide::zeros(self.states.len(), 0), begun: Wide::default() };
        for state in 0..self.states.len() {
            add(end.all.get_mut(state), &[u64::from(self.states.accepts(state))]);
        }
        self.levels.push(end);
        let mut alone: Vec<Alone> = self.runs.iter().map(|run| Alone::new(self, run)).collect();
        for length in 1..=self.length {
            let level = self.level(length, length * bits, &alone);
            self.levels.push(level);
            alone.iter_mut().zip(&self.runs).for_each(|(alone, run)| alone.push(self, run, bits));
        }
    }

    /// The states that strings of this length can start from.
    fn starts(&self, length: usize) -> impl Iterator<Item = usize> {
        let before = self.length - length;
        (0..self.states.len()).filter(move |state| self.states.depth(*state) <= before)
    }

    fn level(&self, length: usize, bits: usize, alone: &[Alone]) -> Level {
        let states = self.states.len();
        let mut level = Level {
            all: Wide::zeros(states, bits),
            begun: Wide::zeros(states * self.kinds.len(), bits),
        };
        for state in self.starts(length) {
            for (number, kind) in self.kinds.iter().enumerate() {
                let Some(next) = self.next(state, number).filter(|_| length > 1 || kind.last)
                else {
                    continue;
                };
                let index = self.index(state, number);
                let begun = level.begun.get_mut(index);
                add(begun, self.levels.get(length - 1).map_or(&[], |level| level.all.get(next)));
                for alone in alone {
                    subtract(begun, alone.behind(length, index));
                }
                let size = u64::try_from(kind.characters.len()).unwrap_or(u64::MAX);
                add_multiple(level.all.get_mut(state), begun, size);
            }
        }
        level
    }
}

/// For one direction, the strings whose run at the beginning has just one character, of the last lengths.
struct Alone {
    limit: usize,
    /// For each state and kind, the number of those that stand after a run that is as long as the limit allows.
    after: Vec<Option<usize>>,
    /// One for each length from 1 on; those that are too short to be needed again are empty.
    levels: Vec<Wide>,
}

impl Alone {
    fn new(positions: &Positions, run: &Run) -> Self {
        let kinds = positions.kinds.len();
        let after = |index| {
            let (state, kind) = (index / kinds, index % kinds);
            let (state, kind) = positions.walk(run, state, kind, run.limit)?;
            Some(positions.index(state, kind))
        };
        let after = (0..positions.states.len() * kinds).map(after).collect();
        Self { limit: run.limit, after, levels: Vec::new() }
    }

    /// S(c + L, k − L) for k = `length` and the state and kind at `index`.
    fn behind(&self, length: usize, index: usize) -> &[u64] {
        let level = length.checked_sub(self.limit + 1).and_then(|level| self.levels.get(level));
        let after = self.after.get(index).copied().flatten();
        level.zip(after).map_or(&[], |(level, after)| level.get(after))
    }

    /// Adds S for the length of the last level of `positions`.
    fn push(&mut self, positions: &Positions, run: &Run, bits: usize) {
        let length = self.levels.len() + 1;
        if length + self.limit > positions.length {
            // Nothing that long stands behind a run.
            return;
        }
        let mut own = Wide::zeros(self.after.len(), length * bits);
        let levels = (positions.levels.get(length), positions.levels.get(length - 1));
        let (Some(level), Some(shorter)) = levels else { return };
        for state in positions.starts(length) {
            for kind in 0..positions.kinds.len() {
                let index = positions.index(state, kind);
                let Some(next) = positions.next(state, kind) else { continue };
                let number = own.get_mut(index);
                // Both tables are of numbers of this length, so they have one width.
                number.copy_from_slice(level.begun.get(index));
                add(number, self.behind(length, index));
                if let Some(on) = run.next(Some(kind)) {
                    subtract(number, shorter.begun.get(positions.index(next, on)));
                }
            }
        }
        if let Some(old) =
            length.checked_sub(self.limit + 1).and_then(|old| self.levels.get_mut(old))
        {
            *old = Wide::default();
        }
        self.levels.push(own);
    }
}

impl Run {
    fn next(&self, kind: Option<usize>) -> Option<usize> {
        self.next.get(kind?).copied().flatten()
    }
}

/// `form` with a rule for each character if none may stand twice.
fn separated(form: &NormalForm) -> NormalForm {
    let mut form = form.clone();
    if form.distinct {
        let once = |character| Rule {
            name: String::new(),
            characters: [character].into_iter().collect(),
            min: 0,
            max: Some(1),
        };
        form.alphabet = form.alphabet.union(&form.inner);
        form.inner = Characters::default();
        form.rules.extend(form.alphabet.iter().map(once));
    }
    form
}

/// Whether the sets of characters that can have been used are more than the states that there may be.
fn too_many_subsets(form: &NormalForm) -> bool {
    let used = row(form.alphabet.len() + form.inner.len()).take(usize::from(form.length) + 1);
    let mut sums = used.scan(BigUint::ZERO, |sum, sets| {
        *sum += sets;
        Some(*sum > BigUint::from(MAX_STATES))
    });
    sums.any(|exceeded| exceeded)
}

fn kinds(form: &NormalForm, atoms: &[Atom], limits: Limits) -> Vec<Kind> {
    let everything = form.alphabet.union(&form.inner);
    let in_sequence = |character: char| {
        let next = [Direction::Up, Direction::Down].map(|direction| direction.next(character));
        let next = next.into_iter().flatten().any(|next| everything.contains(next));
        limits.get(Direction::Up).is_some() && next
    };
    let allowed = |set: &Option<Characters>, character: char| {
        form.alphabet.contains(character) && set.as_ref().is_none_or(|set| set.contains(character))
    };
    let mut kinds: BTreeMap<_, Vec<char>> = BTreeMap::new();
    for (number, atom) in atoms.iter().enumerate() {
        for character in &atom.characters {
            let own = in_sequence(*character).then_some(*character);
            let key = (number, own, allowed(&form.last, *character));
            kinds.entry(key).or_default().push(*character);
        }
    }
    let kind = |((atom, _, last), characters): (_, Vec<char>)| Kind {
        atom,
        first: characters.iter().copied().filter(|first| allowed(&form.first, *first)).collect(),
        characters,
        last,
    };
    kinds.into_iter().map(kind).collect()
}

fn runs(kinds: &[Kind], limits: Limits) -> Vec<Run> {
    let run = |direction: Direction| {
        let next = |kind: &Kind| {
            let next = direction.next(*kind.characters.first()?)?;
            kinds.iter().position(|kind| kind.characters.contains(&next))
        };
        let next: Vec<Option<usize>> = kinds.iter().map(next).collect();
        let limit = limits.get(direction).filter(|_| next.iter().any(Option::is_some))?;
        Some(Run { direction, limit, next })
    };
    Direction::ALL.into_iter().filter_map(run).collect()
}

/// As many bits as the numbers below `size` have.
fn bits(size: usize) -> usize {
    usize::try_from(usize::BITS - size.leading_zeros()).unwrap_or(usize::MAX)
}
