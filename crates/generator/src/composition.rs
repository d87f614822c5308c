//! Passwords counted and ranked by how many characters of each class they have.
//!
//! A password is taken apart into layers, one for each class of characters: the class has k of the t positions that are
//! left, in one of C(t, k) ways, and one of its own strings there, and the layers below it fill the other t − k. So N
//! is a sum over k of products, and the rank of a password is a place within a term of that sum: a number for each
//! factor. That map between ranks and passwords is one to one, hence a uniform rank is a uniform password.
//!
//! Where not every character may be first or last, these two positions are *ends* apart from the others: a layer
//! takes none, one or both of them.
#![expect(clippy::indexing_slicing, reason = "indices are numbers of positions and sets of ends")]

use num_bigint::BigUint;
use secrecy::zeroize::Zeroizing;

use crate::atoms::Model;
use crate::binomial::{row, subset};
use crate::bounds::Bounds;
use crate::budget::{self, Budget};
use crate::digits::{divide, small, take};
use crate::normal_form::NormalForm;
use crate::password::Draft;
use crate::runs::Limits;
use crate::{Characters, Limit};

/// The bits of sets of ends.
const FIRST: usize = 1;
const LAST: usize = 2;

/// The passwords of a form without limits on runs, whose classes share no character.
#[derive(Debug)]
pub(crate) struct Composition {
    /// The positions that are not ends.
    length: usize,
    ends: usize,
    distinct: bool,
    layers: Vec<Layer>,
    /// `below[j][e][t]`: the ways to fill `t` positions and the ends `e` from layer `j` on.
    below: Vec<[Vec<BigUint>; 4]>,
}

#[derive(Debug)]
struct Layer {
    characters: Vec<char>,
    first: Vec<char>,
    last: Vec<char>,
    bounds: Bounds,
    /// `strings[e][k]`: the strings of `k` characters of the class, besides those at the ends `e`.
    strings: [Vec<BigUint>; 4],
}

/// The factors of a rank in one layer.
struct Split {
    ends: usize,
    taken: usize,
    subset: BigUint,
    string: BigUint,
    below: BigUint,
}

impl Composition {
    /// The passwords of `form`; `None` if classes overlap, runs are limited, or a number of classes is enough.
    pub(crate) fn new(form: &NormalForm, budget: &mut Budget) -> Result<Option<Self>, Limit> {
        let apart = |end: &Option<Characters>| end.is_some() || !form.inner.is_empty();
        let first = if apart(&form.first) { FIRST } else { 0 };
        let last = if apart(&form.last) { LAST } else { 0 };
        let (length, ends) = match (usize::from(form.length), first | last) {
            (0, _) => (0, 0),
            // One position that is both ends: its characters are those that may be either.
            (1, ends) if ends != 0 => return Ok(None),
            (length, ends) => (length - ends.count_ones() as usize, ends),
        };
        let Some(layers) = layers(form, ends, budget)? else { return Ok(None) };
        let characters = form.alphabet.len() + form.inner.len();
        let words = budget::words(form.length.into(), characters);
        let below = Vec::with_capacity(layers.len() + 1);
        let mut composition = Self { length, ends, distinct: form.distinct, layers, below };
        composition.fill(words, budget)?;
        Ok(Some(composition))
    }

    /// N, the number of passwords.
    pub(crate) fn count(&self) -> BigUint {
        self.below[0][self.ends][self.length].clone()
    }

    /// Pays for so many passwords by their rank.
    pub(crate) fn pay(&self, passwords: usize, budget: &mut Budget) -> Result<(), Limit> {
        let choices = self.layers.len() * (self.length + 1) * if self.ends == 0 { 3 } else { 6 };
        budget.products(passwords.saturating_mul(choices), self.words())
    }

    /// The password at `rank`, which is below N.
    pub(crate) fn unrank(&self, mut rank: BigUint) -> Draft {
        let (mut places, mut ends): (Vec<usize>, _) = ((0..self.length).collect(), self.ends);
        let before = usize::from(ends & FIRST != 0);
        let length = self.length + ends.count_ones() as usize;
        let mut password = Zeroizing::new(vec!['\0'; length]);
        for (number, layer) in self.layers.iter().enumerate() {
            let split = self.split(number, places.len(), ends, rank);
            let mut string = self.spell(layer, &split);
            let (own, others) = subset(places, split.taken, split.subset);
            if split.ends & LAST != 0 {
                write(&mut password, length - 1, string.pop());
            }
            if split.ends & FIRST != 0 {
                write(&mut password, 0, string.pop());
            }
            for (place, character) in own.iter().zip(string.iter()) {
                write(&mut password, place + before, Some(*character));
            }
            (places, rank) = (others, split.below);
            ends &= !split.ends;
        }
        password
    }

