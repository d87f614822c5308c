//! Engine A: policies without limits on runs, counted and ranked by how many characters of each set there are.

use std::sync::OnceLock;

use num_bigint::BigUint;
use secrecy::zeroize::Zeroizing;

use crate::block::Block;
use crate::digits::{divide, small};
use crate::model::Model;
use crate::normal_form::NormalForm;
use crate::password::Draft;
use crate::ranking::Ranking;
use crate::split::{Ends, Part, parts, ways};
use crate::{Limit, budget, inclusion};

/// N is computed by inclusion and exclusion up to this many terms and one more for each character, else from the
/// tables: about where the two take the same time.
const SHORT_SUM: usize = 32;

/// The passwords of a form without limits on runs.
#[derive(Debug)]
pub(crate) struct Composition {
    cases: Vec<Case>,
    words: usize,
}

/// The passwords of one part of the form.
#[derive(Debug)]
struct Case {
    ends: Vec<Ends>,
    distinct: bool,
    model: Model,
    blocks: Vec<Block>,
    /// The passwords of the part without its ends, once they are counted.
    inside: Option<BigUint>,
    /// The tables, made when they are first needed: most passwords never need them.
    ranking: OnceLock<Ranking>,
}

impl Composition {
    /// Counts the passwords of `form`, unless that takes too much work or memory.
    pub(crate) fn new(form: &NormalForm) -> Result<Self, Limit> {
        let parts = parts(form);
        let number = parts.len().max(1);
        let cases = parts.into_iter().map(|part| Case::new(part, number));
        let mut cases: Vec<Case> = cases.collect::<Result<_, _>>()?;
        // Tables that N needs are made all at once, so they share the budget; others are made one at a time, if ever.
        let share = cases.iter().filter(|case| case.inside.is_none()).count();
        let mut words = 0;
        for case in &mut cases {
            let tables = if case.inside.is_some() { 1 } else { share };
            words += budget::check(&case.model, &case.blocks, tables)?;
            if case.inside.is_none() {
                case.inside = Some(case.ranking().count());
            }
        }
        cases.retain(|case| *case.inside() != BigUint::ZERO);
        Ok(Self { cases, words })
    }

    /// How many words the tables take, or would take, at most.
    pub(crate) fn words(&self) -> usize {
        self.words
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
                return case.unrank(&rank);
            }
            rank -= count;
        }
        unreachable!("a rank is below the sum of the counts")
    }

    /// N from the tables that passwords are ranked by.
    #[cfg(test)]
    pub(crate) fn recount(&self) -> BigUint {
        self.cases.iter().map(|case| case.ranking().count() * ways(&case.ends)).sum()
    }
}

impl Case {
    /// The case of `part`, counted if that takes no tables.
    /// Takes on one of `parts` parts; together they have as many terms as one part alone may have.
    fn new(part: Part, parts: usize) -> Result<Self, Limit> {
        let model = Model::new(&part.form);
        let blocks = budget::blocks(&model)?;
        let sum = inclusion::count(&model, &blocks, SHORT_SUM + model.length / parts);
        let inside = sum.map(|count| count.magnitude().clone());
        let (ends, distinct) = (part.ends, part.form.distinct);
        Ok(Self { ends, distinct, model, blocks, inside, ranking: OnceLock::new() })
    }

    fn inside(&self) -> &BigUint {
        self.inside.as_ref().unwrap_or(&BigUint::ZERO)
    }

    fn count(&self) -> BigUint {
        self.inside() * ways(&self.ends)
    }

    fn ranking(&self) -> &Ranking {
        self.ranking.get_or_init(|| Ranking::new(&self.model, &self.blocks))
    }

    fn unrank(&self, rank: &BigUint) -> Draft {
        let (way, rank) = divide(rank, self.inside());
        let mut inside = self.ranking().unrank(rank);
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
