//! Apple's password rules: what sites say about the passwords they take, in the `passwordrules` attribute and in
//! Apple's list of quirks.
//!
//! The language is that of Apple's validation tool and of the parser in `apple/password-manager-resources`. Where that
//! parser goes on without a character or an empty value, so does this one, with a [`Warning`]; where it would forget a
//! property, or all of them, this one refuses: the password would break a rule that the site has.

mod classes;
mod parser;

use std::num::NonZeroU16;

use crate::parameter::DEFAULT_LENGTH;
use crate::{Characters, NormalForm, Rule};

/// The greatest number of characters in a string of rules.
pub const MAX_CHARACTERS: usize = 4096;

/// What a string of rules says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// The greatest `minlength`, at least 1. Numbers over 65,535 count as that.
    pub min_length: Option<u16>,
    /// The least `maxlength`, not less than `min_length`.
    pub max_length: Option<u16>,
    /// The characters a password may have: everything allowed or required, or all printable ASCII if nothing is. Not
    /// empty; a space is among them only if a set in brackets names it.
    pub allowed: Characters,
    /// Each `required` in the order of the string: at least one character of the set, so k times the same set means at
    /// least k. As in the language, `special`, `ascii-printable` and `unicode` have a space.
    pub required: Vec<Characters>,
    /// The least `max-repeating` or `max-consecutive`: so many identical characters in a row.
    pub max_repeating: Option<NonZeroU16>,
    /// The least `max-sequential` or `max-consecutive`: so many characters in a row that follow each other up or down
    /// within `a–z`, `A–Z` or `0–9`.
    pub max_sequential: Option<NonZeroU16>,
    /// What the string says without effect: of each kind the first, in the order of the string.
    pub warnings: Vec<Warning>,
}

impl Rules {
    /// Reads a string of rules of at most [`MAX_CHARACTERS`] characters, in a time proportional to its length. An empty
    /// string is one without rules.
    ///
    /// # Errors
    /// [`Error`] for the first thing wrong with it.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if text.chars().nth(MAX_CHARACTERS).is_some() {
            return Err(Error { position: MAX_CHARACTERS + 1, what: Problem::TooLong });
        }
        parser::parse(text)
    }

    /// The length of a password for which none is asked: 20, or the nearest the rules allow.
    #[must_use]
    pub fn default_length(&self) -> u16 {
        let least = self.min_length.unwrap_or(1);
        DEFAULT_LENGTH.max(least).min(self.max_length.unwrap_or(u16::MAX))
    }

    /// The passwords of `length` characters that satisfy the rules, whether or not they allow that length.
    ///
    /// Many sites trim what is typed, so a space is never first or last and does not count for a rule, unless a rule
    /// or the whole password has no other character to choose from.
    #[must_use]
    pub fn normal_form(&self, length: u16) -> NormalForm {
        let visible = self.allowed.difference(&" ".into());
        let spaces_only = |set: &Characters| set.is_disjoint(&visible);
        let (alphabet, inner) = if visible.is_empty() || self.required.iter().any(spaces_only) {
            (self.allowed.clone(), Characters::default())
        } else {
            let inner = self.allowed.difference(&visible);
            (visible, inner)
        };
        NormalForm {
            length,
            alphabet,
            inner,
            rules: self.minimums(),
            max_repeating: self.max_repeating,
            max_sequential: self.max_sequential,
            ..NormalForm::default()
        }
    }

    /// One rule for each different required set, named after the first `required` that has it.
    fn minimums(&self) -> Vec<Rule> {
        let mut rules: Vec<Rule> = Vec::new();
        for (index, set) in self.required.iter().enumerate() {
            match rules.iter_mut().find(|rule| rule.characters == *set) {
                Some(rule) => rule.min += 1,
                None => rules.push(Rule {
                    name: format!("required {}", index + 1),
                    characters: set.clone(),
                    min: 1,
                    max: None,
                }),
            }
        }
        rules
    }
}

/// What is wrong with a string of rules, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{what} at character {position}")]
pub struct Error {
    /// The character at which it shows, counted from 1; one more than there are if something is missing at the end.
    pub position: usize,
    /// What is wrong.
    pub what: Problem,
}

/// What can be wrong with a string of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// More than [`MAX_CHARACTERS`].
    #[error("more than {MAX_CHARACTERS} characters")]
    TooLong,
    /// Something else where a property should start.
    #[error(
        "expected minlength, maxlength, required, allowed, max-consecutive, max-repeating or max-sequential"
    )]
    Property,
    /// The name of a property without a colon directly after it.
    #[error("expected a colon directly after the name of a property")]
    Colon,
    /// Something else where a number should be.
    #[error("expected a number of digits only, followed directly by a semicolon or the end")]
    Number,
    /// Something else where a class of characters should be.
    #[error(
        "expected upper, lower, digit, special, ascii-printable, unicode or a set in square brackets"
    )]
    Class,
    /// Something else after a class of characters. Often a `]` inside of a set that is not its last character.
    #[error(
        "expected a comma, a semicolon or the end after a class; a ] in a set must be its last character, as in [a]]"
    )]
    ClassEnd,
    /// A set without its closing bracket; the position is that of the opening one.
    #[error("a set in square brackets without its end")]
    OpenSet,
    /// A set of which no character can be generated, where nothing else is required or allowed; the position is that of
    /// its opening bracket.
    #[error("a set without a printable ASCII character, and no other is generated")]
    Ungenerable,
    /// A `minlength` over a `maxlength`.
    #[error("a minlength greater than a maxlength")]
    Lengths,
}

/// Something in a string of rules that has no effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{what} at character {position} is ignored")]
pub struct Warning {
    /// The first character it concerns, counted from 1.
    pub position: usize,
    /// What has no effect.
    pub what: Ignored,
}

/// What a string of rules can say without effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Ignored {
    /// A property without a value.
    #[error("a property without a value")]
    EmptyProperty,
    /// A number that is 0.
    #[error("the number 0")]
    Zero,
    /// A set without a character.
    #[error("an empty set")]
    EmptySet,
    /// A character in a set that is not printable ASCII.
    #[error("a character in a set that is not printable ASCII")]
    Unprintable,
    /// A hyphen in a set that is not its first character.
    #[error("a hyphen in a set that is not its first character")]
    Hyphen,
    /// A character a second time in the same set.
    #[error("a character repeated in a set")]
    Repeated,
}
