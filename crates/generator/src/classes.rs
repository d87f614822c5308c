//! The classes of characters that a request speaks of: what each brings, what of it counts, and how much of it there
//! must be.

use crate::fields::{Fields, conflict, in_range};
use crate::parameter::{
    CHECKED_SYMBOLS, Class, DEFAULT_SYMBOLS, DIGITS, LOWERCASE, UPPERCASE, punctuation,
};
use crate::{Characters, Conflict, Error, Rule};

/// The rules of the classes that are not left out, for passwords of at most `length` characters.
pub(crate) fn rules(fields: &Fields, length: u16) -> Result<Vec<Rule>, Vec<Error>> {
    let (mut rules, mut errors) = (Vec::with_capacity(Class::ALL.len()), Vec::new());
    for class in Class::ALL {
        match bounds(fields, class, length) {
            Ok(Some((min, max))) => {
                let name = class.minimum().to_owned();
                rules.push(Rule { name, characters: counted(fields, class), min, max });
            }
            Ok(None) => {}
            Err(error) => errors.push(error),
        }
    }
    if let (Some(symbols), Some(include)) = (&fields.symbols, left_out(fields, Class::Symbols)) {
        errors.push(conflict(&symbols.name, include, Conflict::ExcludedSymbols));
    }
    if errors.is_empty() { Ok(rules) } else { Err(errors) }
}

/// The greatest numbers of each class, for passwords of at most `length` characters whose other rules come from a text.
/// All ASCII punctuation counts as symbols.
pub(crate) fn maximums(fields: &Fields, length: u16) -> Result<Vec<Rule>, Vec<Error>> {
    let (mut rules, mut errors) = (Vec::new(), Vec::new());
    for class in Class::ALL {
        let Some(given) = fields.maximums.get(class) else { continue };
        let characters = match class {
            Class::Symbols => punctuation(),
            Class::Numbers | Class::Uppercase | Class::Lowercase => characters(fields, class),
        };
        match in_range(Some(given), 0, length) {
            Ok(max) => rules.push(Rule { name: given.name.clone(), characters, min: 0, max }),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(rules) } else { Err(errors) }
}

/// The least and the greatest number of characters of a class, or nothing if the class is left out.
fn bounds(fields: &Fields, class: Class, length: u16) -> Result<Option<(u16, Option<u16>)>, Error> {
    let (least, most) = (fields.minimums.get(class).as_ref(), fields.maximums.get(class).as_ref());
    let each = fields.require_each_type.as_ref().is_none_or(|given| given.value);
    let each = each && fields.min_classes.is_none();
    let max = in_range(most, 0, length)?;
    let min = in_range(least, 0, length)?;
    if let Some(left_out) = left_out(fields, class) {
        return match (least, min) {
            (Some(given), Some(1..)) => {
                Err(conflict(&given.name, left_out, Conflict::MinimumOfExcludedClass))
            }
            _ => Ok(None),
        };
    }
    match (least, most) {
        (Some(least), Some(most)) if min > max => {
            Err(conflict(&most.name, &least.name, Conflict::MaximumBelowMinimum))
        }
        _ => Ok(Some((min.unwrap_or_else(|| u16::from(each).min(max.unwrap_or(length))), max))),
    }
}

/// The parameter that leaves a class out, if one does.
fn left_out(fields: &Fields, class: Class) -> Option<&str> {
    let included = fields.included.get(class).as_ref();
    included.filter(|given| !given.value).map(|given| given.name.as_str())
}

/// The characters of all classes that are not left out.
pub(crate) fn alphabet(fields: &Fields) -> Characters {
    let included = Class::ALL.into_iter().filter(|class| left_out(fields, *class).is_none());
    included.fold(Characters::default(), |all, class| all.union(&characters(fields, class)))
}

/// The characters that a class brings into the alphabet.
pub(crate) fn characters(fields: &Fields, class: Class) -> Characters {
    match class {
        Class::Numbers => DIGITS,
        Class::Uppercase => UPPERCASE,
        Class::Lowercase => LOWERCASE,
        Class::Symbols => symbols(fields, DEFAULT_SYMBOLS),
    }
}

/// The characters that count as one of a class: all it brings, except for the symbols that nobody chose.
fn counted(fields: &Fields, class: Class) -> Characters {
    match class {
        Class::Numbers | Class::Uppercase | Class::Lowercase => characters(fields, class),
        Class::Symbols => symbols(fields, CHECKED_SYMBOLS),
    }
}

/// The symbols that the request chose, outright or by speaking AWS's language, else the `default` ones; in either case
/// those that are safe where it wants them to be.
fn symbols(fields: &Fields, default: Characters) -> Characters {
    let chosen = fields.symbols.as_ref().map(|given| given.value.clone());
    let symbols = chosen.or_else(|| fields.aws.then(punctuation)).unwrap_or(default);
    safe(fields, symbols)
}

/// Those of some symbols that are safe where the request wants them to be.
pub(crate) fn safe(fields: &Fields, symbols: Characters) -> Characters {
    match &fields.safe {
        Some(given) => symbols.intersection(&given.value.anywhere),
        None => symbols,
    }
}
