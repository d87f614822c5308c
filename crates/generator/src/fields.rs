//! The parameters of a request by what they are about, whichever of their names the request used.

use std::collections::BTreeMap;

use crate::parameter::{Class, Origin, Parameter, boolean, find, integer, suggest, symbols, text};
use crate::{Allowed, Characters, Conflict, Error};

/// A value with the name the request gave it.
#[derive(Debug)]
pub(crate) struct Given<T> {
    pub(crate) name: String,
    pub(crate) value: T,
}

/// A parameter that the request may have left out.
pub(crate) type Field<T> = Option<Given<T>>;

/// An integer whose range depends on other parameters; nothing if it is not one.
pub(crate) type Unranged = Option<u32>;

/// The parameters of a request, each read at most once.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    /// Whether one of the names is AWS's.
    pub(crate) aws: bool,
    pub(crate) length: Field<Unranged>,
    pub(crate) minimums: PerClass<Field<Unranged>>,
    pub(crate) included: PerClass<Field<bool>>,
    pub(crate) include_space: Field<bool>,
    pub(crate) require_each_type: Field<bool>,
    pub(crate) exclude: Field<Characters>,
    pub(crate) exclude_ambiguous: Field<bool>,
    pub(crate) symbols: Field<Characters>,
    pub(crate) count: Field<Unranged>,
}

/// Something for each class of characters.
#[derive(Debug, Default)]
pub(crate) struct PerClass<T> {
    numbers: T,
    symbols: T,
    uppercase: T,
    lowercase: T,
}

impl<T> PerClass<T> {
    pub(crate) fn get(&self, class: Class) -> &T {
        match class {
            Class::Numbers => &self.numbers,
            Class::Symbols => &self.symbols,
            Class::Uppercase => &self.uppercase,
            Class::Lowercase => &self.lowercase,
        }
    }

    fn get_mut(&mut self, class: Class) -> &mut T {
        match class {
            Class::Numbers => &mut self.numbers,
            Class::Symbols => &mut self.symbols,
            Class::Uppercase => &mut self.uppercase,
            Class::Lowercase => &mut self.lowercase,
        }
    }
}

impl Fields {
    /// Reads names and values, and what is wrong with any of them on its own or beside another spelling of it.
    pub(crate) fn read<N: AsRef<str>, V: AsRef<str>>(
        pairs: impl IntoIterator<Item = (N, V)>,
    ) -> (Self, Vec<Error>) {
        let (mut fields, mut errors) = (Self::default(), Vec::new());
        let mut times: BTreeMap<String, usize> = BTreeMap::new();
        for (name, value) in pairs {
            let parameter = name.as_ref().to_owned();
            let time = times.entry(parameter.clone()).or_default();
            *time += 1;
            errors.extend(match (find(&parameter), *time) {
                (Some((kind, origin)), 1) => {
                    fields.aws |= origin == Origin::Aws;
                    fields.put(kind, parameter, value.as_ref()).err()
                }
                (None, 1) => {
                    Some(Error::UnknownParameter { suggestion: suggest(&parameter), parameter })
                }
                (Some(_), 2) => Some(Error::DuplicateParameter { parameter }),
                // Said once already.
                (Some(_) | None, _) => None,
            });
        }
        (fields, errors)
    }

    fn put(&mut self, kind: Parameter, name: String, value: &str) -> Result<(), Error> {
        match kind {
            Parameter::Length => store(&mut self.length, name, integer(value)),
            Parameter::Minimum(class) => store(self.minimums.get_mut(class), name, integer(value)),
            Parameter::Include(class) => {
                check(self.included.get_mut(class), name, boolean(value), Allowed::Boolean)
            }
            Parameter::Exclude(class) => check(
                self.included.get_mut(class),
                name,
                boolean(value).map(|excluded| !excluded),
                Allowed::Boolean,
            ),
            Parameter::IncludeSpace => {
                check(&mut self.include_space, name, boolean(value), Allowed::Boolean)
            }
            Parameter::RequireEachType => {
                check(&mut self.require_each_type, name, boolean(value), Allowed::Boolean)
            }
            Parameter::ExcludeCharacters => {
                check(&mut self.exclude, name, text(value), Allowed::Text)
            }
            Parameter::ExcludeAmbiguous => {
                check(&mut self.exclude_ambiguous, name, boolean(value), Allowed::Boolean)
            }
            Parameter::Symbols => check(&mut self.symbols, name, symbols(value), Allowed::Symbols),
            Parameter::Count => store(&mut self.count, name, integer(value)),
        }
    }
}

fn check<T: PartialEq>(
    field: &mut Field<T>,
    name: String,
    value: Option<T>,
    allowed: Allowed,
) -> Result<(), Error> {
    match value {
        Some(value) => store(field, name, value),
        None => Err(Error::InvalidParameter { parameter: name, allowed }),
    }
}

fn store<T: PartialEq>(field: &mut Field<T>, name: String, value: T) -> Result<(), Error> {
    match field {
        None => {
            *field = Some(Given { name, value });
            Ok(())
        }
        Some(given) if given.value == value => Ok(()),
        Some(given) => Err(Error::ConflictingParameters {
            parameter: name,
            other: given.name.clone(),
            conflict: Conflict::Spellings,
        }),
    }
}
