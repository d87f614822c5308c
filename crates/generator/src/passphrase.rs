//! Passphrases: random words.
//!
//! Every choice below is uniform and independent of the others, and different choices give different passphrases, so
//! that each of the N passphrases has probability 1/N and N is the product of the numbers of choices. To tell the choices
//! from a passphrase, read it from the left. No word of the list starts with another, so the first word is the only
//! one that the text starts with; its first letter says whether it is capitalised, since in the list that letter is small.
//! What comes next up to a letter is the separator, or one digit and the separator: the separator has no letter, words
//! start with one, and the two differ in length. That also holds without a separator, and with hyphens or digits in it.

use std::num::NonZeroU32;
use std::str::FromStr;

use num_bigint::BigUint;
use rand::CryptoRng;
use secrecy::ExposeSecret;
use secrecy::zeroize::Zeroizing;
use serde::Serialize;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

use crate::entropy::{log2, log2_of_distinct};
use crate::password::Draft;
use crate::uniform::{RandomBits, Uniform};
use crate::{Generated, Password, Wordlist};

/// The least number of words.
pub(crate) const MIN_WORDS: u8 = 3;
/// The greatest number of words.
pub(crate) const MAX_WORDS: u8 = 40;
/// The number of words when none is given.
pub(crate) const DEFAULT_WORDS: u8 = 6;
/// The greatest number of characters in a separator.
pub(crate) const MAX_SEPARATOR: usize = 8;

/// What a passphrase is made of; the default is six words of the EFF's large list with hyphens between them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct PassphraseOptions {
    /// The number of words, 3 to 40.
    pub words: u8,
    /// What stands between two words: up to 8 printable characters, no letters.
    pub separator: String,
    /// Which words start with a capital letter.
    pub capitalize: Capitalize,
    /// Whether one of the words, any of them, is followed by a digit, any of the ten.
    pub include_number: bool,
    /// The list that the words are from.
    pub wordlist: Wordlist,
}

impl Default for PassphraseOptions {
    fn default() -> Self {
        Self {
            words: DEFAULT_WORDS,
            separator: "-".to_owned(),
            capitalize: Capitalize::default(),
            include_number: false,
            wordlist: Wordlist::default(),
        }
    }
}

/// Which words start with a capital letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Capitalize {
    /// No word.
    #[default]
    None,
    /// The first word.
    First,
    /// Every word.
    All,
    /// One word, any of them: log2 of their number in bits.
    One,
    /// Each word or not, by chance: one bit a word.
    Random,
}

impl FromStr for Capitalize {
    type Err = PassphraseError;

    fn from_str(name: &str) -> Result<Self, PassphraseError> {
        match name {
            "none" => Ok(Self::None),
            "first" => Ok(Self::First),
            "all" => Ok(Self::All),
            "one" => Ok(Self::One),
            "random" => Ok(Self::Random),
            _ => Err(PassphraseError::Capitalize),
        }
    }
}

/// An option of a passphrase that is not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PassphraseError {
    /// Too few or too many words.
    #[error("words must be an integer from {MIN_WORDS} to {MAX_WORDS}")]
    Words,
    /// A separator that is too long, or has a letter or something that is not printable.
    #[error(
        "separator must have at most {MAX_SEPARATOR} characters, each of them a digit, punctuation, a symbol or a space"
    )]
    Separator,
    /// Another name.
    #[error("capitalize must be none, first, all, one or random")]
    Capitalize,
    /// Another name.
    #[error("wordlist must be eff_large or eff_short")]
    Wordlist,
}

/// A set of passphrases, each of them equally likely.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Passphrase {
    options: PassphraseOptions,
    list: List,
}

impl Passphrase {
    /// Checks the options.
    ///
    /// # Errors
    /// [`PassphraseError::Words`] and [`PassphraseError::Separator`].
    pub fn new(options: PassphraseOptions) -> Result<Self, PassphraseError> {
        if !(MIN_WORDS..=MAX_WORDS).contains(&options.words) {
            return Err(PassphraseError::Words);
        }
        let separator = &options.separator;
        if separator.chars().count() > MAX_SEPARATOR || !separator.chars().all(may_separate) {
            return Err(PassphraseError::Separator);
        }
        let list = List::new(options.wordlist.words());
        Ok(Self { options, list })
    }

