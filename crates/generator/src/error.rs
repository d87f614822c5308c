//! What can be wrong with a request or a policy.

use std::fmt;

use crate::parameter::{MAX_CHARACTERS, MAX_LENGTH, MAX_TOTAL, PRESET_NAMES, SAFE_NAMES};
use crate::passphrase::MAX_SEPARATOR;
use crate::positions::MAX_DISTINCT;
use crate::{apple, vault_policy};

/// Why a request makes no password. Messages say what is allowed and hold no value of the request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A name that is not a parameter. It is not part of the message, since anything may stand in it.
    #[error("no such parameter{}", did_you_mean(*suggestion))]
    UnknownParameter {
        /// The name as the request spelled it.
        parameter: String,
        /// The known name at an edit distance of at most 2, if there is one.
        suggestion: Option<&'static str>,
    },
    /// The same name twice.
    #[error("{parameter} is allowed once")]
    DuplicateParameter {
        /// The name as the request spelled it.
        parameter: String,
    },
    /// A value that its parameter does not take.
    #[error("{parameter} {allowed}")]
    InvalidParameter {
        /// The name as the request spelled it.
        parameter: String,
        /// What the parameter takes.
        allowed: Allowed,
    },
    /// Password rules that cannot be read.
    #[error("{parameter}: {cause}")]
    InvalidRules {
        /// The name as the request spelled it.
        parameter: String,
        /// What is wrong, and where.
        cause: apple::Error,
    },
    /// A password policy that cannot be read.
    #[error("{parameter}: {cause}")]
    InvalidPolicy {
        /// The name as the request spelled it.
        parameter: String,
        /// What is wrong, and where.
        cause: vault_policy::Error,
    },
    /// Two parameters that contradict each other.
    #[error("{parameter} contradicts {other}: {conflict}")]
    ConflictingParameters {
        /// The parameter that depends on the other, or of two spellings the later by name, as the request spelled it.
        parameter: String,
        /// The parameter it contradicts, as the request spelled it.
        other: String,
        /// What would be consistent.
        conflict: Conflict,
    },
    /// No password satisfies the policy.
    #[error("no password satisfies the request: {0}")]
    Unsatisfiable(Reason),
    /// More different passwords are asked for than the policy allows.
    #[error("count must be at most {passwords}, since only so many passwords satisfy the request")]
    CountExceedsSpace {
        /// How many passwords satisfy the policy.
        passwords: u32,
    },
    /// Counting the passwords of the policy exactly would take more work or memory than a request is worth.
    #[error("the passwords of the request are too hard to count exactly: {0}")]
    PolicyTooComplex(Limit),
    /// No length that the request allows gives passwords of the entropy it asks for.
    #[error("no length up to {max_length} gives {bits} bits of entropy")]
    EntropyUnreachable {
        /// The entropy asked for.
        bits: u16,
        /// The greatest length of such passwords.
        max_length: u16,
    },
}

