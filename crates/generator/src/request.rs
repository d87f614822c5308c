//! Requests: what a caller asked for, checked.

use crate::fields::{Field, Fields, Given, Unranged};
use crate::parameter::{
    AMBIGUOUS, CHECKED_SYMBOLS, Class, DEFAULT_AWS_LENGTH, DEFAULT_LENGTH, DEFAULT_SYMBOLS,
    MAX_COUNT, MAX_LENGTH, MAX_TOTAL, MIN_AWS_LENGTH, MIN_LENGTH, punctuation,
};
use crate::{Allowed, Characters, Conflict, Error, NormalForm, Policy, Rule};

/// A request whose parameters are all known and consistent; whether any password satisfies it, [`Request::compile`]
/// tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    form: NormalForm,
    count: u8,
}

impl Request {
    /// Reads a request from the names and values of its parameters, for instance those of a decoded query string. A
    /// parameter that is left out has its default; the README lists them.
    ///
    /// # Errors
    /// One [`Error`] for everything that is wrong, at least one: [`Error::InvalidParameter`],
    /// [`Error::UnknownParameter`], [`Error::DuplicateParameter`] or [`Error::ConflictingParameters`].
    pub fn from_pairs<N: AsRef<str>, V: AsRef<str>>(
        pairs: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self, Vec<Error>> {
        let (fields, mut errors) = Fields::read(pairs);
        let length = length(&fields).map_err(|error| errors.push(error)).ok();
        let count = count(&fields, length).map_err(|error| errors.push(error));
        let rules =
            rules(&fields, length.unwrap_or(MAX_LENGTH)).map_err(|found| errors.extend(found));
        match (length, count, rules) {
            (Some(length), Ok(count), Ok(rules)) if errors.is_empty() => {
                Ok(Self { form: form(&fields, length, rules), count })
            }
            _ => Err(errors),
        }
    }

    /// How many passwords are asked for: 1 to 100.
    #[must_use]
    pub fn count(&self) -> u8 {
        self.count
    }

    /// The passwords that satisfy the request, as a policy.
    ///
    /// # Errors
    /// [`Error::Unsatisfiable`] and [`Error::PolicyTooComplex`], as [`Policy::compile`].
    pub fn compile(&self) -> Result<Policy, Error> {
        Policy::compile(self.form.clone())
    }
}

fn length(fields: &Fields) -> Result<u16, Error> {
    let (min, default) = if fields.aws {
        (MIN_AWS_LENGTH, DEFAULT_AWS_LENGTH)
    } else {
        (MIN_LENGTH, DEFAULT_LENGTH)
    };
    in_range(fields.length.as_ref(), min, MAX_LENGTH, default)
}

fn count(fields: &Fields, length: Option<u16>) -> Result<u8, Error> {
    let count = in_range(fields.count.as_ref(), 1, MAX_COUNT, 1)?;
    match (&fields.count, length) {
        (Some(given), Some(length)) if u32::from(count) * u32::from(length) > MAX_TOTAL => {
            let allowed = Allowed::CountAtLength { max: MAX_TOTAL / u32::from(length), length };
            Err(Error::InvalidParameter { parameter: given.name.clone(), allowed })
        }
        _ => Ok(count),
    }
}

/// The value of `field` if it is given and from `min` to `max`, `default` if it is not given.
fn in_range<T: Copy + Into<u32> + TryFrom<u32>>(
    field: Option<&Given<Unranged>>,
    min: T,
    max: T,
    default: T,
) -> Result<T, Error> {
    let Some(given) = field else { return Ok(default) };
    let (min, max) = (min.into(), max.into());
    let value = given
        .value
        .filter(|value| (min..=max).contains(value))
        .and_then(|value| T::try_from(value).ok());
    let allowed = Allowed::Integer { min, max };
    value.ok_or_else(|| Error::InvalidParameter { parameter: given.name.clone(), allowed })
}

/// The rules of the classes that are not left out.
fn rules(fields: &Fields, length: u16) -> Result<Vec<(Class, Rule)>, Vec<Error>> {
    let (mut rules, mut errors) = (Vec::new(), Vec::new());
    for class in Class::ALL {
        match rule(fields, class, length) {
            Ok(rule) => rules.extend(rule.map(|rule| (class, rule))),
            Err(error) => errors.push(error),
        }
    }
    if let (Some(symbols), Some(include)) = (&fields.symbols, left_out(fields, Class::Symbols)) {
        errors.push(conflict(&symbols.name, include, Conflict::ExcludedSymbols));
    }
    if errors.is_empty() { Ok(rules) } else { Err(errors) }
}

/// The rule of a class, or nothing if the class is left out.
fn rule(fields: &Fields, class: Class, length: u16) -> Result<Option<Rule>, Error> {
    let field = fields.minimums.get(class).as_ref();
    let each = fields.require_each_type.as_ref().is_none_or(|given| given.value);
    let min = in_range(field, 0, length, u16::from(each))?;
    let Some(left_out) = left_out(fields, class) else {
        return Ok(Some(Rule {
            name: class.minimum().to_owned(),
            characters: counted(fields, class),
            min,
            max: None,
        }));
    };
    match field {
        Some(given) if min > 0 => {
            Err(conflict(&given.name, left_out, Conflict::MinimumOfExcludedClass))
        }
        _ => Ok(None),
    }
}

/// The parameter that leaves a class out, if one does.
fn left_out(fields: &Fields, class: Class) -> Option<&str> {
    fields
        .included
        .get(class)
        .as_ref()
        .filter(|given| !given.value)
        .map(|given| given.name.as_str())
}

fn conflict(parameter: &str, other: &str, conflict: Conflict) -> Error {
    Error::ConflictingParameters {
        parameter: parameter.to_owned(),
        other: other.to_owned(),
        conflict,
    }
}

fn form(fields: &Fields, length: u16, rules: Vec<(Class, Rule)>) -> NormalForm {
    let is_true = |field: &Field<bool>| field.as_ref().is_some_and(|given| given.value);
    let excluded = fields.exclude.as_ref().map(|given| given.value.clone()).unwrap_or_default();
    let ambiguous =
        Characters::from(if is_true(&fields.exclude_ambiguous) { AMBIGUOUS } else { "" });
    let dropped = excluded.union(&ambiguous);
    let classes = rules.iter().map(|(class, _)| characters(fields, *class));
    let alphabet =
        classes.fold(Characters::default(), |all, class| all.union(&class)).difference(&dropped);
    let inner = Characters::from(if is_true(&fields.include_space) { " " } else { "" })
        .difference(&dropped);
    NormalForm { length, alphabet, inner, rules: rules.into_iter().map(|(_, rule)| rule).collect() }
}

/// The characters that a class brings into the alphabet.
fn characters(fields: &Fields, class: Class) -> Characters {
    match class {
        Class::Numbers => ('0'..='9').collect(),
        Class::Uppercase => ('A'..='Z').collect(),
        Class::Lowercase => ('a'..='z').collect(),
        Class::Symbols => chosen_symbols(fields).unwrap_or_else(|| DEFAULT_SYMBOLS.into()),
    }
}

/// The characters that count as one of a class: all it brings, except for the symbols that nobody chose.
fn counted(fields: &Fields, class: Class) -> Characters {
    match class {
        Class::Numbers | Class::Uppercase | Class::Lowercase => characters(fields, class),
        Class::Symbols => chosen_symbols(fields).unwrap_or_else(|| CHECKED_SYMBOLS.into()),
    }
}

/// The symbols that the request chose, outright or by speaking AWS's language.
fn chosen_symbols(fields: &Fields) -> Option<Characters> {
    fields
        .symbols
        .as_ref()
        .map(|given| given.value.clone())
        .or_else(|| fields.aws.then(punctuation))
}
