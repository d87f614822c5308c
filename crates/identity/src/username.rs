use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use shared::json::Fault;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick, is_nfkc};
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

/// The name of an account: an e-mail address of 1 to 128 characters.
///
/// It is used exactly as sent, since `SECRET_HASH` is made over the bytes that Cognito gets. So a
/// spelling that another one could be mistaken for is refused, not repaired:
/// - only letters, marks, numbers, punctuation and symbols (the pattern of Cognito's `Username`),
///   which leaves out white space, control, zero-width, direction and unassigned characters;
/// - Unicode normalization form KC, so that no two names look alike by composition or by
///   compatibility forms (UAX #15);
/// - no letter whose case forms are more than one letter or lead to another letter (ß, İ, ς): the
///   pool compares names without case.
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

/// Cognito's pattern `[\p{L}\p{M}\p{S}\p{N}\p{P}]` and one case form each way.
fn is_allowed(character: char) -> bool {
    use GeneralCategoryGroup as Group;
    if character.is_ascii() {
        return character.is_ascii_graphic();
    }
    let group = character.general_category_group();
    matches!(
        group,
        Group::Letter | Group::Mark | Group::Symbol | Group::Number | Group::Punctuation
    ) && has_one_case_form(character)
}

/// Whether folding case twice, by way of the capital, comes back to the same small letter.
fn has_one_case_form(character: char) -> bool {
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
    use super::*;

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
            ("ada\u{200b}@example.com", "forbidden_character"),
            ("ada\u{202e}@example.com", "forbidden_character"),
            ("ada\u{2066}@example.com", "forbidden_character"),
            ("ada\u{e000}@example.com", "forbidden_character"),
            ("ada\u{378}@example.com", "forbidden_character"),
            ("ada\u{a0}@example.com", "forbidden_character"),
            ("stra\u{df}e@example.com", "forbidden_character"),
            ("\u{130}stanbul@example.com", "forbidden_character"),
            ("\u{3bb}\u{3cc}\u{3b3}\u{3bf}\u{3c2}@example.com", "forbidden_character"),
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
        for letter in
            ('\0'..=char::MAX).filter(|letter| fault(&format!("{letter}@b")) == "accepted")
        {
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
}
