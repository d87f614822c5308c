//! Sets of characters.

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};

use serde::{Serialize, Serializer};

/// A set of characters: no order, no repeats; serialised as a string in the order of code points.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Characters {
    /// Bit c stands for the character with code point c.
    ascii: u128,
    others: BTreeSet<char>,
}

impl Characters {
    /// How many characters the set has.
    #[must_use]
    pub fn len(&self) -> usize {
        usize::try_from(self.ascii.count_ones()).unwrap_or(usize::MAX) + self.others.len()
    }

    /// Whether the set has no character.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ascii == 0 && self.others.is_empty()
    }

    /// Whether `character` is in the set.
    #[must_use]
    pub fn contains(&self, character: char) -> bool {
        match ascii(character) {
            Some(bit) => self.ascii & bit != 0,
            None => self.others.contains(&character),
        }
    }

    /// The characters in the order of code points.
    pub fn iter(&self) -> impl Iterator<Item = char> + '_ {
        let mut left = self.ascii;
        let next = std::iter::from_fn(move || {
            let lowest = u8::try_from(left.trailing_zeros()).ok().filter(u8::is_ascii)?;
            left &= left - 1;
            Some(char::from(lowest))
        });
        next.chain(self.others.iter().copied())
    }

    /// What is in `self` or in `other`.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        let others = self.of_others(other, |own, other| own | other);
        Self { ascii: self.ascii | other.ascii, others }
    }

    /// What is in `self` and in `other`.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        let others = self.of_others(other, |own, other| own & other);
        Self { ascii: self.ascii & other.ascii, others }
    }

    /// What is in `self` but not in `other`.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        let others = self.of_others(other, |own, other| own - other);
        Self { ascii: self.ascii & !other.ascii, others }
    }

    /// The characters of an ASCII text, known when the crate is compiled; others are left out.
    pub(crate) const fn of_ascii(text: &str) -> Self {
        let (mut ascii, mut rest) = (0, text.as_bytes());
        while let Some((byte, others)) = rest.split_first() {
            if byte.is_ascii() {
                ascii |= 1 << *byte;
            }
            rest = others;
        }
        Self { ascii, others: BTreeSet::new() }
    }

    /// What `combine` makes of the characters beyond ASCII, of which there mostly are none.
    fn of_others(
        &self,
        other: &Self,
        combine: impl Fn(&BTreeSet<char>, &BTreeSet<char>) -> BTreeSet<char>,
    ) -> BTreeSet<char> {
        if self.others.is_empty() && other.others.is_empty() {
            return BTreeSet::new();
        }
        combine(&self.others, &other.others)
    }

    /// Whether no character is in both sets.
    #[must_use]
    pub fn is_disjoint(&self, other: &Self) -> bool {
        self.ascii & other.ascii == 0 && self.others.is_disjoint(&other.others)
    }
}

/// The bit of an ASCII character.
fn ascii(character: char) -> Option<u128> {
    character.is_ascii().then(|| 1 << u32::from(character))
}

impl From<&str> for Characters {
    fn from(text: &str) -> Self {
        text.chars().collect()
    }
}

impl FromIterator<char> for Characters {
    fn from_iter<I: IntoIterator<Item = char>>(characters: I) -> Self {
        let mut set = Self::default();
        for character in characters {
            match ascii(character) {
                Some(bit) => set.ascii |= bit,
                None => drop(set.others.insert(character)),
            }
        }
        set
    }
}

impl fmt::Display for Characters {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter().try_for_each(|character| formatter.write_char(character))
    }
}

impl fmt::Debug for Characters {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Characters({:?})", self.to_string())
    }
}

impl Serialize for Characters {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascii_and_other_characters_make_one_ordered_set() {
        let (left, right) = (Characters::from("zé\u{7f}aé\0a"), Characters::from("a😀é"));
        assert_eq!(left.to_string(), "\0az\u{7f}é");
        assert_eq!((left.len(), right.len(), Characters::default().len()), (5, 3, 0));
        assert_eq!(left.union(&right).to_string(), "\0az\u{7f}é😀");
        assert_eq!(left.intersection(&right).to_string(), "aé");
        assert_eq!(left.difference(&right).to_string(), "\0z\u{7f}");
        assert!(left.contains('\u{7f}') && left.contains('é') && !left.contains('😀'));
        assert!(!left.is_disjoint(&right) && left.is_disjoint(&"bc€".into()));
        assert!(Characters::default().is_empty() && !Characters::from("é").is_empty());
    }
}
