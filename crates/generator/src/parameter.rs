//! The parameters of a request: their names, and what their values look like.

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
/// The greatest number of passwords in an answer.
pub(crate) const MAX_COUNT: u8 = 100;
/// The greatest number of characters of all passwords in an answer together.
pub(crate) const MAX_TOTAL: u32 = 65_536;
/// The greatest number of characters in a text, as in `GetRandomPassword`.
pub(crate) const MAX_CHARACTERS: usize = 4096;
/// At most so many edits lead from a misspelled name to the suggested one.
const MAX_EDITS: usize = 2;

/// The symbols of a request that does not choose any: 26.
pub(crate) const DEFAULT_SYMBOLS: &str = "!@#$%^&*()_+-=[]{};:,.<>?|";
/// Those of the default symbols that the common checkers take for symbols: 19.
pub(crate) const CHECKED_SYMBOLS: &str = "!@#$%^&*(),.?:{}|<>";
/// Characters that look like others in many typefaces.
pub(crate) const AMBIGUOUS: &str = "lI1O0o|";

/// What a parameter is about, whatever it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parameter {
    Length,
    Minimum(Class),
    Include(Class),
    Exclude(Class),
    IncludeSpace,
    RequireEachType,
    ExcludeCharacters,
    ExcludeAmbiguous,
    Symbols,
    Count,
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

const SPELLINGS: [(&str, Parameter, Origin); 28] = {
    use Class::{Lowercase, Numbers, Symbols, Uppercase};
    use Origin::{Aws, Own};
    use Parameter as P;
    [
        ("length", P::Length, Own),
        ("PasswordLength", P::Length, Aws),
        ("nums", P::Minimum(Numbers), Own),
        ("special_chars", P::Minimum(Symbols), Own),
        ("uppercase", P::Minimum(Uppercase), Own),
        ("lowercase", P::Minimum(Lowercase), Own),
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

/// Any text of at most [`MAX_CHARACTERS`] characters.
pub(crate) fn text(value: &str) -> Option<Characters> {
    (value.chars().count() <= MAX_CHARACTERS).then(|| Characters::from(value))
}

/// A preset, or ASCII punctuation characters themselves.
pub(crate) fn symbols(value: &str) -> Option<Characters> {
    let own = !value.is_empty() && value.chars().all(|character| character.is_ascii_punctuation());
    preset(value).or_else(|| own.then(|| Characters::from(value)))
}

/// The names that [`symbols`] takes.
pub(crate) const PRESET_NAMES: [&str; 7] = ["default", "all", "aws", "rds", "url", "shell", "json"];

fn preset(name: &str) -> Option<Characters> {
    match name {
        "default" => Some(DEFAULT_SYMBOLS.into()),
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

/// All ASCII punctuation: 32 characters, those of `GetRandomPassword`.
pub(crate) fn punctuation() -> Characters {
    ('!'..='~').filter(char::is_ascii_punctuation).collect()
}
