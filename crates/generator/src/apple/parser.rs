//! Reading a string of rules.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU16;

use super::classes::{is_printable, named, printable};
use super::{Error, Ignored, Problem, Rules, Warning};
use crate::Characters;
use crate::cursor::Cursor;

/// Reads `text`: properties with semicolons between them, and as many as one likes after the last.
pub(super) fn parse(text: &str) -> Result<Rules, Error> {
    let found = Found::default();
    let mut parser = Parser { cursor: Cursor::new(text), found, ungenerable: None };
    parser.skip_space();
    while parser.cursor.peek().is_some() {
        parser.property()?;
        parser.semicolons()?;
    }
    parser.found.rules()
}

#[derive(Clone, Copy)]
enum Property {
    Limit(Limit),
    Required,
    Allowed,
}

#[derive(Clone, Copy)]
enum Limit {
    MinLength,
    MaxLength,
    MaxConsecutive,
    MaxRepeating,
    MaxSequential,
}

impl Property {
    /// Unlike those of classes, the names of properties are case-sensitive.
    fn named(name: &str) -> Option<Self> {
        match name {
            "minlength" => Some(Self::Limit(Limit::MinLength)),
            "maxlength" => Some(Self::Limit(Limit::MaxLength)),
            "max-consecutive" => Some(Self::Limit(Limit::MaxConsecutive)),
            "max-repeating" => Some(Self::Limit(Limit::MaxRepeating)),
            "max-sequential" => Some(Self::Limit(Limit::MaxSequential)),
            "required" => Some(Self::Required),
            "allowed" => Some(Self::Allowed),
            _ => None,
        }
    }
}

struct Parser<'a> {
    cursor: Cursor<'a>,
    found: Found,
    /// The position of the first set of the property that has characters, but none that can be generated.
    ungenerable: Option<usize>,
}

impl Parser<'_> {
    fn property(&mut self) -> Result<(), Error> {
        let start = self.position();
        let name = self.cursor.take_while(is_name);
        let property = Property::named(name).ok_or(error(start, Problem::Property))?;
        if !self.cursor.eat(':') {
            return Err(error(self.position(), Problem::Colon));
        }
        self.skip_space();
        if self.at_end_of_property() {
            self.found.warn(start, Ignored::EmptyProperty);
            return Ok(());
        }
        match property {
            Property::Limit(limit) => self.limit(limit),
            Property::Required => self.required(),
            Property::Allowed => self.allowed(),
        }
    }

    fn required(&mut self) -> Result<(), Error> {
        let set = self.classes()?;
        if let Some(position) = self.ungenerable.filter(|_| set.is_empty()) {
            return Err(error(position, Problem::Ungenerable));
        }
        self.found.require(set);
        Ok(())
    }

    fn allowed(&mut self) -> Result<(), Error> {
        let set = self.classes()?;
        let ungenerable = self.ungenerable.filter(|_| set.is_empty());
        self.found.ungenerable = self.found.ungenerable.or(ungenerable);
        self.found.allowed.extend(set);
        Ok(())
    }

    fn limit(&mut self, limit: Limit) -> Result<(), Error> {
        let start = self.position();
        let digits = self.cursor.take_while(|character| character.is_ascii_digit());
        if digits.is_empty() || !self.at_end_of_property() {
            return Err(error(self.position(), Problem::Number));
        }
        // Digits that do not fit are a greater number than any length.
        if let Some(value) = NonZeroU16::new(digits.parse().unwrap_or(u16::MAX)) {
            self.found.limit(limit, value, start)
        } else {
            self.found.warn(start, Ignored::Zero);
            Ok(())
        }
    }

    /// A list of classes: a character of any of them will do.
    fn classes(&mut self) -> Result<BTreeSet<char>, Error> {
        let mut set = BTreeSet::new();
        self.ungenerable = None;
        loop {
            set.extend(self.class()?);
            self.skip_space();
            if self.at_end_of_property() {
                return Ok(set);
            }
            if !self.cursor.eat(',') {
                return Err(error(self.position(), Problem::ClassEnd));
            }
            self.skip_space();
        }
    }

    fn class(&mut self) -> Result<BTreeSet<char>, Error> {
        let start = self.position();
        if self.cursor.eat('[') {
            return self.custom(start);
        }
        let class = named(self.cursor.take_while(is_name));
        class.map(|class| class.iter().collect()).ok_or(error(start, Problem::Class))
    }

    /// The rest of a set whose opening bracket is at `start`.
    fn custom(&mut self, start: usize) -> Result<BTreeSet<char>, Error> {
        let mut set = BTreeSet::new();
        loop {
            let position = self.position();
            match self.cursor.bump() {
                None => return Err(error(start, Problem::OpenSet)),
                Some(']') => break,
                Some('-') if position > start + 1 => self.found.warn(position, Ignored::Hyphen),
                Some(character) if !is_printable(character) => {
                    self.found.warn(position, Ignored::Unprintable);
                }
                Some(character) => {
                    if !set.insert(character) {
                        self.found.warn(position, Ignored::Repeated);
                    }
                }
            }
        }
        // Two closing brackets: the first is a character of the set.
        if self.cursor.eat(']') {
            set.insert(']');
        }
        if set.is_empty() {
            self.found.warn(start, Ignored::EmptySet);
            let is_written = self.position() > start + 2;
            self.ungenerable = self.ungenerable.or(is_written.then_some(start));
        }
        self.found.names_space |= set.contains(&' ');
        Ok(set)
    }

    /// What separates a property from the next, or ends the string.
    fn semicolons(&mut self) -> Result<(), Error> {
        self.skip_space();
        self.cursor.eat(';');
        self.skip_space();
        let extra = self.position();
        let more = self.cursor.take_while(|character| character == ';' || is_space(character));
        if more.is_empty() || self.cursor.peek().is_none() {
            Ok(())
        } else {
            Err(error(extra, Problem::Property))
        }
    }

    fn at_end_of_property(&self) -> bool {
        self.cursor.peek().is_none_or(|character| character == ';')
    }

    fn skip_space(&mut self) {
        self.cursor.take_while(is_space);
    }

    fn position(&self) -> usize {
        self.cursor.place().position
    }
}

