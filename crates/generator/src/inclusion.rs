//! Minimums of one, counted by inclusion and exclusion.
//!
//! The passwords with a character of each set are all passwords, less those without one of the sets, and so on: a sum
//! over the choices of sets that are absent, whose terms are forms over fewer characters and without rules. At least k
//! of some classes is such a sum as well, with other factors. Sets may overlap.

use num_bigint::{BigInt, BigUint};

use crate::budget::{Budget, words};
use crate::positions::{Levels, Shape};
use crate::runs::Limits;
use crate::{Characters, Limit, MinClasses, NormalForm};

/// More sets than these have too many choices.
const MAX_SETS: usize = 10;

/// N of a form whose bounds are all "at least one"; `None` for any other form.
pub(crate) fn count(form: &NormalForm, budget: &mut Budget) -> Result<Option<BigUint>, Limit> {
    let limits = Limits::new(form);
    let Some(sets) = required(form) else { return Ok(None) };
    if form.distinct && !limits.is_empty() {
        return Ok(None);
    }
    let terms = terms(&sets, form.min_classes.as_ref());
    let sum = if limits.is_empty() {
        sum_of_powers(form, &terms, budget)?
    } else {
        sum_of_tables(form, &terms, limits, budget)?
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
    let ends = first.len() * last.len();
    match (form.length, form.distinct) {
        (0, _) => BigUint::from(1_u32),
        (1, _) => both.into(),
        (length, false) => BigUint::from(all).pow(u32::from(length) - 2) * ends,
        (length, true) => (2..usize::from(length))
            .map(|used| all.saturating_sub(used))
            .fold(BigUint::from(ends - both), |product, choices| product * choices),
    }
}

/// The sets that must be present; `None` if some rule asks for anything else, or if there are too many sets.
fn required(form: &NormalForm) -> Option<Vec<Characters>> {
    let mut sets: Vec<Characters> = Vec::new();
    for rule in form.rules.iter().filter(|rule| form.can_break(rule)) {
        if rule.min != 1 || rule.max.is_some_and(|max| max < form.length) {
            return None;
        }
        if !sets.contains(&rule.characters) {
            sets.push(rule.characters.clone());
        }
    }
    let classes = form.min_classes.as_ref().map_or(0, |needed| needed.classes.len());
    (sets.len() + classes <= MAX_SETS).then_some(sets)
}

/// The characters that are absent in each term, and its factor.
fn terms(sets: &[Characters], min_classes: Option<&MinClasses>) -> Vec<(Characters, i64)> {
    let mut terms = vec![(Characters::default(), 1)];
    for set in sets {
        let less: Vec<_> =
            terms.iter().map(|(absent, factor)| (absent.union(set), -factor)).collect();
        terms.extend(less);
    }
    let Some(needed) = min_classes else { return terms };
    let choices = too_few(needed);
    let combine = |(absent, factor): &(Characters, i64)| {
        let (absent, factor) = (absent.clone(), *factor);
        choices.iter().map(move |(more, other)| (absent.union(more), factor * other))
    };
    terms.iter().flat_map(combine).collect()
}

/// The characters of absent classes, with factors by which a password counts once if it has enough classes and else not
/// at all.
///
/// With j of r classes absent, a password is in C(j, i) of the terms that lack i classes. At least m are present if no
/// more than r − m are absent; with q = r − m + 1, Σ (−1)^(i − q)·C(i − 1, q − 1)·C(j, i) over i ≥ q is 1 if j ≥ q, else
/// 0.
fn too_few(needed: &MinClasses) -> Vec<(Characters, i64)> {
    let classes = &needed.classes;
    let too_many = (classes.len() + 1).saturating_sub(needed.count.into());
    if too_many == 0 {
        return Vec::new();
    }
    let term = |chosen: u32| {
        let absent = classes.iter().enumerate().filter(|(class, _)| chosen >> class & 1 == 1);
        let number = absent.clone().count();
        let factor = match number.checked_sub(too_many) {
            None => return (number == 0).then(|| (Characters::default(), 1)),
            Some(more) => choose(number - 1, too_many - 1) * if more % 2 == 0 { -1 } else { 1 },
        };
        Some((absent.fold(Characters::default(), |all, (_, class)| all.union(class)), factor))
    };
    (0..1_u32 << classes.len()).filter_map(term).collect()
}

/// C(n, k) of small numbers.
fn choose(n: usize, k: usize) -> i64 {
    (0..k).fold(1, |value, taken| {
        value * i64::try_from(n - taken).unwrap_or(0) / (i64::try_from(taken).unwrap_or(0) + 1)
    })
}

/// `form` without the `absent` characters and without rules.
fn without(form: &NormalForm, absent: &Characters) -> NormalForm {
    NormalForm {
        alphabet: form.alphabet.difference(absent),
        rules: Vec::new(),
        min_classes: None,
        ..form.clone()
    }
}

fn sum_of_powers(
    form: &NormalForm,
    terms: &[(Characters, i64)],
    budget: &mut Budget,
) -> Result<BigInt, Limit> {
    let characters = form.alphabet.len() + form.inner.len();
    let words = words(form.length.into(), characters);
    let plain = NormalForm { rules: Vec::new(), min_classes: None, ..form.clone() };
    let mut sum = BigInt::ZERO;
    for (absent, factor) in terms {
        // The last squaring is half of the work of a power. Characters beyond ASCII take time of their own.
        budget.products(if form.distinct { form.length.into() } else { 8 }, words)?;
        budget.pay(characters)?;
        sum += BigInt::from(strings(&without(&plain, absent))) * factor;
    }
    Ok(sum)
}

/// Terms that differ in nothing but the characters themselves are counted once.
fn sum_of_tables(
    form: &NormalForm,
    terms: &[(Characters, i64)],
    limits: Limits,
    budget: &mut Budget,
) -> Result<BigInt, Limit> {
    let mut shapes: Vec<(Shape, i64)> = Vec::new();
    for (absent, factor) in terms {
        let (shape, _) = Shape::new(&without(form, absent), limits, budget)?;
        match shapes.iter_mut().find(|(known, _)| *known == shape) {
            Some((_, known)) => *known += factor,
            None => shapes.push((shape, *factor)),
        }
    }
    let mut sum = BigInt::ZERO;
    for (shape, factor) in shapes.into_iter().filter(|(_, factor)| *factor != 0) {
        sum += BigInt::from(Levels::last(shape, budget)?.count()) * factor;
    }
    Ok(sum)
}
