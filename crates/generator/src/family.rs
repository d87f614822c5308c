//! Forms that differ by a character or two, counted together.
//!
//! The parts that a form splits into have the same classes, with lengths and bounds less by what stands at the ends,
//! and without the classes that are absent. The strings with at least m − 1 characters of a class are those with at
//! least m and those with exactly m − 1; and the lines of [`crate::growth`] know how many strings have a number fixed:
//! at the same length one below the minimum and the maximum, at the next length the number below, since
//!
//! ```text
//! C(t, a − 1)·size^(a − 1)·T(t + 1 − a) = C(t + 1, a)·size^(a + 1)·T(t + 1 − a) · a / ((t + 1)·size²),
//! ```
//!
//! T being the strings over the other classes, and so on. So the lines of the strictest bounds, at the last few
//! lengths, give all of them.

use num_bigint::{BigInt, BigUint, Sign};

use crate::atoms::{Bounds, Repetition};
use crate::block::Block;
use crate::costs;
use crate::growth::{self, Class, Fill, Growth};
use crate::model::Model;

/// A form that is counted, if its blocks are classes of characters that may stand again.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    length: usize,
    /// How many of the free characters may not stand at the ends.
    inner: usize,
    free: Vec<char>,
    classes: Vec<(Vec<char>, Bounds)>,
}

/// Forms with common lines.
#[derive(Debug)]
pub(crate) struct Family {
    classes: Vec<Class>,
    free: usize,
    longest: usize,
    members: Vec<Member>,
}

#[derive(Debug)]
struct Member {
    length: usize,
    inner: usize,
    /// For each class of the family, the strings with these bounds as sums of those that the lines have.
    sums: Vec<Vec<Term>>,
}

/// The strings in which a class is filled so, with so many fewer characters, to be added or subtracted.
#[derive(Debug, Clone, Copy)]
struct Term {
    sign: Sign,
    fill: Fill,
    fewer: usize,
}

impl Shape {
    pub(crate) fn new(model: &Model, blocks: &[Block]) -> Option<Self> {
        let class = |block: &Block| match block {
            Block::Class { characters, bounds, .. } => Some((characters.clone(), *bounds)),
            Block::Overlap(_) => None,
        };
        let free = model.free().into_iter().chain(model.inner.iter().copied()).collect();
        let classes = blocks.iter().map(class).collect::<Option<_>>()?;
        let shape = Self { length: model.length, inner: model.inner.len(), free, classes };
        (model.repetition == Repetition::Allowed).then_some(shape)
    }

    /// The bounds of the class of these characters; those of absent characters have the maximum 0.
    fn bounds(&self, characters: &[char]) -> Option<Bounds> {
        if let Some((_, bounds)) = self.classes.iter().find(|(own, _)| own == characters) {
            return Some(*bounds);
        }
        let others = self.classes.iter().flat_map(|(own, _)| own);
        let known = |character: &char| characters.contains(character);
        let free = self.free.iter().filter(|character| known(character)).count();
        let max = if free == characters.len() { None } else { Some(0) };
        (others.filter(|character| known(character)).count() == 0 && (max.is_none() || free == 0))
            .then_some(Bounds { min: 0, max })
    }
}

impl Family {
    /// All of `shapes`, if common lines tell them.
    pub(crate) fn new(shapes: &[&Shape]) -> Option<Self> {
        let mut sets: Vec<&Vec<char>> = Vec::new();
        for (characters, _) in shapes.iter().flat_map(|shape| &shape.classes) {
            if !sets.contains(&characters) {
                sets.push(characters);
            }
        }
        let free = |shape: &Shape| {
            shape.free.iter().filter(|free| !sets.iter().any(|set| set.contains(free))).count()
        };
        let frees = shapes.first().map_or(0, |shape| free(shape));
        let longest = shapes.iter().map(|shape| shape.length).max()?;
        if shapes.iter().any(|shape| free(shape) != frees) {
            return None;
        }
        let mut classes = Vec::new();
        let mut members: Vec<Member> = shapes
            .iter()
            .map(|shape| Member { length: shape.length, inner: shape.inner, sums: Vec::new() })
            .collect();
        for set in sets {
            let ranges =
                shapes.iter().map(|shape| shape.bounds(set)).collect::<Option<Vec<_>>>()?;
            let class = Class { size: set.len(), bounds: common(&ranges, longest) };
            for (member, range) in members.iter_mut().zip(&ranges) {
                member.sums.push(terms(class.bounds, *range, longest)?);
            }
            classes.push(class);
        }
        let longest = members.iter().map(|member| member.length + member.reach()).max()?;
        Some(Self { classes, free: frees, longest, members })
    }

    /// About how many nanoseconds the count takes.
    pub(crate) fn cost(&self) -> usize {
        let sizes = self.classes.iter().map(|class| class.size);
        let characters = sizes.fold(self.free, |sum, size| sum + size);
        let words = costs::length_in_words(self.longest, characters);
        let step = costs::step(words);
        let steps = growth::steps(&self.classes, self.longest);
        let sums = 5 * self.members.iter().map(Member::products).sum::<usize>();
        steps.map_or(usize::MAX, |steps| steps.saturating_add(sums).saturating_mul(step))
    }