impl Error {
    /// The stable name of the kind of error, `snake_case`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownParameter { .. } => "unknown_parameter",
            Self::DuplicateParameter { .. } => "duplicate_parameter",
            Self::InvalidParameter { .. } => "invalid_parameter",
            Self::InvalidRules { .. } => "invalid_rules",
            Self::InvalidPolicy { .. } => "invalid_policy",
            Self::ConflictingParameters { .. } => "conflicting_parameters",
            Self::Unsatisfiable(_) => "unsatisfiable",
            Self::CountExceedsSpace { .. } => "count_exceeds_space",
            Self::PolicyTooComplex(_) => "policy_too_complex",
            Self::EntropyUnreachable { .. } => "entropy_unreachable",
        }
    }

    /// The parameter at fault, as the request spelled it, if there is one.
    #[must_use]
    pub fn parameter(&self) -> Option<&str> {
        match self {
            Self::InvalidParameter { parameter, .. }
            | Self::UnknownParameter { parameter, .. }
            | Self::DuplicateParameter { parameter }
            | Self::ConflictingParameters { parameter, .. }
            | Self::InvalidRules { parameter, .. }
            | Self::InvalidPolicy { parameter, .. } => Some(parameter),
            Self::Unsatisfiable(_)
            | Self::CountExceedsSpace { .. }
            | Self::PolicyTooComplex(_)
            | Self::EntropyUnreachable { .. } => None,
        }
    }

    /// What decides the place of the error among those of a request: its kind, then the parameter.
    pub(crate) fn place(&self) -> (u8, Option<&str>) {
        let kind = match self {
            Self::UnknownParameter { .. } => 0,
            Self::DuplicateParameter { .. } => 1,
            Self::InvalidParameter { .. } => 2,
            Self::InvalidRules { .. } => 3,
            Self::InvalidPolicy { .. } => 4,
            Self::ConflictingParameters { .. } => 5,
            // Found when all parameters are right, and alone.
            Self::Unsatisfiable(_)
            | Self::CountExceedsSpace { .. }
            | Self::PolicyTooComplex(_)
            | Self::EntropyUnreachable { .. } => 6,
        };
        (kind, self.parameter())
    }
}

/// The values that a parameter takes, as a sentence without its subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allowed {
    /// An integer in a range, both ends included.
    Integer {
        /// The least value.
        min: u32,
        /// The greatest value.
        max: u32,
    },
    /// As many passwords as the limit on the characters of an answer leaves at this length.
    CountAtLength {
        /// The greatest value.
        max: u32,
        /// The length of each password.
        length: u16,
    },
    /// A Boolean.
    Boolean,
    /// Any text up to a limit.
    Text,
    /// A preset of symbols, or ASCII punctuation.
    Symbols,
    /// A kind of password.
    Kind,
    /// What may stand at one end.
    End,
    /// A list of places that passwords are safe in.
    Safe,
    /// Rules that allow a length which is offered.
    RulesWithinLength,
    /// What may stand between words.
    Separator,
    /// Which words start with a capital letter.
    Capitalize,
    /// A list of words.
    Wordlist,
}

impl fmt::Display for Allowed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer { min, max } => {
                write!(formatter, "must be an integer from {min} to {max}, digits only")
            }
            Self::CountAtLength { max, length } => write!(
                formatter,
                "must be at most {max} at length {length}, since count times length is at most {MAX_TOTAL}"
            ),
            Self::Kind => formatter.write_str("must be password, passphrase or pin"),
            Self::RulesWithinLength => {
                write!(formatter, "must allow a length of at most {MAX_LENGTH}")
            }
            Self::Separator => write!(
                formatter,
                "must have at most {MAX_SEPARATOR} characters: digits, punctuation, symbols or spaces"
            ),
            Self::Capitalize => formatter.write_str("must be none, first, all, one or random"),
            Self::Wordlist => formatter.write_str("must be eff_large or eff_short"),
            Self::End => formatter.write_str("must be any, letter or alnum"),
            Self::Safe => {
                let places = SAFE_NAMES.join(", ");
                write!(formatter, "must be one of {places}, or several with commas between")
            }
            Self::Boolean => formatter.write_str("must be true, false, 1 or 0"),
            Self::Text => write!(formatter, "must have at most {MAX_CHARACTERS} characters"),
            Self::Symbols => {
                let presets = PRESET_NAMES.join(", ");
                write!(
                    formatter,
                    "must be one of the presets {presets}, or 1 to {MAX_CHARACTERS} ASCII punctuation characters and nothing else"
                )
            }
        }
    }
}

