//! What the rules count: characters that they cannot tell apart, and how many of them there may be.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::normal_form::Rule;

/// The least and the greatest number of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bounds {
    pub(crate) min: usize,
    pub(crate) max: Option<usize>,
}

impl Bounds {
    pub(crate) fn contains(self, number: usize) -> bool {
        self.min <= number && self.max.is_none_or(|max| number <= max)
    }

    pub(crate) fn intersection(self, other: Self) -> Self {
        let max = [self.max, other.max].into_iter().flatten().min();
        Self { min: self.min.max(other.min), max }
    }
}

impl From<&Rule> for Bounds {
    fn from(rule: &Rule) -> Self {
        Self { min: rule.min.into(), max: rule.max.map(usize::from) }
    }
}

/// Whether a character may stand in a password more than once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repetition {
    Allowed,
    Forbidden,
}

impl Repetition {
    /// How many of `size` characters there are to choose from when `used` of them stand already.
    pub(crate) fn choices(self, size: usize, used: usize) -> usize {
        match self {
            Self::Allowed => size,
            Self::Forbidden => size.saturating_sub(used),
        }
    }
}

/// How many of some classes there must be a character of; each class has a rule without bounds.
#[derive(Debug, Clone)]
pub(crate) struct Quorum {
    pub(crate) count: usize,
    pub(crate) classes: Range<usize>,
}

/// The characters that are in the same rules.
#[derive(Debug, Clone)]
pub(crate) struct Atom {
    pub(crate) characters: Vec<char>,
    pub(crate) rules: BTreeSet<usize>,
}
