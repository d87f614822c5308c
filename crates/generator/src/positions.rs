//! Engine B: policies with limits on runs, counted and ranked position by position.

mod alphabet;
mod joined;
mod levels;
mod shape;
mod tables;
mod terms;

use num_bigint::BigUint;

use self::joined::Joined;
use self::tables::Tables;
use crate::Limit;
use crate::normal_form::NormalForm;
use crate::password::Draft;
use crate::runs::Limits;
use crate::uniform::Uniform;

/// The greatest number of words of the tables that passwords are ranked by: 64 MiB.
const MAX_WORDS: usize = 1 << 23;
/// Larger tables than this, 1 MiB, are not made where another way to draw succeeds soon.
const FEW_WORDS: usize = 1 << 17;

/// The passwords of a form with limits on runs.
#[derive(Debug)]
pub(crate) struct Positions {
    count: BigUint,
    tables: Tables,
    /// How passwords are drawn if not by rank.
    joined: Option<Joined>,
}

impl Positions {
    /// Counts the passwords of `form`, unless that takes too much work or memory.
    pub(crate) fn new(form: &NormalForm, limits: Limits) -> Result<Self, Limit> {
        let tables = Tables::new(form, limits)?;
        if let Some(count) = terms::directly(tables.shape()) {
            return Ok(Self { count, tables, joined: None });
        }
        let joined = (tables.words() > FEW_WORDS)
            .then(|| Joined::new(form, limits))
            .filter(Joined::succeeds_soon);
        if joined.is_none() && tables.words() > MAX_WORDS {
            return Err(Limit::Memory);
        }
        let without_rules = NormalForm { rules: Vec::new(), min_classes: None, ..form.clone() };
        let forms = [form, &without_rules];
        let wanted = if joined.is_some() { 2 } else { 1 };
        let counts = terms::counts(forms.into_iter().take(wanted), limits)?;
        let count = counts.first().cloned().unwrap_or_default();
        // With even chances or better, the rules hold after a few attempts.
        let likely = counts.last().is_some_and(|free| &count * 2_u32 >= *free);
        let joined = joined.filter(|_| likely);
        if joined.is_none() && tables.words() > MAX_WORDS {
            return Err(Limit::Memory);
        }
        Ok(Self { count, tables, joined })
    }

    /// How many words the tables take, or would take.
    pub(crate) fn words(&self) -> usize {
        if self.joined.is_some() { 0 } else { self.tables.words() }
    }

    /// N, the number of passwords.
    pub(crate) fn count(&self) -> &BigUint {
        &self.count
    }

    /// A password, each equally likely.
    pub(crate) fn draw(&self, source: &mut impl Uniform) -> Draft {
        match &self.joined {
            Some(joined) => joined.draw(source),
            None => self.tables.unrank(source.below_big(&self.count)),
        }
    }

    /// The password at `rank`, which is below N.
    pub(crate) fn unrank(&self, rank: BigUint) -> Draft {
        self.tables.unrank(rank)
    }

    /// N from the tables that passwords are ranked by.
    #[cfg(test)]
    pub(crate) fn recount(&self) -> BigUint {
        self.tables.count()
    }

    /// N by inclusion and exclusion, whatever the form.
    #[cfg(test)]
    pub(crate) fn by_terms(form: &NormalForm) -> BigUint {
        let counts = terms::counts([form].into_iter(), Limits::new(form)).unwrap();
        counts.into_iter().next().unwrap()
    }

    /// A password drawn by halves in at most so many tries for each stretch, whatever the form.
    #[cfg(test)]
    pub(crate) fn by_halves(
        form: &NormalForm,
        source: &mut impl Uniform,
        tries: u32,
    ) -> Option<Draft> {
        Joined::new(form, Limits::new(form)).attempt(source, tries)
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU16;

    use rand::rngs::ChaCha8Rng;
    use rand::{Rng, SeedableRng};

    use super::*;
    use crate::Characters;
    use crate::normal_form::{MinClasses, Rule};

    /// A form with any of the restrictions, from random bits.
    fn random_form(rng: &mut ChaCha8Rng) -> NormalForm {
        let mut below = |bound: u64| rng.next_u64() % bound;
        let mut set = |characters: &str| -> Characters {
            let all: Vec<char> = characters.chars().collect();
            all.into_iter().filter(|_| below(3) > 0).collect()
        };
        let (alphabet, inner) = (set("abcdefABC012!?"), set(" _"));
        let sets = [set("abcdef"), set("ABC012"), set("012!?ab")];
        let (end, classes) = (set("abcdefABC012!?"), vec![set("abcA"), set("012"), set("!?C")]);
        let rules = sets.map(|characters| Rule {
            name: String::new(),
            characters,
            min: u16::try_from(below(4)).unwrap(),
            max: (below(3) == 0).then(|| u16::try_from(4 + below(5)).unwrap()),
        });
        let mut limit = || NonZeroU16::new(u16::try_from(below(4)).unwrap());
        let (max_repeating, max_sequential) = (limit(), limit());
        NormalForm {
            length: u16::try_from(below(20)).unwrap(),
            alphabet,
            inner,
            rules: rules.into(),
            first: (below(4) == 0).then(|| end.clone()),
            last: (below(4) == 0).then_some(end),
            max_repeating,
            max_sequential,
            min_classes: (below(3) == 0).then_some(MinClasses { count: 2, classes }),
            ..NormalForm::default()
        }
    }

    #[test]
    fn inclusion_and_exclusion_agrees_with_the_tables() {
        let mut rng = ChaCha8Rng::seed_from_u64(11);
        let mut compared = 0;
        for _ in 0..150 {
            let form = random_form(&mut rng).reduced();
            let limits = Limits::new(&form);
            if limits.is_empty() || crate::reason::find(&form).is_some() {
                continue;
            }
            compared += 1;
            let tables = Tables::new(&form, limits).unwrap();
            assert_eq!(Positions::by_terms(&form), tables.count(), "{form:?}");
        }
        assert!(compared > 50, "{compared}");
    }

    #[test]
    fn long_passwords_are_drawn_by_halves() {
        let form = |length, rules: Vec<Rule>| NormalForm {
            length,
            alphabet: ('!'..='~').collect(),
            rules,
            max_repeating: NonZeroU16::new(1),
            max_sequential: NonZeroU16::new(1),
            ..NormalForm::default()
        };
        let rule =
            |min| Rule { name: "digits".into(), characters: "0123456789".into(), min, max: None };
        let positions = |form: &NormalForm| Positions::new(form, Limits::new(form)).unwrap();
        assert!(positions(&form(400, vec![rule(1)])).joined.is_some());
        // Half of the passwords or more would break the rule.
        assert!(positions(&form(100, vec![rule(20)])).joined.is_none());
    }
}
