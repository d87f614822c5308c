use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// Returns `text` as one line that a terminal shows and does not obey: control and format characters,
/// and the separators of lines, become `\u` with four hexadecimal digits as in JSON. A line of JSON
/// stays the same JSON.
#[must_use]
pub fn printable(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        if is_obeyed(character) {
            let mut units = [0; 2];
            let units = character.encode_utf16(&mut units).iter();
            line.extend(units.map(|unit| format!("\\u{unit:04x}")));
        } else {
            line.push(character);
        }
    }
    line
}

fn is_obeyed(character: char) -> bool {
    matches!(
        character.general_category(),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
    )
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_written_out() {
        for (text, line) in [
            ("ada@example.com – Ada, 愛だ 🎉", "ada@example.com – Ada, 愛だ 🎉"),
            ("\u{1b}]52;c;eA==\u{7}", "\\u001b]52;c;eA==\\u0007"),
            ("a\r\nb\tc\0\u{7f}", "a\\u000d\\u000ab\\u0009c\\u0000\\u007f"),
            ("\u{85}\u{9b}31m", "\\u0085\\u009b31m"),
            ("\u{202e}\u{2066}\u{200b}\u{feff}", "\\u202e\\u2066\\u200b\\ufeff"),
            ("\u{2028}\u{2029}", "\\u2028\\u2029"),
            ("\u{e0041}", "\\udb40\\udc41"),
        ] {
            assert_eq!(printable(text), line);
        }
    }

    #[test]
    fn json_stays_the_same_json() {
        let value = Value::from("\u{1b}\n\"\\ \u{9b}\u{202e}\u{2028}\u{e0041}🎉");
        let line = printable(&value.to_string());
        assert!(!line.chars().any(is_obeyed));
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), value);
    }
}
