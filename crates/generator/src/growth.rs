//! The strings over disjoint classes with bounds, for one length after the other.
//!
//! A string of t + 1 characters is one of t and any character, except where that character brings its class to its
//! minimum, or beyond its maximum. So with T(t) for the strings of t characters,
//!
//! ```text
//! T(t + 1) = size·T(t) + Σ (what is valid only now) − Σ (what is valid no longer),
//! ```
//!
//! a term for each class that has a minimum or a maximum. The strings in a term have a fixed number of that class,
//! one short of the minimum or the maximum itself: they are the strings of t − number characters over the other
//! classes, in as many ways as there are choices of positions, and of characters for them and for the next one. They
//! make a series by length of their own, which grows in the same way but for the choice of positions: a *line* for
//! each set of classes that are fixed, and whether short or full. With a characters fixed, a line is
//!
//! ```text
//! W(t + 1) = (t + 1)·(size·W(t) + Σ W′(t) − Σ W″(t)) / (t + 1 − a),
//! ```
//!
//! where W′ and W″ have one class more fixed. So a step multiplies and divides by small numbers only. A line begins
//! where the minimums have room: with large minimums there are few steps.

use std::collections::BTreeMap;

use num_bigint::BigUint;

use crate::atoms::Bounds;
use crate::binomial::binomial;
use crate::limbs::Limbs;

/// A class that has more lines than this is not counted this way.
const MAX_LINES: usize = 1 << 12;

/// So many characters, of which there must be so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Class {
    pub(crate) size: usize,
    pub(crate) bounds: Bounds,
}

/// How many characters of a class a line has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fill {
    /// Any number that the bounds allow.
    Within,
    /// One fewer than the minimum.
    Short,
    /// The maximum.
    Full,
}

/// The numbers of strings of one length, which grows.
#[derive(Debug, Clone)]
pub(crate) struct Growth {
    length: usize,
    /// In the order of what is fixed; the first has nothing fixed, if there are any such strings.
    lines: Vec<Line>,
}

/// The strings in which some classes have a fixed number of characters, times the size of each of those.
#[derive(Debug, Clone)]
struct Line {
    fills: Vec<Fill>,
    /// The characters of the classes that are fixed.
    fixed: u64,
    /// How many characters any other position chooses from.
    size: u64,
    /// The length of the shortest strings.
    start: usize,
    /// Their number, if it does not follow from other lines.
    seed: Option<BigUint>,
    strings: Limbs,
    gains: Vec<usize>,
    losses: Vec<usize>,
}

impl Class {
    fn is_contradictory(&self) -> bool {
        self.bounds.max.is_some_and(|max| max < self.bounds.min)
    }

    /// The number of characters that `fill` fixes.
    pub(crate) fn fixed(&self, fill: Fill) -> Option<usize> {
        match fill {
            Fill::Within => None,
            Fill::Short => self.bounds.min.checked_sub(1),
            Fill::Full => self.bounds.max,
        }
    }

    /// The ways to fill it, and the least number of characters in each.
    fn fills(&self) -> impl Iterator<Item = (Fill, usize)> {
        let Bounds { min, max } = self.bounds;
        let short = min.checked_sub(1).map(|number| (Fill::Short, number));
        let full = max.map(|number| (Fill::Full, number));
        [(Fill::Within, min)].into_iter().chain(short).chain(full)
    }
}

/// How many steps all lines take together up to strings of `length` characters; nothing if there are too many lines.
pub(crate) fn steps(classes: &[Class], length: usize) -> Option<usize> {
    let starts = classes.iter().try_fold(vec![0], |starts: Vec<usize>, class| {
        let longer = starts.iter().flat_map(|start| class.fills().map(move |fill| start + fill.1));
        let starts: Vec<usize> = longer.filter(|start| *start <= length).collect();
        (starts.len() <= MAX_LINES).then_some(starts)
    });
    Some(starts?.iter().map(|start| length - start + 1).sum())
}

