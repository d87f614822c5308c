//! The least length that gives an entropy.

use num_bigint::BigUint;

use crate::normal_form::{NormalForm, Rule};
use crate::policy::Policy;
use crate::{Characters, Error, Limit, Reason, budget, reason};

/// The greatest cost in nanoseconds of all lengths together that are tried one after the other.
const MAX_COST: usize = 2 * budget::MAX_COST;

/// What trying a length costs at least, whatever comes of it.
const COST_OF_TRY: usize = 1 << 16;

/// So many characters without a maximum always include one that continues no run of its neighbours: each of the two
/// rules out itself, its successor and its predecessor.
const BREAKERS: usize = 7;

/// The lengths that may be chosen, and what they must give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Search {
    pub(crate) bits: u16,
    pub(crate) min_length: u16,
    pub(crate) max_length: u16,
}

/// The policy of `form` with the least length that gives the entropy, whatever length `form` has.
///
/// No shorter password can have the entropy than one with every character free, nor can one be shorter than the
/// minimums, so that is where the search starts. Where more characters never make fewer passwords, it doubles the
/// distance and halves the interval. Else it tries every length, but for those that cannot have the entropy since they
/// begin with one of too few strings.
///
/// # Errors
/// Those of [`Policy::compile`] except for what another length mends, [`Error::EntropyUnreachable`], and
/// [`Error::PolicyTooComplex`] also if too much work has shown only that some lengths are too short.
pub(crate) fn shortest(form: &NormalForm, search: Search) -> Result<Policy, Error> {
    let form = form.clone().reduced();
    let start = start(&form, search);
    let found = if grows(&form) {
        by_halves(&form, start, search)
    } else {
        one_by_one(&form, start, search)
    };
    found?.ok_or_else(|| {
        let Search { bits, max_length, .. } = search;
        // An empty set explains more than an entropy out of reach.
        match reason::find(&NormalForm { length: max_length, ..form }) {
            Some(reason) if !depends_on_length(&reason) => Error::Unsatisfiable(reason),
            Some(_) | None => Error::EntropyUnreachable { bits, max_length },
        }
    })
}

/// Whether there are never fewer passwords of one character more, from two characters on.
///
/// Put a character before the last one, each time one that no maximum counts and that neither equals nor follows nor
/// precedes its neighbours, if runs are limited. Then the ends, the minimums and the maximums are kept, and runs only
/// get shorter; and the password without it is the old one, so that different ones stay different.
fn grows(form: &NormalForm) -> bool {
    let bounded = form.rules.iter().filter(|rule| rule.max.is_some());
    let bounded = bounded.fold(Characters::default(), |all, rule| all.union(&rule.characters));
    let unbounded = form.alphabet.union(&form.inner).difference(&bounded).len();
    let limited = form.max_repeating.is_some() || form.max_sequential.is_some();
    !form.distinct && unbounded >= if limited { BREAKERS } else { 1 }
}

/// The least length from `start` on, if longer passwords are never fewer.
fn by_halves(form: &NormalForm, start: u16, search: Search) -> Result<Option<Policy>, Error> {
    let at = |length| {
        Ok(counted(form, length, &mut 0)?.filter(|policy| has(policy.count(), search.bits)))
    };
    let (mut short, mut step) = (start.saturating_sub(1), 1);
    while short < search.max_length {
        let long = short.saturating_add(step).min(search.max_length);
        match at(long) {
            Ok(None) => short = long,
            found => return halve(short, long, found, at),
        }
        // Passwords of one character may be more than those of two.
        if short >= 2 {
            step = step.saturating_mul(2);
        }
    }
    Ok(None)
}

/// Narrows `short`, which is not long enough, and `long`, which is or is too long to be counted, down to neighbours.
fn halve(
    mut short: u16,
    mut long: u16,
    mut found: Result<Option<Policy>, Error>,
    at: impl Fn(u16) -> Result<Option<Policy>, Error>,
) -> Result<Option<Policy>, Error> {
    while long - short > 1 {
        let middle = short.midpoint(long);
        match at(middle) {
            Ok(None) => short = middle,
            longer => (long, found) = (middle, longer),
        }
    }
    found
}

