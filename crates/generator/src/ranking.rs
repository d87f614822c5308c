//! Engine A: the exact number of passwords, and the password at each rank.
//!
//! A password is taken apart into layers: the characters that may not stand at the ends, one block after the other,
//! and the characters that no rule counts. A layer of k characters among t is one of C(t, k) subsets of positions and
//! one of the block's strings of k characters, beside a password of the layers below with t − k. So N is a sum over k
//! of products, and the rank of a password is a place within a term of that sum: a number for each factor. That map
//! between ranks and passwords is one to one, hence a uniform rank is a uniform password.

use num_bigint::BigUint;
use secrecy::zeroize::Zeroizing;

use crate::atoms::{Bounds, Repetition};
use crate::binomial::{outwards, row, subset};
use crate::block::{Block, Counts};
use crate::costs;
use crate::digits::{divide, spell};
use crate::model::Model;
use crate::password::Draft;
use crate::tails::{Scope, Tails, convolve, tails};

/// The tables of a policy.
#[derive(Debug)]
pub(crate) struct Ranking {
    length: usize,
    layers: Vec<Layer>,
    free: Vec<char>,
    repetition: Repetition,
    /// For each layer, the strings of the layers below it by length.
    tails: Tails,
    /// How many positions the first layer does not use: 2 if its characters may not stand at the ends.
    ends: usize,
}

#[derive(Debug)]
struct Layer {
    block: Block,
    counts: Counts,
}

/// The factors that a rank stands for in one layer.
struct Split {
    taken: usize,
    subset: BigUint,
    string: BigUint,
    below: BigUint,
}

impl Ranking {
    /// The tables of `model`, whose blocks are `blocks`.
    pub(crate) fn new(model: &Model, blocks: &[Block]) -> Self {
        let (length, free) = (model.length, model.free());
        let repetition = model.repetition;
        let unbounded = Bounds { min: 0, max: None };
        let inner = Block::class(model.inner.clone(), unbounded, repetition);
        let inner = (!model.inner.is_empty()).then_some(inner);
        let ends = if inner.is_some() { length.min(2) } else { 0 };
        let blocks = inner.into_iter().chain(blocks.iter().cloned());
        let layers: Vec<Layer> =
            blocks.map(|block| Layer { counts: block.counts(length), block }).collect();
        let (first, below) = layers.split_at(layers.len().min(1));
        let taken = first.iter().map(|layer| layer.block.shortest()).sum();
        let (blocks, strings): (Vec<_>, Vec<_>) =
            below.iter().map(|layer| (&layer.block, layer.counts.strings.as_slice())).unzip();
        let scope = Scope {
            free: free.len(),
            length: length.saturating_sub(taken),
            repetition,
            words: costs::words(model),
        };
        let tails = tails(&blocks, &strings, scope);
        Self { length, layers, free, repetition, tails, ends }
    }

    /// N, the number of passwords.
    pub(crate) fn count(&self) -> BigUint {
        let Some(tail) = self.tails.first() else { return BigUint::ZERO };
        match self.layers.first() {
            Some(layer) => {
                convolve(row(self.length - self.ends), &layer.counts.strings, tail, self.length)
            }
            None => tail.get(self.length).cloned().unwrap_or_default(),
        }
    }

    /// The password at `rank`, which is below N.
    pub(crate) fn unrank(&self, mut rank: BigUint) -> Draft {
        let mut password = Zeroizing::new(vec!['\0'; self.length]);
        let mut places: Vec<usize> = (0..self.length).collect();
        let mut ends = self.take_ends(&mut places);
        let mut size =
            self.layers.iter().map(|layer| layer.block.size()).sum::<usize>() + self.free.len();
        for (layer, tail) in self.layers.iter().zip(&self.tails) {
            let total = places.len() + ends.len();
            let likely = (total * layer.block.size() / size).max(layer.block.shortest());
            let split = layer.split(rank, places.len(), total, tail, likely);
            let (own, others) = subset(places, split.taken, split.subset);
            write(
                &mut password,
                &own,
                &layer.block.unrank(split.string, split.taken, &layer.counts),
            );
            places = others;
            places.append(&mut ends);
            size -= layer.block.size();
            rank = split.below;
        }
        write(&mut password, &places, &spell(&self.free, rank, places.len(), self.repetition));
        password
    }

    /// Removes the positions that the first layer does not use.
    fn take_ends(&self, places: &mut Vec<usize>) -> Vec<usize> {
        let last = places.split_off(places.len() - self.ends.saturating_sub(1));
        let others = places.split_off(self.ends.min(1));
        let mut ends = std::mem::replace(places, others);
        ends.extend(last);
        ends
    }
}

impl Layer {
    /// Finds the term that `rank` falls into and its factors. The terms may come in any order, as long as it is always
    /// the same; from the `likely` one outwards, few are computed.
    fn split(
        &self,
        mut rank: BigUint,
        places: usize,
        total: usize,
        tail: &[BigUint],
        likely: usize,
    ) -> Split {
        for (taken, subsets) in outwards(places, likely) {
            let strings =
                self.counts.strings.get(taken).filter(|strings| **strings != BigUint::ZERO);
            let below = total.checked_sub(taken).and_then(|rest| tail.get(rest));
            let (Some(strings), Some(below)) = (strings, below) else { continue };
            let term = subsets * strings * below;
            if rank < term {
                let (factors, below) = divide(&rank, below);
                let (subset, string) = divide(&factors, strings);
                return Split { taken, subset, string, below };
            }
            rank -= term;
        }
        unreachable!("a rank is below the sum of the terms")
    }
}

fn write(password: &mut Draft, places: &[usize], characters: &[char]) {
    for (place, character) in places.iter().zip(characters) {
        if let Some(slot) = password.get_mut(*place) {
            *slot = *character;
        }
    }
}