    /// The words of the greatest number.
    fn words(&self) -> usize {
        usize::try_from(self.count().bits()).unwrap_or(usize::MAX) / 64 + 1
    }

    /// Makes the tables from the last layer to the first; the first needs no other length than that of the form.
    fn fill(&mut self, words: usize, budget: &mut Budget) -> Result<(), Limit> {
        let nothing = |ends| vec![BigUint::from(u32::from(ends == 0))];
        self.below.push([0, 1, 2, 3].map(nothing));
        for (number, layer) in self.layers.iter().enumerate().rev() {
            let mut own: [Vec<BigUint>; 4] = Default::default();
            // What the layers before take at least is not left.
            let before = self.layers.iter().take(number);
            let taken: usize = before.map(|layer| layer.bounds.min.saturating_sub(2)).sum();
            let longest = self.length.saturating_sub(taken);
            let lengths = if number == 0 { self.length..=self.length } else { 0..=longest };
            for ends in subsets(self.ends).filter(|ends| number > 0 || *ends == self.ends) {
                let behind = &self.below[self.below.len() - 1];
                own[ends] = vec![BigUint::ZERO; *lengths.start()];
                for length in lengths.clone() {
                    // The numbers grow with the lengths, so on average they are half as long.
                    let words = words * (length + 2) / (self.length + 2) + 1;
                    let products = layer.terms(length) * layer.products(behind, ends);
                    budget.products(products, words)?;
                    budget.sums(layer.most(length) + 1, length / 64 + 1)?;
                    own[ends].push(layer.combine(behind, length, ends));
                }
            }
            self.below.push(own);
        }
        self.below.reverse();
        Ok(())
    }

    /// Finds the term that `rank` falls into, and its factors.
    fn split(&self, number: usize, places: usize, ends: usize, mut rank: BigUint) -> Split {
        let (layer, behind) = (&self.layers[number], &self.below[number + 1]);
        for own in subsets(ends) {
            for (taken, positions) in row(places).take(layer.most(places) + 1).enumerate() {
                let Some((strings, below)) = layer.factors(behind, places, taken, ends, own) else {
                    continue;
                };
                let term = positions * strings * below;
                if rank < term {
                    let (factors, below) = divide(&rank, below);
                    let (subset, string) = divide(&factors, strings);
                    return Split { ends: own, taken, subset, string, below };
                }
                rank -= term;
            }
        }
        unreachable!("a rank is below the sum of the terms")
    }

    /// The characters of a layer, then those at the ends.
    fn spell(&self, layer: &Layer, split: &Split) -> Draft {
        let choices = layer.at_ends(split.ends, self.distinct);
        let (mut rank, way) = divide(&split.string, &choices.len().into());
        let ends = choices.into_iter().nth(small(&way)).unwrap_or_default();
        let mut left = Zeroizing::new(layer.characters.clone());
        left.retain(|character| !(self.distinct && ends.contains(character)));
        let mut string = Zeroizing::new(Vec::with_capacity(split.taken + ends.len()));
        for _ in 0..split.taken {
            let (rest, digit) = divide(&rank, &left.len().into());
            rank = rest;
            string.push(take(&mut left, &digit, self.distinct));
        }
        string.extend(ends.iter());
        string
    }
}

impl Layer {
    fn new(form: &NormalForm, characters: Vec<char>, bounds: Bounds, ends: usize) -> Self {
        let end = |set: &Option<Characters>| {
            let may_be = |end: &char| set.as_ref().is_none_or(|set| set.contains(*end));
            let counted = characters.iter().copied().filter(|end| form.alphabet.contains(*end));
            counted.filter(may_be).collect()
        };
        let (first, last) = (end(&form.first), end(&form.last));
        let mut layer = Self { characters, first, last, bounds, strings: Default::default() };
        for ends in subsets(ends) {
            layer.strings[ends] = layer.strings_beside(ends, form);
        }
        layer
    }

    /// The strings of each length besides the ends.
    fn strings_beside(&self, ends: usize, form: &NormalForm) -> Vec<BigUint> {
        let size = self.characters.len();
        let used = if form.distinct { ends.count_ones() as usize } else { 0 };
        let mut strings = vec![BigUint::from(self.at_ends(ends, form.distinct).len())];
        for length in 0..usize::from(form.length) {
            let used = if form.distinct { used + length } else { 0 };
            strings.push(&strings[length] * size.saturating_sub(used));
        }
        strings
    }

