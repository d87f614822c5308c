//! Policies: which passwords there are, and how many.

use std::sync::Arc;

use num_bigint::BigUint;

use crate::budget::MAX_COST;
use crate::composition::Composition;
use crate::entropy::log2;
use crate::letters::Letters;
use crate::normal_form::{MinClasses, NormalForm};
use crate::password::Draft;
use crate::positions::Positions;
use crate::runs::Limits;
use crate::uniform::Uniform;
use crate::{Error, Limit, Reason, reason};

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
    letters: Letters,
    engine: Engine,
    count: BigUint,
    entropy_bits: f64,
}

/// How passwords are counted and ranked.
#[derive(Debug)]
enum Engine {
    Composition(Composition),
    Positions(Box<Positions>),
}

impl Policy {
    /// Counts the passwords of `form`.
    ///
    /// # Errors
    /// [`Error::Unsatisfiable`] if there are none, and [`Error::PolicyTooComplex`] if counting them takes too much work or
    /// memory. Up to six disjoint sets are never too complex up to length 256, nor four up to length 4096, unless runs
    /// are limited or no character may stand twice.
    pub fn compile(form: NormalForm) -> Result<Self, Error> {
        Self::compile_at(form, &mut 0)
    }

    /// The same; about how many nanoseconds it takes to count the passwords, even if there are none, is added to `cost`.
    pub(crate) fn compile_at(form: NormalForm, cost: &mut usize) -> Result<Self, Error> {
        let form = form.reduced();
        if let Some(reason) = reason::find(&form) {
            return Err(Error::Unsatisfiable(reason));
        }
        let (engine, letters) =
            (Engine::new(&form).map_err(Error::PolicyTooComplex)?, Letters::new(&form));
        *cost = cost.saturating_add(engine.cost());
        let count = engine.count();
        match letters {
            Some(letters) if count != BigUint::ZERO => {
                let entropy_bits = log2(&count);
                Ok(Self(Arc::new(Compiled { form, letters, engine, count, entropy_bits })))
            }
            _ => Err(Error::Unsatisfiable(Reason::Contradiction)),
        }
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

    pub(crate) fn letters(&self) -> &Letters {
        &self.0.letters
    }

    /// How many words the tables take, or would take, at most.
    pub(crate) fn words(&self) -> usize {
        match &self.0.engine {
            Engine::Composition(composition) => composition.words(),
            Engine::Positions(positions) => positions.words(),
        }
    }

    /// The password at `rank`, which is below N.
    pub(crate) fn unrank(&self, rank: BigUint) -> Draft {
        match &self.0.engine {
            Engine::Composition(composition) => composition.unrank(rank),
            Engine::Positions(positions) => positions.unrank(rank),
        }
    }

    /// A password drawn in the way that always succeeds soon, each equally likely.
    pub(crate) fn draw(&self, source: &mut impl Uniform) -> Draft {
        match &self.0.engine {
            Engine::Composition(composition) => composition.unrank(source.below_big(self.count())),
            Engine::Positions(positions) => positions.draw(source),
        }
    }

    /// N from the tables that passwords are ranked by.
    #[cfg(test)]
    pub(crate) fn recount(&self) -> BigUint {
        match &self.0.engine {
            Engine::Composition(composition) => composition.recount(),
            Engine::Positions(positions) => positions.recount(),
        }
    }
}

impl Engine {
    fn new(form: &NormalForm) -> Result<Self, Limit> {
        if form.min_classes.as_ref().is_some_and(|needed| needed.classes.len() > MinClasses::MAX) {
            return Err(Limit::States);
        }
        let limits = Limits::new(form);
        if limits.is_empty() {
            Composition::new(form).map(Self::Composition)
        } else {
            Positions::new(form, limits).map(|positions| Self::Positions(Box::new(positions)))
        }
    }

    /// About how many nanoseconds the count took.
    fn cost(&self) -> usize {
        match self {
            Self::Composition(composition) => composition.cost(),
            // Where no tables are made, they would have been large.
            Self::Positions(positions) => match positions.words() {
                0 => MAX_COST,
                words => words.saturating_mul(4),
            },
        }
    }

    fn count(&self) -> BigUint {
        match self {
            Self::Composition(composition) => composition.count(),
            Self::Positions(positions) => positions.count().clone(),
        }
    }
}
