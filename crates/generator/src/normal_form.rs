//! Normal forms: which passwords there are, in full.

use std::num::NonZeroU16;

use serde::Serialize;

use crate::Characters;
use crate::bounds::Bounds;
use crate::runs::Limits;

/// A set of passwords in full: what every request, whatever its words, is reduced to.
///
/// A password satisfies it if it has `length` characters of `alphabet` or, other than first and last, of `inner`, if
/// for each rule it has at least `min` and at most `max` characters of the rule's set, and if it keeps to the further
/// restrictions that are given. Sets may overlap.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize)]
pub struct NormalForm {
    /// The number of characters.
    pub length: u16,
    /// The characters that may stand anywhere.
    pub alphabet: Characters,
    /// Further characters that may stand anywhere but first and last; no rule counts them.
    #[serde(skip_serializing_if = "Characters::is_empty")]
    pub inner: Characters,
    /// How many characters of which sets there must be.
    pub rules: Vec<Rule>,
    /// Those characters of the alphabet that may stand first, if not all may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<Characters>,
    /// Those characters of the alphabet that may stand last, if not all may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<Characters>,
    /// Whether no character may stand twice.
    #[serde(skip_serializing_if = "is_false")]
    pub distinct: bool,
    /// How often a character may stand in a row: with 2, `aa` but not `aaa`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_repeating: Option<NonZeroU16>,
    /// How many characters may follow each other in a sequence: with 2, `ab` and `21`, but neither `abc` nor `321`.
    ///
    /// In a sequence each character is the successor of the one before, or each is the predecessor, by code points and
    /// within 0–9, a–z or A–Z; this is `max-sequential` of Apple's password rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_sequential: Option<NonZeroU16>,
    /// How many of some classes there must be a character of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_classes: Option<MinClasses>,
}

/// At least so many of some classes must be present, whichever they are.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct MinClasses {
    /// How many.
    pub count: u8,
    /// The classes, at most [`MinClasses::MAX`]; characters outside the alphabet do not matter.
    pub classes: Vec<Characters>,
}

impl MinClasses {
    /// The greatest number of classes.
    pub const MAX: usize = 8;
}

/// How many characters of a set a password must have.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Rule {
    /// What errors call the rule.
    pub name: String,
    /// The set; characters outside the alphabet do not matter.
    pub characters: Characters,
    /// At least so many.
    pub min: u16,
    /// At most so many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<u16>,
}

impl From<&Rule> for Bounds {
    fn from(rule: &Rule) -> Self {
        Self { min: rule.min.into(), max: rule.max.map(usize::from) }
    }
}

impl NormalForm {
    /// The same passwords with every set reduced to the alphabet, without characters that a rule forbids altogether.
    pub(crate) fn reduced(mut self) -> Self {
        self.inner = self.inner.difference(&self.alphabet);
        let forbidden = self.rules.iter().filter(|rule| rule.max == Some(0) && rule.min == 0);
        let forbidden = forbidden
            .fold(Characters::default(), |forbidden, rule| forbidden.union(&rule.characters));
        self.alphabet = self.alphabet.difference(&forbidden);
        for rule in &mut self.rules {
            rule.characters = rule.characters.intersection(&self.alphabet);
        }
        for class in self.min_classes.iter_mut().flat_map(|needed| &mut needed.classes) {
            *class = class.intersection(&self.alphabet);
        }
        for end in [&mut self.first, &mut self.last] {
            let own = end.take().map(|set| set.intersection(&self.alphabet));
            *end = own.filter(|set| *set != self.alphabet);
        }
        self
    }

    /// The same passwords without maximums that no password exceeds, and without classes that a minimum brings anyway.
    pub(crate) fn simplified(mut self) -> Self {
        for rule in &mut self.rules {
            rule.max = rule.max.filter(|max| *max < self.length);
        }
        if let Some(MinClasses { count, classes }) = &mut self.min_classes {
            let brought = |class: &Characters| {
                let mut required = self.rules.iter().filter(|rule| rule.min > 0);
                required.any(|rule| rule.characters.difference(class).is_empty())
            };
            classes.retain(|class| {
                let brought = brought(class);
                *count = count.saturating_sub(brought.into());
                !brought
            });
        }
        self.min_classes = self.min_classes.filter(|needed| needed.count > 0);
        self
    }

    /// Whether a string of the right length and characters, also at its ends, keeps to everything else.
    pub(crate) fn is_satisfied_by(&self, string: &[char]) -> bool {
        let seen = |set: &Characters| string.iter().filter(|next| set.contains(**next)).count();
        let rule = |rule: &Rule| Bounds::from(rule).contains(seen(&rule.characters));
        self.rules.iter().filter(|rule| self.can_break(rule)).all(rule)
            && self.min_classes.as_ref().is_none_or(|needed| {
                let present = needed.classes.iter().filter(|class| seen(class) > 0);
                present.count() >= needed.count.into()
            })
            && Limits::new(self).hold(string)
    }

    /// Whether a string of the right length and characters can break `rule`.
    pub(crate) fn can_break(&self, rule: &Rule) -> bool {
        let all = self.inner.is_empty() && rule.characters == self.alphabet;
        let least = if all { self.length } else { 0 };
        rule.min > least || rule.max.is_some_and(|max| max < self.length)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}
