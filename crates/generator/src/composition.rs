//! Engine A: policies without limits on runs, counted and ranked by how many characters of each set there are.

use num_bigint::BigUint;
use secrecy::zeroize::Zeroizing;

use crate::digits::{divide, small};
use crate::interior::Interior;
use crate::normal_form::NormalForm;
use crate::password::Draft;
use crate::split::{Ends, parts, ways};
use crate::{Limit, counting};

/// If the tables of all parts have more words than this, they are not kept from one password to the next.
const MAX_KEPT_WORDS: usize = 1 << 24;

/// The passwords of a form without limits on runs.
#[derive(Debug)]
pub(crate) struct Composition {
    cases: Vec<Case>,
    words: usize,
    cost: usize,
}

/// The passwords of one part of the form.
#[derive(Debug)]
struct Case {
    ends: Vec<Ends>,
    distinct: bool,
    interior: Interior,
    /// The passwords of the part without its ends.
    inside: BigUint,
}

impl Composition {
    /// Counts the passwords of `form`, unless that takes too much work or memory.
    pub(crate) fn new(form: &NormalForm) -> Result<Self, Limit> {
        let (interiors, ends): (Vec<Interior>, Vec<Vec<Ends>>) = parts(form)
            .into_iter()
            .map(|part| Ok((Interior::new(&part.form)?, part.ends)))
            .collect::<Result<Vec<_>, Limit>>()?
            .into_iter()
            .unzip();
        let (counts, cost) = counting::counts(&interiors)?;
        let distinct = form.distinct;
        let parts = ends.into_iter().zip(interiors).zip(counts);
        let cases: Vec<Case> = parts
            .map(|((ends, interior), inside)| Case { ends, distinct, interior, inside })
            .filter(|case| case.inside != BigUint::ZERO)
            .collect();
        let words = cases.iter().map(|case| case.interior.price.words).sum();
        Ok(Self { cases, words, cost })
    }

    /// How many words the tables take, or would take, at most.
    pub(crate) fn words(&self) -> usize {
        self.words
    }

    /// About how many nanoseconds it took to count the passwords.
    pub(crate) fn cost(&self) -> usize {
        self.cost
    }

    /// N, the number of passwords.
    pub(crate) fn count(&self) -> BigUint {
        self.cases.iter().map(Case::count).sum()
    }

    /// The password at `rank`, which is below N.
    pub(crate) fn unrank(&self, mut rank: BigUint) -> Draft {
        for case in &self.cases {
            let count = case.count();
            if rank < count {
                return case.unrank(&rank, self.cases.len() == 1 || self.words <= MAX_KEPT_WORDS);
            }
            rank -= count;
        }
        unreachable!("a rank is below the sum of the counts")
    }

    /// N from the tables that passwords are ranked by.
    #[cfg(test)]
    pub(crate) fn recount(&self) -> BigUint {
        self.cases.iter().map(|case| case.interior.ranking().count() * ways(&case.ends)).sum()
    }
}

impl Case {
    fn count(&self) -> BigUint {
        &self.inside * ways(&self.ends)
    }

    fn unrank(&self, rank: &BigUint, keep: bool) -> Draft {
        let (way, rank) = divide(rank, &self.inside);
        let mut inside = self.interior.unrank(rank, keep);
        let mut way = small(&way);
        for ends in &self.ends {
            if way >= ends.ways() {
                way -= ends.ways();
                continue;
            }
            let (first, last) = ends.fill(way);
            if self.distinct {
                exchange(&mut inside, &[first, last], ends);
            }
            let whole = first.into_iter().chain(inside.iter().copied()).chain(last);
            return Zeroizing::new(whole.collect());
        }
        unreachable!("the way to fill the ends is below their number")
    }
}

/// The positions between the ends have no character of those that `ends` spent; they get those that are not in `used`
/// after all in exchange for those that are.
fn exchange(inside: &mut Draft, used: &[Option<char>], ends: &Ends) {
    let spent: Vec<char> = ends.spent().collect();
    let used: Vec<char> = used.iter().flatten().copied().collect();
    let kinds = [&ends.first, &ends.last];
    for kind in kinds.into_iter().flatten() {
        let of_kind = |characters: &[char], others: &[char]| -> Vec<char> {
            characters
                .iter()
                .copied()
                .filter(|character| kind.contains(character) && !others.contains(character))
                .collect()
        };
        for (gone, back) in of_kind(&used, &spent).into_iter().zip(of_kind(&spent, &used)) {
            for character in inside.iter_mut().filter(|character| **character == gone) {
                *character = back;
            }
        }
        if ends.shared {
            break;
        }
    }
}
