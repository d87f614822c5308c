//! The classes of characters that have names.

use crate::Characters;

/// The characters of the class that `name` spells, in any case.
pub(super) fn named(name: &str) -> Option<Characters> {
    let class = match name.to_ascii_lowercase().as_str() {
        "upper" => ('A'..='Z').collect(),
        "lower" => ('a'..='z').collect(),
        "digit" => ('0'..='9').collect(),
        "special" => printable().filter(|character| !character.is_ascii_alphanumeric()).collect(),
        // Of Unicode, no more than ASCII is generated: what else a site can read back is unknown.
        "ascii-printable" | "unicode" => printable().collect(),
        _ => return None,
    };
    Some(class)
}

/// Whether a set in brackets may have `character`.
pub(super) fn is_printable(character: char) -> bool {
    (' '..='~').contains(&character)
}

/// The printable ASCII characters, with the space.
pub(super) fn printable() -> impl Iterator<Item = char> {
    ' '..='~'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_have_as_many_characters_as_in_the_language() {
        for (name, count) in [
            ("upper", 26),
            ("LOWER", 26),
            ("Digit", 10),
            ("special", 33),
            ("ascii-printable", 95),
            ("unicode", 95),
        ] {
            assert_eq!(named(name).map(|class| class.len()), Some(count), "{name}");
        }
        for name in ["", "uppercase", "symbols", "ascii", "digit-"] {
            assert_eq!(named(name), None, "{name}");
        }
    }
}
