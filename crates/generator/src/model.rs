//! A normal form taken apart: characters that the rules cannot tell apart, and sets of rules that share none.

use std::collections::{BTreeMap, BTreeSet};

use crate::block::Block;
use crate::policy::{NormalForm, Rule};

/// The least and the greatest number of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bounds {
    pub(crate) min: usize,
    pub(crate) max: Option<usize>,
}

impl Bounds {
    pub(crate) fn contains(self, number: usize) -> bool {
        self.min <= number && self.max.is_none_or(|max| number <= max)
    }

    fn intersection(self, other: Self) -> Self {
        let max = [self.max, other.max].into_iter().flatten().min();
        Self { min: self.min.max(other.min), max }
    }
}

impl From<&Rule> for Bounds {
    fn from(rule: &Rule) -> Self {
        Self { min: rule.min.into(), max: rule.max.map(usize::from) }
    }
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
    /// The characters that may stand anywhere but first and last.
    pub(crate) inner: Vec<char>,
}

impl Model {
    pub(crate) fn new(form: &NormalForm) -> Self {
        let rules: Vec<&Rule> = form.rules.iter().filter(|rule| form.can_break(rule)).collect();
        let mut atoms: BTreeMap<BTreeSet<usize>, Vec<char>> = BTreeMap::new();
        for character in form.alphabet.iter() {
            let member = |(index, rule): (usize, &&Rule)| {
                rule.characters.contains(character).then_some(index)
            };
            atoms
                .entry(rules.iter().enumerate().filter_map(member).collect())
                .or_default()
                .push(character);
        }
        Self {
            length: form.length.into(),
            rules: rules.into_iter().map(Bounds::from).collect(),
            atoms: atoms
                .into_iter()
                .map(|(rules, characters)| Atom { characters, rules })
                .collect(),
            inner: form.inner.iter().collect(),
        }
    }

    /// The characters that no rule counts.
    pub(crate) fn free(&self) -> Vec<char> {
        self.atoms
            .iter()
            .filter(|atom| atom.rules.is_empty())
            .flat_map(|atom| atom.characters.clone())
            .collect()
    }

    /// The characters that rules count, in blocks that have no rule in common; nothing if a block is too complex.
    pub(crate) fn blocks(&self, max_states: usize) -> Option<Vec<Block>> {
        self.components().iter().map(|component| self.block(component, max_states)).collect()
    }

    fn block(&self, component: &Component, max_states: usize) -> Option<Block> {
        let rules = self
            .rules
            .iter()
            .copied()
            .enumerate()
            .filter(|(rule, _)| component.rules.contains(rule));
        if let [atom] = component.atoms.as_slice() {
            let all = Bounds { min: 0, max: None };
            let bounds = rules.fold(all, |bounds, (_, rule)| bounds.intersection(rule));
            return Some(Block::class(atom.characters.clone(), bounds));
        }
        Block::overlap(&component.atoms, &rules.collect::<Vec<_>>(), max_states)
    }

    /// Atoms joined by common rules.
    fn components(&self) -> Vec<Component> {
        let mut components: Vec<Component> = Vec::new();
        for atom in self.atoms.iter().filter(|atom| !atom.rules.is_empty()) {
            let (joined, apart) = components
                .into_iter()
                .partition(|component: &Component| !component.rules.is_disjoint(&atom.rules));
            let own = Component { rules: atom.rules.clone(), atoms: vec![atom.clone()] };
            components = apart;
            components.push(joined.into_iter().fold(own, Component::join));
        }
        components
    }
}

struct Component {
    rules: BTreeSet<usize>,
    atoms: Vec<Atom>,
}

impl Component {
    fn join(mut self, mut other: Self) -> Self {
        self.rules.append(&mut other.rules);
        self.atoms.append(&mut other.atoms);
        self
    }
}
