//! N by inclusion and exclusion: a sum of few powers where the minimums are small.
//!
//! The strings with at least m characters of a class are those with any number of them, less those with 0, 1, …, m − 1:
//! m + 1 terms. For several classes the terms multiply. Each stands for d characters put into chosen positions and
//! the other positions free, so that it needs no table.

use num_bigint::BigInt;

use crate::atoms::{Bounds, Repetition};
use crate::binomial::binomial;
use crate::block::Block;
use crate::model::Model;

/// N, if all blocks are single classes of characters that may stand again, and the sum has at most `max_terms` terms.
pub(crate) fn count(model: &Model, blocks: &[Block], max_terms: usize) -> Option<BigInt> {
    if model.repetition == Repetition::Forbidden {
        return None;
    }
    let class = |block: &Block| match block {
        Block::Class { characters, bounds, .. } => Some((characters.len(), *bounds)),
        Block::Overlap(_) => None,
    };
    let classes: Vec<(usize, Bounds)> = blocks.iter().map(class).collect::<Option<_>>()?;
    let terms =
        classes.iter().fold(1, |terms: usize, (_, bounds)| terms.saturating_mul(numbers(*bounds)));
    let sum = Sum { length: model.length, ends: model.length.min(2), inner: model.inner.len() };
    (terms <= max_terms).then(|| sum.over(&classes, 0, model.free().len(), &BigInt::from(1)))
}

/// How many terms a class has.
fn numbers(bounds: Bounds) -> usize {
    bounds.max.map_or(bounds.min, |max| max.saturating_sub(bounds.min)) + 1
}

struct Sum {
    length: usize,
    ends: usize,
    inner: usize,
}

impl Sum {
    /// The strings in which `chosen` positions hold given characters, in `ways` ways for each choice of positions, the
    /// others any of `free` characters or characters of the `classes` within their bounds.
    fn over(
        &self,
        classes: &[(usize, Bounds)],
        chosen: usize,
        free: usize,
        ways: &BigInt,
    ) -> BigInt {
        let Some(((size, bounds), others)) = classes.split_first() else {
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
    use crate::budget;
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
                    let blocks = budget::blocks(&model).unwrap();
                    let sum = count(&model, &blocks, usize::MAX).unwrap();
                    assert_eq!(sum, Ranking::new(&model, &blocks).count().into(), "{form:?}");
                }
            }
        }
    }

    #[test]
    fn too_long_a_sum_and_overlapping_sets_are_left_to_the_tables() {
        let alphabet: Characters = "abcd".into();
        let form = |rules| NormalForm {
            length: 9,
            alphabet: alphabet.clone(),
            rules,
            ..NormalForm::default()
        };
        let sum = |form: &NormalForm, max_terms| {
            let model = Model::new(form);
            count(&model, &budget::blocks(&model).unwrap(), max_terms)
        };
        let disjoint = form(vec![rule("ab", 2, None), rule("c", 0, Some(3))]);
        assert!(sum(&disjoint, 12).is_some());
        assert!(sum(&disjoint, 11).is_none());
        let overlapping = form(vec![rule("ab", 2, None), rule("bc", 1, None)]);
        assert!(sum(&overlapping, usize::MAX).is_none());
    }
}
