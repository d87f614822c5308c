//! The least length that gives an entropy.

use num_bigint::BigUint;

use crate::budget::Budget;
use crate::normal_form::{NormalForm, Rule};
use crate::policy::Counted;
use crate::{Characters, Error, Reason, reason};

/// The cost of trying a length besides counting, in steps, and what each character of each set adds to it.
const COST_OF_TRY: usize = 1 << 12;
const COST_OF_CHARACTER: usize = 64;

/// The lengths that may be chosen, and what they must give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Search {
    pub(crate) bits: u16,
    pub(crate) min_length: u16,
    pub(crate) max_length: u16,
}

/// The passwords of `form` with the least length that gives the entropy, whatever length `form` has.
///
/// No shorter password can have the entropy than one with every character free, nor can one be shorter than the
/// minimums, so that is where the search starts. It tries every length from there on, except for those that cannot have
/// the entropy since they begin with one of too few strings.
///
/// # Errors
/// Those of [`Counted::new`] except for what another length mends, and [`Error::EntropyUnreachable`].
pub(crate) fn shortest(
    form: &NormalForm,
    search: Search,
    budget: &mut Budget,
) -> Result<Counted, Error> {
    let form = form.clone().reduced();
    let beginning = beginning(&form);
    let size = beginning.alphabet.len();
    let Search { bits, max_length, .. } = search;
    let (mut length, longest) = (start(&form, search), longest(&beginning, max_length));
    while length <= longest {
        let begun = at(&beginning, length, budget)?.map(|begun| begun.count).unwrap_or_default();
        if has(&begun, bits) {
            let found = at(&form, length, budget)?;
            if let Some(found) = found.filter(|found| has(&found.count, bits)) {
                return Ok(found);
            }
        }
        // Of the strings with one character more there are at most `size` times as many, and so on.
        let mut longer = begun * size;
        length += 1;
        while length <= longest && !has(&longer, bits) {
            budget.sums(1, bits.into()).map_err(Error::PolicyTooComplex)?;
            longer *= size;
            length += 1;
        }
    }
    // An empty set explains more than an entropy out of reach.
    match reason::find(&NormalForm { length: max_length, ..form }) {
        Some(reason) if !depends_on_length(&reason) => Err(Error::Unsatisfiable(reason)),
        Some(_) | None => Err(Error::EntropyUnreachable { bits, max_length }),
    }
}

/// What the first characters of every longer password of `form` satisfy.
fn beginning(form: &NormalForm) -> NormalForm {
    NormalForm {
        alphabet: form.alphabet.union(&form.inner),
        rules: form.rules.iter().map(|rule| Rule { min: 0, ..rule.clone() }).collect(),
        distinct: form.distinct,
        max_repeating: form.max_repeating,
        max_sequential: form.max_sequential,
        ..NormalForm::default()
    }
}

/// Whether so many passwords have at least `bits` of entropy.
fn has(passwords: &BigUint, bits: u16) -> bool {
    passwords.bits() > u64::from(bits)
}

/// The passwords of `form` with `length`, if there are any.
fn at(form: &NormalForm, length: u16, budget: &mut Budget) -> Result<Option<Counted>, Error> {
    let steps = COST_OF_TRY + COST_OF_CHARACTER * characters(form);
    budget.pay(steps).map_err(Error::PolicyTooComplex)?;
    match Counted::new(NormalForm { length, ..form.clone() }, budget) {
        Ok(counted) => Ok(Some(counted)),
        Err(Error::Unsatisfiable(reason)) if depends_on_length(&reason) => Ok(None),
        Err(error) => Err(error),
    }
}

/// How many characters the sets of a form have together.
fn characters(form: &NormalForm) -> usize {
    let rules = form.rules.iter().map(|rule| &rule.characters);
    let classes = form.min_classes.iter().flat_map(|needed| &needed.classes);
    let others = [&form.alphabet, &form.inner].into_iter().chain(&form.first).chain(&form.last);
    rules.chain(classes).chain(others).map(Characters::len).sum()
}

/// Whether another length may have passwords.
fn depends_on_length(reason: &Reason) -> bool {
    match reason {
        Reason::MinimumsExceedLength { .. }
        | Reason::MaximumsBelowLength { .. }
        | Reason::TooFewDistinct { .. }
        | Reason::RunOfOne { .. }
        | Reason::Contradiction => true,
        Reason::EmptyAlphabet
        | Reason::EmptiedRule { .. }
        | Reason::EmptyEnd(_)
        | Reason::TooFewClasses { .. } => false,
    }
}

/// A lower bound on the length that gives the entropy.
fn start(form: &NormalForm, search: Search) -> u16 {
    let size = form.alphabet.len() + form.inner.len();
    let strings = std::iter::successors(Some(BigUint::from(1_u32)), |fewer| Some(fewer * size));
    // More than so many characters have the entropy, or none have.
    let lengths = (0..=search.max_length).take(usize::from(search.bits) + 2);
    let free = lengths.zip(strings).find(|(_, strings)| has(strings, search.bits));
    let minimums = u16::try_from(reason::least_length(form)).unwrap_or(u16::MAX);
    free.map_or(u16::MAX, |(free, _)| free.max(minimums).max(search.min_length))
}