impl Growth {
    /// The strings over `classes` and so many `free` characters, from the shortest ones on. Lines that begin beyond
    /// strings of `longest` characters are left out.
    pub(crate) fn new(classes: &[Class], free: usize, longest: usize) -> Self {
        let mut lines = vec![Line::unbound(free)];
        if classes.iter().any(Class::is_contradictory) {
            lines.clear();
        }
        for class in classes {
            let add =
                |line: &Line| class.fills().map(|fill| line.with(class, fill)).collect::<Vec<_>>();
            lines = lines.iter().flat_map(add).filter(|line| line.start <= longest).collect();
        }
        let indices: BTreeMap<Vec<Fill>, usize> =
            lines.iter().enumerate().map(|(index, line)| (line.fills.clone(), index)).collect();
        for line in &mut lines {
            let one_more = |fill| {
                line.one_more(fill).filter_map(|fills| indices.get(&fills).copied()).collect()
            };
            (line.gains, line.losses) = (one_more(Fill::Short), one_more(Fill::Full));
        }
        let length = lines.iter().map(|line| line.start).min().unwrap_or(0);
        let mut growth = Self { length, lines };
        for line in &mut growth.lines {
            line.sow(length);
        }
        growth
    }

    /// The length of the strings.
    pub(crate) fn length(&self) -> usize {
        self.length
    }

    /// How many there are.
    pub(crate) fn strings(&self) -> BigUint {
        let unfixed = self.lines.first().filter(|line| line.is_unfixed());
        unfixed.map(|line| BigUint::from(&line.strings)).unwrap_or_default()
    }

    /// How many there are, before it goes on to the next length.
    pub(crate) fn next_strings(&mut self) -> BigUint {
        let strings = self.strings();
        self.advance();
        strings
    }

    /// How many there are with each class filled so, times the size of each class that is fixed.
    pub(crate) fn line(&self, fills: &[Fill]) -> BigUint {
        let place = self.lines.binary_search_by(|line| line.fills.as_slice().cmp(fills));
        let line = place.ok().and_then(|place| self.lines.get(place));
        line.map(|line| BigUint::from(&line.strings)).unwrap_or_default()
    }

    /// Goes on to the strings with one character more.
    pub(crate) fn advance(&mut self) {
        self.length += 1;
        // A line takes from later ones, which still are what they were.
        let mut lines = self.lines.as_mut_slice();
        let mut before = 0;
        while let Some((line, later)) = lines.split_first_mut() {
            before += 1;
            let other = |index: &usize| later.get(index - before).map(|line| &line.strings);
            line.advance(self.length, other);
            lines = later;
        }
    }
}

impl Line {
    fn unbound(size: usize) -> Self {
        Self {
            fills: Vec::new(),
            fixed: 0,
            size: word(size),
            start: 0,
            seed: Some(BigUint::from(1_u32)),
            strings: Limbs::default(),
            gains: Vec::new(),
            losses: Vec::new(),
        }
    }

    /// The line beside a further class.
    fn with(&self, class: &Class, (fill, least): (Fill, usize)) -> Self {
        let mut line = self.clone();
        line.fills.push(fill);
        line.start += least;
        match class.fixed(fill) {
            None => line.size += word(class.size),
            Some(number) => line.fixed += word(number),
        }
        // Where a class that is not fixed needs characters, the first strings come from the line in which it is short.
        line.seed = self.seed.as_ref().filter(|_| fill != Fill::Within || least == 0).map(|seed| {
            let exponent = class.fixed(fill).map_or(0, |number| number + 1);
            let characters =
                BigUint::from(class.size).pow(u32::try_from(exponent).unwrap_or(u32::MAX));
            seed * binomial(line.start, least) * characters
        });
        line
    }

    fn is_unfixed(&self) -> bool {
        self.fills.iter().all(|fill| *fill == Fill::Within)
    }

    /// What is fixed in the lines with one class more so filled.
    fn one_more(&self, fill: Fill) -> impl Iterator<Item = Vec<Fill>> {
        let within = self.fills.iter().enumerate().filter(|(_, other)| **other == Fill::Within);
        within.map(move |(index, _)| {
            let mut fills = self.fills.clone();
            fills.splice(index..=index, [fill]);
            fills
        })
    }

    fn sow(&mut self, length: usize) {
        if let Some(seed) = self.seed.as_ref().filter(|_| length == self.start) {
            self.strings = Limbs::from(seed);
        }
    }

