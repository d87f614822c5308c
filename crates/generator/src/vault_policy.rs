//! Password policies of `HashiCorp` Vault: a length and sets of characters, in HCL or JSON, plain or in base64.
//!
//! The syntax is that of HCL 1, which Vault uses for them (`helper/random` of its sources). Vault ignores attributes it does
//! not know, so there a misspelled `min-chars` is no minimum; here everything unknown is refused.

mod draft;
mod hcl;
mod json;
mod lexer;

use std::num::NonZeroU16;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::cursor::Place;
use crate::{Characters, NormalForm, Rule};

/// The greatest number of bytes in the text of a policy, as it is given.
pub const MAX_BYTES: usize = 8192;
/// The least length of a password.
pub const MIN_LENGTH: u16 = 4;
/// The greatest length of a password, and the greatest minimum of a set.
pub const MAX_LENGTH: u16 = 100;
/// The greatest number of different characters in all sets together: Vault chooses them by one byte.
pub const MAX_CHARACTERS: usize = 256;

/// A password policy of Vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VaultPolicy {
    /// The number of characters, from [`MIN_LENGTH`] to [`MAX_LENGTH`].
    pub length: u16,
    /// The sets that passwords are made of, at least one, in the order of the text. They may overlap.
    pub charsets: Vec<Charset>,
    /// At most so many identical characters in a row: 1 if `consecutive-chars-allowed` is false, as proposed in Vault's
    /// pull request 32111.
    pub max_repeating: Option<NonZeroU16>,
}

/// A rule of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charset {
    /// Its characters: printable and at least one.
    pub characters: Characters,
    /// A password has at least so many of them: 0 to [`MAX_LENGTH`].
    pub min: u16,
}

impl VaultPolicy {
    /// The passwords that satisfy the policy. Each set with a minimum is a rule, named after its place in the text.
    #[must_use]
    pub fn normal_form(&self) -> NormalForm {
        let sets = self.charsets.iter();
        let alphabet = sets.fold(Characters::default(), |all, set| all.union(&set.characters));
        let rules = self.charsets.iter().enumerate().filter(|(_, charset)| charset.min > 0);
        let rules = rules.map(|(index, charset)| Rule {
            name: format!("rule {}", index + 1),
            characters: charset.characters.clone(),
            min: charset.min,
            max: None,
        });
        NormalForm {
            length: self.length,
            alphabet,
            rules: rules.collect(),
            max_repeating: self.max_repeating,
            ..NormalForm::default()
        }
    }
}

/// Reads a policy of at most [`MAX_BYTES`], in a time proportional to its length. Text of nothing but base64 is decoded
/// first, and positions are those in what comes out; text that starts with a brace is JSON.
///
/// # Errors
/// [`Error`] for the first thing wrong with it.
pub fn parse(text: &str) -> Result<VaultPolicy, Error> {
    let start = Place { position: 1, line: 1, column: 1 };
    if text.len() > MAX_BYTES {
        return Err(error(start, Problem::TooLong));
    }
    let decoded = decoded(text);
    let text = decoded.as_deref().unwrap_or(text);
    if text.trim_start().starts_with('{') { json::parse(text) } else { hcl::parse(text) }
}

/// What `text` stands for in base64, the standard alphabet with or without padding; line ends do not count. No policy
/// is base64 itself, since each has a string.
fn decoded(text: &str) -> Option<String> {
    const BASE64: GeneralPurpose = GeneralPurpose::new(
        &alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let digits: Vec<u8> = text.trim().bytes().filter(|byte| !b"\r\n".contains(byte)).collect();
    let decoded = BASE64.decode(digits).ok()?;
    String::from_utf8(decoded).ok().filter(|decoded| !decoded.is_empty())
}

/// What is wrong with a policy, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{what} in line {line}, column {column}")]
pub struct Error {
    /// The line, counted from 1.
    pub line: usize,
    /// The character in the line, counted from 1; one more than there are if something is missing at the end.
    pub column: usize,
    /// What is wrong.
    pub what: Problem,
}

/// What can be wrong with a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// More than [`MAX_BYTES`].
    #[error("more than {MAX_BYTES} bytes")]
    TooLong,
    /// Something else than the syntax asks for here.
    #[error("expected {0}")]
    Expected(&'static str),
    /// A character that is no part of the syntax.
    #[error("a character that is no part of a policy")]
    Character,
    /// A string or a comment without its end; the position is where it starts.
    #[error("a string or a comment without its end")]
    Open,
    /// An escape sequence that the syntax does not have, or that stands for no character.
    #[error("an escape sequence that stands for no character")]
    Escape,
    /// A name that is not one of a policy.
    #[error("expected length, rule or consecutive-chars-allowed")]
    Attribute,
    /// A type of rule other than `charset`.
    #[error("expected charset, the only type of rule")]
    RuleType,
    /// A name that is not one of a `charset` rule.
    #[error("expected charset or min-chars")]
    RuleAttribute,
    /// An attribute a second time.
    #[error("an attribute that stands twice")]
    Repeated,
    /// A length that is not an integer, or out of bounds.
    #[error("the length must be an integer from {MIN_LENGTH} to {MAX_LENGTH}, digits only")]
    Length,
    /// A minimum that is not an integer, or out of bounds.
    #[error("min-chars must be an integer from 0 to {MAX_LENGTH}, digits only")]
    MinChars,
    /// A set without a character, or with one that is not printable: a letter, mark, number, punctuation, symbol or a
    /// space.
    #[error("a charset must have at least one character and only printable ones")]
    Charset,
    /// More than [`MAX_CHARACTERS`] different characters.
    #[error("more than {MAX_CHARACTERS} different characters in all charsets together")]
    TooManyCharacters,
    /// No `length`; the position is the end.
    #[error("a policy without a length")]
    MissingLength,
    /// No `rule`; the position is the end.
    #[error("a policy without a rule")]
    MissingRule,
    /// A rule without its `charset`; the position is its end.
    #[error("a rule without a charset")]
    MissingCharset,
}

fn error(place: Place, what: Problem) -> Error {
    Error { line: place.line, column: place.column, what }
}
