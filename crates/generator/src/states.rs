//! What must be remembered of a string to know whether it satisfies the rules in the end.

use std::collections::HashMap;

use crate::atoms::{Atom, Bounds, Quorum, Repetition};

/// The greatest number of states.
pub(crate) const MAX_STATES: usize = 1 << 16;
/// The greatest number of moves from them.
const MAX_MOVES: usize = 1 << 19;

/// The states that strings over some atoms lead to.
///
/// A state holds how many characters of each rule's set have been seen, up to the number that matters, and, if no
/// character may stand twice, how many of each atom are used up.
#[derive(Debug, Clone)]
pub(crate) struct States {
    moves: Vec<Vec<Option<Move>>>,
    accepting: Vec<bool>,
    depths: Vec<usize>,
}

/// Where a character of some atom leads.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Move {
    pub(crate) to: usize,
    /// How many characters of the atom lead there.
    pub(crate) choices: usize,
}

/// The rules whose sets share atoms, and what else restricts their strings.
pub(crate) struct Restrictions<'a> {
    pub(crate) rules: &'a [(usize, Bounds)],
    pub(crate) quorum: Option<&'a Quorum>,
    pub(crate) repetition: Repetition,
}

impl States {
    /// The states of strings over `atoms`, or nothing if there are too many (see [`MAX_STATES`]).
    pub(crate) fn new(atoms: &[Atom], restrictions: &Restrictions) -> Option<Self> {
        let start = (vec![0; restrictions.rules.len()], vec![0; atoms.len()]);
        let mut index = HashMap::from([(start.clone(), 0)]);
        let (mut states, mut depths, mut moves) = (vec![start], vec![0], Vec::new());
        while let Some((seen, used)) = states.get(moves.len()).cloned() {
            let depth = depths.get(moves.len()).map_or(0, |depth| depth + 1);
            let leads = |(number, atom): (usize, &Atom)| {
                let mut next = (restrictions.advance(&seen, atom)?, used.clone());
                let spent = next.1.get_mut(number)?;
                let choices = restrictions.repetition.choices(atom.characters.len(), *spent);
                *spent += usize::from(restrictions.repetition == Repetition::Forbidden);
                if choices == 0 {
                    return None;
                }
                let to = *index.entry(next).or_insert_with_key(|next| {
                    states.push(next.clone());
                    depths.push(depth);
                    states.len() - 1
                });
                Some(Move { to, choices })
            };
            moves.push(atoms.iter().enumerate().map(leads).collect());
            if states.len() > MAX_STATES || states.len() * atoms.len() > MAX_MOVES {
                return None;
            }
        }
        let accepting = states.iter().map(|(seen, _)| restrictions.accept(seen)).collect();
        Some(Self { moves, accepting, depths })
    }

    /// How many states there are; the first is that of the empty string.
    pub(crate) fn len(&self) -> usize {
        self.moves.len()
    }

    /// For each atom, where its characters lead from `state`; nothing if a maximum would be exceeded.
    pub(crate) fn moves(&self, state: usize) -> &[Option<Move>] {
        self.moves.get(state).map_or(&[], Vec::as_slice)
    }

    /// Where a character of an atom leads from `state`.
    pub(crate) fn next(&self, state: usize, atom: usize) -> Option<usize> {
        self.moves(state).get(atom).copied().flatten().map(|next| next.to)
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
        seen.iter()
            .zip(self.rules)
            .map(|(seen, (rule, bounds))| match (atom.rules.contains(rule), bounds.max) {
                (false, _) => Some(*seen),
                (true, Some(max)) => (*seen < max).then_some(seen + 1),
                (true, None) => Some((seen + 1).min(self.enough(*rule, *bounds))),
            })
            .collect()
    }

    /// The number from which on more characters of a rule without a maximum make no difference.
    fn enough(&self, rule: usize, bounds: Bounds) -> usize {
        let one = self.quorum.is_some_and(|quorum| quorum.classes.contains(&rule));
        bounds.min.max(usize::from(one))
    }

    fn accept(&self, seen: &[usize]) -> bool {
        let numbers =
            || self.rules.iter().zip(seen).map(|((rule, bounds), seen)| (rule, bounds, *seen));
        numbers().all(|(_, bounds, seen)| seen >= bounds.min)
            && self.quorum.is_none_or(|quorum| {
                let present = |(rule, _, seen): &(&usize, _, usize)| {
                    *seen > 0 && quorum.classes.contains(*rule)
                };
                numbers().filter(present).count() >= quorum.count
            })
    }
}
