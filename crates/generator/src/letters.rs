//! Drawing position by position: strings of the right characters, whether or not they satisfy the rules.

use std::num::NonZeroU32;

use secrecy::zeroize::Zeroizing;

use crate::Characters;
use crate::normal_form::NormalForm;
use crate::password::Draft;
use crate::uniform::Uniform;

/// The characters that each position chooses from.
#[derive(Debug)]
pub(crate) enum Letters {
    /// Whatever the other positions have.
    Independent(Vec<Stretch>),
    /// None that another position has.
    Distinct(Vec<Stretch>),
}

/// Positions in a row that choose from the same characters.
#[derive(Debug)]
pub(crate) struct Stretch {
    positions: usize,
    characters: Vec<char>,
}

impl Letters {
    pub(crate) fn new(form: &NormalForm) -> Self {
        let stretches = stretches(form);
        if form.distinct { Self::Distinct(stretches) } else { Self::Independent(stretches) }
    }

    /// A string of the right characters, each equally likely; `None` if the two ends of distinct characters are the
    /// same.
    pub(crate) fn draw(&self, source: &mut impl Uniform) -> Option<Draft> {
        match self {
            Self::Independent(stretches) => Some(independent(stretches, source)),
            Self::Distinct(stretches) => distinct(stretches, source),
        }
    }
}

fn independent(stretches: &[Stretch], source: &mut impl Uniform) -> Draft {
    let length = stretches.iter().map(|stretch| stretch.positions).sum();
    let mut draft = Zeroizing::new(Vec::with_capacity(length));
    for stretch in stretches {
        draft.extend(stretch.draw(source));
    }
    draft
}

/// The ends first, since they have fewer characters to choose from.
fn distinct(stretches: &[Stretch], source: &mut impl Uniform) -> Option<Draft> {
    let [first, between, last] = stretches else { return Some(independent(stretches, source)) };
    let first = first.draw(source).next()?;
    let last = last.draw(source).next()?;
    if first == last {
        return None;
    }
    let mut left = Zeroizing::new(between.characters.clone());
    left.retain(|character| ![first, last].contains(character));
    let mut draft = Zeroizing::new(Vec::with_capacity(between.positions + 2));
    draft.push(first);
    for _ in 0..between.positions {
        let choices = NonZeroU32::new(u32::try_from(left.len()).ok()?)?;
        draft.push(left.swap_remove(usize::try_from(source.below(choices)).ok()?));
    }
    draft.push(last);
    Some(draft)
}

impl Stretch {
    /// A character for each position, each equally likely.
    ///
    /// A number below size^k is k numbers below the size, its digits in that base. So one draw serves as many positions as
    /// 32 bits have room for, and few draws are in vain.
    #[expect(
        clippy::indexing_slicing,
        reason = "a digit is a remainder by the number of characters"
    )]
    fn draw(&self, source: &mut impl Uniform) -> impl Iterator<Item = char> {
        let size = u32::try_from(self.characters.len()).ok().and_then(NonZeroU32::new);
        let size = size.unwrap_or(NonZeroU32::MIN);
        let at_once = u32::MAX.checked_ilog(size.get()).unwrap_or(u32::BITS);
        let (mut number, mut digits) = (0, 0);
        (0..self.positions).rev().map(move |after| {
            if digits == 0 {
                digits = at_once.min(u32::try_from(after).unwrap_or(u32::MAX).saturating_add(1));
                number = source.below(size.saturating_pow(digits));
            }
            digits -= 1;
            let digit = number % size;
            number /= size;
            self.characters[usize::try_from(digit).unwrap_or(usize::MAX)]
        })
    }
}

/// The positions of a password in stretches; those of distinct characters are the first, those between and the last.
fn stretches(form: &NormalForm) -> Vec<Stretch> {
    let end = |sets: &[&Option<Characters>]| {
        let allowed = sets.iter().filter_map(|set| set.as_ref());
        allowed.fold(form.alphabet.clone(), |allowed, set| allowed.intersection(set))
    };
    let stretch =
        |positions, set: &Characters| Stretch { positions, characters: set.iter().collect() };
    match usize::from(form.length) {
        0 => Vec::new(),
        1 => vec![stretch(1, &end(&[&form.first, &form.last]))],
        length => {
            let (first, last) = (end(&[&form.first]), end(&[&form.last]));
            let between = form.alphabet.union(&form.inner);
            if !form.distinct && first == between && last == between {
                return vec![stretch(length, &between)];
            }
            vec![stretch(1, &first), stretch(length - 2, &between), stretch(1, &last)]
        }
    }
}
