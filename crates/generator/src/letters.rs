//! Drawing position by position: the characters of a policy, and whether a string of them satisfies it.

use std::num::NonZeroU32;

use secrecy::zeroize::Zeroizing;

use crate::Characters;
use crate::atoms::Bounds;
use crate::normal_form::{NormalForm, Rule};
use crate::password::Draft;
use crate::runs::Limits;
use crate::uniform::Uniform;

/// So many sets are counted while characters are drawn, any others afterwards.
const LANES: usize = 8;

/// How many characters of each of the first sets there are. In one register of the machine: counters in memory, of which
/// each character picks another, more than double the time of a password.
type Counts = [u16; LANES];

/// What drawing position by position needs: the characters, and the sets that are counted.
#[derive(Debug)]
pub(crate) struct Letters {
    length: usize,
    stretches: Vec<Stretch>,
    /// The sets of the rules, then the classes of which some must be present.
    sets: Vec<Characters>,
    /// Of the rules.
    bounds: Vec<Bounds>,
    /// How many of the classes must be present.
    classes: usize,
    distinct: bool,
    limits: Limits,
}

/// Positions in a row that choose from the same characters.
#[derive(Debug)]
struct Stretch {
    positions: usize,
    letters: Vec<Letter>,
    size: NonZeroU32,
}

#[derive(Debug, Clone, Copy)]
struct Letter {
    character: char,
    /// 1 for each set that has it.
    counts: Counts,
}

impl Letters {
    /// The characters of `form`, or nothing if some position has none.
    pub(crate) fn new(form: &NormalForm) -> Option<Self> {
        let rules: Vec<&Rule> = form.rules.iter().filter(|rule| form.can_break(rule)).collect();
        let classes = form.min_classes.iter().flat_map(|needed| &needed.classes);
        let sets: Vec<Characters> =
            rules.iter().map(|rule| &rule.characters).chain(classes).cloned().collect();
        Some(Self {
            length: form.length.into(),
            stretches: stretches(form, &sets)?,
            sets,
            bounds: rules.into_iter().map(Bounds::from).collect(),
            classes: form.min_classes.as_ref().map_or(0, |needed| needed.count.into()),
            distinct: form.distinct,
            limits: Limits::new(form),
        })
    }

    /// A string of the right characters, each equally likely, if it satisfies the rules.
    pub(crate) fn attempt(&self, source: &mut impl Uniform) -> Option<Draft> {
        let mut draft = Zeroizing::new(Vec::with_capacity(self.length));
        let mut counts = Counts::default();
        for stretch in &self.stretches {
            for letter in stretch.draw(source) {
                if self.distinct && draft.contains(&letter.character) {
                    return None;
                }
                draft.push(letter.character);
                for (count, more) in counts.iter_mut().zip(letter.counts) {
                    *count += more;
                }
            }
        }
        (self.satisfied(&draft, counts) && self.limits.hold(&draft)).then_some(draft)
    }

    fn satisfied(&self, draft: &[char], counts: Counts) -> bool {
        let recount =
            |set: &Characters| draft.iter().filter(|character| set.contains(**character)).count();
        let count = |(index, set)| {
            counts.get(index).map_or_else(|| recount(set), |count| usize::from(*count))
        };
        let mut counts = self.sets.iter().enumerate().map(count);
        self.bounds.iter().zip(counts.by_ref()).all(|(bounds, count)| bounds.contains(count))
            && counts.filter(|count| *count > 0).count() >= self.classes
    }
}

impl Stretch {
    fn new(positions: usize, letters: Vec<Letter>) -> Option<Self> {
        let size = NonZeroU32::new(u32::try_from(letters.len()).ok()?)?;
        Some(Self { positions, letters, size })
    }

    /// A letter for each position, each equally likely.
    ///
    /// A number below size^k is k numbers below the size, its digits in that base. So one draw serves as many positions as
    /// 32 bits have room for, and few draws are in vain.
    #[expect(clippy::indexing_slicing, reason = "a digit is a remainder by the number of letters")]
    fn draw(&self, source: &mut impl Uniform) -> impl Iterator<Item = &Letter> {
        let at_once = u32::MAX.checked_ilog(self.size.get()).unwrap_or(u32::BITS);
        let (mut number, mut digits) = (0, 0);
        (0..self.positions).rev().map(move |after| {
            if digits == 0 {
                digits = at_once.min(u32::try_from(after).unwrap_or(u32::MAX).saturating_add(1));
                number = source.below(self.size.saturating_pow(digits));
            }
            digits -= 1;
            let digit = number % self.size;
            number /= self.size;
            &self.letters[usize::try_from(digit).unwrap_or(usize::MAX)]
        })
    }
}

/// The positions of a password in stretches: only the first and the last may differ from the others.
fn stretches(form: &NormalForm, sets: &[Characters]) -> Option<Vec<Stretch>> {
    let end = |sets: [&Option<Characters>; 2]| {
        let allowed = sets.into_iter().flatten();
        allowed.fold(form.alphabet.clone(), |allowed, set| allowed.intersection(set))
    };
    let choices = match usize::from(form.length) {
        length @ 0..=1 => vec![(length, end([&form.first, &form.last]))],
        length => vec![
            (1, end([&form.first, &None])),
            (length - 2, form.alphabet.union(&form.inner)),
            (1, end([&form.last, &None])),
        ],
    };
    let letter = |character| Letter {
        character,
        counts: std::array::from_fn(|lane| {
            sets.get(lane).is_some_and(|set| set.contains(character)).into()
        }),
    };
    let join = |same: &[(usize, Characters)]| {
        let positions = same.iter().map(|(positions, _)| positions).sum();
        Stretch::new(positions, same.first()?.1.iter().map(letter).collect())
    };
    choices.chunk_by(|(_, left), (_, right)| left == right).map(join).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use num_bigint::BigUint;

    use super::*;

    /// Gives one answer to one question.
    struct Answer(Option<u32>);

    impl Uniform for Answer {
        fn below(&mut self, bound: NonZeroU32) -> u32 {
            assert_eq!(bound.get(), 100, "one number for both positions");
            self.0.take().unwrap()
        }

        fn below_big(&mut self, _: &BigUint) -> BigUint {
            panic!("no rank is drawn")
        }
    }

    #[test]
    fn sets_are_counted_however_many_there_are() {
        // Ten sets, which is more than are counted while characters are drawn.
        let alphabet = Characters::from("abcdefghij");
        let once = |character: char| Rule {
            name: character.into(),
            characters: std::iter::once(character).collect(),
            min: 0,
            max: Some(1),
        };
        let rules = alphabet.iter().map(once).collect();
        let form = NormalForm { length: 2, alphabet, rules, ..NormalForm::default() };
        let letters = Letters::new(&form).unwrap();
        let drawn = (0..100).filter_map(|answer| letters.attempt(&mut Answer(Some(answer))));
        let drawn: Vec<String> = drawn.map(|draft| draft.iter().collect()).collect();
        assert_eq!(drawn.len(), 90, "all but aa, bb, …");
        assert!(drawn.iter().all(|string| string.get(..1) != string.get(1..)));
        assert_eq!(drawn.iter().collect::<BTreeSet<_>>().len(), 90, "each once");
    }
}
