//! Requests: what a caller asked for, checked.

use std::num::NonZeroU16;

use crate::apple::Warning;
use crate::budget::Budget;
use crate::classes::{alphabet, characters, maximums, rules, safe};
use crate::fields::{Field, Fields, Given, conflict, in_range};
use crate::parameter::{
    AMBIGUOUS, Class, DEFAULT_AWS_LENGTH, DEFAULT_LENGTH, DEFAULT_PIN_LENGTH, Kind, MAX_COUNT,
    MAX_ENTROPY, MAX_LENGTH, MAX_PIN_LENGTH, MAX_TOTAL, MIN_AWS_LENGTH, MIN_LENGTH, MIN_PIN_LENGTH,
    Origin, Parameter, Terms,
};
use crate::passphrase::{MAX_WORDS, MIN_WORDS};
use crate::policy::Counted;
use crate::shortest::{Search, shortest};
use crate::{
    Allowed, Characters, Conflict, Error, MinClasses, NormalForm, Passphrase, PassphraseOptions,
    Recipe, Rule, vault_policy,
};

/// A request whose parameters are all known and consistent; whether any password satisfies it, [`Request::compile`]
/// tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    kind: Kind,
    made_of: MadeOf,
    count: u8,
    warnings: Vec<Warning>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum MadeOf {
    Characters(Box<Wanted>),
    Words(Passphrase),
}

/// What passwords of characters are like.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Wanted {
    form: NormalForm,
    /// The entropy that decides the length, if it does.
    search: Option<Search>,
}

