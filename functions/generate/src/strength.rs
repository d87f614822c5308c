//! What an attacker who knows how people choose passwords makes of one.

use serde::Serialize;
use zxcvbn::zxcvbn;

/// So many characters of a password are looked at: the time that zxcvbn takes grows faster than the
/// square of their number.
pub(crate) const MAX_CHARACTERS: usize = 32;

/// An estimate by zxcvbn (Wheeler, USENIX Security 2016), which tries words, names, dates, keyboard
/// rows, sequences and repetitions before anything else.
#[derive(Debug, Serialize)]
pub(crate) struct Strength {
    /// 0 to 4: up to 10³, 10⁶, 10⁸, 10¹⁰ guesses, and more.
    score: u8,
    /// log10 of the number of guesses, rounded to six decimals. They are counted up to 2⁶⁴, so it is
    /// at most 19.26592.
    guesses_log10: f64,
}

impl Strength {
    /// The estimate for the first [`MAX_CHARACTERS`] of `password`. The first call in a process reads
    /// the lists of words.
    pub(crate) fn of(password: &str) -> Self {
        let end = password.char_indices().nth(MAX_CHARACTERS).map(|(end, _)| end);
        let start = end.and_then(|end| password.get(..end)).unwrap_or(password);
        let estimate = zxcvbn(start, &[]);
        let guesses_log10 = (estimate.guesses_log10() * 1e6).round() / 1e6;
        Self { score: estimate.score().into(), guesses_log10 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scores of passwords that lists have, that look stronger than they are, and that no list has.
    #[test]
    fn known_passwords_have_known_scores() {
        for (password, score) in [
            ("password", 0),
            ("qwertyuiop", 0),
            ("zxcvbn", 0),
            ("correcthorsebatterystaple", 4),
            ("D0g..................", 1),
            ("hYPD]amB^@Is!@dF,<CS", 4),
            ("日本語", 0),
        ] {
            assert_eq!(Strength::of(password).score, score, "{password}");
        }
    }

    #[test]
    fn characters_after_the_32nd_make_no_difference() {
        for character in ["a", "é", "😀"] {
            let start = character.repeat(MAX_CHARACTERS);
            let guesses = |text: &str| Strength::of(text).guesses_log10;
            let (short, whole) = (character.repeat(MAX_CHARACTERS - 1), guesses(&start));
            assert!(guesses(&format!("{short}$")) > whole, "the 32nd makes one");
            assert!((guesses(&format!("{start}$Xq7")) - whole).abs() < 1e-9, "{character}");
            assert!((guesses(&start.repeat(100)) - whole).abs() < 1e-9, "{character}");
        }
    }

    #[test]
    fn a_passphrase_is_cut_too() {
        let words = "acid-acid-acid-acid-acid-acid-acid-acorn-acre-acts";
        let whole = zxcvbn(words, &[]).guesses_log10();
        let of_start = Strength::of(words.split_at(MAX_CHARACTERS).0).guesses_log10;
        assert!(of_start < whole - 1.0, "the cut makes a difference: {of_start} {whole}");
        assert!((Strength::of(words).guesses_log10 - of_start).abs() < 1e-9);
    }

    #[test]
    fn guesses_are_a_number_up_to_the_greatest_that_is_counted() {
        let most = Strength::of(r"hYPD]amB^@Is!@dF,<CS;cI1w%9~Zp+U");
        assert!((most.guesses_log10 - 19.265_92).abs() < 1e-9, "{most:?}");
        assert!((Strength::of("password").guesses_log10 - 0.477_121).abs() < 1e-9);
        assert_eq!(
            serde_json::to_string(&Strength::of("password")).unwrap(),
            r#"{"score":0,"guesses_log10":0.477121}"#
        );
    }
}
