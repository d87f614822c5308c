//! Drawing long passwords with limited runs: two halves that are drawn apart, and again until no run across their
//! border is too long.
//!
//! Both halves are uniform and independent, so each pair that may stand together is equally likely.

use std::num::NonZeroU32;

use secrecy::zeroize::Zeroizing;

use super::alphabet::may_stand_first;
use crate::normal_form::NormalForm;
use crate::password::Draft;
use crate::runs::{Direction, Limits};
use crate::uniform::Uniform;

/// How often the halves of a stretch are drawn before the attempt is given up: at least two of three pairs may stand
/// together.
const TRIES: u32 = 64;

/// What drawing by halves needs.
#[derive(Debug)]
pub(super) struct Joined {
    form: NormalForm,
    limits: Limits,
    first: Vec<char>,
    between: Vec<char>,
    last: Vec<char>,
}

/// A stretch of positions.
#[derive(Clone, Copy)]
struct Stretch {
    start: usize,
    end: usize,
}

impl Joined {
    pub(super) fn new(form: &NormalForm, limits: Limits) -> Self {
        let first = |character: &char| may_stand_first(form, *character);
        let last = |character: &char| {
            form.alphabet.contains(*character)
                && form.last.as_ref().is_none_or(|set| set.contains(*character))
        };
        let everything = form.alphabet.union(&form.inner);
        Self {
            limits,
            first: everything.iter().filter(first).collect(),
            between: everything.iter().collect(),
            last: everything.iter().filter(last).collect(),
            form: form.clone(),
        }
    }

    /// Whether any two stretches may stand together with a probability of at least 2/3.
    ///
    /// Any string but those that begin with one of r characters may stand behind another, where r directions of runs
    /// are limited. At most one in b − r strings begins with a given character of b: of the strings one shorter, each
    /// may follow all characters but r. So at most r in b − r pairs are refused, one in three if b is 4·r.
    pub(super) fn succeeds_soon(&self) -> bool {
        let directions =
            Direction::ALL.iter().filter(|run| self.limits.get(**run).is_some()).count();
        let few = self.between.len().min(self.last.len());
        few >= 4 * directions && self.form.length > 1 && !self.form.distinct
    }

    /// A password, each equally likely.
    pub(super) fn draw(&self, source: &mut impl Uniform) -> Draft {
        loop {
            if let Some(draft) = self.attempt(source, TRIES) {
                return draft;
            }
        }
    }

    /// A password, each equally likely, unless the rules do not hold or a stretch takes more than so many tries.
    pub(super) fn attempt(&self, source: &mut impl Uniform, tries: u32) -> Option<Draft> {
        let length = usize::from(self.form.length);
        let mut draft = Zeroizing::new(vec!['\0'; length]);
        self.fill(&mut draft, Stretch { start: 0, end: length }, source, tries)?;
        self.satisfied(&draft).then_some(draft)
    }

    /// Fills a stretch with a string that has no run too long, each equally likely.
    fn fill(
        &self,
        draft: &mut Draft,
        stretch: Stretch,
        source: &mut impl Uniform,
        tries: u32,
    ) -> Option<()> {
        let Stretch { start, end } = stretch;
        if end - start == 1 {
            *draft.get_mut(start)? = self.character(start, source)?;
            return Some(());
        }
        let middle = start.midpoint(end);
        for _ in 0..tries {
            self.fill(draft, Stretch { start, end: middle }, source, tries)?;
            self.fill(draft, Stretch { start: middle, end }, source, tries)?;
            if self.hold(draft, stretch) {
                return Some(());
            }
        }
        None
    }

    /// Whether no run across the middle of a stretch is too long.
    fn hold(&self, draft: &Draft, Stretch { start, end }: Stretch) -> bool {
        let middle = start.midpoint(end);
        let reach =
            Direction::ALL.iter().filter_map(|run| self.limits.get(*run)).max().unwrap_or(0);
        let (from, to) = (start.max(middle.saturating_sub(reach)), end.min(middle + reach));
        draft.get(from..to).is_some_and(|around| self.limits.hold(around))
    }

    fn character(&self, position: usize, source: &mut impl Uniform) -> Option<char> {
        let set = match position {
            0 => &self.first,
            _ if position + 1 == usize::from(self.form.length) => &self.last,
            _ => &self.between,
        };
        let size = NonZeroU32::new(u32::try_from(set.len()).ok()?)?;
        set.get(usize::try_from(source.below(size)).ok()?).copied()
    }

    fn satisfied(&self, draft: &[char]) -> bool {
        let seen = |set: &crate::Characters| {
            draft.iter().filter(|character| set.contains(**character)).count()
        };
        let rules = self.form.rules.iter().all(|rule| {
            let seen = seen(&rule.characters);
            seen >= rule.min.into() && rule.max.is_none_or(|max| seen <= max.into())
        });
        rules
            && self.form.min_classes.as_ref().is_none_or(|needed| {
                let present = needed.classes.iter().filter(|class| seen(class) > 0).count();
                present >= needed.count.into()
            })
    }
}
