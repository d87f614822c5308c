//! The parameters of a request: their names, and what their values look like.

use serde::Serialize;

use crate::Characters;

/// The least `length`, unless the request uses one of AWS's names.
pub(crate) const MIN_LENGTH: u16 = 8;
/// The least length of a request with one of AWS's names, as in `GetRandomPassword`.
pub(crate) const MIN_AWS_LENGTH: u16 = 1;
/// The greatest length, as in `GetRandomPassword`.
pub(crate) const MAX_LENGTH: u16 = 4096;
/// The length when none is given.
pub(crate) const DEFAULT_LENGTH: u16 = 20;
/// The length when none is given and the request uses one of AWS's names, as in `GetRandomPassword`.
pub(crate) const DEFAULT_AWS_LENGTH: u16 = 32;
/// The least length of a PIN.
pub(crate) const MIN_PIN_LENGTH: u16 = 4;
/// The greatest length of a PIN.
pub(crate) const MAX_PIN_LENGTH: u16 = 64;
/// The length of a PIN when none is given.
pub(crate) const DEFAULT_PIN_LENGTH: u16 = 6;
/// The greatest entropy that a request can ask for, in bits.
pub(crate) const MAX_ENTROPY: u16 = 1024;
/// The greatest number of passwords in an answer.
pub(crate) const MAX_COUNT: u8 = 100;
/// The greatest number of characters of all passwords in an answer together.
pub(crate) const MAX_TOTAL: u32 = 65_536;
/// The greatest number of characters in a text, as in `GetRandomPassword`.
pub(crate) const MAX_CHARACTERS: usize = 4096;
/// At most so many edits lead from a misspelled name to the suggested one.
const MAX_EDITS: usize = 2;

/// The symbols of a request that does not choose any: 26.
pub(crate) const DEFAULT_SYMBOLS: Characters = Characters::of_ascii("!@#$%^&*()_+-=[]{};:,.<>?|");
/// Those of the default symbols that the common checkers take for symbols: 19.
pub(crate) const CHECKED_SYMBOLS: Characters = Characters::of_ascii("!@#$%^&*(),.?:{}|<>");
/// Characters that look like others in many typefaces.
pub(crate) const AMBIGUOUS: Characters = Characters::of_ascii("lI1O0o|");
pub(crate) const DIGITS: Characters = Characters::of_ascii("0123456789");
pub(crate) const UPPERCASE: Characters = Characters::of_ascii("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
pub(crate) const LOWERCASE: Characters = Characters::of_ascii("abcdefghijklmnopqrstuvwxyz");

/// What a parameter is about, whatever it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parameter {
    Kind,
    Length,
    MinEntropy,
    Minimum(Class),
    Maximum(Class),
    Include(Class),
    Exclude(Class),
    IncludeSpace,
    RequireEachType,
    ExcludeCharacters,
    ExcludeAmbiguous,
    Symbols,
    Safe,
    MaxRepeating,
    MaxSequential,
    Distinct,
    First,
    Last,
    MinClasses,
    Rules,
    Policy,
    Words,
    Separator,
    Capitalize,
    IncludeNumber,
    Wordlist,
    Count,
}

/// What the parameters of a request describe passwords by, which decides what others it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Terms {
    /// Classes of characters.
    Classes,
    /// The text of password rules or of a password policy.
    Text,
    /// Digits.
    Pin,
    /// Words.
    Passphrase,
}

impl Parameter {
    /// Whether passwords that are described in `terms` take it.
    pub(crate) fn is_for(self, terms: Terms) -> bool {
        use Terms::{Classes, Passphrase, Pin, Text};
        match self {
            Self::Kind | Self::Count => true,
            Self::Length
            | Self::MinEntropy
            | Self::ExcludeCharacters
            | Self::MaxRepeating
            | Self::MaxSequential
            | Self::Distinct => matches!(terms, Classes | Text | Pin),
            // A text that cannot be read leaves the request in terms of classes, and is one fault.
            Self::Maximum(_)
            | Self::ExcludeAmbiguous
            | Self::First
            | Self::Last
            | Self::Rules
            | Self::Policy => matches!(terms, Classes | Text),
            Self::Minimum(_)
            | Self::Include(_)
            | Self::Exclude(_)
            | Self::IncludeSpace
            | Self::RequireEachType
            | Self::Symbols
            | Self::Safe
            | Self::MinClasses => terms == Classes,
            Self::Words
            | Self::Separator
            | Self::Capitalize
            | Self::IncludeNumber
            | Self::Wordlist => terms == Passphrase,
        }
    }
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Characters.
    Password,
    /// Words.
    Passphrase,
    /// Digits.
    Pin,
}

/// What may stand at one end of a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EndSet {
    Any,
    Letter,
    Alnum,
}

impl EndSet {
    /// The characters, if not all may stand there.
    pub(crate) fn characters(self) -> Option<Characters> {
        let letters = UPPERCASE.union(&LOWERCASE);
        match self {
            Self::Any => None,
            Self::Letter => Some(letters),
            Self::Alnum => Some(letters.union(&DIGITS)),
        }
    }
}

