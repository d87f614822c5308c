//! The passwords of a form by their rank.

use num_bigint::BigUint;

use crate::Limit;
use crate::budget::Budget;
use crate::composition::Composition;
use crate::normal_form::NormalForm;
use crate::password::Draft;
use crate::positions::Tables;

/// Tables that count passwords and find the one at each rank.
#[derive(Debug)]
pub(crate) enum Ranked {
    Composition(Composition),
    Positions(Box<Tables>),
}

impl Ranked {
    /// The tables of `form`, by composition if that is possible.
    pub(crate) fn new(form: &NormalForm, budget: &mut Budget) -> Result<Self, Limit> {
        match Composition::new(form, budget)? {
            Some(composition) => Ok(Self::Composition(composition)),
            None => Self::by_positions(form, budget),
        }
    }

    pub(crate) fn by_positions(form: &NormalForm, budget: &mut Budget) -> Result<Self, Limit> {
        Ok(Self::Positions(Box::new(Tables::new(form, budget)?)))
    }

    /// N, the number of passwords.
    pub(crate) fn count(&self) -> BigUint {
        match self {
            Self::Composition(composition) => composition.count(),
            Self::Positions(tables) => tables.count(),
        }
    }

    /// Pays for so many passwords by their rank.
    pub(crate) fn pay(&self, passwords: usize, budget: &mut Budget) -> Result<(), Limit> {
        match self {
            Self::Composition(composition) => composition.pay(passwords, budget),
            Self::Positions(tables) => tables.pay(passwords, budget),
        }
    }

    /// The password at `rank`, which is below N.
    pub(crate) fn unrank(&self, rank: BigUint) -> Draft {
        match self {
            Self::Composition(composition) => composition.unrank(rank),
            Self::Positions(tables) => tables.unrank(rank),
        }
    }
}