/// The least length from `start` on that no reason rules out.
///
/// Whatever the lengths of passwords are, each begins with a string that keeps to the maximums and to the limits on
/// runs. If there are R of those with so many characters, passwords with k characters more are at most R·size^k.
fn one_by_one(form: &NormalForm, start: u16, search: Search) -> Result<Option<Policy>, Error> {
    let beginning = beginning(form);
    let size = beginning.alphabet.len();
    let (mut length, mut cost) = (start, 0);
    while length <= search.max_length {
        if cost > MAX_COST {
            return Err(Error::PolicyTooComplex(Limit::Work));
        }
        let policy = counted(form, length, &mut cost)?;
        if let Some(policy) = policy.filter(|policy| has(policy.count(), search.bits)) {
            return Ok(Some(policy));
        }
        let beginnings = match counted(&beginning, length, &mut cost) {
            Ok(policy) => policy.map(|policy| policy.count().clone()).unwrap_or_default(),
            Err(Error::PolicyTooComplex(_)) => {
                cost += MAX_COST / 64;
                power(size, length)
            }
            Err(_) => BigUint::ZERO,
        };
        length += 1;
        let mut longer = beginnings * size;
        while length <= search.max_length && !has(&longer, search.bits) {
            longer *= size;
            length += 1;
        }
    }
    Ok(None)
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

fn power(size: usize, length: u16) -> BigUint {
    BigUint::from(size).pow(length.into())
}

/// Whether so many passwords have at least `bits` of entropy.
fn has(passwords: &BigUint, bits: u16) -> bool {
    passwords.bits() > u64::from(bits)
}

/// The policy of `form` with `length`, if there are such passwords; what it costs is added to `cost`.
fn counted(form: &NormalForm, length: u16, cost: &mut usize) -> Result<Option<Policy>, Error> {
    *cost = cost.saturating_add(COST_OF_TRY);
    match Policy::compile_at(NormalForm { length, ..form.clone() }, cost) {
        Ok(policy) => Ok(Some(policy)),
        Err(Error::Unsatisfiable(reason)) if depends_on_length(&reason) => Ok(None),
        Err(error) => Err(error),
    }
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

/// A length that no shorter one than which gives the entropy.
fn start(form: &NormalForm, search: Search) -> u16 {
    let size = form.alphabet.len() + form.inner.len();
    let free = (search.min_length..=search.max_length)
        .find(|length| has(&power(size, *length), search.bits));
    let minimums = u16::try_from(reason::least_length(form)).unwrap_or(u16::MAX);
    free.map_or(u16::MAX, |free| free.max(minimums))
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
        let rule = (some_of("abcd1x"), 0..4_u16, prop::option::of(0..6_u16))
            .prop_map(|(characters, min, max)| Rule { name: "rule".into(), characters, min, max });
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
            let reached = lengths.clone().find(|length| matches!(counted(&form, *length, &mut 0), Ok(Some(policy)) if has(policy.count(), bits)));
            match shortest(&form, search) {
                Ok(policy) => prop_assert_eq!(Some(policy.normal_form().length), reached),
                Err(Error::EntropyUnreachable { .. }) => prop_assert_eq!(None, reached),
                Err(error) => {
                    let same = |length| matches!(counted(&form, length, &mut 0), Err(other) if other == error);
                    prop_assert!(lengths.clone().all(same), "{error}");
                }
            }
        }

        #[test]
        fn where_it_grows_there_are_never_fewer(form in forms()) {
            let form = form.reduced();
            let count = |length| counted(&form, length, &mut 0).map(|policy| policy.map(|policy| policy.count().clone()));
            for length in (2..MAX_LENGTH).filter(|_| grows(&form)) {
                if let (Ok(short), Ok(long)) = (count(length), count(length + 1)) {
                    prop_assert!(short <= long, "{length}");
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
            shortest(&form(others), search(bits)).map(|policy| policy.normal_form().length)
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
        let is_there = |length| counted(&form, length, &mut 0).map(|policy| policy.is_some());
        assert_eq!([2, 3, 4].map(is_there), [Ok(true), Ok(false), Ok(true)]);
        assert!(!grows(&form));
    }
}