    /// What the class can have at the ends.
    fn at_ends(&self, ends: usize, distinct: bool) -> Vec<Vec<char>> {
        let one = |set: &[char]| set.iter().map(|end| vec![*end]).collect();
        let pair = |first: &char| {
            let others = self.last.iter().filter(move |last| !distinct || *last != first);
            others.map(|last| vec![*first, *last]).collect::<Vec<_>>()
        };
        match ends {
            FIRST => one(&self.first),
            LAST => one(&self.last),
            0 => vec![Vec::new()],
            _ => self.first.iter().flat_map(pair).collect(),
        }
    }

    /// The greatest number of characters of the class among so many.
    fn most(&self, length: usize) -> usize {
        self.bounds.max.unwrap_or(length).min(length)
    }

    /// How many numbers of characters are within the bounds, at most.
    fn terms(&self, length: usize) -> usize {
        (self.most(length) + 1).saturating_sub(self.bounds.min.saturating_sub(2))
    }

    /// The products for each number of characters: one for each way in which the class and the layers behind it can
    /// share the ends, and the places among the other positions.
    fn products(&self, behind: &[Vec<BigUint>; 4], ends: usize) -> usize {
        let is_some = |strings: &[BigUint]| strings.iter().any(|strings| *strings != BigUint::ZERO);
        let shared = |own: &usize| is_some(&self.strings[*own]) && is_some(&behind[ends & !own]);
        subsets(ends).filter(shared).count() + usize::from(ends != 0)
    }

    /// Σ C(length, k) · strings\[k\] · behind\[length − k\], over every choice of ends.
    fn combine(&self, behind: &[Vec<BigUint>; 4], length: usize, ends: usize) -> BigUint {
        let mut sum = BigUint::ZERO;
        for (taken, positions) in row(length).take(self.most(length) + 1).enumerate() {
            let choices = subsets(ends).filter_map(|own| {
                let (strings, below) = self.factors(behind, length, taken, ends, own)?;
                Some(strings * below)
            });
            let choices: BigUint = choices.sum();
            if choices != BigUint::ZERO {
                sum += choices * positions;
            }
        }
        sum
    }

    /// The strings of the class and of the layers behind it, if there are any.
    fn factors<'a>(
        &'a self,
        behind: &'a [Vec<BigUint>; 4],
        length: usize,
        taken: usize,
        ends: usize,
        own: usize,
    ) -> Option<(&'a BigUint, &'a BigUint)> {
        let all = taken + own.count_ones() as usize;
        let strings = self.strings[own].get(taken).filter(|_| self.bounds.contains(all))?;
        let below = behind[ends & !own].get(length - taken)?;
        (*strings != BigUint::ZERO && *below != BigUint::ZERO).then_some((strings, below))
    }
}

/// The subsets of a set of ends.
fn subsets(ends: usize) -> impl Iterator<Item = usize> {
    (0..=ends).filter(move |own| own & !ends == 0)
}

/// A layer for each class, those with the greatest minimums first; `None` if the form has anything else.
fn layers(
    form: &NormalForm,
    ends: usize,
    budget: &mut Budget,
) -> Result<Option<Vec<Layer>>, Limit> {
    let model = Model::new(form, budget)?;
    let mut classes: Vec<(Vec<char>, Bounds)> = Vec::new();
    for atom in &model.atoms {
        let rules = atom.rules.iter().map(|rule| model.rules[*rule]);
        classes.push((atom.characters.clone(), rules.fold(Bounds::ANY, Bounds::intersection)));
    }
    let atoms = |rule| model.atoms.iter().filter(|atom| atom.rules.contains(&rule)).count();
    let overlap = (0..model.rules.len()).any(|rule| atoms(rule) > 1);
    if overlap || model.quorum.is_some() || !Limits::new(form).is_empty() {
        return Ok(None);
    }
    if !model.inner.is_empty() {
        classes.push((model.inner, Bounds::ANY));
    }
    classes.sort_by_key(|(_, bounds)| std::cmp::Reverse(bounds.min));
    let strings = classes.len() * (ends + 1) * usize::from(form.length);
    budget.sums(strings, budget::words(form.length.into(), form.alphabet.len()))?;
    let layers = classes.into_iter().map(|(all, bounds)| Layer::new(form, all, bounds, ends));
    Ok(Some(layers.collect()))
}

fn write(password: &mut Draft, place: usize, character: Option<char>) {
    if let (Some(slot), Some(character)) = (password.get_mut(place), character) {
        *slot = character;
    }
}
