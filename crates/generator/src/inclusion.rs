//! N by inclusion and exclusion: a sum of few powers where the minimums are small.
//!
//! The strings with at least m characters of a class are those with any number of them, less those with 0, 1, …, m − 1:
//! m + 1 terms. For several classes the terms multiply. Each stands for d characters put into chosen positions and
//! the other positions free, so that it needs no table.

use num_bigint::{BigInt, BigUint};

use crate::atoms::{Bounds, Repetition};
use crate::binomial::binomial;
use crate::block::Block;
use crate::costs;
use crate::growth::Class;
use crate::model::Model;

/// The sum for a form whose blocks are all single classes of characters that may stand again.
pub(crate) struct Sum {
    length: usize,
    ends: usize,
    inner: usize,
    free: usize,
    classes: Vec<Class>,
}

/// How many terms a class has.
fn numbers(bounds: Bounds) -> usize {
    bounds.max.map_or(bounds.min, |max| max.saturating_sub(bounds.min)) + 1
}

impl Sum {
    pub(crate) fn new(model: &Model, blocks: &[Block]) -> Option<Self> {
        let classes = blocks.iter().map(Block::as_growing).collect::<Option<_>>();
        let classes = classes.filter(|_| model.repetition == Repetition::Allowed)?;
        let (free, inner) = (model.free().len(), model.inner.len());
        Some(Self { length: model.length, ends: model.length.min(2), inner, free, classes })
    }

    /// How many terms it has.
    pub(crate) fn terms(&self) -> usize {
        self.classes
            .iter()
            .fold(1, |terms: usize, class| terms.saturating_mul(numbers(class.bounds)))
    }

    /// About how many nanoseconds it takes.
    pub(crate) fn cost(&self) -> usize {
        let sizes = self.classes.iter().map(|class| class.size);
        let characters = sizes.fold(self.free + self.inner, |sum, size| sum + size);
        let words = costs::length_in_words(self.length, characters);
        self.terms().saturating_mul(costs::term(words))
    }

    /// N.
    pub(crate) fn count(&self) -> BigUint {
        self.over(&self.classes, 0, self.free, &BigInt::from(1)).magnitude().clone()
    }

    /// The strings in which `chosen` positions hold given characters, in `ways` ways for each choice of positions, the
    /// others any of `free` characters or characters of the `classes` within their bounds.
    fn over(&self, classes: &[Class], chosen: usize, free: usize, ways: &BigInt) -> BigInt {
        let Some((Class { size, bounds }, others)) = classes.split_first() else {
            return ways * self.positions(chosen, free);
        };
        // C(chosen + number, number)·size^number arrangements of the class among the chosen positions.
        let exactly = |number: usize| {
            let ways =
                ways * BigInt::from(binomial(chosen + number, number)) * power(*size, number);
            self.over(others, chosen + number, free, &ways)
        };
        if let Some(max) = bounds.max {
            return (bounds.min..=max).map(exactly).sum();
        }
        let fewer: BigInt = (0..bounds.min).map(exactly).sum();
        self.over(others, chosen, free + size, ways) - fewer
    }

    /// The choices of `chosen` positions times the ways to fill the others: any of `free` characters, and between the
    /// ends the inner characters too.
    fn positions(&self, chosen: usize, free: usize) -> BigInt {
        if chosen > self.length {
            return BigInt::ZERO;
        }
        let between = self.length - self.ends;
        let at_ends = |taken: usize| {
            let others = chosen.checked_sub(taken).filter(|others| *others <= between)?;
            let choices = binomial(self.ends, taken) * binomial(between, others);
            let filled =
                power(free, self.ends - taken) * power(free + self.inner, between - others);
            Some(BigInt::from(choices) * filled)
        };
        (0..=self.ends).filter_map(at_ends).sum()
    }
}

fn power(base: usize, exponent: usize) -> BigInt {
    BigInt::from(base).pow(u32::try_from(exponent).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ranking::Ranking;
    use crate::{Characters, NormalForm, Rule};

    fn rule(characters: &str, min: u16, max: Option<u16>) -> Rule {
        Rule { name: characters.into(), characters: characters.into(), min, max }
    }

    #[test]
    fn the_sum_agrees_with_the_tables() {
        for length in [0, 1, 2, 3, 7, 20, 40] {
            for inner in ["", " ", " _~"] {
                for (min, max) in
                    [(0, None), (1, None), (2, Some(4)), (3, Some(3)), (5, None), (2, Some(1))]
                {
                    let rules = vec![
                        rule("ab", min, max),
                        rule("ABCD", 1, None),
                        rule("0123456789", 0, Some(9)),
                    ];
                    let form = NormalForm {
                        length,
                        alphabet: "abABCD0123456789xyz".into(),
                        inner: inner.into(),
                        rules,
                        ..NormalForm::default()
                    };
                    let model = Model::new(&form);
                    let blocks = model.blocks().unwrap();
                    let sum = Sum::new(&model, &blocks).unwrap().count();
                    assert_eq!(sum, Ranking::new(&model, &blocks).count(), "{form:?}");
                }
            }
        }
    }

    #[test]
    fn the_terms_are_counted_and_overlapping_sets_are_left_to_the_tables() {
        let alphabet: Characters = "abcd".into();
        let sum = |rules, distinct| {
            let form = NormalForm {
                length: 4,
                alphabet: alphabet.clone(),
                rules,
                distinct,
                ..NormalForm::default()
            };
            let model = Model::new(&form);
            Sum::new(&model, &model.blocks().unwrap())
        };
        let disjoint = || vec![rule("ab", 2, None), rule("c", 0, Some(3))];
        assert_eq!(sum(disjoint(), false).map(|sum| sum.terms()), Some(3 * 4));
        assert!(sum(disjoint(), true).is_none());
        assert!(sum(vec![rule("ab", 2, None), rule("bc", 1, None)], false).is_none());
    }
}
