//! Rules over overlapping sets: strings counted position by position.

use num_bigint::BigUint;
use secrecy::zeroize::Zeroizing;

use crate::atoms::{Atom, Bounds, Repetition};
use crate::digits::{divide, take};
use crate::password::Draft;
use crate::states::{Move, Restrictions, States};

/// Counts and finds the strings over some atoms that satisfy the rules those atoms are in.
#[derive(Debug, Clone)]
pub(crate) struct Automaton {
    classes: Vec<Vec<char>>,
    states: States,
    repetition: Repetition,
}

/// `ways[t][state]`: the strings of `t` more characters that end well.
pub(crate) type Ways = Vec<Vec<BigUint>>;

impl Automaton {
    /// The automaton of `atoms` and of the rules they are in, or nothing if it has too many states.
    pub(crate) fn new(
        atoms: &[Atom],
        rules: &[(usize, Bounds)],
        repetition: Repetition,
    ) -> Option<Self> {
        let restrictions = Restrictions { rules, quorum: None, repetition };
        let states = States::new(atoms, &restrictions)?;
        let classes = atoms.iter().map(|atom| atom.characters.clone()).collect();
        Some(Self { classes, states, repetition })
    }

    pub(crate) fn size(&self) -> usize {
        self.classes.iter().map(Vec::len).sum()
    }

    pub(crate) fn states(&self) -> usize {
        self.states.len()
    }

    pub(crate) fn classes(&self) -> usize {
        self.classes.len()
    }

    /// The ways to end well for 0 to `length` more characters.
    pub(crate) fn ways(&self, length: usize) -> Ways {
        let accepts = |state| BigUint::from(u32::from(self.states.accepts(state)));
        let end: Vec<BigUint> = (0..self.states.len()).map(accepts).collect();
        std::iter::successors(Some(end), |fewer| Some(self.one_more(fewer)))
            .take(length + 1)
            .collect()
    }

    fn one_more(&self, fewer: &[BigUint]) -> Vec<BigUint> {
        let total =
            |state| self.branches(state, fewer).map(|(_, next, ways)| ways * next.choices).sum();
        (0..self.states.len()).map(total).collect()
    }

    /// The numbers of the classes that may come next with the move they make and the ways to go on from there.
    fn branches<'a>(
        &'a self,
        state: usize,
        fewer: &'a [BigUint],
    ) -> impl Iterator<Item = (usize, Move, &'a BigUint)> {
        let moves = self.states.moves(state).iter().enumerate();
        moves.filter_map(|(class, next)| {
            let next = (*next)?;
            Some((class, next, fewer.get(next.to)?))
        })
    }

    /// The string of `length` characters at `rank`, which is below `ways[length][start]`.
    pub(crate) fn unrank(&self, mut rank: BigUint, length: usize, ways: &Ways) -> Draft {
        let mut left: Vec<Draft> = self.classes.iter().cloned().map(Zeroizing::new).collect();
        let mut state = 0;
        let mut string = Zeroizing::new(Vec::with_capacity(length));
        for fewer in ways.iter().take(length).rev() {
            for (class, next, onward) in self.branches(state, fewer) {
                let here = onward * next.choices;
                if rank >= here {
                    rank -= here;
                    continue;
                }
                let (digit, rest) = divide(&rank, onward);
                string
                    .extend(left.get_mut(class).map(|class| take(class, &digit, self.repetition)));
                (rank, state) = (rest, next.to);
                break;
            }
        }
        string
    }
}
