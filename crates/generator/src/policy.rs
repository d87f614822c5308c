//! Policies: which passwords there are, how many, and how one is drawn.

use std::sync::Arc;

use num_bigint::BigUint;

use crate::budget::Budget;
use crate::entropy::log2;
use crate::letters::Letters;
use crate::normal_form::{MinClasses, NormalForm};
use crate::password::Draft;
use crate::positions::{Levels, Shape};
use crate::ranked::Ranked;
use crate::runs::Limits;
use crate::uniform::Uniform;
use crate::{Error, Limit, Reason, inclusion, reason};

/// Strings are drawn until one satisfies the rules if at least one in so many does.
const MAX_TRIES: u32 = 32;

/// What it takes to draw a character and to check it.
const STEPS_OF_CHARACTER: usize = 16;

/// A normal form that some password satisfies, with the exact number of them.
///
/// Making one costs big-integer arithmetic, making a password from it next to nothing: keep it if it is used again.
///
/// Clones share one policy.
#[derive(Debug, Clone)]
pub struct Policy(Arc<Compiled>);

#[derive(Debug)]
struct Compiled {
    form: NormalForm,
    count: BigUint,
    entropy_bits: f64,
    draws: Draws,
}

/// How passwords are drawn: from strings among which all passwords are equally likely.
#[derive(Debug)]
enum Draws {
    Letters(Letters),
    Ranked(Ranked),
}

/// A form that some password satisfies, and how many do.
#[derive(Debug)]
pub(crate) struct Counted {
    form: NormalForm,
    pub(crate) count: BigUint,
    /// The tables that it took to count them, if they rank passwords as well.
    tables: Option<Ranked>,
}

impl Policy {
    /// Counts the passwords of `form`.
    ///
    /// # Errors
    /// [`Error::Unsatisfiable`] if there are none, and [`Error::PolicyTooComplex`] if counting or drawing one takes too
    /// much work or memory.
    pub fn compile(form: NormalForm) -> Result<Self, Error> {
        let budget = &mut Budget::default();
        Counted::new(form, budget)?.policy(1, budget)
    }

    /// The passwords of the policy in full, each rule reduced to the alphabet.
    #[must_use]
    pub fn normal_form(&self) -> &NormalForm {
        &self.0.form
    }

    /// N, how many passwords satisfy the policy: exact, at least 1.
    #[must_use]
    pub fn count(&self) -> &BigUint {
        &self.0.count
    }

    /// log2 N, the entropy of one password in bits.
    #[must_use]
    pub fn entropy_bits(&self) -> f64 {
        self.0.entropy_bits
    }

    /// A password, each equally likely.
    pub(crate) fn draw(&self, source: &mut impl Uniform) -> Draft {
        loop {
            if let Some(draft) = self.attempt(source) {
                return draft;
            }
        }
    }

    /// The policy of `form` with every way to draw that is possible.
    #[cfg(test)]
    pub(crate) fn in_every_way(form: &NormalForm) -> Vec<Self> {
        let (form, budget) = (form.clone().reduced(), &mut Budget::default());
        let free = NormalForm { rules: Vec::new(), min_classes: None, ..form.clone() };
        let ranked = [
            Ranked::new(&form, budget),
            Ranked::by_positions(&form, budget),
            Ranked::by_positions(&free, budget),
        ];
        let letters = Draws::Letters(Letters::new(&form));
        let count = Counted::new(form.clone(), budget).unwrap().count;
        let policy = |draws| {
            let (form, count) = (form.clone(), count.clone());
            Self(Arc::new(Compiled { form, entropy_bits: log2(&count), count, draws }))
        };
        let ranked = ranked.map(|tables| policy(Draws::Ranked(tables.unwrap())));
        ranked.into_iter().chain([policy(letters)]).collect()
    }

    /// A string drawn once, each password equally likely; `None` if it does not satisfy the rules.
    pub(crate) fn attempt(&self, source: &mut impl Uniform) -> Option<Draft> {
        let draft = match &self.0.draws {
            Draws::Letters(letters) => letters.draw(source)?,
            Draws::Ranked(tables) => tables.unrank(source.below_big(&tables.count())),
        };
        self.0.form.is_satisfied_by(&draft).then_some(draft)
    }
}

impl Counted {
    /// Counts the passwords of `form`.
    pub(crate) fn new(form: NormalForm, budget: &mut Budget) -> Result<Self, Error> {
        let form = form.reduced();
        if let Some(reason) = reason::find(&form) {
            return Err(Error::Unsatisfiable(reason));
        }
        let simple = form.clone().simplified();
        let (count, tables) = count(&simple, budget).map_err(Error::PolicyTooComplex)?;
        if count == BigUint::ZERO {
            return Err(Error::Unsatisfiable(Reason::Contradiction));
        }
        Ok(Self { form, count, tables })
    }

    /// The length of the passwords.
    pub(crate) fn length(&self) -> u16 {
        self.form.length
    }

    /// The policy, from which so many passwords will be drawn.
    pub(crate) fn policy(self, passwords: u8, budget: &mut Budget) -> Result<Policy, Error> {
        let entropy_bits = log2(&self.count);
        let simple = self.form.clone().simplified();
        let draws = draws(&simple, &self.count, self.tables, passwords, budget);
        let draws = draws.map_err(Error::PolicyTooComplex)?;
        let Self { form, count, .. } = self;
        Ok(Policy(Arc::new(Compiled { form, count, entropy_bits, draws })))
    }
}

/// N, in the first of three ways that is possible.
fn count(form: &NormalForm, budget: &mut Budget) -> Result<(BigUint, Option<Ranked>), Limit> {
    if form.min_classes.as_ref().is_some_and(|needed| needed.classes.len() > MinClasses::MAX) {
        return Err(Limit::States);
    }
    if let Some(count) = inclusion::count(form, budget)? {
        return Ok((count, None));
    }
    match Ranked::new(form, budget) {
        Ok(tables) => Ok((tables.count(), Some(tables))),
        // The last lengths are enough to count, and most passwords are drawn without tables.
        Err(Limit::Memory) => {
            let (shape, _) = Shape::new(form, Limits::new(form), budget)?;
            Ok((Levels::last(shape, budget)?.count(), None))
        }
        Err(limit) => Err(limit),
    }
}

/// How `passwords` of `count` are drawn.
fn draws(
    form: &NormalForm,
    count: &BigUint,
    tables: Option<Ranked>,
    passwords: u8,
    budget: &mut Budget,
) -> Result<Draws, Limit> {
    let passwords = usize::from(passwords);
    let strings = inclusion::strings(form);
    if count * MAX_TRIES >= strings {
        let tries = usize::try_from(&(strings / count)).unwrap_or(usize::MAX) + 1;
        budget.pay(passwords * tries * usize::from(form.length) * STEPS_OF_CHARACTER)?;
        return Ok(Draws::Letters(Letters::new(form)));
    }
    if !Limits::new(form).is_empty() && !form.distinct {
        let without_rules = NormalForm { rules: Vec::new(), min_classes: None, ..form.clone() };
        let free = Ranked::by_positions(&without_rules, budget)?;
        // With even chances, the rules hold after a few attempts.
        if count * 2_u32 >= free.count() {
            let attempts = free.count() * passwords / count + 1_u32;
            free.pay(usize::try_from(&attempts).unwrap_or(usize::MAX), budget)?;
            return Ok(Draws::Ranked(free));
        }
    }
    let tables = match tables {
        Some(tables) => tables,
        None => Ranked::new(form, budget)?,
    };
    tables.pay(passwords, budget)?;
    Ok(Draws::Ranked(tables))
}
