//! The parameters of a request by what they are about, whichever of their names the request used.

use crate::parameter::{
    Class, EndSet, Kind, Origin, Parameter, Safe, Terms, boolean, end_set, find, integer, kind,
    safe, suggest, symbols, text,
};
use crate::vault_policy::{self, VaultPolicy};
use crate::{Allowed, Capitalize, Characters, Conflict, Error, Wordlist, apple};

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
    /// The names that the request uses, each once.
    pub(crate) names: Vec<(String, Parameter, Origin)>,
    pub(crate) kind: Field<Kind>,
    pub(crate) length: Field<Unranged>,
    pub(crate) min_entropy: Field<Unranged>,
    pub(crate) minimums: PerClass<Field<Unranged>>,
    pub(crate) maximums: PerClass<Field<Unranged>>,
    pub(crate) included: PerClass<Field<bool>>,
    pub(crate) include_space: Field<bool>,
    pub(crate) require_each_type: Field<bool>,
    pub(crate) exclude: Field<Characters>,
    pub(crate) exclude_ambiguous: Field<bool>,
    pub(crate) symbols: Field<Characters>,
    pub(crate) safe: Field<Safe>,
    pub(crate) max_repeating: Field<Unranged>,
    pub(crate) max_sequential: Field<Unranged>,
    pub(crate) distinct: Field<bool>,
    pub(crate) first: Field<EndSet>,
    pub(crate) last: Field<EndSet>,
    pub(crate) min_classes: Field<Unranged>,
    pub(crate) rules: Field<apple::Rules>,
    pub(crate) policy: Field<VaultPolicy>,
    pub(crate) words: Field<Unranged>,
    pub(crate) separator: Field<String>,
    pub(crate) capitalize: Field<Capitalize>,
    pub(crate) include_number: Field<bool>,
    pub(crate) wordlist: Field<Wordlist>,
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
    /// Reads names and values, and what is wrong with any of them on its own or beside another spelling of it. Their
    /// order makes no difference: they are read sorted, and of a name that stands twice the least value counts.
    pub(crate) fn read<N: AsRef<str>, V: AsRef<str>>(
        pairs: impl IntoIterator<Item = (N, V)>,
    ) -> (Self, Vec<Error>) {
        let mut pairs: Vec<(N, V)> = pairs.into_iter().collect();
        pairs.sort_unstable_by(|one, other| texts(one).cmp(&texts(other)));
        let (mut fields, mut errors) = (Self::default(), Vec::new());
        for same in pairs.chunk_by(|one, next| one.0.as_ref() == next.0.as_ref()) {
            let [first, repeats @ ..] = same else { continue };
            let (parameter, value) = (first.0.as_ref().to_owned(), first.1.as_ref());
            let Some((kind, origin)) = find(&parameter) else {
                let suggestion = suggest(&parameter);
                errors.push(Error::UnknownParameter { parameter, suggestion });
                continue;
            };
            if !repeats.is_empty() {
                errors.push(Error::DuplicateParameter { parameter: parameter.clone() });
            }
            fields.aws |= origin == Origin::Aws;
            fields.names.push((parameter.clone(), kind, origin));
            errors.extend(fields.put(kind, parameter, value).err());
        }
        (fields, errors)
    }

    /// What is asked for.
    pub(crate) fn kind(&self) -> Kind {
        self.kind.as_ref().map_or(Kind::Password, |given| given.value)
    }

    /// What the passwords are described by, and the parameter that says so.
    pub(crate) fn terms(&self) -> (Terms, &str) {
        let kind = self.kind.as_ref().map_or("kind", |given| given.name.as_str());
        let rules = self.rules.as_ref().map(|given| given.name.as_str());
        let text = rules.or_else(|| self.policy.as_ref().map(|given| given.name.as_str()));
        match (self.kind(), text) {
            (Kind::Passphrase, _) => (Terms::Passphrase, kind),
            (Kind::Pin, _) => (Terms::Pin, kind),
            (Kind::Password, Some(text)) => (Terms::Text, text),
            (Kind::Password, None) => (Terms::Classes, kind),
        }
    }

    fn put(&mut self, parameter: Parameter, name: String, value: &str) -> Result<(), Error> {
        match parameter {
            Parameter::Kind => check(&mut self.kind, name, kind(value), Allowed::Kind),
            Parameter::Length => store(&mut self.length, name, integer(value)),
            Parameter::MinEntropy => store(&mut self.min_entropy, name, integer(value)),
            Parameter::Minimum(class) => store(self.minimums.get_mut(class), name, integer(value)),
            Parameter::Maximum(class) => store(self.maximums.get_mut(class), name, integer(value)),
            Parameter::Include(class) => flag(self.included.get_mut(class), name, boolean(value)),
            Parameter::Exclude(class) => {
                let included = boolean(value).map(|excluded| !excluded);
                flag(self.included.get_mut(class), name, included)
            }
            Parameter::IncludeSpace => flag(&mut self.include_space, name, boolean(value)),
            Parameter::RequireEachType => flag(&mut self.require_each_type, name, boolean(value)),
            Parameter::ExcludeCharacters => {
                check(&mut self.exclude, name, text(value), Allowed::Text)
            }
            Parameter::ExcludeAmbiguous => flag(&mut self.exclude_ambiguous, name, boolean(value)),
            Parameter::Symbols => check(&mut self.symbols, name, symbols(value), Allowed::Symbols),
            Parameter::Safe => check(&mut self.safe, name, safe(value), Allowed::Safe),
            Parameter::MaxRepeating => store(&mut self.max_repeating, name, integer(value)),
            Parameter::MaxSequential => store(&mut self.max_sequential, name, integer(value)),
            Parameter::Distinct => flag(&mut self.distinct, name, boolean(value)),
            Parameter::First => check(&mut self.first, name, end_set(value), Allowed::End),
            Parameter::Last => check(&mut self.last, name, end_set(value), Allowed::End),
            Parameter::MinClasses => store(&mut self.min_classes, name, integer(value)),
            Parameter::Rules => match apple::Rules::parse(value) {
                Ok(rules) => store(&mut self.rules, name, rules),
                Err(cause) => Err(Error::InvalidRules { parameter: name, cause }),
            },
            Parameter::Policy => match vault_policy::parse(value) {
                Ok(policy) => store(&mut self.policy, name, policy),
                Err(cause) => Err(Error::InvalidPolicy { parameter: name, cause }),
            },
            Parameter::Words => store(&mut self.words, name, integer(value)),
            Parameter::Separator => store(&mut self.separator, name, value.to_owned()),
            Parameter::Capitalize => {
                check(&mut self.capitalize, name, value.parse().ok(), Allowed::Capitalize)
            }
            Parameter::IncludeNumber => flag(&mut self.include_number, name, boolean(value)),
            Parameter::Wordlist => {
                check(&mut self.wordlist, name, value.parse().ok(), Allowed::Wordlist)
            }
            Parameter::Count => store(&mut self.count, name, integer(value)),
        }
    }
}

fn texts<N: AsRef<str>, V: AsRef<str>>((name, value): &(N, V)) -> (&str, &str) {
    (name.as_ref(), value.as_ref())
}

fn flag(field: &mut Field<bool>, name: String, value: Option<bool>) -> Result<(), Error> {
    check(field, name, value, Allowed::Boolean)
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

/// The value of `field` if it is given; it must be from `min` to `max`.
pub(crate) fn in_range<T: Copy + Into<u32> + TryFrom<u32>>(
    field: Option<&Given<Unranged>>,
    min: T,
    max: T,
) -> Result<Option<T>, Error> {
    let Some(given) = field else { return Ok(None) };
    let (min, max) = (min.into(), max.into());
    let value = given
        .value
        .filter(|value| (min..=max).contains(value))
        .and_then(|value| T::try_from(value).ok());
    let allowed = Allowed::Integer { min, max };
    let invalid = || Error::InvalidParameter { parameter: given.name.clone(), allowed };
    value.map(Some).ok_or_else(invalid)
}

pub(crate) fn conflict(parameter: &str, other: &str, conflict: Conflict) -> Error {
    Error::ConflictingParameters {
        parameter: parameter.to_owned(),
        other: other.to_owned(),
        conflict,
    }
}
