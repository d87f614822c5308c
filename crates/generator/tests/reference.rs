//! Exact counts and entropies against `data/generator-reference.json`, whose figures were each found by two methods.
#![cfg(test)]

use std::collections::BTreeMap;

use generator::{Characters, Error, NormalForm, Policy, Reason, Rule};
use serde_json::Value;

/// What some policies of the reference need and a normal form cannot say, with how many policies need it.
const LEFT_OUT: [(&str, usize); 5] =
    [("at_least", 1), ("distinct", 6), ("first", 1), ("max_repeating", 7), ("max_sequential", 1)];

fn reference() -> Vec<Value> {
    let text = include_str!("data/generator-reference.json");
    let file: Value = serde_json::from_str(text).unwrap();
    file["policies"].as_array().unwrap().clone()
}

fn form(policy: &Value) -> NormalForm {
    let number = |value: &Value| value.as_u64().map(|number| u16::try_from(number).unwrap());
    let rule = |rule: &Value| Rule {
        name: rule["chars"].as_str().unwrap().to_owned(),
        characters: rule["chars"].as_str().unwrap().into(),
        min: number(&rule["min"]).unwrap(),
        max: number(&rule["max"]),
    };
    NormalForm {
        length: number(&policy["length"]).unwrap(),
        alphabet: policy["alphabet"].as_str().unwrap().into(),
        inner: Characters::default(),
        rules: policy["rules"].as_array().unwrap().iter().map(rule).collect(),
    }
}

/// The kind of constraint that keeps a policy from being a normal form.
fn inexpressible(policy: &Value) -> Option<&'static str> {
    LEFT_OUT.iter().map(|(kind, _)| *kind).find(|kind| !policy[*kind].is_null())
}

#[test]
fn every_policy_has_the_reference_count_and_entropy() {
    let policies = reference();
    let (others, expressible): (Vec<_>, Vec<_>) =
        policies.iter().partition(|policy| inexpressible(policy).is_some());
    for policy in &expressible {
        let (count, entropy) = match Policy::compile(form(policy)) {
            Ok(policy) => {
                (policy.count().to_string(), Some(format!("{:.6}", policy.entropy_bits())))
            }
            Err(Error::Unsatisfiable(_)) => ("0".to_owned(), None),
            Err(error) => panic!("{}: {error}", policy["id"]),
        };
        assert_eq!(count, policy["count"].as_str().unwrap(), "{}", policy["id"]);
        assert_eq!(entropy.as_deref(), policy["entropy_bits"].as_str(), "{}", policy["id"]);
    }
    assert_eq!(expressible.len(), 48);
    let mut left_out = BTreeMap::new();
    for kind in others.iter().filter_map(|policy| inexpressible(policy)) {
        *left_out.entry(kind).or_insert(0) += 1;
    }
    assert_eq!(left_out, BTreeMap::from(LEFT_OUT));
}

#[test]
fn a_policy_without_passwords_says_why() {
    let policies = reference();
    let reason = |id: &str| {
        let policy = policies.iter().find(|policy| policy["id"] == id).unwrap();
        match Policy::compile(form(policy)) {
            Err(Error::Unsatisfiable(reason)) => reason,
            other => panic!("{id}: {other:?}"),
        }
    };
    assert_eq!(reason("empty_alphabet"), Reason::EmptyAlphabet);
    assert_eq!(reason("each4_3"), Reason::MinimumsExceedLength { sum: 4, length: 3 });
    assert_eq!(reason("max_counts_unsat"), Reason::MaximumsBelowLength { sum: 3, length: 4 });
}
