//! The proof of uniformity: the sampler's only randomness is [`Uniform`], so an oracle that gives every possible answer
//! in turn visits every run of it. Added up in exact fractions, each valid password must get 1/N.

use std::collections::{BTreeMap, BTreeSet};
use std::num::{NonZeroU16, NonZeroU32};
use std::panic::{AssertUnwindSafe, catch_unwind};

use num_bigint::BigUint;
use secrecy::ExposeSecret;

use crate::Characters;
use crate::budget::Budget;
use crate::normal_form::{MinClasses, NormalForm, Rule};
use crate::policy::Policy;
use crate::ranked::Ranked;
use crate::uniform::Uniform;
use crate::{draw, inclusion};

/// Walks the tree of all answers in order, depth first.
#[derive(Default)]
struct Oracle {
    /// Answers and bounds of the run, from the first question on.
    path: Vec<(u32, u32)>,
    asked: usize,
    /// The greatest number of questions of a run, if any.
    most: Option<usize>,
}

/// What ends a run that asks too much.
struct Truncated;

impl Uniform for Oracle {
    fn below(&mut self, bound: NonZeroU32) -> u32 {
        if Some(self.asked) == self.most {
            std::panic::resume_unwind(Box::new(Truncated));
        }
        if self.asked == self.path.len() {
            self.path.push((0, bound.get()));
        }
        let (answer, known) = self.path[self.asked];
        assert_eq!(known, bound.get(), "the same answers must lead to the same question");
        self.asked += 1;
        answer
    }

    fn below_big(&mut self, bound: &BigUint) -> BigUint {
        let bound = u32::try_from(bound).unwrap();
        self.below(NonZeroU32::new(bound).unwrap()).into()
    }
}

impl Oracle {
    /// Goes on to the next run, unless this was the last.
    fn advance(&mut self) -> bool {
        assert_eq!(self.asked, self.path.len());
        self.asked = 0;
        while let Some((answer, bound)) = self.path.pop() {
            if answer + 1 < bound {
                self.path.push((answer + 1, bound));
                return true;
            }
        }
        false
    }
}

/// How often an outcome came up, by the denominator of the run's probability.
type Weight = BTreeMap<BigUint, u32>;

/// All outcomes of `run` with their exact probabilities.
fn outcomes(run: impl FnMut(&mut Oracle) -> String) -> BTreeMap<String, Weight> {
    walk(Oracle::default(), run)
}

/// The outcomes of those runs that ask no more than so many questions.
fn outcomes_within(
    most: usize,
    run: impl FnMut(&mut Oracle) -> String,
) -> BTreeMap<String, Weight> {
    walk(Oracle { most: Some(most), ..Oracle::default() }, run)
}

fn walk(
    mut oracle: Oracle,
    mut run: impl FnMut(&mut Oracle) -> String,
) -> BTreeMap<String, Weight> {
    let mut outcomes: BTreeMap<String, Weight> = BTreeMap::new();
    loop {
        match catch_unwind(AssertUnwindSafe(|| run(&mut oracle))) {
            Ok(outcome) => {
                let bounds = oracle.path.iter().map(|(_, bound)| BigUint::from(*bound));
                *outcomes.entry(outcome).or_default().entry(bounds.product()).or_default() += 1;
            }
            Err(cause) => assert!(cause.is::<Truncated>(), "a run failed"),
        }
        if !oracle.advance() {
            return outcomes;
        }
    }
}

/// Whether the weights add up to 1/`total`.
fn is_one_in(total: usize, weight: &Weight) -> bool {
    let common: BigUint = weight.keys().product();
    let sum: BigUint =
        weight.iter().map(|(denominator, times)| &common / denominator * times).sum();
    sum * total == common
}

fn form(
    length: u16,
    alphabet: &str,
    inner: &str,
    rules: &[(&str, u16, Option<u16>)],
) -> NormalForm {
    let rule = |(characters, min, max): &(&str, u16, Option<u16>)| Rule {
        name: (*characters).to_owned(),
        characters: (*characters).into(),
        min: *min,
        max: *max,
    };
    NormalForm {
        length,
        alphabet: alphabet.into(),
        inner: inner.into(),
        rules: rules.iter().map(rule).collect(),
        ..NormalForm::default()
    }
}