impl Request {
    /// Reads a request from the names and values of its parameters, for instance those of a decoded query string. A
    /// parameter that is left out has its default; the README lists them.
    ///
    /// # Errors
    /// One [`Error`] for everything that is wrong, at least one. They stand by their kind, in this order, and then by
    /// parameter, whatever the order of the pairs: [`Error::UnknownParameter`], [`Error::DuplicateParameter`],
    /// [`Error::InvalidParameter`], [`Error::InvalidRules`], [`Error::InvalidPolicy`], [`Error::ConflictingParameters`].
    pub fn from_pairs<N: AsRef<str>, V: AsRef<str>>(
        pairs: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self, Vec<Error>> {
        let (fields, mut errors) = Fields::read(pairs);
        let read = match fields.terms() {
            (Terms::Passphrase, _) => words(&fields),
            (Terms::Classes | Terms::Text | Terms::Pin, _) => wanted(&fields),
        };
        let read = read.map_err(|found| errors.extend(found));
        errors.extend(contradictions(&fields));
        match read {
            Ok((made_of, count)) if errors.is_empty() => {
                let kind = fields.kind();
                let warnings = fields.rules.map(|given| given.value.warnings).unwrap_or_default();
                Ok(Self { kind, made_of, count, warnings })
            }
            _ => {
                errors.sort_by(|one, other| one.place().cmp(&other.place()));
                Err(errors)
            }
        }
    }

    /// What is asked for.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What has no effect in the text of password rules, and where.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// How many passwords are asked for: 1 to 100.
    #[must_use]
    pub fn count(&self) -> u8 {
        self.count
    }

    /// The passwords that satisfy the request; with the shortest length that has the entropy, if the request asks for
    /// one.
    ///
    /// # Errors
    /// [`Error::Unsatisfiable`], and [`Error::PolicyTooComplex`] if counting and drawing what is asked for takes too
    /// much work or memory. If an entropy is asked for, also [`Error::EntropyUnreachable`], and
    /// [`Error::InvalidParameter`] if so many passwords of the length it takes have too many characters together.
    pub fn compile(&self) -> Result<Recipe, Error> {
        self.compile_within(&mut Budget::default())
    }

    pub(crate) fn compile_within(&self, budget: &mut Budget) -> Result<Recipe, Error> {
        let wanted = match &self.made_of {
            MadeOf::Words(passphrase) => return Ok(Recipe::Passphrase(passphrase.clone())),
            MadeOf::Characters(wanted) => wanted,
        };
        let counted = match wanted.search {
            Some(search) => shortest(&wanted.form, search, budget)?,
            None => Counted::new(wanted.form.clone(), budget)?,
        };
        fits(self.count, counted.length()).map_err(|allowed| invalid("count", allowed))?;
        Ok(Recipe::Policy(counted.policy(self.count, budget)?))
    }
}

fn wanted(fields: &Fields) -> Result<(MadeOf, u8), Vec<Error>> {
    let mut errors = Vec::new();
    let mut note = |error: Error| errors.push(error);
    let length = length(fields).map_err(&mut note).ok();
    let count = count(fields, length).map_err(&mut note);
    let search = search(fields).map_err(&mut note);
    let most = longest(fields, length);
    let limits = Limits::read(fields, most, &mut note);
    let is_text = fields.terms().0 == Terms::Text;
    let rules = if is_text { maximums(fields, most) } else { rules(fields, most) };
    let rules = rules.map_err(|found| found.into_iter().for_each(&mut note));
    match (length, count, search, rules) {
        (Some(length), Ok(count), Ok(search), Ok(rules)) if errors.is_empty() => {
            let form = if is_text { form_of_text } else { form };
            let form = form(fields, length, rules, limits);
            Ok((MadeOf::Characters(Box::new(Wanted { form, search })), count))
        }
        _ => Err(errors),
    }
}

fn words(fields: &Fields) -> Result<(MadeOf, u8), Vec<Error>> {
    let mut errors = Vec::new();
    let mut note = |error: Error| errors.push(error);
    let words = in_range(fields.words.as_ref(), MIN_WORDS, MAX_WORDS).map_err(&mut note);
    let count = in_range(fields.count.as_ref(), 1, MAX_COUNT).map_err(&mut note);
    let default = PassphraseOptions::default();
    let separator = fields.separator.as_ref().map(|given| given.value.clone());
    let options = PassphraseOptions {
        words: words.ok().flatten().unwrap_or(default.words),
        separator: separator.unwrap_or(default.separator),
        capitalize: fields.capitalize.as_ref().map_or(default.capitalize, |given| given.value),
        include_number: fields.include_number.as_ref().is_some_and(|given| given.value),
        wordlist: fields.wordlist.as_ref().map_or(default.wordlist, |given| given.value),
    };
    // Names and numbers are checked, so what is left to refuse is the separator.
    let passphrase =
        Passphrase::new(options).map_err(|_| note(invalid("separator", Allowed::Separator)));
    let (Ok(passphrase), Ok(count), true) = (passphrase, count, errors.is_empty()) else {
        return Err(errors);
    };
    let count = count.unwrap_or(1);
    let longest = u16::try_from(passphrase.max_length()).unwrap_or(u16::MAX);
    fits(count, longest).map_err(|allowed| vec![invalid("count", allowed)])?;
    Ok((MadeOf::Words(passphrase), count))
}

fn is_pin(fields: &Fields) -> bool {
    fields.kind() == Kind::Pin
}

/// The least, the greatest and the default length.
fn lengths(fields: &Fields) -> [u16; 3] {
    match (fields.terms().0, &fields.rules, &fields.policy) {
        (Terms::Pin, ..) => [MIN_PIN_LENGTH, MAX_PIN_LENGTH, DEFAULT_PIN_LENGTH],
        (Terms::Text, Some(rules), _) => {
            let max = rules.value.max_length.unwrap_or(MAX_LENGTH).min(MAX_LENGTH);
            [rules.value.min_length.unwrap_or(1), max, rules.value.default_length()]
        }
        (Terms::Text, None, Some(policy)) => {
            [vault_policy::MIN_LENGTH, vault_policy::MAX_LENGTH, policy.value.length]
        }
        _ if fields.aws => [MIN_AWS_LENGTH, MAX_LENGTH, DEFAULT_AWS_LENGTH],
        _ => [MIN_LENGTH, MAX_LENGTH, DEFAULT_LENGTH],
    }
}

fn length(fields: &Fields) -> Result<u16, Error> {
    let [min, max, default] = lengths(fields);
    if let Some(rules) = fields.rules.as_ref().filter(|_| min > max) {
        return Err(invalid(&rules.name, Allowed::RulesWithinLength));
    }
    Ok(in_range(fields.length.as_ref(), min, max)?.unwrap_or(default))
}

/// The greatest length that passwords of the request can have.
fn longest(fields: &Fields, length: Option<u16>) -> u16 {
    let [_, max, _] = lengths(fields);
    length.filter(|_| fields.min_entropy.is_none()).unwrap_or(max)
}

fn search(fields: &Fields) -> Result<Option<Search>, Error> {
    let [min_length, max_length, _] = lengths(fields);
    let bits = in_range(fields.min_entropy.as_ref(), 1, MAX_ENTROPY)?;
    Ok(bits.map(|bits| Search { bits, min_length, max_length }))
}

fn count(fields: &Fields, length: Option<u16>) -> Result<u8, Error> {
    let Some(count) = in_range(fields.count.as_ref(), 1, MAX_COUNT)? else { return Ok(1) };
    let known = length.filter(|_| fields.min_entropy.is_none());
    match (&fields.count, known.map(|length| fits(count, length))) {
        (Some(given), Some(Err(allowed))) => Err(invalid(&given.name, allowed)),
        _ => Ok(count),
    }
}

/// Whether `count` passwords of `length` are not too many characters, else what is allowed.
fn fits(count: u8, length: u16) -> Result<(), Allowed> {
    let max = MAX_TOTAL / u32::from(length.max(1));
    if u32::from(count) <= max { Ok(()) } else { Err(Allowed::CountAtLength { max, length }) }
}

fn invalid(parameter: &str, allowed: Allowed) -> Error {
    Error::InvalidParameter { parameter: parameter.to_owned(), allowed }
}

/// Pairs of parameters that are fine apart.
fn contradictions(fields: &Fields) -> Vec<Error> {
    let mut errors = Vec::new();
    if let (Some(bits), Some(length)) = (&fields.min_entropy, &fields.length) {
        errors.push(conflict(&bits.name, &length.name, Conflict::LengthAndEntropy));
    }
    let each = fields.require_each_type.as_ref().filter(|given| given.value);
    if let (Some(some), Some(each)) = (&fields.min_classes, each) {
        errors.push(conflict(&some.name, &each.name, Conflict::EachAndSome));
    }
    if let (Some(rules), Some(policy)) = (&fields.rules, &fields.policy) {
        errors.push(conflict(&policy.name, &rules.name, Conflict::RulesAndPolicy));
    }
    errors.extend(strangers(fields));
    errors
}

/// The parameters that the passwords asked for do not take.
fn strangers(fields: &Fields) -> impl Iterator<Item = Error> {
    let (terms, decided_by) = fields.terms();
    let conflict_of = move |parameter: Parameter| match terms {
        _ if parameter.is_for(Terms::Passphrase) => Conflict::OnlyForPassphrases,
        Terms::Classes | Terms::Text => Conflict::DecidedByText,
        Terms::Pin => Conflict::NotForPins,
        Terms::Passphrase => Conflict::NotForPassphrases,
    };
    fields.names.iter().filter_map(move |(name, parameter, origin)| {
        let is_taken =
            parameter.is_for(terms) && (*origin == Origin::Own || terms == Terms::Classes);
        (!is_taken).then(|| conflict(name, decided_by, conflict_of(*parameter)))
    })
}

/// The integers that limit the whole password.
#[derive(Clone, Copy)]
struct Limits {
    repeating: Option<NonZeroU16>,
    sequential: Option<NonZeroU16>,
    classes: Option<u8>,
}

impl Limits {
    /// Reads the limits on passwords of at most `length` characters; what is wrong with one goes to `note`.
    fn read(fields: &Fields, length: u16, mut note: impl FnMut(Error)) -> Self {
        let mut run = |field: &Field<_>| {
            let limit = in_range(field.as_ref(), 1, length).map_err(&mut note).ok().flatten();
            limit.and_then(NonZeroU16::new)
        };
        let (repeating, sequential) = (run(&fields.max_repeating), run(&fields.max_sequential));
        let classes = in_range(fields.min_classes.as_ref(), 1, 4).map_err(&mut note).ok().flatten();
        Self { repeating, sequential, classes }
    }
}

fn is_true(field: Option<&Given<bool>>) -> bool {
    field.is_some_and(|given| given.value)
}

/// The characters that must not occur.
fn dropped(fields: &Fields) -> Characters {
    let excluded = fields.exclude.as_ref().map(|given| given.value.clone()).unwrap_or_default();
    let ambiguous =
        if is_true(fields.exclude_ambiguous.as_ref()) { AMBIGUOUS } else { Characters::default() };
    excluded.union(&ambiguous)
}

/// What the text of rules or of a policy says, and what the parameters beside it narrow.
fn form_of_text(fields: &Fields, length: u16, maximums: Vec<Rule>, limits: Limits) -> NormalForm {
    let of_rules = fields.rules.as_ref().map(|given| given.value.normal_form(length));
    let of_policy =
        || fields.policy.as_ref().map(|given| given.value.normal_form()).unwrap_or_default();
    let mut form = NormalForm { length, ..of_rules.unwrap_or_else(of_policy) };
    let dropped = dropped(fields);
    form.alphabet = form.alphabet.difference(&dropped);
    form.inner = form.inner.difference(&dropped);
    form.first = fields.first.as_ref().and_then(|given| given.value.characters());
    form.last = fields.last.as_ref().and_then(|given| given.value.characters());
    form.distinct = is_true(fields.distinct.as_ref());
    form.max_repeating = form.max_repeating.into_iter().chain(limits.repeating).min();
    form.max_sequential = form.max_sequential.into_iter().chain(limits.sequential).min();
    form.rules.extend(maximums);
    form
}

fn form(fields: &Fields, length: u16, rules: Vec<Rule>, limits: Limits) -> NormalForm {
    let dropped = dropped(fields);
    let common = NormalForm {
        length,
        distinct: is_true(fields.distinct.as_ref()),
        max_repeating: limits.repeating,
        max_sequential: limits.sequential,
        ..NormalForm::default()
    };
    if is_pin(fields) {
        let alphabet = characters(fields, Class::Numbers).difference(&dropped);
        return NormalForm { alphabet, ..common };
    }
    let space = Characters::from(if is_true(fields.include_space.as_ref()) { " " } else { "" });
    let alphabet = alphabet(fields).difference(&dropped);
    let counted = || rules.iter().map(|rule| rule.characters.clone()).collect();
    NormalForm {
        first: first(fields, &alphabet),
        alphabet,
        inner: safe(fields, space).difference(&dropped),
        last: fields.last.as_ref().and_then(|given| given.value.characters()),
        min_classes: limits.classes.map(|count| MinClasses { count, classes: counted() }),
        rules,
        ..common
    }
}

/// The characters of the alphabet that may be first, if not all may.
fn first(fields: &Fields, alphabet: &Characters) -> Option<Characters> {
    let asked = fields.first.as_ref().and_then(|given| given.value.characters());
    let special = fields.safe.as_ref().map(|given| &given.value.not_first);
    match special.filter(|special| !special.is_empty()) {
        Some(special) => Some(asked.as_ref().unwrap_or(alphabet).difference(special)),
        None => asked,
    }
}