/// What the properties read so far come to.
#[derive(Default)]
struct Found {
    min_length: Option<NonZeroU16>,
    max_length: Option<NonZeroU16>,
    max_repeating: Option<NonZeroU16>,
    max_sequential: Option<NonZeroU16>,
    allowed: BTreeSet<char>,
    required: Vec<Characters>,
    names_space: bool,
    /// The position of the first `allowed` set that has characters, but none that can be generated.
    ungenerable: Option<usize>,
    /// The first position of each kind.
    warnings: BTreeMap<Ignored, usize>,
}

impl Found {
    fn warn(&mut self, position: usize, what: Ignored) {
        self.warnings.entry(what).or_insert(position);
    }

    fn require(&mut self, set: BTreeSet<char>) {
        if !set.is_empty() {
            self.allowed.extend(&set);
            self.required.push(set.into_iter().collect());
        }
    }

    /// Of several numbers the strictest holds.
    fn limit(&mut self, limit: Limit, value: NonZeroU16, position: usize) -> Result<(), Error> {
        match limit {
            Limit::MinLength => self.min_length = self.min_length.max(Some(value)),
            Limit::MaxLength => lower(&mut self.max_length, value),
            Limit::MaxRepeating => lower(&mut self.max_repeating, value),
            Limit::MaxSequential => lower(&mut self.max_sequential, value),
            // The old name did not say which of the two it meant, so it means both (since September 2026).
            Limit::MaxConsecutive => {
                lower(&mut self.max_repeating, value);
                lower(&mut self.max_sequential, value);
            }
        }
        match (self.min_length, self.max_length) {
            (Some(min), Some(max)) if min > max => Err(error(position, Problem::Lengths)),
            _ => Ok(()),
        }
    }

    fn rules(mut self) -> Result<Rules, Error> {
        if self.allowed.is_empty() {
            if let Some(position) = self.ungenerable {
                return Err(error(position, Problem::Ungenerable));
            }
            self.allowed.extend(printable());
        }
        if !self.names_space {
            self.allowed.remove(&' ');
        }
        let mut warnings: Vec<Warning> =
            self.warnings.into_iter().map(|(what, position)| Warning { position, what }).collect();
        warnings.sort_by_key(|warning| warning.position);
        Ok(Rules {
            min_length: self.min_length.map(NonZeroU16::get),
            max_length: self.max_length.map(NonZeroU16::get),
            allowed: self.allowed.into_iter().collect(),
            required: self.required,
            max_repeating: self.max_repeating,
            max_sequential: self.max_sequential,
            warnings,
        })
    }
}

fn lower(limit: &mut Option<NonZeroU16>, value: NonZeroU16) {
    *limit = Some(limit.map_or(value, |other| other.min(value)));
}

fn is_name(character: char) -> bool {
    character.is_ascii_alphabetic() || character == '-'
}

/// Space, tab, line feed, form feed and carriage return.
fn is_space(character: char) -> bool {
    character.is_ascii_whitespace()
}

fn error(position: usize, what: Problem) -> Error {
    Error { position, what }
}
