//! A normal form taken apart: characters that its rules cannot tell apart, and what the rules count.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::bounds::Bounds;
use crate::budget::Budget;
use crate::normal_form::NormalForm;
use crate::{Characters, Limit};

/// How many of some classes there must be a character of; each class has a rule without bounds.
#[derive(Debug, Clone)]
pub(crate) struct Quorum {
    pub(crate) count: usize,
    pub(crate) classes: Range<usize>,
}

/// The rules of a string, and how many classes it must have.
pub(crate) struct Restrictions<'a> {
    pub(crate) rules: &'a [Bounds],
    pub(crate) quorum: Option<&'a Quorum>,
}

/// The characters that are in the same rules.
#[derive(Debug, Clone)]
pub(crate) struct Atom {
    pub(crate) characters: Vec<char>,
    pub(crate) rules: BTreeSet<usize>,
}

/// The rules that can be broken at all, and the atoms they make of the alphabet.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) length: usize,
    pub(crate) rules: Vec<Bounds>,
    pub(crate) atoms: Vec<Atom>,
    /// The characters that may be anywhere but first and last.
    pub(crate) inner: Vec<char>,
    pub(crate) quorum: Option<Quorum>,
}

impl Model {
    pub(crate) fn new(form: &NormalForm, budget: &mut Budget) -> Result<Self, Limit> {
        let own = form.rules.iter().filter(|rule| form.can_break(rule));
        let mut sets: Vec<(&Characters, Bounds)> =
            own.map(|rule| (&rule.characters, Bounds::from(rule))).collect();
        let quorum = form.min_classes.as_ref().map(|needed| {
            let first = sets.len();
            sets.extend(needed.classes.iter().map(|class| (class, Bounds::ANY)));
            Quorum { count: needed.count.into(), classes: first..sets.len() }
        });
        budget.sums(form.alphabet.len() + form.inner.len(), 4 * sets.len())?;
        let mut atoms: BTreeMap<BTreeSet<usize>, Vec<char>> = BTreeMap::new();
        for character in form.alphabet.iter() {
            let member = |(index, (set, _)): (usize, &(&Characters, _))| {
                set.contains(character).then_some(index)
            };
            atoms
                .entry(sets.iter().enumerate().filter_map(member).collect())
                .or_default()
                .push(character);
        }
        Ok(Self {
            length: form.length.into(),
            rules: sets.into_iter().map(|(_, bounds)| bounds).collect(),
            atoms: atoms
                .into_iter()
                .map(|(rules, characters)| Atom { characters, rules })
                .collect(),
            inner: form.inner.iter().collect(),
            quorum,
        })
    }
}
