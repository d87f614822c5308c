//! Minimums of one, counted by inclusion and exclusion.
//!
//! The passwords with a character of each set are all passwords, less those without one of the sets, and so on: a sum
//! over the choices of sets that are absent, whose terms are forms over fewer characters and without rules. At least k
//! of some classes is such a sum as well, with other factors. Sets may overlap.

use std::collections::BTreeMap;

use num_bigint::{BigInt, BigUint};

use crate::budget::{Budget, words};
use crate::positions::{Levels, Shape};
use crate::runs::{Direction, Limits};
use crate::{Characters, Limit, MinClasses, NormalForm};

/// More sets than these have too many choices.
const MAX_SETS: usize = 10;

/// The cost of finding a character in a set, in steps.
const STEPS_OF_SEARCH: usize = 32;

/// The cost of an atom in a term, and of the term itself, in steps.
const STEPS_OF_ATOM: usize = 4;
const STEPS_OF_TERM: usize = 128;

/// N of a form whose bounds are all "at least one"; `None` for any other form.
pub(crate) fn count(form: &NormalForm, budget: &mut Budget) -> Result<Option<BigUint>, Limit> {
    let limits = Limits::new(form);
    let Some(required) = required(form) else { return Ok(None) };
    if form.distinct && !limits.is_empty() {
        return Ok(None);
    }
    let factors = factors(required.len(), form.min_classes.as_ref());
    let classes = form.min_classes.iter().flat_map(|needed| &needed.classes);
    let sets: Vec<&Characters> = required.into_iter().chain(classes).collect();
    let atoms = atoms(form, &sets, limits, budget)?;
    let terms = terms(&atoms, form.inner.len(), &factors, budget)?;
    let sum = if limits.is_empty() {
        sum_of_powers(form, &terms, budget)?
    } else {
        sum_of_tables(form, &sets, &terms, limits, budget)?
    };
    Ok(Some(sum.magnitude().clone()))
}

/// How many strings have the right characters, if no rule counts them and no run is limited.
pub(crate) fn strings(form: &NormalForm) -> BigUint {
    let end = |set: &Option<Characters>| match set {
        Some(set) => form.alphabet.intersection(set),
        None => form.alphabet.clone(),
    };
    let (first, last) = (end(&form.first), end(&form.last));
    let both = first.intersection(&last).len();
    let all = form.alphabet.len() + form.inner.len();
    Choices { all, first: first.len(), last: last.len(), both }.strings(form)
}

/// How many characters there are for the positions of a string.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Choices {
    all: usize,
    first: usize,
    last: usize,
    /// Characters that may be both first and last.
    both: usize,
}

/// Characters that are in the same sets.
#[derive(Debug, Default)]
struct Atom {
    choices: Choices,
    /// The ASCII characters among them, if sequences are limited: no others form sequences.
    sequential: u128,
}

/// The number of a term's strings depends on nothing else.
type Key = (Choices, u128);

/// Terms with equally many strings: some sets that one of them lacks, one bit for each, and the sum of their factors.
struct Term {
    choices: Choices,
    absent: u32,
    factor: i64,
}

impl Choices {
    /// How many strings of the length of `form` there are.
    fn strings(self, form: &NormalForm) -> BigUint {
        let Self { all, first, last, both } = self;
        let ends = first * last;
        match (form.length, form.distinct) {
            (0, _) => BigUint::from(1_u32),
            (1, _) => both.into(),
            (length, false) => BigUint::from(all).pow(u32::from(length) - 2) * ends,
            (length, true) => (2..usize::from(length))
                .map(|used| all.saturating_sub(used))
                .fold(BigUint::from(ends - both), |product, choices| product * choices),
        }
    }

    fn add(&mut self, other: Self) {
        self.all += other.all;
        self.first += other.first;
        self.last += other.last;
        self.both += other.both;
    }
}

/// The sets that must be present; `None` if some rule asks for anything else, or if there are too many sets.
fn required(form: &NormalForm) -> Option<Vec<&Characters>> {
    let classes = form.min_classes.as_ref().map_or(0, |needed| needed.classes.len());
    let mut sets: Vec<&Characters> = Vec::new();
    for rule in form.rules.iter().filter(|rule| form.can_break(rule)) {
        if rule.min != 1 || rule.max.is_some_and(|max| max < form.length) {
            return None;
        }
        if !sets.contains(&&rule.characters) {
            sets.push(&rule.characters);
        }
        if sets.len() + classes > MAX_SETS {
            return None;
        }
    }
    (sets.len() + classes <= MAX_SETS).then_some(sets)
}

/// The sets that are absent, one bit for each, and the factor of that choice: first the required sets, then classes.
fn factors(required: usize, min_classes: Option<&MinClasses>) -> Vec<(u32, i64)> {
    let sign = |absent: u32| (-1_i64).pow(absent.count_ones());
    let choices = min_classes.map_or_else(|| vec![(0, 1)], too_few);
    let combine = |absent: u32| {
        let more = choices.iter();
        more.map(move |(more, factor)| (absent | more << required, factor * sign(absent)))
    };
    (0..1_u32 << required).flat_map(combine).collect()
}

