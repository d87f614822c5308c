//! A policy in the making, whichever syntax it is written in.

use std::collections::BTreeSet;
use std::num::NonZeroU16;

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

use super::lexer::Token;
use super::{Charset, Error, MAX_CHARACTERS, MAX_LENGTH, MIN_LENGTH, Problem, VaultPolicy, error};
use crate::cursor::Place;

/// The attributes of a policy.
#[derive(Clone, Copy)]
pub(super) enum Attribute {
    Length,
    Consecutive,
    Rule,
}

impl Attribute {
    /// Vault takes the names of plain attributes in any case, that of `rule` only like this.
    pub(super) fn named(name: &str, place: Place) -> Result<Self, Error> {
        match name {
            "rule" => Ok(Self::Rule),
            _ if name.eq_ignore_ascii_case("length") => Ok(Self::Length),
            _ if name.eq_ignore_ascii_case("consecutive-chars-allowed") => Ok(Self::Consecutive),
            _ => Err(error(place, Problem::Attribute)),
        }
    }
}

/// The attributes of a `charset` rule.
#[derive(Clone, Copy)]
pub(super) enum RuleAttribute {
    Charset,
    MinChars,
}

impl RuleAttribute {
    /// In any case, as Vault does.
    pub(super) fn named(name: &str, place: Place) -> Result<Self, Error> {
        match name {
            _ if name.eq_ignore_ascii_case("charset") => Ok(Self::Charset),
            _ if name.eq_ignore_ascii_case("min-chars") => Ok(Self::MinChars),
            _ => Err(error(place, Problem::RuleAttribute)),
        }
    }
}

/// What a policy says so far.
#[derive(Default)]
pub(super) struct Draft {
    length: Option<u16>,
    consecutive: Option<bool>,
    charsets: Vec<Charset>,
    characters: BTreeSet<char>,
}

impl Draft {
    pub(super) fn length(&mut self, value: &Token, place: Place) -> Result<(), Error> {
        let length = integer(value, MIN_LENGTH).ok_or(error(place, Problem::Length))?;
        once(&mut self.length, length, place)
    }

    pub(super) fn consecutive(&mut self, value: &Token, place: Place) -> Result<(), Error> {
        let allowed = match value {
            Token::Word(word) if word == "true" => true,
            Token::Word(word) if word == "false" => false,
            _ => return Err(error(place, Problem::Expected("true or false"))),
        };
        once(&mut self.consecutive, allowed, place)
    }

    /// Ends a rule at `place`.
    pub(super) fn charset(&mut self, rule: DraftRule, place: Place) -> Result<(), Error> {
        let (start, characters) = rule.characters.ok_or(error(place, Problem::MissingCharset))?;
        self.characters.extend(&characters);
        if self.characters.len() > MAX_CHARACTERS {
            return Err(error(start, Problem::TooManyCharacters));
        }
        let characters = characters.into_iter().collect();
        self.charsets.push(Charset { characters, min: rule.min.unwrap_or(0) });
        Ok(())
    }

    /// The policy, whose text ends at `place`.
    pub(super) fn policy(self, place: Place) -> Result<VaultPolicy, Error> {
        let length = self.length.ok_or(error(place, Problem::MissingLength))?;
        if self.charsets.is_empty() {
            return Err(error(place, Problem::MissingRule));
        }
        let max_repeating = (self.consecutive == Some(false)).then_some(NonZeroU16::MIN);
        Ok(VaultPolicy { length, charsets: self.charsets, max_repeating })
    }
}

/// What a rule says so far.
#[derive(Default)]
pub(super) struct DraftRule {
    characters: Option<(Place, BTreeSet<char>)>,
    min: Option<u16>,
}

impl DraftRule {
    pub(super) fn attribute(
        &mut self,
        attribute: RuleAttribute,
        value: &Token,
        place: Place,
    ) -> Result<(), Error> {
        match attribute {
            RuleAttribute::Charset => {
                let characters = characters(value, place)?;
                once(&mut self.characters, (place, characters), place)
            }
            RuleAttribute::MinChars => {
                let min = integer(value, 0).ok_or(error(place, Problem::MinChars))?;
                once(&mut self.min, min, place)
            }
        }
    }
}

fn once<T>(field: &mut Option<T>, value: T, place: Place) -> Result<(), Error> {
    match field.replace(value) {
        None => Ok(()),
        Some(_) => Err(error(place, Problem::Repeated)),
    }
}

/// An integer from `min` to [`MAX_LENGTH`]. No leading zero: HCL would read it as octal.
fn integer(value: &Token, min: u16) -> Option<u16> {
    let Token::Number(digits) = value else { return None };
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit())
        && (digits == "0" || !digits.starts_with('0'));
    let number = digits.parse().ok().filter(|number| (min..=MAX_LENGTH).contains(number));
    number.filter(|_| plain)
}

fn characters(value: &Token, place: Place) -> Result<BTreeSet<char>, Error> {
    let Token::Text(text) = value else {
        return Err(error(place, Problem::Expected("a string in double quotes")));
    };
    if text.is_empty() || !text.chars().all(is_printable) {
        return Err(error(place, Problem::Charset));
    }
    Ok(text.chars().collect())
}

/// As Go's `unicode.IsPrint`, which Vault asks.
fn is_printable(character: char) -> bool {
    use GeneralCategoryGroup::{Letter, Mark, Number, Punctuation, Symbol};
    let group = character.general_category_group();
    character == ' ' || [Letter, Mark, Number, Punctuation, Symbol].contains(&group)
}