/// The greatest length up to `max_length` that strings of distinct characters, or of characters with maximums, can have.
fn longest(beginning: &NormalForm, max_length: u16) -> u16 {
    let bounded = || beginning.rules.iter().filter_map(|rule| Some((&rule.characters, rule.max?)));
    let all = bounded().fold(Characters::default(), |all, (set, _)| all.union(set));
    let maximums: usize = bounded().map(|(_, max)| usize::from(max)).sum();
    let distinct = beginning.distinct.then(|| beginning.alphabet.len());
    let bounded = (all == beginning.alphabet).then_some(maximums);
    let most = distinct.into_iter().chain(bounded).min().unwrap_or(usize::MAX);
    u16::try_from(most).unwrap_or(u16::MAX).min(max_length)
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU16;

    use proptest::prelude::*;

    use super::*;
    use crate::MinClasses;

    const MAX_LENGTH: u16 = 8;

    fn some_of(characters: &str) -> impl Strategy<Value = Characters> + use<> {
        let all: Vec<char> = characters.chars().collect();
        prop::sample::subsequence(all.clone(), 0..=all.len())
            .prop_map(|some| some.into_iter().collect())
    }

    /// Forms in which longer passwords are often fewer, or none.
    fn forms() -> impl Strategy<Value = NormalForm> {
        // No request makes a rule whose maximum is below its minimum.
        let rule = (some_of("abcd1x"), 0..4_u16, prop::option::of(0..6_u16)).prop_map(
            |(characters, min, max)| {
                let max = max.map(|max| max.max(min));
                Rule { name: "rule".into(), characters, min, max }
            },
        );
        let end = || prop::option::weighted(0.2, some_of("abcd1"));
        let limit = || {
            prop::option::weighted(0.25, (1..4_u16).prop_map(NonZeroU16::new))
                .prop_map(Option::flatten)
        };
        let classes = (0..4_u8, prop::collection::vec(some_of("abcd1x"), 0..4))
            .prop_map(|(count, classes)| MinClasses { count, classes });
        let wide = prop::sample::select(vec!["", "", "behknqtwz"]);
        let plain = (some_of("abcd1"), wide, some_of(" a"), prop::collection::vec(rule, 0..4));
        let classes = prop::option::weighted(0.2, classes);
        let further = (end(), end(), prop::bool::weighted(0.2), limit(), limit(), classes);
        (plain, further).prop_map(|((alphabet, wide, inner, rules), further)| {
            let (first, last, distinct, max_repeating, max_sequential, min_classes) = further;
            let alphabet = alphabet.union(&wide.into());
            NormalForm {
                length: 0,
                alphabet,
                inner,
                rules,
                first,
                last,
                distinct,
                max_repeating,
                max_sequential,
                min_classes,
            }
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_length_is_missed(form in forms(), bits in 1..20_u16, min_length in 1..5_u16) {
            let search = Search { bits, min_length, max_length: MAX_LENGTH };
            let lengths = min_length..=MAX_LENGTH;
            let reached = lengths.clone().find(|length| matches!(at(&form, *length, &mut Budget::default()), Ok(Some(found)) if has(&found.count, bits)));
            match shortest(&form, search, &mut Budget::default()) {
                Ok(found) => prop_assert_eq!(Some(found.length()), reached),
                Err(Error::EntropyUnreachable { .. }) => prop_assert_eq!(None, reached),
                // All lengths are paid from one budget.
                Err(Error::PolicyTooComplex(_)) => prop_assert!(form.distinct),
                Err(error) => {
                    let same = |length| matches!(at(&form, length, &mut Budget::default()), Err(other) if other == error);
                    prop_assert!(lengths.clone().all(same), "{error}");
                }
            }
        }
    }

    #[test]
    fn lengths_that_only_few_longer_ones_have_are_found() {
        let rule = |characters: &str, min, max| Rule {
            name: characters.into(),
            characters: characters.into(),
            min,
            max,
        };
        let form = |others| NormalForm {
            alphabet: "abc".into(),
            rules: vec![rule("a", 0, Some(300)), rule("bc", 0, Some(others))],
            ..NormalForm::default()
        };
        let search = |bits| Search { bits, min_length: 1, max_length: 4096 };
        let least = |others, bits| {
            shortest(&form(others), search(bits), &mut Budget::default())
                .map(|found| found.length())
        };
        // 2n² + 1 strings of n characters up to 300, none beyond 302.
        assert_eq!(least(2, 16), Ok(182));
        assert_eq!(least(2, 17), Ok(256));
        assert_eq!(least(2, 18), Err(Error::EntropyUnreachable { bits: 18, max_length: 4096 }));
    }

    #[test]
    fn of_few_characters_and_limited_runs_longer_passwords_may_be_fewer() {
        let form = NormalForm {
            alphabet: "ac".into(),
            first: Some("a".into()),
            last: Some("c".into()),
            max_repeating: NonZeroU16::new(1),
            ..NormalForm::default()
        };
        let is_there =
            |length| at(&form, length, &mut Budget::default()).map(|policy| policy.is_some());
        assert_eq!([2, 3, 4].map(is_there), [Ok(true), Ok(false), Ok(true)]);
    }
}
