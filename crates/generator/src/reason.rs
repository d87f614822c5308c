//! Why a normal form has no passwords.

use crate::policy::{NormalForm, Rule};
use crate::{Characters, Reason};

/// The first rule with a minimum that is left without characters.
pub(crate) fn emptied_rule(form: &NormalForm) -> Option<Reason> {
    let emptied = form.rules.iter().find(|rule| rule.min > 0 && rule.characters.is_empty());
    emptied.map(|rule| Reason::EmptiedRule { rule: rule.name.clone() })
}

/// The first explanation that fits a form with an alphabet and no emptied rule that still has no passwords.
pub(crate) fn of_contradiction(form: &NormalForm) -> Reason {
    minimums(form).or_else(|| maximums(form)).unwrap_or(Reason::Contradiction)
}

/// The greatest minimums of rules without a common character, if they do not fit.
fn minimums(form: &NormalForm) -> Option<Reason> {
    let mut rules: Vec<&Rule> = form.rules.iter().collect();
    rules.sort_by_key(|rule| std::cmp::Reverse(rule.min));
    let mut counted = Characters::default();
    let mut sum = 0_u32;
    for rule in rules {
        if rule.characters.is_disjoint(&counted) {
            counted = counted.union(&rule.characters);
            sum += u32::from(rule.min);
        }
    }
    (sum > u32::from(form.length))
        .then_some(Reason::MinimumsExceedLength { sum, length: form.length })
}

/// The maximums, if every character that may stand in some position has one and they do not fill those positions.
fn maximums(form: &NormalForm) -> Option<Reason> {
    let length = if form.inner.is_empty() { form.length } else { form.length.min(2) };
    let bounded = || form.rules.iter().filter_map(|rule| Some((&rule.characters, rule.max?)));
    let counted =
        bounded().fold(Characters::default(), |counted, (characters, _)| counted.union(characters));
    let sum: u32 = bounded().map(|(_, max)| u32::from(max)).sum();
    (counted == form.alphabet && sum < u32::from(length))
        .then_some(Reason::MaximumsBelowLength { sum, length })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Error, Policy};

    #[test]
    fn the_first_reason_that_explains_it_is_given() {
        type Bounds = (&'static str, u16, Option<u16>);
        let rows: [(&str, &str, &[Bounds], Reason); 9] = [
            ("", "", &[("abc", 1, None)], Reason::EmptyAlphabet),
            ("", " ", &[], Reason::EmptyAlphabet),
            (
                "abc",
                "",
                &[("ab", 9, None), ("xyz", 1, None)],
                Reason::EmptiedRule { rule: "xyz".into() },
            ),
            ("abc", "", &[("ab", 5, None)], Reason::MinimumsExceedLength { sum: 5, length: 4 }),
            // Nested sets share their characters, so only the greater minimum counts.
            (
                "abc",
                "",
                &[("a", 3, None), ("ab", 4, None), ("c", 1, None)],
                Reason::MinimumsExceedLength { sum: 5, length: 4 },
            ),
            (
                "abc",
                "",
                &[("ab", 0, Some(2)), ("bc", 0, Some(1))],
                Reason::MaximumsBelowLength { sum: 3, length: 4 },
            ),
            ("abc", " ", &[("abc", 0, Some(1))], Reason::MaximumsBelowLength { sum: 1, length: 2 }),
            ("abc", "", &[("a", 3, None), ("ab", 0, Some(2))], Reason::Contradiction),
            ("abc", "", &[("ab", 2, Some(1))], Reason::Contradiction),
        ];
        for (alphabet, inner, rules, expected) in rows {
            let rule = |(set, min, max): &Bounds| Rule {
                name: (*set).into(),
                characters: (*set).into(),
                min: *min,
                max: *max,
            };
            let rules = rules.iter().map(rule).collect();
            let form =
                NormalForm { length: 4, alphabet: alphabet.into(), inner: inner.into(), rules };
            assert_eq!(Policy::compile(form).unwrap_err(), Error::Unsatisfiable(expected));
        }
    }
}