    /// The options.
    #[must_use]
    pub fn options(&self) -> &PassphraseOptions {
        &self.options
    }

    /// The greatest number of characters that a passphrase can have.
    #[must_use]
    pub fn max_length(&self) -> usize {
        let words = usize::from(self.options.words);
        let separators = (words - 1) * self.options.separator.chars().count();
        words * self.list.longest + separators + usize::from(self.options.include_number)
    }

    /// N, how many passphrases there are: exact.
    #[must_use]
    pub fn count(&self) -> BigUint {
        let words = u32::from(self.options.words);
        let capitals = match self.options.capitalize {
            Capitalize::None | Capitalize::First | Capitalize::All => BigUint::from(1_u32),
            Capitalize::One => BigUint::from(words),
            Capitalize::Random => BigUint::from(1_u32) << words,
        };
        let digits = if self.options.include_number { 10 * words } else { 1 };
        BigUint::from(self.list.size.get()).pow(words) * capitals * digits
    }

    /// log2 N, the entropy of one passphrase in bits.
    #[must_use]
    pub fn entropy_bits(&self) -> f64 {
        log2(&self.count())
    }

    /// `count` passphrases, all different: every sequence of `count` different passphrases is equally likely.
    ///
    /// There are at least 1296³, so a passphrase that has been drawn before is next to impossible; it is drawn again.
    pub fn generate<R: CryptoRng + ?Sized>(&self, count: u8, rng: &mut R) -> Generated {
        let passwords = self.distinct(count, &mut RandomBits::new(rng));
        Generated { passwords, entropy_bits: log2_of_distinct(&self.count(), count.into()) }
    }

    fn distinct(&self, count: u8, source: &mut impl Uniform) -> Vec<Password> {
        let mut passwords: Vec<Password> = Vec::with_capacity(count.into());
        while passwords.len() < usize::from(count) {
            let password = Password::from(&self.one(source));
            if passwords.iter().all(|other| other.expose_secret() != password.expose_secret()) {
                passwords.push(password);
            }
        }
        passwords
    }

    /// One passphrase, each equally likely.
    fn one(&self, source: &mut impl Uniform) -> Draft {
        let words = u32::from(self.options.words);
        let capitals = self.capitals(source);
        let number = self.options.include_number.then(|| (below(source, words), below(source, 10)));
        // The whole capacity at once: growing the draft would leave copies of it behind.
        let mut draft = Zeroizing::new(Vec::with_capacity(self.max_length()));
        for (index, capital) in (0..words).zip(capitals) {
            if index > 0 {
                draft.extend(self.options.separator.chars());
            }
            draft.extend(spelled(self.list.word(source), capital));
            if let Some((_, digit)) = number.filter(|(position, _)| *position == index) {
                draft.extend(char::from_digit(digit, 10));
            }
        }
        draft
    }

    /// Whether each of the words is capitalised.
    fn capitals(&self, source: &mut impl Uniform) -> Vec<bool> {
        let words = u32::from(self.options.words);
        match self.options.capitalize {
            Capitalize::None => vec![false; self.options.words.into()],
            Capitalize::All => vec![true; self.options.words.into()],
            Capitalize::First => (0..words).map(|index| index == 0).collect(),
            Capitalize::One => {
                let one = below(source, words);
                (0..words).map(|index| index == one).collect()
            }
            Capitalize::Random => (0..words).map(|_| below(source, 2) == 1).collect(),
        }
    }
}

/// Words as in the documentation of [`Wordlist`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct List {
    words: &'static [&'static str],
    size: NonZeroU32,
    /// The length of the longest word.
    longest: usize,
}

