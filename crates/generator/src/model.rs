//! A normal form taken apart: characters that the rules cannot tell apart, and sets of rules that share none.

use std::collections::{BTreeMap, BTreeSet};

use crate::atoms::{Atom, Bounds, Quorum, Repetition};
use crate::automaton::Automaton;
use crate::block::Block;
use crate::normal_form::NormalForm;
use crate::{Characters, Limit};

/// The rules that can be broken at all, and the atoms they make of the alphabet.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) length: usize,
    pub(crate) rules: Vec<Bounds>,
    pub(crate) atoms: Vec<Atom>,
    /// The characters that may stand anywhere but first and last.
    pub(crate) inner: Vec<char>,
    pub(crate) repetition: Repetition,
    pub(crate) quorum: Option<Quorum>,
}

impl Model {
    pub(crate) fn new(form: &NormalForm) -> Self {
        let own = form.rules.iter().filter(|rule| form.can_break(rule));
        let mut sets: Vec<(&Characters, Bounds)> =
            own.map(|rule| (&rule.characters, Bounds::from(rule))).collect();
        let quorum = form.min_classes.as_ref().map(|needed| {
            let (first, unbounded) = (sets.len(), Bounds { min: 0, max: None });
            sets.extend(needed.classes.iter().map(|class| (class, unbounded)));
            Quorum { count: needed.count.into(), classes: first..sets.len() }
        });
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
        Self {
            length: form.length.into(),
            rules: sets.into_iter().map(|(_, bounds)| bounds).collect(),
            atoms: atoms
                .into_iter()
                .map(|(rules, characters)| Atom { characters, rules })
                .collect(),
            inner: form.inner.iter().collect(),
            repetition: if form.distinct { Repetition::Forbidden } else { Repetition::Allowed },
            quorum,
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

    /// The characters that rules count, in blocks that have no rule in common, those of overlapping rules first.
    ///
    /// The first layer needs no table of its own, so it had better be the costliest.
    pub(crate) fn blocks(&self) -> Result<Vec<Block>, Limit> {
        let blocks = self.components();
        let blocks = blocks.iter().map(|component| self.block(component));
        let mut blocks: Vec<Block> = blocks.collect::<Option<_>>().ok_or(Limit::States)?;
        blocks.sort_by_key(|block| match block {
            Block::Class { bounds, .. } => {
                (1, usize::from(bounds.min == 0) + usize::from(bounds.max.is_none()))
            }
            Block::Overlap(_) => (0, 0),
        });
        self.raise(&mut blocks);
        Ok(blocks)
    }

    /// Raises minimums to what the maximums of all other characters leave, if all have one.
    fn raise(&self, blocks: &mut [Block]) {
        let max = |block: &Block| match block {
            Block::Class { bounds, .. } => bounds.max,
            Block::Overlap(_) => None,
        };
        let all_counted =
            self.inner.is_empty() && self.atoms.iter().all(|atom| !atom.rules.is_empty());
        let sum = blocks.iter().map(max).sum::<Option<usize>>();
        let Some(sum) = sum.filter(|_| all_counted) else { return };
        for block in blocks {
            if let Block::Class { bounds: Bounds { min, max: Some(max) }, .. } = block {
                *min = self.length.saturating_sub(sum - *max).max(*min);
            }
        }
    }

    fn block(&self, component: &Component) -> Option<Block> {
        let rules = self
            .rules
            .iter()
            .copied()
            .enumerate()
            .filter(|(rule, _)| component.rules.contains(rule));
        if let [atom] = component.atoms.as_slice() {
            let all = Bounds { min: 0, max: None };
            let bounds = rules.fold(all, |bounds, (_, rule)| bounds.intersection(rule));
            return Some(Block::class(atom.characters.clone(), bounds, self.repetition));
        }
        let rules: Vec<_> = rules.collect();
        Automaton::new(&component.atoms, &rules, self.repetition).map(Block::Overlap)
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
