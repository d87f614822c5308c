//! What must be remembered of a string to know whether it satisfies the rules in the end.

use std::collections::HashMap;

use crate::Limit;
use crate::atoms::{Atom, Quorum, Restrictions};
use crate::bounds::Bounds;
use crate::budget::Budget;

/// The greatest number of states.
const MAX_STATES: usize = 1 << 14;

/// The cost of finding where an atom leads and of keeping a new state, besides the cost of each rule, in steps.
const STEPS_OF_MOVE: usize = 64;
const STEPS_OF_STATE: usize = 512;

/// The states that strings over some atoms lead to.
///
/// A state holds how many characters of each rule's set have been seen, up to the number that matters.
#[derive(Debug)]
pub(crate) struct States {
    moves: Vec<Vec<Option<usize>>>,
    accepting: Vec<bool>,
    depths: Vec<usize>,
}

impl States {
    /// The states of strings over `atoms`, unless there are too many.
    pub(crate) fn new(
        atoms: &[Atom],
        restrictions: &Restrictions,
        budget: &mut Budget,
    ) -> Result<Self, Limit> {
        let start = vec![0; restrictions.rules.len()];
        let mut index = HashMap::from([(start.clone(), 0)]);
        let (mut states, mut depths, mut moves) = (vec![start], vec![0], Vec::new());
        while let Some(seen) = states.get(moves.len()).cloned() {
            let rules = restrictions.rules.len();
            budget.pay(atoms.len() * (16 * rules + STEPS_OF_MOVE))?;
            let known = states.len();
            let depth = depths.get(moves.len()).map_or(0, |depth| depth + 1);
            let leads = |atom: &Atom| {
                let next = restrictions.advance(&seen, atom)?;
                Some(*index.entry(next).or_insert_with_key(|next| {
                    states.push(next.clone());
                    depths.push(depth);
                    states.len() - 1
                }))
            };
            moves.push(atoms.iter().map(leads).collect());
            // No more than one for each atom.
            budget.pay((states.len() - known) * (16 * rules + STEPS_OF_STATE))?;
            if states.len() > MAX_STATES {
                return Err(Limit::States);
            }
        }
        let accepting = states.iter().map(|seen| restrictions.accept(seen)).collect();
        Ok(Self { moves, accepting, depths })
    }

    /// How many states there are; the first is that of the empty string.
    pub(crate) fn len(&self) -> usize {
        self.moves.len()
    }

    /// Where a character of an atom leads from `state`; nothing if a maximum would be exceeded.
    pub(crate) fn next(&self, state: usize, atom: usize) -> Option<usize> {
        self.moves.get(state)?.get(atom).copied().flatten()
    }

    /// Whether the strings that lead to `state` satisfy the rules.
    pub(crate) fn accepts(&self, state: usize) -> bool {
        self.accepting.get(state).copied().unwrap_or(false)
    }

    /// The length of the shortest string that leads to `state`.
    pub(crate) fn depth(&self, state: usize) -> usize {
        self.depths.get(state).copied().unwrap_or(usize::MAX)
    }
}

impl Restrictions<'_> {
    /// The counts after one character of `atom`, unless a rule's maximum is exceeded.
    fn advance(&self, seen: &[usize], atom: &Atom) -> Option<Vec<usize>> {
        let advance = |(rule, (seen, bounds)): (usize, (&usize, &Bounds))| match bounds.max {
            _ if !atom.rules.contains(&rule) => Some(*seen),
            Some(max) => (*seen < max).then_some(seen + 1),
            None => Some((seen + 1).min(self.enough(rule, *bounds))),
        };
        seen.iter().zip(self.rules).enumerate().map(advance).collect()
    }

    /// The number from which on more characters of a rule without a maximum make no difference.
    fn enough(&self, rule: usize, bounds: Bounds) -> usize {
        let one = self.quorum.is_some_and(|quorum| quorum.classes.contains(&rule));
        bounds.min.max(usize::from(one))
    }

    fn accept(&self, seen: &[usize]) -> bool {
        let present = |quorum: &Quorum| {
            let classes = seen.get(quorum.classes.clone()).unwrap_or_default();
            classes.iter().filter(|seen| **seen > 0).count() >= quorum.count
        };
        self.rules.iter().zip(seen).all(|(bounds, seen)| *seen >= bounds.min)
            && self.quorum.is_none_or(present)
    }
}
