//! Rules over overlapping sets: strings counted position by position.

use std::collections::HashMap;

use num_bigint::BigUint;
use secrecy::zeroize::Zeroizing;

use crate::block::{divide, letter};
use crate::model::{Atom, Bounds};
use crate::password::Draft;

/// Counts and finds the strings over some atoms that satisfy the rules those atoms are in.
///
/// A state holds how many characters of each rule's set have been seen, up to the number that matters.
#[derive(Debug, Clone)]
pub(crate) struct Automaton {
    classes: Vec<Vec<char>>,
    /// For each state, where each class leads; a count over its maximum leads nowhere.
    moves: Vec<Vec<Option<usize>>>,
    accepting: Vec<bool>,
}

/// `ways[t][state]`: the strings of `t` more characters that end well.
pub(crate) type Ways = Vec<Vec<BigUint>>;

impl Automaton {
    /// The automaton of `atoms` and of the rules they are in, or nothing if it has more than `max_states` states.
    pub(crate) fn new(
        atoms: &[Atom],
        rules: &[(usize, Bounds)],
        max_states: usize,
    ) -> Option<Self> {
        let start = vec![0; rules.len()];
        let mut index = HashMap::from([(start.clone(), 0)]);
        let mut states = vec![start];
        let mut moves = Vec::new();
        while let Some(state) = states.get(moves.len()).cloned() {
            let row = atoms.iter().map(|atom| {
                let next = advance(&state, atom, rules)?;
                Some(*index.entry(next).or_insert_with_key(|next| {
                    states.push(next.clone());
                    states.len() - 1
                }))
            });
            moves.push(row.collect());
            if states.len() > max_states {
                return None;
            }
        }
        let accepts = |state: &Vec<usize>| {
            state.iter().zip(rules).all(|(seen, (_, bounds))| *seen >= bounds.min)
        };
        let accepting = states.iter().map(accepts).collect();
        Some(Self {
            classes: atoms.iter().map(|atom| atom.characters.clone()).collect(),
            moves,
            accepting,
        })
    }

    pub(crate) fn size(&self) -> usize {
        self.classes.iter().map(Vec::len).sum()
    }

    pub(crate) fn states(&self) -> usize {
        self.moves.len()
    }

    pub(crate) fn classes(&self) -> usize {
        self.classes.len()
    }

    /// The ways to end well for 0 to `length` more characters.
    pub(crate) fn ways(&self, length: usize) -> Ways {
        let end: Vec<BigUint> =
            self.accepting.iter().map(|accepting| BigUint::from(u32::from(*accepting))).collect();
        std::iter::successors(Some(end), |fewer| Some(self.one_more(fewer)))
            .take(length + 1)
            .collect()
    }

    fn one_more(&self, fewer: &[BigUint]) -> Vec<BigUint> {
        let total = |row: &Vec<Option<usize>>| {
            self.branches(row, fewer).map(|(class, _, ways)| ways * class.len()).sum()
        };
        self.moves.iter().map(total).collect()
    }

    /// The classes that may come next with the state they lead to and the ways to go on from there.
    fn branches<'a>(
        &'a self,
        row: &'a [Option<usize>],
        fewer: &'a [BigUint],
    ) -> impl Iterator<Item = (&'a Vec<char>, usize, &'a BigUint)> {
        self.classes
            .iter()
            .zip(row)
            .filter_map(|(class, next)| Some((class, (*next)?, fewer.get((*next)?)?)))
    }

    /// The string of `length` characters at `rank`, which is below `ways[length][start]`.
    pub(crate) fn unrank(&self, mut rank: BigUint, length: usize, ways: &Ways) -> Draft {
        let mut state = 0;
        let mut string = Zeroizing::new(Vec::with_capacity(length));
        for fewer in ways.iter().take(length).rev() {
            let row = self.moves.get(state).map_or(&[][..], Vec::as_slice);
            for (class, next, onward) in self.branches(row, fewer) {
                let here = onward * class.len();
                if rank >= here {
                    rank -= here;
                    continue;
                }
                let (digit, rest) = divide(&rank, onward);
                string.push(letter(class, &digit));
                (rank, state) = (rest, next);
                break;
            }
        }
        string
    }
}

/// The state after one character of `atom`, unless a rule's maximum is exceeded.
fn advance(state: &[usize], atom: &Atom, rules: &[(usize, Bounds)]) -> Option<Vec<usize>> {
    state
        .iter()
        .zip(rules)
        .map(|(seen, (rule, bounds))| match (atom.rules.contains(rule), bounds.max) {
            (false, _) => Some(*seen),
            (true, Some(max)) => (*seen < max).then_some(seen + 1),
            (true, None) => Some(bounds.min.min(seen + 1)),
        })
        .collect()
}
