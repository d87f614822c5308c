//! Exact counts and entropies against `data/generator-reference.json`, whose figures were each found by two methods.
#![cfg(test)]

use std::num::NonZeroU16;

use generator::{Characters, Error, MinClasses, NormalForm, Policy, Reason, Rule};
use serde_json::Value;

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
        rules: policy["rules"].as_array().unwrap().iter().map(rule).collect(),
        first: policy["first"].as_str().map(Characters::from),
        distinct: policy["distinct"].as_bool().unwrap_or_default(),
        max_repeating: number(&policy["max_repeating"]).and_then(NonZeroU16::new),
        max_sequential: number(&policy["max_sequential"]).and_then(NonZeroU16::new),
        min_classes: policy["at_least"].as_array().map(|needed| classes(needed)),
        ..NormalForm::default()
    }
}

fn classes(needed: &[Value]) -> MinClasses {
    let class = |class: &Value| class.as_str().unwrap().into();
    MinClasses {
        count: needed[0].as_u64().unwrap().try_into().unwrap(),
        classes: needed[1].as_array().unwrap().iter().map(class).collect(),
    }
}

/// What this test knows to read; anything else in the file would be left out.
const KEYS: [&str; 14] = [
    "id",
    "description",
    "length",
    "alphabet",
    "rules",
    "first",
    "distinct",
    "max_repeating",
    "max_sequential",
    "at_least",
    "count",
    "entropy_bits",
    "acceptance",
    "verified",
];

#[test]
fn every_policy_has_the_reference_count_and_entropy() {
    let policies = reference();
    assert_eq!(policies.len(), 64);
    for policy in &policies {
        assert!(policy.as_object().unwrap().keys().all(|key| KEYS.contains(&key.as_str())));
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
    assert_eq!(reason("sample_95"), Reason::TooFewDistinct { needed: 95, characters: 94 });
    assert_eq!(reason("small_8"), Reason::RunOfOne { length: 3 });
    assert_eq!(reason("max_counts_unsat"), Reason::MaximumsBelowLength { sum: 3, length: 4 });
}
