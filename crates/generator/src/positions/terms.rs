//! Minimums counted by inclusion and exclusion.
//!
//! The strings with at least m characters of a set are all, less those with fewer than m. A form with a minimum is
//! thus the difference of two without it, and a form in which a set has no characters is one of a smaller alphabet:
//! what the rules then no longer tell apart counts alike.

use num_bigint::{BigInt, BigUint};

use super::levels::{cost, count};
use super::shape::Shape;
use crate::Limit;
use crate::normal_form::{MinClasses, NormalForm};
use crate::runs::Limits;

/// More forms than this are not made of one.
const MAX_TERMS: usize = 64;
/// Counts of characters that combine in more ways than this had better be remembered together.
const MAX_COMBINATIONS: usize = 1 << 12;

/// The greatest number of words that the numbers kept while counting take: 64 MiB.
const MAX_WORDS: usize = 1 << 23;
/// What takes fewer steps on a word is counted with its minimums: to take the form apart would take longer.
const FEW_STEPS: usize = 1 << 18;
/// The greatest number of steps on a word that counting takes: about a second.
const MAX_STEPS: usize = 1 << 31;

/// N of a shape that is so small that it is counted as it is.
pub(super) fn directly(shape: &Shape) -> Option<BigUint> {
    let (_, steps) = cost(shape);
    (steps <= FEW_STEPS).then(|| count(shape))
}

/// The numbers of passwords of forms.
///
/// They are refused before they are counted if that takes too much work or memory.
pub(super) fn counts<'a>(
    forms: impl Iterator<Item = &'a NormalForm>,
    limits: Limits,
) -> Result<Vec<BigUint>, Limit> {
    let mut shapes: Vec<Shape> = Vec::new();
    let (mut sums, mut steps) = (Vec::new(), 0_usize);
    for form in forms {
        let mut sum = Vec::new();
        for (term, factor) in terms(form) {
            let (shape, _) = Shape::new(&term, limits)?;
            if let Some(known) = shapes.iter().position(|known| *known == shape) {
                sum.push((known, factor));
                continue;
            }
            // At once, since to make the shapes takes time too.
            let own = cost(&shape);
            steps = steps.saturating_add(own.1);
            match (own.0 > MAX_WORDS, steps > MAX_STEPS) {
                (true, _) => return Err(Limit::Memory),
                (false, true) => return Err(Limit::Work),
                (false, false) => sum.push((shapes.len(), factor)),
            }
            shapes.push(shape);
        }
        sums.push(sum);
    }
    // One after the other, so that the memory of one is free for the next.
    let numbers: Vec<BigInt> = shapes.iter().map(|shape| count(shape).into()).collect();
    let number = |sum: &Vec<(usize, i64)>| {
        let terms = sum.iter().filter_map(|(shape, factor)| Some(numbers.get(*shape)? * factor));
        terms.sum::<BigInt>().magnitude().clone()
    };
    Ok(sums.iter().map(number).collect())
}

/// Forms without minimums, if that takes few, and how often the passwords of each count.
fn terms(form: &NormalForm) -> Vec<(NormalForm, i64)> {
    let minimums = form.rules.iter().filter(|rule| rule.min > 0).count();
    let classes = form.min_classes.as_ref().map_or(0, |needed| needed.classes.len());
    let combinations = form.rules.iter().fold(1_usize, |product, rule| {
        product.saturating_mul(usize::from(rule.max.unwrap_or(rule.min)) + 1)
    });
    if form.distinct {
        return vec![(form.clone(), 1)];
    }
    let number = u32::try_from(minimums + classes).ok().and_then(|bits| 1_usize.checked_shl(bits));
    if combinations > MAX_COMBINATIONS || number.is_none_or(|number| number > MAX_TERMS) {
        return vec![(form.clone(), 1)];
    }
    let mut terms = without_quorum(form);
    for place in 0..form.rules.len() {
        let split = |(form, factor): (NormalForm, i64)| split(form, factor, place);
        terms = terms.into_iter().flat_map(split).collect();
    }
    terms.into_iter().map(|(form, factor)| (form.reduced(), factor)).collect()
}

/// `form` with the minimum of one rule taken away, less `form` with that rule kept below its minimum.
fn split(mut form: NormalForm, factor: i64, place: usize) -> Vec<(NormalForm, i64)> {
    let mut fewer = form.clone();
    let (Some(rule), Some(below)) = (form.rules.get_mut(place), fewer.rules.get_mut(place)) else {
        return vec![(form, factor)];
    };
    let Some(most) = rule.min.checked_sub(1) else { return vec![(form, factor)] };
    below.max = Some(below.max.map_or(most, |max| max.min(most)));
    (rule.min, below.min) = (0, 0);
    vec![(form, factor), (fewer, -factor)]
}

/// The forms in which some classes are absent, whichever others are, so often that each password counts once if it has
/// enough of them.
///
/// A password without exactly j of r classes is counted in C(j, i) of the forms that lack i classes. At least m are
/// present if no more than r − m are absent; with q = r − m + 1, Σ (−1)^(i − q)·C(i − 1, q − 1)·C(j, i) over i ≥ q is 1
/// if j ≥ q and else 0.
fn without_quorum(form: &NormalForm) -> Vec<(NormalForm, i64)> {
    let Some(MinClasses { count, classes }) = &form.min_classes else {
        return vec![(form.clone(), 1)];
    };
    let all = NormalForm { min_classes: None, ..form.clone() };
    let Some(too_many) =
        (classes.len() + 1).checked_sub(usize::from(*count)).filter(|number| *number > 0)
    else {
        return vec![(all, 0)];
    };
    let without = |absent: u32| {
        let mut form = all.clone();
        let gone = classes.iter().enumerate().filter(|(class, _)| absent >> class & 1 == 1);
        for (_, class) in gone {
            form.alphabet = form.alphabet.difference(class);
        }
        for rule in &mut form.rules {
            rule.characters = rule.characters.intersection(&form.alphabet);
        }
        form
    };
    let weight = |absent: usize| {
        let terms = choose(absent - 1, too_many - 1);
        if (absent - too_many).is_multiple_of(2) { -terms } else { terms }
    };
    let sets = (0..1_u32 << classes.len())
        .map(|absent| (absent, usize::try_from(absent.count_ones()).unwrap_or(0)))
        .filter(|(_, number)| *number >= too_many);
    let fewer = sets.map(|(absent, number)| (without(absent), weight(number)));
    std::iter::once((all.clone(), 1)).chain(fewer).collect()
}

/// C(n, k) of small numbers.
fn choose(n: usize, k: usize) -> i64 {
    let digits = crate::binomial::binomial(n, k);
    i64::try_from(&digits).unwrap_or(i64::MAX)
}
