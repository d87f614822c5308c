//! Why a normal form has no passwords.

use crate::normal_form::{NormalForm, Rule};
use crate::{Characters, End, Reason};

/// The first explanation that fits, if one does; there may be no passwords without one.
pub(crate) fn find(form: &NormalForm) -> Option<Reason> {
    if form.alphabet.is_empty() {
        return Some(Reason::EmptyAlphabet);
    }
    emptied_rule(form)
        .or_else(|| empty_end(form))
        .or_else(|| classes(form))
        .or_else(|| minimums(form))
        .or_else(|| maximums(form))
        .or_else(|| distinct(form))
        .or_else(|| run_of_one(form))
}

/// The first rule with a minimum that is left without characters.
fn emptied_rule(form: &NormalForm) -> Option<Reason> {
    let emptied = form.rules.iter().find(|rule| rule.min > 0 && rule.characters.is_empty());
    emptied.map(|rule| Reason::EmptiedRule { rule: rule.name.clone() })
}

fn empty_end(form: &NormalForm) -> Option<Reason> {
    let ends = [(&form.first, End::First), (&form.last, End::Last)];
    let empty = |set: &Option<Characters>| set.as_ref().is_some_and(Characters::is_empty);
    ends.into_iter().find(|(set, _)| empty(set)).map(|(_, end)| Reason::EmptyEnd(end))
}

fn classes(form: &NormalForm) -> Option<Reason> {
    let needed = form.min_classes.as_ref()?;
    let classes = needed.classes.iter().filter(|class| !class.is_empty()).count();
    let classes = u32::try_from(classes).ok()?;
    (u32::from(needed.count) > classes)
        .then_some(Reason::TooFewClasses { needed: needed.count, classes })
}

/// The length or the first minimum that needs more different characters than there are.
fn distinct(form: &NormalForm) -> Option<Reason> {
    let all = (form.length, form.alphabet.len() + form.inner.len());
    let rules = form.rules.iter().map(|rule| (rule.min, rule.characters.len()));
    let (needed, characters) = std::iter::once(all)
        .chain(rules)
        .find(|(needed, characters)| form.distinct && usize::from(*needed) > *characters)?;
    let characters = u32::try_from(characters).unwrap_or(u32::MAX);
    Some(Reason::TooFewDistinct { needed, characters })
}

fn run_of_one(form: &NormalForm) -> Option<Reason> {
    let one = form.alphabet.len() == 1 && form.inner.is_empty();
    let exceeded = form.max_repeating.is_some_and(|limit| limit.get() < form.length);
    (one && exceeded).then_some(Reason::RunOfOne { length: form.length })
}

/// The greatest minimums of rules without a common character, if they do not fit.
fn minimums(form: &NormalForm) -> Option<Reason> {
    let sum = least_length(form);
    (sum > u32::from(form.length))
        .then_some(Reason::MinimumsExceedLength { sum, length: form.length })
}

/// The sum of the greatest minimums of rules without a common character.
pub(crate) fn least_length(form: &NormalForm) -> u32 {
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
    sum
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
            let (alphabet, inner) = (alphabet.into(), inner.into());
            let form = NormalForm { length: 4, alphabet, inner, rules, ..NormalForm::default() };
            assert_eq!(Policy::compile(form).unwrap_err(), Error::Unsatisfiable(expected));
        }
    }
}
