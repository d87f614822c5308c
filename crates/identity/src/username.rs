use std::{fmt, ops::RangeInclusive};

use secrecy::{ExposeSecret, SecretString};
use shared::json::Fault;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick, is_nfkc};
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

/// The name of an account: an e-mail address of 1 to 128 characters.
///
/// It is used exactly as sent, since `SECRET_HASH` is made over the bytes that Cognito gets. So a
/// spelling that another one could be mistaken for is refused, not repaired:
/// - only letters, marks, numbers, punctuation and symbols (the pattern of Cognito's `Username`),
///   which leaves out white space, control, format, direction and unassigned characters, and none of
///   those that show nothing either;
/// - Unicode normalization form KC, so that no two names look alike by composition or by
///   compatibility forms (UAX #15);
/// - no letter whose case forms are more than one letter or lead to another letter (ß, İ, ς), or whose
///   small letter depends on its place (Σ): the pool compares names without case, and programs
///   differ in what that makes of `ΑΣ`.
#[derive(Clone)]
pub struct Username(SecretString);

impl Username {
    /// The most characters of a name.
    pub const MAX: usize = 128;

    /// Reads a name exactly as sent.
    ///
    /// # Errors
    /// `too_long`, `not_an_email`, `not_normalized` or `forbidden_character`, with what is allowed.
    pub fn parse(text: SecretString) -> Result<Self, Fault> {
        let name = text.expose_secret(); // EXPOSE: its form is checked.
        if name.chars().count() > Self::MAX {
            let detail = format!("must have at most {} characters", Self::MAX);
            return Err(Fault::new("too_long", detail));
        }
        if let Some(forbidden) = name.chars().find(|character| !is_allowed(*character)) {
            let detail = format!("must not have the character U+{:04X}", u32::from(forbidden));
            return Err(Fault::new("forbidden_character", detail));
        }
        if !is_normalized(name) {
            let detail = "must be in Unicode normalization form KC (which includes NFC)";
            return Err(Fault::new("not_normalized", detail));
        }
        if !is_email_like(name) {
            return Err(Fault::new("not_an_email", "must be an e-mail address"));
        }
        Ok(Self(text))
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret() // EXPOSE: it goes to Cognito, and into the hash beside it.
    }
}

/// Letters and marks that show nothing: `Default_Ignorable_Code_Point` of the Unicode Character
/// Database, as far as Cognito's pattern and normalization form KC leave them.
const INVISIBLE: [RangeInclusive<char>; 7] = [
    '\u{34f}'..='\u{34f}',
    '\u{115f}'..='\u{1160}',
    '\u{17b4}'..='\u{17b5}',
    '\u{180b}'..='\u{180f}',
    '\u{3164}'..='\u{3164}',
    '\u{fe00}'..='\u{fe0f}',
    '\u{e0100}'..='\u{e01ef}',
];
/// The letter whose small letter is another one at the end of a word.
const CAPITAL_SIGMA: char = '\u{3a3}';

/// Cognito's pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]`, something to see, and one case form each way.
fn is_allowed(character: char) -> bool {
    use GeneralCategoryGroup as Group;
    if character.is_ascii() {
        return character.is_ascii_graphic();
    }
    let group = character.general_category_group();
    matches!(
        group,
        Group::Letter | Group::Mark | Group::Symbol | Group::Number | Group::Punctuation
    ) && !INVISIBLE.iter().any(|range| range.contains(&character))
        && has_one_case_form(character)
}

/// Whether folding case twice, by way of the capital, comes back to the same small letter.
fn has_one_case_form(character: char) -> bool {
    if character == CAPITAL_SIGMA {
        return false;
    }
    let mut capital = character.to_uppercase();
    let (Some(capital), None) = (capital.next(), capital.next()) else {
        return false;
    };
    capital.to_lowercase().eq(character.to_lowercase()) && character.to_lowercase().count() == 1
}

fn is_normalized(name: &str) -> bool {
    // Nearly all names are ASCII or quickly seen to be composed; NFKC settles the rest.
    name.is_ascii()
        || (is_nfc_quick(name.chars()) != IsNormalized::No && is_nfkc(name))
        || name.nfkc().eq(name.chars())
}

/// Something on both sides of one `@`, and no more: the rest is Cognito's to judge, and whether the
/// address exists only a mail can tell.
fn is_email_like(name: &str) -> bool {
    matches!(name.split_once('@'), Some((local, domain))
        if !local.is_empty() && !domain.is_empty() && !domain.contains('@'))
}