/// The four classes of characters that requests speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    Numbers,
    Symbols,
    Uppercase,
    Lowercase,
}

impl Class {
    pub(crate) const ALL: [Self; 4] =
        [Self::Numbers, Self::Symbols, Self::Uppercase, Self::Lowercase];

    /// The parameter that sets how many characters of the class there must be.
    pub(crate) fn minimum(self) -> &'static str {
        match self {
            Self::Numbers => "nums",
            Self::Symbols => "special_chars",
            Self::Uppercase => "uppercase",
            Self::Lowercase => "lowercase",
        }
    }
}

/// Whether a name is our own or AWS's, from `GetRandomPassword` of Secrets Manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    Own,
    Aws,
}

const SPELLINGS: [(&str, Parameter, Origin); 52] = {
    use Class::{Lowercase, Numbers, Symbols, Uppercase};
    use Origin::{Aws, Own};
    use Parameter as P;
    [
        ("kind", P::Kind, Own),
        ("length", P::Length, Own),
        ("PasswordLength", P::Length, Aws),
        ("min_entropy", P::MinEntropy, Own),
        ("nums", P::Minimum(Numbers), Own),
        ("special_chars", P::Minimum(Symbols), Own),
        ("uppercase", P::Minimum(Uppercase), Own),
        ("lowercase", P::Minimum(Lowercase), Own),
        ("max_nums", P::Maximum(Numbers), Own),
        ("max_special_chars", P::Maximum(Symbols), Own),
        ("max_uppercase", P::Maximum(Uppercase), Own),
        ("max_lowercase", P::Maximum(Lowercase), Own),
        ("include_numbers", P::Include(Numbers), Own),
        ("include_symbols", P::Include(Symbols), Own),
        ("include_uppercase", P::Include(Uppercase), Own),
        ("include_lowercase", P::Include(Lowercase), Own),
        ("exclude_numbers", P::Exclude(Numbers), Own),
        ("exclude_punctuation", P::Exclude(Symbols), Own),
        ("exclude_uppercase", P::Exclude(Uppercase), Own),
        ("exclude_lowercase", P::Exclude(Lowercase), Own),
        ("ExcludeNumbers", P::Exclude(Numbers), Aws),
        ("ExcludePunctuation", P::Exclude(Symbols), Aws),
        ("ExcludeUppercase", P::Exclude(Uppercase), Aws),
        ("ExcludeLowercase", P::Exclude(Lowercase), Aws),
        ("include_space", P::IncludeSpace, Own),
        ("IncludeSpace", P::IncludeSpace, Aws),
        ("require_each_included_type", P::RequireEachType, Own),
        ("RequireEachIncludedType", P::RequireEachType, Aws),
        ("exclude", P::ExcludeCharacters, Own),
        ("exclude_characters", P::ExcludeCharacters, Own),
        ("ExcludeCharacters", P::ExcludeCharacters, Aws),
        ("exclude_ambiguous", P::ExcludeAmbiguous, Own),
        ("symbols", P::Symbols, Own),
        ("safe", P::Safe, Own),
        ("max_repeating", P::MaxRepeating, Own),
        ("max_consecutive", P::MaxRepeating, Own),
        ("max_sequential", P::MaxSequential, Own),
        ("distinct", P::Distinct, Own),
        ("first", P::First, Own),
        ("last", P::Last, Own),
        ("min_classes", P::MinClasses, Own),
        ("rules", P::Rules, Own),
        ("passwordrules", P::Rules, Own),
        ("password_rules", P::Rules, Own),
        ("policy", P::Policy, Own),
        ("vault_policy", P::Policy, Own),
        ("words", P::Words, Own),
        ("separator", P::Separator, Own),
        ("capitalize", P::Capitalize, Own),
        ("include_number", P::IncludeNumber, Own),
        ("wordlist", P::Wordlist, Own),
        ("count", P::Count, Own),
    ]
};

/// The parameter that `name` spells.
pub(crate) fn find(name: &str) -> Option<(Parameter, Origin)> {
    let spelling = SPELLINGS.iter().find(|(known, ..)| *known == name);
    spelling.map(|(_, parameter, origin)| (*parameter, *origin))
}

/// The known name that `name` is closest to, if it is close.
pub(crate) fn suggest(name: &str) -> Option<&'static str> {
    // No longer name is close to one of ours, and comparing takes time for every pair of characters.
    let longest = SPELLINGS.iter().map(|(known, ..)| known.len()).max()?;
    let name = (name.len() <= longest + MAX_EDITS).then(|| name.to_ascii_lowercase())?;
    let distance = |known: &str| strsim::levenshtein(&name, &known.to_ascii_lowercase());
    let closest = SPELLINGS
        .iter()
        .map(|(known, ..)| (distance(known), *known))
        .min_by_key(|(distance, _)| *distance)?;
    (closest.0 <= MAX_EDITS).then_some(closest.1)
}