/// All passwords of a form, found by trying every string.
fn brute_force(form: &NormalForm) -> Vec<String> {
    let mut strings = vec![String::new()];
    for position in 0..form.length {
        let end = position == 0 || position + 1 == form.length;
        let characters: Vec<char> =
            form.alphabet.iter().chain(form.inner.iter().filter(|_| !end)).collect();
        strings = strings
            .iter()
            .flat_map(|string| characters.iter().map(move |next| format!("{string}{next}")))
            .collect();
    }
    strings.retain(|string| satisfies(form, string));
    strings
}

/// Whether a string of the right characters and length satisfies the restrictions of a form, by their definitions.
fn satisfies(form: &NormalForm, string: &str) -> bool {
    let characters: Vec<char> = string.chars().collect();
    let count = |set: &Characters| {
        characters
            .iter()
            .filter(|character| set.contains(**character) && form.alphabet.contains(**character))
            .count()
    };
    let rule = |rule: &Rule| {
        let seen = count(&rule.characters);
        seen >= rule.min.into() && rule.max.is_none_or(|max| seen <= max.into())
    };
    let may_stand = |set: &Option<Characters>, character: Option<&char>| {
        character.is_none_or(|end| set.as_ref().is_none_or(|set| set.contains(*end)))
    };
    let once = |character: &char| characters.iter().filter(|other| *other == character).count() < 2;
    let groups = ["0123456789", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
    let reversed = groups.map(|group| group.chars().rev().collect::<String>());
    let free_of_runs = |limit: NonZeroU16, is_run: &dyn Fn(&[char]) -> bool| {
        !characters.windows(usize::from(limit.get()) + 1).any(is_run)
    };
    let in_sequence = |window: &[char]| {
        let window: String = window.iter().collect();
        groups.iter().any(|group| group.contains(&window))
            || reversed.iter().any(|group| group.contains(&window))
    };
    form.rules.iter().all(rule)
        && may_stand(&form.first, characters.first())
        && may_stand(&form.last, characters.last())
        && (!form.distinct || characters.iter().all(once))
        && form.max_repeating.is_none_or(|limit| {
            free_of_runs(limit, &|window| window.iter().all(|other| *other == window[0]))
        })
        && form.max_sequential.is_none_or(|limit| free_of_runs(limit, &in_sequence))
        && form.min_classes.as_ref().is_none_or(|needed| {
            needed.classes.iter().filter(|class| count(class) > 0).count() >= needed.count.into()
        })
}

/// Small forms of every kind.
fn small_forms() -> Vec<NormalForm> {
    vec![
        form(3, "abc", "", &[]),
        form(1, "abcde", "", &[("ab", 1, None)]),
        form(3, "aA0", "", &[("a", 1, None), ("A", 1, None), ("0", 1, None)]),
        form(4, "abA0", "", &[("ab", 1, None), ("A", 1, None), ("0", 1, None)]),
        form(4, "abA0!", "", &[("A", 2, None), ("0", 1, None)]),
        form(5, "ab01", "", &[("01", 3, None)]),
        form(4, "abA0", "", &[("ab", 1, Some(2)), ("0", 0, Some(1))]),
        form(4, "ab01", "", &[("01", 2, Some(2))]),
        // Overlapping, nested, identical and contained sets, and one that is the whole alphabet.
        form(4, "abcd", "", &[("abc", 2, None), ("bcd", 2, None)]),
        form(4, "abcd", "", &[("ab", 3, None), ("abc", 3, None)]),
        form(4, "abcde", "", &[("abc", 1, Some(3)), ("cd", 1, Some(2)), ("e", 0, Some(1))]),
        form(4, "abc", "", &[("ab", 1, None), ("ab", 0, Some(3)), ("abc", 4, None)]),
        form(4, "abcd", "", &[("ab", 1, None), ("bc", 1, None), ("cd", 1, Some(3))]),
        form(5, "abcdef", "", &[("ab", 3, None), ("bc", 1, None), ("de", 1, Some(1))]),
        // Characters that may not stand at the ends.
        form(1, "ab", " ", &[]),
        form(2, "ab", " ", &[("a", 1, None)]),
        form(4, "ab", " ", &[]),
        form(4, "a0", " ", &[("a", 1, None), ("0", 1, None)]),
        form(5, "a0", " _", &[("a", 2, Some(3))]),
        form(4, "abc", " ", &[("ab", 1, Some(3)), ("bc", 2, None)]),
        form(5, "a", " ", &[("a", 3, None)]),
        // A maximum of 0.
        form(3, "abc", "", &[("a", 0, Some(0))]),
    ]
}

fn compiled(form: &NormalForm) -> Policy {
    Policy::compile(form.clone()).unwrap_or_else(|error| panic!("{form:?}: {error}"))
}

fn limit(length: u16) -> Option<NonZeroU16> {
    NonZeroU16::new(length)
}

/// `form` with sets for the first and the last position; an empty one is none.
fn ended(first: &str, last: &str, form: NormalForm) -> NormalForm {
    let set = |set: &str| (!set.is_empty()).then(|| set.into());
    NormalForm { first: set(first), last: set(last), ..form }
}

fn distinct(form: NormalForm) -> NormalForm {
    NormalForm { distinct: true, ..form }
}

fn at_least(count: u8, classes: &[&str], form: NormalForm) -> NormalForm {
    let classes = classes.iter().map(|class| (*class).into()).collect();
    NormalForm { min_classes: Some(MinClasses { count, classes }), ..form }
}

fn runs(repeating: u16, sequential: u16, form: NormalForm) -> NormalForm {
    let (max_repeating, max_sequential) = (limit(repeating), limit(sequential));
    NormalForm { max_repeating, max_sequential, ..form }
}

/// Small forms with sets for their ends, with distinct characters, or with a number of classes.
fn split_forms() -> Vec<NormalForm> {
    let overlapping = [("abc", 2, None), ("cd", 1, Some(1))];
    vec![
        ended("ab", "", form(3, "ab01", "", &[])),
        ended("ab", "b0", form(4, "ab01", "", &[("01", 2, None), ("a", 0, Some(1))])),
        ended("ab", "b0", form(1, "ab01", "", &[])),
        ended("", "a", form(3, "ab0", " ", &[("0", 1, None)])),
        ended("a", "", form(2, "ab", " ", &[("b", 1, Some(1))])),
        ended("bd", "ac", form(4, "abcd", "", &overlapping)),
        distinct(form(4, "abcde", "", &[])),
        distinct(form(3, "abA01", "", &[("ab", 1, None), ("01", 1, Some(1))])),
        distinct(form(4, "ab", " _", &[("a", 1, None)])),
        distinct(form(3, "abcde", "", &overlapping)),
        distinct(ended("ab", "abc", form(3, "abcd", "", &[("cd", 1, None)]))),
        distinct(ended("a0", "a01", form(4, "abc01", " ", &[("abc", 2, None)]))),
        distinct(ended("ab", "ab", form(2, "ab0", "", &[]))),
        at_least(2, &["ab", "AB", "01"], form(3, "abAB0", "", &[])),
        at_least(1, &["ab", "0"], form(3, "abA0", " ", &[("A", 1, Some(2))])),
        at_least(3, &["a", "A", "0"], form(4, "aA0!", "", &[("0", 2, None)])),
        at_least(2, &["ab", "bc", "d"], form(3, "abcd", "", &[])),
        at_least(2, &["ab", "0", "!"], ended("ab", "", distinct(form(3, "ab0!", "", &[])))),
    ]
}

/// Small forms with limits on runs.
fn run_forms() -> Vec<NormalForm> {
    let overlapping = [("abc", 2, None), ("cd", 1, Some(1))];
    vec![
        runs(1, 0, form(4, "abc", "", &[])),
        runs(2, 0, form(5, "abA", "", &[("A", 1, None)])),
        runs(2, 0, form(6, "ab", "", &[("a", 2, Some(4))])),
        runs(3, 0, form(5, "a0", " ", &[("0", 1, None)])),
        runs(1, 0, form(4, "abcd", "", &overlapping)),
        runs(0, 1, form(4, "abce", "", &[])),
        runs(0, 2, form(5, "abcd", "", &[])),
        runs(0, 2, form(5, "ab01", "", &[("01", 1, Some(3))])),
        runs(0, 3, form(6, "abc", "", &[("c", 1, None)])),
        runs(1, 1, form(4, "abc", "", &[])),
        runs(1, 2, form(5, "abcd", "", &[])),
        runs(2, 2, form(5, "aAB!", "", &[("AB", 1, None)])),
        runs(2, 3, form(6, "123", "", &[])),
        runs(4, 1, form(6, "12z", "", &[("z", 1, None)])),
        runs(2, 2, ended("ab", "b0", form(4, "abc0", "", &[("0", 1, None)]))),
        runs(2, 0, ended("ab", "b", form(4, "abc", " ", &[]))),
        runs(1, 1, ended("", "a", form(4, "abd", " ", &[]))),
        runs(1, 2, distinct(form(3, "abcde", "", &[("ab", 1, Some(1))]))),
        runs(0, 1, distinct(form(4, "1245", " ", &[]))),
        runs(2, 2, at_least(2, &["ab", "AB", "0"], form(4, "abAB0", "", &[]))),
        runs(1, 0, at_least(2, &["ab", "b", "!"], form(4, "ab!", "", &[("!", 1, None)]))),
    ]
}

/// The small forms of every kind.
fn all_forms() -> impl Iterator<Item = NormalForm> {
    small_forms().into_iter().chain(split_forms()).chain(run_forms())
}

/// All tables that are possible for a form.
fn tables(form: &NormalForm) -> [Ranked; 2] {
    let (form, budget) = (form.clone().reduced(), &mut Budget::default());
    [Ranked::new(&form, budget), Ranked::by_positions(&form, budget)].map(Result::unwrap)
}

#[test]
fn every_way_counts_what_brute_force_counts() {
    let mut ways = [0; 3];
    for form in all_forms() {
        let expected = BigUint::from(brute_force(&form).len());
        assert_eq!(*compiled(&form).count(), expected, "{form:?}");
        let by_inclusion = inclusion::count(&form.clone().reduced(), &mut Budget::default());
        if let Some(count) = by_inclusion.unwrap() {
            assert_eq!(count, expected, "{form:?}");
            ways[0] += 1;
        }
        for tables in tables(&form) {
            assert_eq!(tables.count(), expected, "{form:?}");
            ways[if matches!(tables, Ranked::Composition(_)) { 1 } else { 2 }] += 1;
        }
    }
    assert_eq!(ways, [34, 25, 97]);
}

#[test]
fn unranking_is_a_bijection_onto_the_passwords() {
    for form in all_forms() {
        let expected = sorted(&brute_force(&form));
        for tables in tables(&form) {
            let count = u32::try_from(tables.count()).unwrap();
            let unranked = (0..count).map(|rank| tables.unrank(rank.into()).iter().collect());
            let unranked: Vec<String> = unranked.collect();
            assert_eq!(sorted(&unranked), expected, "{form:?}");
        }
    }
}

/// One attempt gives each password with the same probability, and attempts are repeated until one succeeds.
#[test]
fn every_password_is_equally_likely_in_every_way() {
    let (mut certain, mut in_vain) = (0, 0);
    for form in all_forms() {
        let expected = sorted(&brute_force(&form));
        for policy in Policy::in_every_way(&form) {
            let mut outcomes = outcomes(|oracle| {
                let draft = policy.attempt(oracle);
                draft.map_or("in vain".to_owned(), |draft| draft.iter().collect())
            });
            let failures = outcomes.remove("in vain");
            assert!(outcomes.keys().eq(&expected), "{policy:?}");
            let weights: BTreeSet<&Weight> = outcomes.values().collect();
            assert_eq!(weights.len(), 1, "{policy:?}");
            if failures.is_some() {
                in_vain += 1;
            } else {
                let weight = weights.first().unwrap();
                assert!(is_one_in(expected.len(), weight), "{weight:?}, {policy:?}");
                certain += 1;
            }
        }
    }
    assert_eq!([certain, in_vain], [150, 94]);
}

/// Of the sequences that are complete after so many answers, each is equally likely.
#[test]
fn every_sequence_of_different_passwords_is_equally_likely() {
    let form = form(3, "ab", "", &[("a", 1, Some(2))]);
    let policy = compiled(&form);
    for (count, sequences, answers) in [(1, 6, 3), (2, 30, 4), (4, 360, 5), (5, 720, 6)] {
        let outcomes =
            outcomes_within(answers, |oracle| joined(&draw::distinct(&policy, count, oracle)));
        assert_eq!(outcomes.len(), sequences, "{count} passwords");
        let weights: BTreeSet<&Weight> = outcomes.values().collect();
        assert_eq!(weights.len(), 1, "{count} passwords");
    }
}

fn joined(passwords: &[crate::Password]) -> String {
    passwords.iter().map(ExposeSecret::expose_secret).collect::<Vec<_>>().join(" ")
}

fn sorted(strings: &[String]) -> Vec<String> {
    let mut strings = strings.to_vec();
    strings.sort();
    strings
}
