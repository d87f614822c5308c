//! The positions between the ends: what counting and drawing them takes.

use std::sync::OnceLock;

use num_bigint::BigUint;

use crate::Limit;
use crate::block::Block;
use crate::budget::{self, Price};
use crate::model::Model;
use crate::normal_form::NormalForm;
use crate::password::Draft;
use crate::ranking::Ranking;

/// A part of a form without its ends, and what counting and drawing its passwords takes.
#[derive(Debug)]
pub(crate) struct Interior {
    pub(crate) model: Model,
    pub(crate) blocks: Vec<Block>,
    pub(crate) price: Price,
    /// The tables, made when they are first needed: most passwords never need them.
    ranking: OnceLock<Ranking>,
}

impl Interior {
    pub(crate) fn new(form: &NormalForm) -> Result<Self, Limit> {
        let model = Model::new(form);
        let blocks = model.blocks()?;
        let price = budget::check(&model, &blocks)?;
        Ok(Self { model, blocks, price, ranking: OnceLock::new() })
    }

    /// The tables, which are kept from now on.
    pub(crate) fn ranking(&self) -> &Ranking {
        self.ranking.get_or_init(|| Ranking::new(&self.model, &self.blocks))
    }

    /// The password at `rank`; whether the tables are kept is for the caller to say.
    pub(crate) fn unrank(&self, rank: BigUint, keep: bool) -> Draft {
        if keep || self.ranking.get().is_some() {
            self.ranking().unrank(rank)
        } else {
            Ranking::new(&self.model, &self.blocks).unrank(rank)
        }
    }
}