/// `true`, `false`, `1` or `0`, in any case.
pub(crate) fn boolean(value: &str) -> Option<bool> {
    match value.to_ascii_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// ASCII digits and nothing else; what does not fit is the greatest number, which no parameter takes.
pub(crate) fn integer(value: &str) -> Option<u32> {
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| value.parse().unwrap_or(u32::MAX))
}

/// `password`, `passphrase` or `pin`.
pub(crate) fn kind(value: &str) -> Option<Kind> {
    match value {
        "password" => Some(Kind::Password),
        "passphrase" => Some(Kind::Passphrase),
        "pin" => Some(Kind::Pin),
        _ => None,
    }
}

/// `any`, `letter` or `alnum`.
pub(crate) fn end_set(value: &str) -> Option<EndSet> {
    match value {
        "any" => Some(EndSet::Any),
        "letter" => Some(EndSet::Letter),
        "alnum" => Some(EndSet::Alnum),
        _ => None,
    }
}

/// Any text of at most [`MAX_CHARACTERS`] characters.
pub(crate) fn text(value: &str) -> Option<Characters> {
    (value.chars().count() <= MAX_CHARACTERS).then(|| Characters::from(value))
}

/// A preset, or ASCII punctuation characters themselves, at most [`MAX_CHARACTERS`].
pub(crate) fn symbols(value: &str) -> Option<Characters> {
    let own = (1..=MAX_CHARACTERS).contains(&value.len())
        && value.chars().all(|character| character.is_ascii_punctuation());
    preset(value).or_else(|| own.then(|| Characters::from(value)))
}

/// The names that [`symbols`] takes.
pub(crate) const PRESET_NAMES: [&str; 7] = ["default", "all", "aws", "rds", "url", "shell", "json"];

fn preset(name: &str) -> Option<Characters> {
    match name {
        "default" => Some(DEFAULT_SYMBOLS),
        "all" | "aws" => Some(punctuation()),
        // What RDS takes as a master password with every engine (`CreateDBInstance`, `CreateTenantDatabase`).
        "rds" => Some(punctuation().difference(&"/\"@&'".into())),
        // The unreserved characters of RFC 3986, section 2.3.
        "url" => Some("-._~".into()),
        // What a POSIX shell leaves as it is without quotes.
        "shell" => Some("%+,-./:=@_".into()),
        // What a JSON string holds unescaped (RFC 8259, section 7).
        "json" => Some(punctuation().difference(&"\"\\".into())),
        _ => None,
    }
}

/// The names that [`safe`] takes.
pub(crate) const SAFE_NAMES: [&str; 7] = ["url", "shell", "json", "xml", "sql", "csv", "rds"];

/// The punctuation characters and the space that are safe in some places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Safe {
    /// Those that need no escape in any of them.
    pub(crate) anywhere: Characters,
    /// Those that one of them takes for something else at the beginning.
    pub(crate) not_first: Characters,
}

/// What is safe in all the places listed: one name, or several with commas between.
pub(crate) fn safe(value: &str) -> Option<Safe> {
    let anywhere = punctuation().union(&" ".into());
    let all = Safe { anywhere, not_first: Characters::default() };
    value.split(',').try_fold(all, |all, place| {
        let anywhere = all.anywhere.intersection(&unescaped(place)?);
        Some(Safe { anywhere, not_first: all.not_first.union(&special_first(place)) })
    })
}

/// What has a meaning at the beginning and nowhere else. What begins a formula in a spreadsheet is not in the set of `csv`
/// at all, and of the others no set has such a character.
fn special_first(place: &str) -> Characters {
    match place {
        // Options begin with a hyphen or a plus, and zsh replaces =name by the path of a command. A tilde or a number
        // sign is not in the set.
        "shell" => "-+=".into(),
        _ => Characters::default(),
    }
}

fn unescaped(place: &str) -> Option<Characters> {
    let without = |special: &str| punctuation().union(&" ".into()).difference(&special.into());
    match place {
        "url" | "shell" | "rds" => preset(place),
        "json" => Some(without("\"\\")),
        // The characters of markup and of both kinds of quotes (XML 1.0, section 2.4).
        "xml" => Some(without("<>&\"'")),
        // Every kind of quotes, what escapes them in MySQL, and what ends a statement.
        "sql" => Some(without("'\"`\\;")),
        // Quotes and separators (RFC 4180), and what makes a spreadsheet take a cell for a formula.
        "csv" => Some(without("\"',;|=+-@ ")),
        _ => None,
    }
}

/// All ASCII punctuation: 32 characters, those of `GetRandomPassword`.
pub(crate) fn punctuation() -> Characters {
    ('!'..='~').filter(char::is_ascii_punctuation).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_stands_in_the_tables_of_the_readme() {
        let readme = include_str!("../README.md");
        let rows = readme.lines().filter(|line| line.starts_with("| `"));
        let names: Vec<&str> = rows.flat_map(|row| row.split('`').skip(1).step_by(2)).collect();
        for (name, ..) in SPELLINGS {
            assert!(names.contains(&name), "{name}");
        }
    }
}
