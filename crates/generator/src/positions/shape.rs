//! What decides how many passwords a form with limits on runs has.

use num_bigint::BigUint;

use super::alphabet::{Alphabet, Arrow, Kind};
use crate::atoms::{Atom, Model, Restrictions};
use crate::budget::Budget;
use crate::normal_form::{NormalForm, Rule};
use crate::runs::Limits;
use crate::states::States;
use crate::{Characters, Limit};

/// Characters of a form in which none may occur twice are told apart only up to this number.
pub(crate) const MAX_DISTINCT: usize = 16;

/// The cost of finding the kind of a character, in steps.
const STEPS_OF_CHARACTER: usize = 128;

/// A form with the characters taken out of it: forms of one shape have as many passwords.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(super) length: usize,
    /// How many bits the strings of 64 characters take to count.
    bits: usize,
    pub(super) kinds: Vec<Kind>,
    pub(super) arrows: Vec<Arrow>,
    /// For each state and kind, where a character of the kind leads.
    moves: Vec<Option<usize>>,
    /// Whether the strings that lead to each state satisfy the rules.
    pub(super) accepting: Vec<bool>,
    /// The lengths of the shortest strings that lead to each state, in order.
    pub(super) depths: Vec<usize>,
}

impl Shape {
    /// The shape of `form`, and the characters of each of its kinds.
    pub(crate) fn new(
        form: &NormalForm,
        limits: Limits,
        budget: &mut Budget,
    ) -> Result<(Self, Vec<Vec<char>>), Limit> {
        let model = Model::new(&separated(form)?, budget)?;
        let inner = Atom { characters: model.inner.clone(), rules: [].into() };
        let atoms: Vec<Atom> = model.atoms.iter().cloned().chain([inner]).collect();
        let restrictions = Restrictions { rules: &model.rules, quorum: model.quorum.as_ref() };
        let states = States::new(&atoms, &restrictions, budget)?;
        budget.pay(STEPS_OF_CHARACTER * (form.alphabet.len() + form.inner.len()))?;
        let Alphabet { kinds, arrows, members } = Alphabet::new(form, &atoms, limits);
        budget.pay(8 * states.len() * kinds.len())?;
        let next = |state| kinds.iter().map(move |kind: &Kind| (state, kind.atom));
        let moves = (0..states.len())
            .flat_map(next)
            .map(|(state, atom)| states.next(state, atom))
            .collect();
        let size = BigUint::from(members.iter().map(Vec::len).sum::<usize>());
        let shape = Self {
            length: model.length,
            bits: usize::try_from(size.pow(64).bits()).unwrap_or(usize::MAX),
            moves,
            accepting: (0..states.len()).map(|state| states.accepts(state)).collect(),
            depths: (0..states.len()).map(|state| states.depth(state)).collect(),
            kinds,
            arrows,
        };
        Ok((shape, members))
    }

    /// How many states there are; the first is that of the empty string.
    pub(super) fn states(&self) -> usize {
        self.accepting.len()
    }

    /// The number of a state and a kind.
    pub(super) fn index(&self, state: usize, kind: usize) -> usize {
        state * self.kinds.len() + kind
    }

    /// Where a character of a kind leads from `state`; nothing if a maximum would be exceeded.
    pub(super) fn next(&self, state: usize, kind: usize) -> Option<usize> {
        self.moves.get(self.index(state, kind)).copied().flatten()
    }

    /// The state and the arrow so many characters of a run on.
    pub(super) fn walk(&self, state: usize, arrow: usize, steps: usize) -> Option<(usize, usize)> {
        let step = |(state, arrow): (usize, usize), _| {
            let arrow = self.arrows.get(arrow)?;
            Some((self.next(state, arrow.kind)?, arrow.next?))
        };
        (0..steps).try_fold((state, arrow), step)
    }

    /// How many bits the strings of so many characters take to count.
    pub(super) fn bits(&self, length: usize) -> usize {
        // In whole numbers, 64 characters at a time; rounded up for each character, they would be more.
        self.bits.saturating_mul(length) / 64 + 1
    }
}

/// `form` with a rule for each character if none may occur twice.
fn separated(form: &NormalForm) -> Result<NormalForm, Limit> {
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
        if form.alphabet.len() > MAX_DISTINCT {
            return Err(Limit::Distinct);
        }
        form.rules.extend(form.alphabet.iter().map(once));
    }
    Ok(form)
}