/// What two contradicting parameters would have to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// Two spellings of one parameter with different values.
    #[error("two spellings of one parameter must have the same value")]
    Spellings,
    /// A minimum above 0 for a class that is left out.
    #[error("the minimum of a class that is left out must be 0")]
    MinimumOfExcludedClass,
    /// A maximum below the minimum of the same class.
    #[error("the maximum must not be below the minimum")]
    MaximumBelowMinimum,
    /// Every class required although a number of classes is enough.
    #[error("either each class is required or a number of them")]
    EachAndSome,
    /// A length although the entropy decides it.
    #[error("either the length or the entropy is given")]
    LengthAndEntropy,
    /// A parameter that a PIN has no use for.
    #[error("a pin does not take it")]
    NotForPins,
    /// A parameter that a passphrase has no use for.
    #[error("a passphrase does not take it")]
    NotForPassphrases,
    /// A parameter of passphrases for something else.
    #[error("only kind=passphrase takes it")]
    OnlyForPassphrases,
    /// A parameter about what password rules or a password policy decide.
    #[error("the text of rules or of a policy decides it")]
    DecidedByText,
    /// Password rules and a password policy at once.
    #[error("either rules or a policy is given")]
    RulesAndPolicy,
    /// A choice of symbols although symbols are left out.
    #[error("symbols are chosen and left out at once")]
    ExcludedSymbols,
}

/// What a policy has too much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Limit {
    /// The numbers of characters of overlapping sets, or of sets beside a limit on runs, combine in too many ways.
    #[error("the minimums and maximums combine in too many ways")]
    States,
    /// Next to a limit on sequences or overlapping sets, each character that may occur only once is counted on its own.
    #[error(
        "with distinct, sequences, overlapping sets and min_classes next to larger minimums are counted for at most {} different characters",
        MAX_DISTINCT
    )]
    Distinct,
    /// The tables take too much memory.
    #[error("the tables for this length are too large")]
    Memory,
    /// Counting and drawing take too much time.
    #[error("counting and drawing them takes too long at this length")]
    Work,
}

/// One of the two ends of a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The first position.
    First,
    /// The last position.
    Last,
}

impl fmt::Display for End {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::First => "first",
            Self::Last => "last",
        })
    }
}

/// Why no password satisfies a policy: the first of these, in this order, that explains it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// No character is left that may stand everywhere.
    #[error("no character is left to choose from")]
    EmptyAlphabet,
    /// A rule asks for characters of a set of which none is left.
    #[error("{rule} requires characters of which none is left")]
    EmptiedRule {
        /// The name of the rule.
        rule: String,
    },
    /// The minimums of rules without a common character exceed the length.
    #[error("the minimums add up to {sum}, more than the length {length}")]
    MinimumsExceedLength {
        /// The sum of the minimums.
        sum: u32,
        /// The length of the password.
        length: u16,
    },
    /// The maximums leave some positions without a character.
    #[error("the maximums add up to {sum}, less than the {length} characters to choose")]
    MaximumsBelowLength {
        /// The sum of the maximums.
        sum: u32,
        /// How many positions they have to fill.
        length: u16,
    },
    /// No character of the alphabet is in the set of the first or the last position.
    #[error("no character is left that may stand {0}")]
    EmptyEnd(End),
    /// More classes are needed than have characters left.
    #[error("{needed} classes are needed, but only {classes} have characters left")]
    TooFewClasses {
        /// How many must be present.
        needed: u8,
        /// How many can be.
        classes: u32,
    },
    /// No character may stand twice, and there are fewer of them than needed.
    #[error("{needed} different characters are needed where only {characters} are left")]
    TooFewDistinct {
        /// The length, or the minimum of a rule.
        needed: u16,
        /// How many characters the alphabet, or the set of the rule, has.
        characters: u32,
    },
    /// There is only one character, and it may not repeat as often as the length takes.
    #[error("the only character left may not stand {length} times in a row")]
    RunOfOne {
        /// The length of the password.
        length: u16,
    },
    /// None of the above.
    #[error("the rules contradict each other")]
    Contradiction,
}

fn did_you_mean(suggestion: Option<&str>) -> String {
    suggestion.map(|name| format!("; did you mean {name}")).unwrap_or_default()
}
