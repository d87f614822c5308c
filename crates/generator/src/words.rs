//! Lists of words for passphrases.
//!
//! The words are from the EFF's lists for Diceware: "EFF Large Wordlist for Passphrases" and "EFF Short Wordlist #1", © the
//! Electronic Frontier Foundation, licensed under Creative Commons Attribution 3.0 United States
//! (<https://creativecommons.org/licenses/by/3.0/us/>), from <https://www.eff.org/dice>. They are unchanged but for the
//! numbers of the dice, which are left out. The crate `diceware_wordlists` carries them.

use std::str::FromStr;

use serde::Serialize;

use crate::PassphraseError;

/// A list of words.
///
/// No word of a list starts with another one of it, and each starts with a small letter from a to z. That is why
/// passphrases from different choices are different ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Wordlist {
    /// The EFF's large list: 7776 words of 3 to 9 characters, 12.92 bits each.
    #[default]
    EffLarge,
    /// The EFF's first short list: 1296 words of 3 to 5 characters, 10.34 bits each.
    EffShort,
}

impl Wordlist {
    /// The words in the order of the list.
    #[must_use]
    pub fn words(self) -> &'static [&'static str] {
        match self {
            Self::EffLarge => &diceware_wordlists::EFF_LONG_WORDLIST,
            Self::EffShort => &diceware_wordlists::EFF_SHORT_WORDLIST_1,
        }
    }
}

impl FromStr for Wordlist {
    type Err = PassphraseError;

    fn from_str(name: &str) -> Result<Self, PassphraseError> {
        match name {
            "eff_large" => Ok(Self::EffLarge),
            "eff_short" => Ok(Self::EffShort),
            _ => Err(PassphraseError::Wordlist),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fmt::Write as _;

    use sha2::{Digest, Sha256};

    use super::*;

    const LISTS: [Wordlist; 2] = [Wordlist::EffLarge, Wordlist::EffShort];

    /// The file that the EFF publishes: the numbers of the dice, a tab and the word.
    fn published(list: Wordlist, dice: u32) -> String {
        let mut file = String::new();
        for (index, word) in (0_u32..).zip(list.words()) {
            let throws = (0..dice).rev().map(|die| index / 6_u32.pow(die) % 6 + 1);
            throws.for_each(|throw| write!(file, "{throw}").unwrap());
            writeln!(file, "\t{word}").unwrap();
        }
        file
    }

    #[test]
    fn the_lists_are_those_of_the_eff() {
        for (list, dice, expected) in [
            (
                Wordlist::EffLarge,
                5,
                "addd35536511597a02fa0a9ff1e5284677b8883b83e986e43f15a3db996b903e",
            ),
            (
                Wordlist::EffShort,
                4,
                "8f5ca830b8bffb6fe39c9736c024a00a6a6411adb3f83a9be8bfeeb6e067ae69",
            ),
        ] {
            let digest = Sha256::digest(published(list, dice));
            let found = digest.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
            assert_eq!(found, expected, "{list:?}");
        }
    }

    #[test]
    fn no_word_starts_with_another() {
        for list in LISTS {
            let words: BTreeSet<&str> = list.words().iter().copied().collect();
            assert_eq!(words.len(), list.words().len(), "{list:?}");
            // In order, whatever starts with a word follows it directly.
            for (word, next) in words.iter().zip(words.iter().skip(1)) {
                assert!(!next.starts_with(word), "{word} {next}");
            }
        }
    }

    #[test]
    fn words_start_with_a_small_letter_and_are_ascii() {
        for word in LISTS.iter().flat_map(|list| list.words()) {
            assert!(word.starts_with(|first: char| first.is_ascii_lowercase()), "{word}");
            assert!(
                word.chars().all(|next| next.is_ascii_lowercase() || next == '-')
                    && (3..=9).contains(&word.len()),
                "{word}"
            );
        }
    }
}
