//! The constraints that the Cognito API model puts on its string members.

use std::ops::RangeInclusive;

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

/// What a string member must look like.
pub(crate) struct Constraint {
    /// The model marks it sensitive: AWS leaves the value out of its messages.
    pub(crate) sensitive: bool,
    /// In Unicode scalar values.
    pub(crate) length: RangeInclusive<usize>,
    pub(crate) pattern: Option<Pattern>,
}

/// A regular expression of the model: its text for the message, a function for the decision.
pub(crate) struct Pattern {
    pub(crate) text: &'static str,
    pub(crate) matches: fn(&str) -> bool,
}

pub(crate) const CLIENT_ID: Constraint = Constraint {
    sensitive: true,
    length: 1..=128,
    pattern: Some(Pattern {
        text: r"[\w+]+",
        matches: |text| all(text, |c| is_word(c) || c == '+'),
    }),
};

pub(crate) const SECRET_HASH: Constraint = Constraint {
    sensitive: true,
    length: 1..=128,
    pattern: Some(Pattern {
        text: r"[\w+=/]+",
        matches: |text| all(text, |c| is_word(c) || matches!(c, '+' | '=' | '/')),
    }),
};

pub(crate) const USERNAME: Constraint = Constraint {
    sensitive: true,
    length: 1..=128,
    pattern: Some(Pattern {
        text: r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+",
        matches: |text| all(text, is_visible),
    }),
};

/// What the server itself asks of a password. The published model still has the pattern without
/// spaces.
pub(crate) const PASSWORD: Constraint = Constraint {
    sensitive: true,
    length: 0..=256,
    pattern: Some(Pattern { text: r"^[\S]+.*[\S]+$", matches: is_password }),
};

pub(crate) const CONFIRMATION_CODE: Constraint =
    Constraint { sensitive: false, length: 1..=2048, pattern: Some(NO_SPACE) };

/// An access or refresh token. The model gives no length.
pub(crate) const TOKEN: Constraint = Constraint {
    sensitive: true,
    length: 0..=usize::MAX,
    pattern: Some(Pattern {
        text: "[A-Za-z0-9-_=.]+",
        matches: |text| all(text, |c| is_word(c) || matches!(c, '-' | '=' | '.')),
    }),
};

pub(crate) const CLIENT_SECRET: Constraint = Constraint { length: 24..=64, ..CLIENT_ID };

/// The session of a sign-in that is under way.
pub(crate) const SESSION: Constraint =
    Constraint { sensitive: true, length: 20..=4096, pattern: None };

/// A code of a software token.
pub(crate) const USER_CODE: Constraint = Constraint {
    sensitive: true,
    length: 6..=6,
    pattern: Some(Pattern { text: "[0-9]+", matches: |text| all(text, |c| c.is_ascii_digit()) }),
};

pub(crate) const DEVICE_KEY: Constraint = Constraint {
    sensitive: false,
    length: 1..=55,
    pattern: Some(Pattern { text: r"[\w-]+_[0-9a-f-]+", matches: is_device_key }),
};

pub(crate) const PAGINATION_TOKEN: Constraint =
    Constraint { sensitive: false, length: 1..=usize::MAX, pattern: Some(NO_SPACE) };

pub(crate) const FILTER: Constraint =
    Constraint { sensitive: false, length: 0..=256, pattern: None };

pub(crate) const USER_POOL_ID: Constraint = Constraint {
    sensitive: false,
    length: 1..=55,
    pattern: Some(Pattern { text: r"[\w-]+_[0-9a-zA-Z]+", matches: is_pool_id }),
};

/// The names of pools and of app clients.
pub(crate) const NAME: Constraint = Constraint {
    sensitive: false,
    length: 1..=128,
    pattern: Some(Pattern {
        text: r"[\w\s+=,.@-]+",
        matches: |text| {
            all(text, |c| {
                is_word(c) || is_space(c) || matches!(c, '+' | '=' | ',' | '.' | '@' | '-')
            })
        },
    }),
};

pub(crate) const CLIENT_SECRET_ID: Constraint =
    Constraint { sensitive: false, length: 1..=128, pattern: None };

pub(crate) const EMAIL_SUBJECT: Constraint = Constraint {
    sensitive: false,
    length: 1..=140,
    pattern: Some(Pattern {
        text: r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s]+",
        matches: |text| all(text, |c| is_visible(c) || is_space(c)),
    }),
};