    /// Makes the strings of `length` characters out of those of one fewer, here and in the `other` lines.
    fn advance<'a>(&mut self, length: usize, other: impl Fn(&usize) -> Option<&'a Limbs>) {
        if length <= self.start && self.seed.is_some() {
            return self.sow(length);
        }
        if length < self.start {
            return;
        }
        self.strings.multiply(self.size);
        self.gains.iter().filter_map(&other).for_each(|gained| self.strings.add(gained));
        self.losses.iter().filter_map(&other).for_each(|lost| self.strings.subtract(lost));
        if self.fixed > 0 && !self.strings.is_zero() {
            self.strings.scale(word(length), word(length) - self.fixed);
        }
    }
}

fn word(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FREE: usize = 2;

    fn classes() -> Vec<Vec<Class>> {
        let class = |size, min, max| Class { size, bounds: Bounds { min, max } };
        vec![
            vec![],
            vec![class(3, 2, None)],
            vec![class(3, 0, Some(2))],
            vec![class(3, 0, Some(0)), class(1, 1, None)],
            vec![class(3, 2, Some(4)), class(1, 3, Some(3))],
            vec![class(2, 1, None), class(3, 0, Some(3)), class(1, 1, Some(2))],
            vec![class(2, 3, Some(2)), class(3, 1, None)],
            vec![
                class(2, 1, Some(9)),
                class(1, 4, None),
                class(5, 2, Some(3)),
                class(3, 0, Some(1)),
            ],
        ]
    }

    /// Σ over the numbers of each class, position by position of the multinomial coefficient.
    fn expected(classes: &[Class], fills: &[Fill], length: usize, free: usize) -> BigUint {
        let Some(((class, fill), others)) = classes
            .iter()
            .zip(fills)
            .collect::<Vec<_>>()
            .split_first()
            .map(|(first, _)| (*first, 1))
        else {
            return BigUint::from(free).pow(u32::try_from(length).unwrap());
        };
        let numbers = (0..=length).filter(|number| {
            class.fixed(*fill).map_or(class.bounds.contains(*number), |fixed| fixed == *number)
        });
        numbers
            .map(|number| {
                let own = BigUint::from(class.size)
                    .pow(u32::try_from(number + usize::from(*fill != Fill::Within)).unwrap());
                binomial(length, number)
                    * own
                    * expected(&classes[others..], &fills[others..], length - number, free)
            })
            .sum()
    }

    #[test]
    fn every_line_at_every_length_has_its_strings() {
        for classes in classes() {
            let contradictory = classes.iter().any(Class::is_contradictory);
            let mut growth = Growth::new(&classes, FREE, 14);
            let lines: Vec<Vec<Fill>> =
                growth.lines.iter().map(|line| line.fills.clone()).collect();
            assert_eq!(lines.is_empty(), contradictory);
            while growth.length() < 14 {
                for fills in &lines {
                    let expected = expected(&classes, fills, growth.length(), FREE);
                    assert_eq!(
                        growth.line(fills),
                        expected,
                        "{classes:?} {fills:?} {}",
                        growth.length()
                    );
                }
                growth.advance();
            }
            if !contradictory {
                assert_eq!(growth.strings(), growth.line(&vec![Fill::Within; classes.len()]));
            }
        }
    }

    #[test]
    fn no_strings_are_shorter_than_where_it_begins() {
        for classes in
            classes().iter().filter(|classes| !classes.iter().any(Class::is_contradictory))
        {
            let fills = vec![Fill::Within; classes.len()];
            for length in 0..Growth::new(classes, FREE, 14).length() {
                assert_eq!(expected(classes, &fills, length, FREE), BigUint::ZERO);
            }
        }
    }

    #[test]
    fn lines_that_begin_too_late_are_left_out() {
        for classes in classes() {
            let (mut all, mut few) =
                (Growth::new(&classes, FREE, 14), Growth::new(&classes, FREE, 6));
            assert!(few.lines.len() <= all.lines.len());
            while few.length() < 6 {
                while all.length() < few.length() {
                    all.advance();
                }
                if all.length() == few.length() {
                    assert_eq!(few.strings(), all.strings());
                }
                few.advance();
            }
        }
    }

    #[test]
    fn the_steps_are_those_of_all_lines() {
        let classes = classes();
        assert_eq!(steps(&classes[0], 9), Some(10));
        // At least two: any number from two on, or exactly one.
        assert_eq!(steps(&classes[1], 9), Some(8 + 9));
        assert_eq!(steps(&[classes[1][0]; 13], 4096), None);
    }
}