impl fmt::Debug for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Username(…)")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;

    /// Every character that a name may have.
    static ACCEPTED: LazyLock<Vec<char>> = LazyLock::new(|| {
        let accepted = |character: &char| fault(&format!("{character}@b")) == "accepted";
        ('\0'..=char::MAX).filter(accepted).collect()
    });

    fn fault(name: &str) -> &'static str {
        Username::parse(name.into()).map_or_else(|fault| fault.code, |_| "accepted")
    }

    #[test]
    fn uni_1_names_are_taken_as_sent() {
        for name in [
            "ada@example.com",
            "Ada.Lovelace+mint@EXAMPLE.com",
            "zo\u{eb}@example.com",
            "用户@例子.公司",
            "дина@пример.рф",
            "\u{3b1}\u{3c3}@example.com",
            "a@b",
            &format!("{}@example.com", "a".repeat(128 - "@example.com".len())),
        ] {
            assert_eq!(Username::parse(name.into()).unwrap().expose(), name);
        }
    }

    #[test]
    fn uni_1_other_names_are_refused() {
        let rows = [
            ("", "not_an_email"),
            ("ada", "not_an_email"),
            ("@example.com", "not_an_email"),
            ("ada@", "not_an_email"),
            ("a@b@c", "not_an_email"),
            (" ada@example.com", "forbidden_character"),
            ("ada@example.com\n", "forbidden_character"),
            ("ada\0@example.com", "forbidden_character"),
            ("ada\u{1b}]52;c;ZXZpbA==\u{7}@example.com", "forbidden_character"),
            ("ada\u{9b}31m@example.com", "forbidden_character"),
            ("ada@example.com\u{7f}", "forbidden_character"),
            ("ada\u{ad}@example.com", "forbidden_character"),
            ("ada\u{34f}@example.com", "forbidden_character"),
            ("ada\u{fe0f}@example.com", "forbidden_character"),
            ("ada\u{1160}@example.com", "forbidden_character"),
            ("ada\u{e0101}@example.com", "forbidden_character"),
            ("ada\u{200b}@example.com", "forbidden_character"),
            ("ada\u{202e}@example.com", "forbidden_character"),
            ("ada\u{2066}@example.com", "forbidden_character"),
            ("ada\u{e000}@example.com", "forbidden_character"),
            ("ada\u{378}@example.com", "forbidden_character"),
            ("ada\u{a0}@example.com", "forbidden_character"),
            ("stra\u{df}e@example.com", "forbidden_character"),
            ("\u{130}stanbul@example.com", "forbidden_character"),
            ("\u{3bb}\u{3cc}\u{3b3}\u{3bf}\u{3c2}@example.com", "forbidden_character"),
            ("\u{391}\u{3a3}@example.com", "forbidden_character"),
            ("zoe\u{308}@example.com", "not_normalized"),
            ("\u{ff21}da@example.com", "not_normalized"),
            ("ada@example\u{2024}com", "not_normalized"),
        ];
        for (name, code) in rows {
            assert_eq!(fault(name), code, "{name:?}");
        }
        assert_eq!(fault(&format!("{}@example.com", "a".repeat(117))), "too_long");
    }

    /// No two accepted one-letter names become the same by NFKC and folding case, unless they
    /// differ in case alone.
    #[test]
    fn uni_1_accepted_letters_do_not_collide() {
        let mut seen = std::collections::HashMap::new();
        for letter in ACCEPTED.iter().copied() {
            let folded: String = letter
                .nfkc()
                .flat_map(char::to_uppercase)
                .flat_map(char::to_lowercase)
                .nfkc()
                .collect();
            let lower: String = letter.to_lowercase().collect();
            let earlier = seen.entry(folded).or_insert_with(|| lower.clone());
            assert_eq!(*earlier, lower, "{letter:?}");
        }
        assert!(seen.len() > 100_000);
    }

    /// Programs that fold a whole word and those that fold letter by letter agree on every accepted
    /// letter, wherever it is in a word.
    #[test]
    fn uni_1_accepted_letters_have_one_small_letter_in_every_place() {
        for letter in ACCEPTED.iter().copied() {
            let small: String = letter.to_lowercase().collect();
            let word = format!("a{letter} {letter}a a{letter}a");
            let expected = format!("a{small} {small}a a{small}a");
            assert_eq!(word.to_lowercase(), expected, "{letter:?}");
        }
    }

    /// Nothing that a terminal acts upon, and nothing that shows nothing.
    #[test]
    fn uni_1_accepted_characters_can_be_seen() {
        use unicode_properties::GeneralCategory as Category;
        for character in ACCEPTED.iter().copied() {
            let hidden = matches!(
                character.general_category(),
                Category::Control
                    | Category::Format
                    | Category::PrivateUse
                    | Category::Surrogate
                    | Category::Unassigned
                    | Category::SpaceSeparator
                    | Category::LineSeparator
                    | Category::ParagraphSeparator
            );
            assert!(!hidden && !character.is_control(), "{character:?}");
        }
    }
}