pub(crate) const VERIFICATION_EMAIL: Constraint = Constraint {
    sensitive: false,
    length: 6..=20_000,
    pattern: Some(Pattern {
        text: r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*\{####\}[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*",
        matches: |text| text.contains("{####}") && all(text, |c| is_visible(c) || is_space(c)),
    }),
};

pub(crate) const INVITATION_EMAIL: Constraint = Constraint {
    sensitive: false,
    length: 6..=20_000,
    pattern: Some(Pattern {
        text: r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*",
        matches: |text| text.chars().all(|c| is_visible(c) || is_space(c)),
    }),
};

pub(crate) const SCHEMA_NAME: Constraint =
    Constraint { sensitive: false, length: 1..=20, pattern: USERNAME.pattern };

pub(crate) const INVITATION_SMS: Constraint =
    Constraint { sensitive: false, length: 6..=140, pattern: None };

pub(crate) const ATTRIBUTE_NAME: Constraint = Constraint {
    sensitive: false,
    length: 1..=32,
    pattern: Some(Pattern {
        text: r"[\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\r ]+",
        matches: |text| all(text, |c| is_visible(c) || matches!(c, '\t' | '\n' | '\r' | ' ')),
    }),
};

pub(crate) const ATTRIBUTE_VALUE: Constraint =
    Constraint { sensitive: true, length: 0..=2048, pattern: None };

/// The model's `StringType`, which bounds nothing that the size of a request does not.
pub(crate) const ANY: Constraint =
    Constraint { sensitive: true, length: 0..=131_072, pattern: None };

const NO_SPACE: Pattern = Pattern { text: r"[\S]+", matches: |text| all(text, |c| !is_space(c)) };

fn all(text: &str, class: fn(char) -> bool) -> bool {
    !text.is_empty() && text.chars().all(class)
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// `\s` of the model's regular expressions.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t'..='\r')
}

/// Letters, marks, symbols, numbers and punctuation; no space, control or format character.
pub(crate) fn is_visible(c: char) -> bool {
    matches!(
        c.general_category_group(),
        GeneralCategoryGroup::Letter
            | GeneralCategoryGroup::Mark
            | GeneralCategoryGroup::Symbol
            | GeneralCategoryGroup::Number
            | GeneralCategoryGroup::Punctuation
    )
}

/// Something at both ends that is no space, which takes two characters, and between the outermost
/// spaces no end of a line, as `.` has it in regular expressions of Java.
fn is_password(text: &str) -> bool {
    let ends_well = |end: Option<char>| end.is_some_and(|c| !is_space(c));
    let within = text.trim_matches(|c| !is_space(c));
    ends_well(text.chars().next())
        && ends_well(text.chars().next_back())
        && text.chars().nth(1).is_some()
        && !within.contains(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'])
}

/// As with pool ids, the last underscore divides.
fn is_device_key(text: &str) -> bool {
    text.rsplit_once('_').is_some_and(|(region, rest)| {
        all(region, |c| is_word(c) || c == '-')
            && all(rest, |c| matches!(c, '0'..='9' | 'a'..='f' | '-'))
    })
}

/// The last underscore may belong to the left part only, since the right part has none.
fn is_pool_id(text: &str) -> bool {
    text.rsplit_once('_').is_some_and(|(region, rest)| {
        all(region, |c| is_word(c) || c == '-') && all(rest, |c| c.is_ascii_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_decide_as_the_regular_expressions_of_the_model() {
        let cases: [(&Constraint, &[&str], &[&str]); 5] = [
            (&CLIENT_ID, &["a", "a_B+9"], &["", "a-b", "é"]),
            (&SECRET_HASH, &["abc+/="], &["", "a-b"]),
            (
                &USERNAME,
                &["ann", "a+b@ß.example", "\u{e9}", "e\u{301}"],
                &["", "a b", "a\u{200b}", "a\n", "\u{202e}"],
            ),
            (
                &PASSWORD,
                &[
                    "xy",
                    "a b",
                    "a  b",
                    "a\tb",
                    "\u{a0}x",
                    "\u{a0}\u{a0}",
                    "a\u{2028}b",
                    "\u{e9}\u{e9}",
                ],
                &["", "x", " ", "  ", "ab ", " ab", "a ", "a\u{b}", "\tab", "a\nb", "a \u{2028} b"],
            ),
            (&USER_POOL_ID, &["eu-west-1_Ab3", "a_b_c"], &["", "eu-west-1", "_a", "a_", "a_b-c"]),
        ];
        for (constraint, good, bad) in cases {
            let pattern = constraint.pattern.as_ref().unwrap();
            for text in good {
                assert!((pattern.matches)(text), "{text:?} against {}", pattern.text);
            }
            for text in bad {
                assert!(!(pattern.matches)(text), "{text:?} against {}", pattern.text);
            }
        }
    }
}
