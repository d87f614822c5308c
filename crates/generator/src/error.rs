//! What can be wrong with a request or a policy.

use std::fmt;

use crate::parameter::{MAX_CHARACTERS, MAX_TOTAL, PRESET_NAMES};

/// Why a request makes no password. Messages say what is allowed and hold no value of the request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A value that its parameter does not take.
    #[error("{parameter} {allowed}")]
    InvalidParameter {
        /// The name as the request spelled it.
        parameter: String,
        /// What the parameter takes.
        allowed: Allowed,
    },
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
    /// Two parameters that contradict each other.
    #[error("{parameter} contradicts {other}: {conflict}")]
    ConflictingParameters {
        /// The parameter that came second or depends on the other, as the request spelled it.
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
    #[error("the rules of the request combine in too many ways to count them exactly")]
    PolicyTooComplex,
}

impl Error {
    /// The stable name of the kind of error, `snake_case`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidParameter { .. } => "invalid_parameter",
            Self::UnknownParameter { .. } => "unknown_parameter",
            Self::DuplicateParameter { .. } => "duplicate_parameter",
            Self::ConflictingParameters { .. } => "conflicting_parameters",
            Self::Unsatisfiable(_) => "unsatisfiable",
            Self::CountExceedsSpace { .. } => "count_exceeds_space",
            Self::PolicyTooComplex => "policy_too_complex",
        }
    }

    /// The parameter at fault, as the request spelled it, if there is one.
    #[must_use]
    pub fn parameter(&self) -> Option<&str> {
        match self {
            Self::InvalidParameter { parameter, .. }
            | Self::UnknownParameter { parameter, .. }
            | Self::DuplicateParameter { parameter }
            | Self::ConflictingParameters { parameter, .. } => Some(parameter),
            Self::Unsatisfiable(_) | Self::CountExceedsSpace { .. } | Self::PolicyTooComplex => {
                None
            }
        }
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
            Self::Boolean => formatter.write_str("must be true, false, 1 or 0"),
            Self::Text => write!(formatter, "must have at most {MAX_CHARACTERS} characters"),
            Self::Symbols => {
                let presets = PRESET_NAMES.join(", ");
                write!(
                    formatter,
                    "must be one of the presets {presets}, or at least one ASCII punctuation character and nothing else"
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
    /// A choice of symbols although symbols are left out.
    #[error("symbols are chosen and left out at once")]
    ExcludedSymbols,
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
    /// None of the above.
    #[error("the rules contradict each other")]
    Contradiction,
}

fn did_you_mean(suggestion: Option<&str>) -> String {
    suggestion.map(|name| format!("; did you mean {name}")).unwrap_or_default()
}