/// Absent classes, with factors by which a password counts once if it has enough classes and else not at all.
///
/// With j of r classes absent, a password is in C(j, i) of the terms that lack i classes. At least m are present if no
/// more than r − m are absent; with q = r − m + 1, Σ (−1)^(i − q)·C(i − 1, q − 1)·C(j, i) over i ≥ q is 1 if j ≥ q, else
/// 0.
fn too_few(needed: &MinClasses) -> Vec<(u32, i64)> {
    let classes = needed.classes.len();
    let too_many = (classes + 1).saturating_sub(needed.count.into());
    if too_many == 0 {
        return Vec::new();
    }
    let term = |absent: u32| {
        let number = absent.count_ones() as usize;
        let factor = match number.checked_sub(too_many) {
            None => return (number == 0).then_some((0, 1)),
            Some(more) => choose(number - 1, too_many - 1) * if more % 2 == 0 { -1 } else { 1 },
        };
        Some((absent, factor))
    };
    (0..1_u32 << classes).filter_map(term).collect()
}

/// C(n, k) of small numbers, k ≤ n: (n − k + 1)/1 · (n − k + 2)/2 ·…, which is whole after each factor.
fn choose(n: usize, k: usize) -> i64 {
    let factors = (1_i64..).skip(n - k).zip(1..).take(k);
    factors.fold(1, |value, (over, under)| value * over / under)
}

/// The characters by the sets they are in, one bit for each.
fn atoms(
    form: &NormalForm,
    sets: &[&Characters],
    limits: Limits,
    budget: &mut Budget,
) -> Result<BTreeMap<u32, Atom>, Limit> {
    budget.pay(form.alphabet.len() * (sets.len() + 2) * STEPS_OF_SEARCH)?;
    let within = |set: &Option<Characters>, end| set.as_ref().is_none_or(|set| set.contains(end));
    let mut atoms: BTreeMap<u32, Atom> = BTreeMap::new();
    for character in form.alphabet.iter() {
        let member = |(bit, set): (usize, &&Characters)| u32::from(set.contains(character)) << bit;
        let atom = atoms.entry(sets.iter().enumerate().map(member).sum()).or_default();
        let (first, last) = (within(&form.first, character), within(&form.last, character));
        atom.choices.add(Choices {
            all: 1,
            first: first.into(),
            last: last.into(),
            both: (first && last).into(),
        });
        if limits.get(Direction::Up).is_some() && character.is_ascii() {
            atom.sequential |= 1 << u32::from(character);
        }
    }
    Ok(atoms)
}

/// The terms of the sum, those with equally many strings taken together.
fn terms(
    atoms: &BTreeMap<u32, Atom>,
    inner: usize,
    factors: &[(u32, i64)],
    budget: &mut Budget,
) -> Result<Vec<Term>, Limit> {
    budget.pay(factors.len() * (STEPS_OF_ATOM * atoms.len() + STEPS_OF_TERM))?;
    let mut terms: BTreeMap<Key, Term> = BTreeMap::new();
    for (absent, factor) in factors {
        let mut choices = Choices { all: inner, ..Choices::default() };
        let mut sequential = 0;
        for (_, atom) in atoms.iter().filter(|(sets, _)| *sets & absent == 0) {
            choices.add(atom.choices);
            sequential |= atom.sequential;
        }
        let term = Term { choices, absent: *absent, factor: 0 };
        terms.entry((choices, sequential)).or_insert(term).factor += factor;
    }
    Ok(terms.into_values().filter(|term| term.factor != 0).collect())
}

fn sum_of_powers(form: &NormalForm, terms: &[Term], budget: &mut Budget) -> Result<BigInt, Limit> {
    let words = words(form.length.into(), form.alphabet.len() + form.inner.len());
    let mut sum = BigInt::ZERO;
    for term in terms {
        // The last squaring is half of the work of a power.
        budget.products(if form.distinct { form.length.into() } else { 8 }, words)?;
        sum += BigInt::from(term.choices.strings(form)) * term.factor;
    }
    Ok(sum)
}

/// Terms that differ in nothing but the characters themselves are counted once.
fn sum_of_tables(
    form: &NormalForm,
    sets: &[&Characters],
    terms: &[Term],
    limits: Limits,
    budget: &mut Budget,
) -> Result<BigInt, Limit> {
    let mut shapes: Vec<(Shape, i64)> = Vec::new();
    for term in terms {
        let (shape, _) = Shape::new(&without(form, sets, term.absent), limits, budget)?;
        match shapes.iter_mut().find(|(known, _)| *known == shape) {
            Some((_, known)) => *known += term.factor,
            None => shapes.push((shape, term.factor)),
        }
    }
    let mut sum = BigInt::ZERO;
    for (shape, factor) in shapes.into_iter().filter(|(_, factor)| *factor != 0) {
        sum += BigInt::from(Levels::last(shape, budget)?.count()) * factor;
    }
    Ok(sum)
}

/// `form` without rules and without the characters of the sets that are `absent`.
fn without(form: &NormalForm, sets: &[&Characters], absent: u32) -> NormalForm {
    let absent = sets.iter().enumerate().filter(|(bit, _)| absent >> bit & 1 == 1);
    let alphabet = absent.fold(form.alphabet.clone(), |left, (_, set)| left.difference(set));
    let NormalForm { length, distinct, max_repeating, max_sequential, .. } = *form;
    let (inner, first, last) = (form.inner.clone(), form.first.clone(), form.last.clone());
    NormalForm {
        length,
        alphabet,
        inner,
        first,
        last,
        distinct,
        max_repeating,
        max_sequential,
        ..NormalForm::default()
    }
}