    /// The number of strings of each member, in order.
    pub(crate) fn counts(&self) -> Vec<BigUint> {
        let shortest = self.members.iter().map(|member| member.length.saturating_sub(2)).min();
        let mut growth = Growth::new(&self.classes, self.free, self.longest);
        let mut lengths = Vec::new();
        loop {
            if shortest.is_some_and(|shortest| growth.length() >= shortest) {
                lengths.push(growth.clone());
            }
            if growth.length() >= self.longest {
                break;
            }
            growth.advance();
        }
        self.members.iter().map(|member| self.count(member, &lengths)).collect()
    }

    /// An inner character at an end is one too many: there are as many such strings as there are shorter ones.
    fn count(&self, member: &Member, lengths: &[Growth]) -> BigUint {
        let strings = |length| self.sum(&[], &member.sums, length, lengths);
        let inner = || BigInt::from(member.inner);
        let count = match (member.inner, member.length) {
            (0, _) | (_, 0) => strings(member.length),
            (_, 1) => strings(1) - inner() * strings(0),
            (_, length) => {
                strings(length) - inner() * 2 * strings(length - 1)
                    + inner() * inner() * strings(length - 2)
            }
        };
        count.magnitude().clone()
    }

    /// The strings of `length` characters with the first classes filled as `chosen` and the others as `open` adds up to.
    fn sum(
        &self,
        chosen: &[Term],
        open: &[Vec<Term>],
        length: usize,
        lengths: &[Growth],
    ) -> BigInt {
        let Some((terms, open)) = open.split_first() else {
            return self.product(chosen, length, lengths);
        };
        terms.iter().map(|term| self.sum(&[chosen, &[*term]].concat(), open, length, lengths)).sum()
    }

    fn product(&self, chosen: &[Term], length: usize, lengths: &[Growth]) -> BigInt {
        let fewer: usize = chosen.iter().map(|term| term.fewer).sum();
        let Some(growth) = lengths.iter().find(|growth| growth.length() == length + fewer) else {
            return BigInt::ZERO;
        };
        let fills: Vec<Fill> = chosen.iter().map(|term| term.fill).collect();
        let (mut strings, mut divisor) = (growth.line(&fills), BigUint::from(1_u32));
        for (class, term) in self.classes.iter().zip(chosen) {
            let Some(fixed) = class.fixed(term.fill) else { continue };
            let factors = (0..term.fewer).map(|taken| fixed - taken);
            strings *= factors.map(BigUint::from).product::<BigUint>();
            divisor *=
                std::iter::repeat_n(BigUint::from(class.size), term.fewer + 1).product::<BigUint>();
        }
        divisor *= (1..=fewer).map(|more| BigUint::from(length + more)).product::<BigUint>();
        let sign = chosen.iter().fold(Sign::Plus, |sign, term| sign * term.sign);
        BigInt::from_biguint(sign, strings / divisor)
    }
}

impl Member {
    /// How many products it is a sum of.
    fn products(&self) -> usize {
        self.sums.iter().map(Vec::len).product::<usize>() * if self.inner > 0 { 3 } else { 1 }
    }

    /// By how much the lengths that it needs exceed its own at most.
    fn reach(&self) -> usize {
        let most = |terms: &Vec<Term>| terms.iter().map(|term| term.fewer).max().unwrap_or(0);
        self.sums.iter().map(most).sum()
    }
}

/// The strictest minimum and the weakest maximum. A class that is absent somewhere has a minimum everywhere else.
fn common(ranges: &[Bounds], longest: usize) -> Bounds {
    let present = || ranges.iter().filter(|range| range.max != Some(0));
    let absent = usize::from(present().count() < ranges.len());
    let min = present().map(|range| range.min).max().unwrap_or(0).max(absent);
    let bounded = present().any(|range| range.max.is_some());
    let max = present().map(|range| range.max.unwrap_or(longest)).max().filter(|_| bounded);
    Bounds { min, max: max.map(|max| max.max(min)) }
}

/// The strings within `range` in terms of those within `bounds`, if few terms do.
fn terms(bounds: Bounds, range: Bounds, longest: usize) -> Option<Vec<Term>> {
    let short = |number| {
        Some(Term {
            sign: Sign::Plus,
            fill: Fill::Short,
            fewer: bounds.min.checked_sub(number + 1)?,
        })
    };
    let within = Term { sign: Sign::Plus, fill: Fill::Within, fewer: 0 };
    if range.max.is_some_and(|max| max < range.min) {
        return Some(Vec::new());
    }
    if range.max == Some(0) {
        return Some(vec![short(0)?]);
    }
    let more = (range.min..bounds.min).map(short);
    let less = bounds.max.map_or(0..0, |max| range.max.unwrap_or(longest).min(max) + 1..max + 1);
    let less = less.map(|number| {
        Some(Term { sign: Sign::Minus, fill: Fill::Full, fewer: bounds.max?.checked_sub(number)? })
    });
    let few = bounds.min.saturating_sub(range.min) < 4 && less.len() < 4;
    if !few {
        return None;
    }
    std::iter::once(Some(within)).chain(more).chain(less).collect()
}