impl List {
    fn new(words: &'static [&'static str]) -> Self {
        let size = u32::try_from(words.len()).ok().and_then(NonZeroU32::new);
        let longest = words.iter().map(|word| word.chars().count()).max();
        Self { words, size: size.unwrap_or(NonZeroU32::MIN), longest: longest.unwrap_or_default() }
    }

    #[expect(clippy::indexing_slicing, reason = "the source answers below the number of words")]
    fn word(&self, source: &mut impl Uniform) -> &'static str {
        self.words[usize::try_from(source.below(self.size)).unwrap_or(usize::MAX)]
    }
}

fn below(source: &mut impl Uniform, bound: u32) -> u32 {
    source.below(NonZeroU32::new(bound).unwrap_or(NonZeroU32::MIN))
}

fn spelled(word: &str, capital: bool) -> impl Iterator<Item = char> {
    let mut letters = word.chars();
    let first =
        letters.next().map(|first| if capital { first.to_ascii_uppercase() } else { first });
    first.into_iter().chain(letters)
}

/// Whether a separator may have `character`: printable and not a letter, nor a mark that would change one before it.
fn may_separate(character: char) -> bool {
    use GeneralCategoryGroup::{Number, Punctuation, Symbol};
    let group = character.general_category_group();
    character == ' ' || [Number, Punctuation, Symbol].contains(&group)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Answers with the digits of a number, the bounds being its bases, and forgets them as it goes.
    struct Digits {
        left: u32,
        bounds: u32,
    }

    impl Uniform for Digits {
        fn below(&mut self, bound: NonZeroU32) -> u32 {
            let digit = self.left % bound;
            self.left /= bound;
            self.bounds *= bound.get();
            digit
        }

        fn below_big(&mut self, _: &BigUint) -> BigUint {
            panic!("the choices are small")
        }
    }

    /// Prefix-free, with a hyphen, and with words that end as others start.
    const WORDS: &[&str] = &["ab", "b-a", "ba", "c"];

    const CAPITALS: [Capitalize; 5] =
        [Capitalize::None, Capitalize::First, Capitalize::All, Capitalize::One, Capitalize::Random];

    fn small(
        words: u8,
        separator: &str,
        capitalize: Capitalize,
        include_number: bool,
    ) -> Passphrase {
        let options = PassphraseOptions {
            words,
            separator: separator.to_owned(),
            capitalize,
            include_number,
            wordlist: Wordlist::EffLarge,
        };
        Passphrase { options, list: List::new(WORDS) }
    }

    /// Every run of the sampler asks for the same bounds, so each has the probability 1 over their product. If that is N
    /// and no two runs give the same passphrase, each of the N passphrases has the probability 1/N.
    #[test]
    fn every_choice_gives_another_passphrase() {
        for words in [1, 2, 3] {
            for separator in ["", "-", "5", "55", " 0 ", "?!"] {
                for capitalize in CAPITALS {
                    for include_number in [false, true] {
                        let passphrase = small(words, separator, capitalize, include_number);
                        let count = u32::try_from(passphrase.count()).unwrap();
                        let run = |left| {
                            let mut source = Digits { left, bounds: 1 };
                            let draft = passphrase.one(&mut source);
                            assert_eq!((source.left, source.bounds), (0, count));
                            assert!(draft.len() <= passphrase.max_length());
                            assert_eq!(draft.capacity(), passphrase.max_length());
                            draft.iter().collect::<String>()
                        };
                        let different: BTreeSet<String> = (0..count).map(run).collect();
                        assert_eq!(different.len(), usize::try_from(count).unwrap());
                    }
                }
            }
        }
    }

    #[test]
    fn a_passphrase_drawn_before_is_drawn_again() {
        // One word of four, none of which may come twice.
        let passphrase = small(1, "", Capitalize::None, false);
        let mut source = Digits { left: 0b10_11_11_01_01_00, bounds: 1 };
        let passwords = passphrase.distinct(4, &mut source);
        let passwords: Vec<&str> = passwords.iter().map(ExposeSecret::expose_secret).collect();
        assert_eq!(passwords, ["ab", "b-a", "c", "ba"]);
        assert_eq!(source.bounds, 4_u32.pow(6));
    }
}
