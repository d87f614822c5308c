//! The proof of uniformity: the sampler's only randomness is [`Uniform`], so an oracle that gives every possible answer
//! in turn visits every run of it. Added up in exact fractions, each valid password must get 1/N.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use num_bigint::BigUint;
use secrecy::ExposeSecret;

use crate::draw;
use crate::policy::{NormalForm, Policy, Rule};
use crate::uniform::Uniform;

/// Walks the tree of all answers in order, depth first.
#[derive(Default)]
struct Oracle {
    /// Answers and bounds of the run, from the first question on.
    path: Vec<(u32, u32)>,
    asked: usize,
}

impl Uniform for Oracle {
    fn below(&mut self, bound: NonZeroU32) -> u32 {
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
fn outcomes(mut run: impl FnMut(&mut Oracle) -> String) -> BTreeMap<String, Weight> {
    let mut oracle = Oracle::default();
    let mut outcomes: BTreeMap<String, Weight> = BTreeMap::new();
    loop {
        let outcome = run(&mut oracle);
        let denominator = oracle.path.iter().map(|(_, bound)| BigUint::from(*bound)).product();
        *outcomes.entry(outcome).or_default().entry(denominator).or_default() += 1;
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
    let satisfies = |string: &String, rule: &Rule| {
        let seen = string.chars().filter(|character| rule.characters.contains(*character)).count();
        seen >= rule.min.into() && rule.max.is_none_or(|max| seen <= max.into())
    };
    strings.retain(|string| form.rules.iter().all(|rule| satisfies(string, rule)));
    strings
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
    ]
}

#[test]
fn the_count_is_that_of_brute_force() {
    for form in small_forms() {
        let policy = Policy::compile(form.clone()).unwrap();
        assert_eq!(*policy.count(), BigUint::from(brute_force(&form).len()), "{form:?}");
        assert_eq!(policy.ranking().count(), *policy.count(), "{form:?}");
    }
}

#[test]
fn every_password_is_drawn_with_probability_one_in_n() {
    let mut walked = [0, 0];
    for form in small_forms() {
        let policy = Policy::compile(form.clone()).unwrap();
        let expected = brute_force(&form);
        for (tries, walked) in (0..).zip(&mut walked) {
            // A failed try is followed by every rank.
            let strings = (form.alphabet.len() + form.inner.len()).pow(form.length.into());
            if tries > 0 && (strings - expected.len()) * expected.len() > 50_000 {
                continue;
            }
            *walked += 1;
            let outcomes = outcomes(|oracle| draw::one(&policy, oracle, tries).iter().collect());
            assert!(outcomes.keys().eq(&sorted(&expected)), "{tries} tries, {form:?}");
            for (password, weight) in &outcomes {
                assert!(
                    is_one_in(expected.len(), weight),
                    "{password}: {weight:?}, {tries} tries, {form:?}"
                );
            }
        }
    }
    assert_eq!(walked, [21, 17]);
}

#[test]
fn a_second_try_changes_nothing() {
    for form in [
        form(2, "aA0", "", &[("A", 1, None)]),
        form(3, "a0", " ", &[("a", 1, None), ("0", 1, None)]),
    ] {
        let policy = Policy::compile(form.clone()).unwrap();
        let expected = brute_force(&form);
        let outcomes = outcomes(|oracle| draw::one(&policy, oracle, 2).iter().collect());
        assert!(outcomes.keys().eq(&sorted(&expected)));
        assert!(outcomes.values().all(|weight| is_one_in(expected.len(), weight)));
    }
}

#[test]
fn every_sequence_of_different_passwords_is_equally_likely() {
    let form = form(3, "ab", "", &[("a", 1, Some(2))]);
    let policy = Policy::compile(form.clone()).unwrap();
    // Six passwords: more than half of them are drawn by ranks.
    for (count, sequences) in [(4, 360), (5, 720), (6, 720)] {
        let outcomes = outcomes(|oracle| joined(&draw::distinct(&policy, count, oracle, 0)));
        assert_eq!(outcomes.len(), sequences, "{count} passwords");
        assert!(outcomes.values().all(|weight| is_one_in(sequences, weight)), "{count} passwords");
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
