//! Lists of words for passphrases.
//!
//! The words are from the EFF's lists for Diceware: "EFF Large Wordlist for Passphrases" and "EFF Short Wordlist #1", © the
//! Electronic Frontier Foundation, licensed under Creative Commons Attribution 3.0 United States
//! (<https://creativecommons.org/licenses/by/3.0/us/>), from <https://www.eff.org/dice>. The files in `data/` are as
//! published; passphrases have no use for the numbers of the dice in them.

use std::str::FromStr;
use std::sync::LazyLock;

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
            Self::EffLarge => &EFF_LARGE,
            Self::EffShort => &EFF_SHORT,
        }
    }
}

const EFF_LARGE_FILE: &str = include_str!("../data/eff_large_wordlist.txt");
const EFF_SHORT_FILE: &str = include_str!("../data/eff_short_wordlist_1.txt");

// Read at the first passphrase: a table of references costs a binary three times the bytes of the file.
static EFF_LARGE: LazyLock<Vec<&str>> = LazyLock::new(|| read(EFF_LARGE_FILE));
static EFF_SHORT: LazyLock<Vec<&str>> = LazyLock::new(|| read(EFF_SHORT_FILE));

/// The words of a file whose lines are the numbers of the dice, a tab and a word.
fn read(file: &'static str) -> Vec<&'static str> {
    file.lines().filter_map(|line| Some(line.split_once('\t')?.1)).collect()
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

    #[test]
    fn the_files_are_those_of_the_eff() {
        for (file, expected) in [
            (EFF_LARGE_FILE, "addd35536511597a02fa0a9ff1e5284677b8883b83e986e43f15a3db996b903e"),
            (EFF_SHORT_FILE, "8f5ca830b8bffb6fe39c9736c024a00a6a6411adb3f83a9be8bfeeb6e067ae69"),
        ] {
            let digest = Sha256::digest(file);
            let found = digest.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
            assert_eq!(found, expected);
        }
    }

    /// Nothing of a file is lost, and its words stand in the order of the dice.
    #[test]
    fn the_words_are_those_of_the_files() {
        for (list, dice, file) in
            [(Wordlist::EffLarge, 5, EFF_LARGE_FILE), (Wordlist::EffShort, 4, EFF_SHORT_FILE)]
        {
            let mut written = String::new();
            for (index, word) in (0_u32..).zip(list.words()) {
                let throws = (0..dice).rev().map(|die| index / 6_u32.pow(die) % 6 + 1);
                throws.for_each(|throw| write!(written, "{throw}").unwrap());
                writeln!(written, "\t{word}").unwrap();
            }
            assert!(written == file, "{list:?}");
            assert_eq!(list.words().len(), 6_usize.pow(dice), "{list:?}");
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
