//! Policies: which passwords there are, how many, and one of them at random.

use std::sync::OnceLock;

use num_bigint::BigUint;
use rand::CryptoRng;
use serde::Serialize;

use crate::block::Block;
use crate::draw::{self, Letters};
use crate::entropy::{log2, log2_of_distinct};
use crate::model::Model;
use crate::ranking::Ranking;
use crate::uniform::RandomBits;
use crate::{Characters, Error, Generated, Reason, budget, inclusion, reason};

/// How often a password is drawn position by position before its rank is drawn instead.
///
/// Both ways are uniform, so the number decides nothing but the time. With an acceptance of 1/2 the tables of the
/// second way are needed once in 2^64 passwords.
const FAST_TRIES: u32 = 64;

/// N is computed by inclusion and exclusion up to this many terms and one more for each character, else from the
/// tables: about where the two take the same time.
const SHORT_SUM: usize = 32;

/// A set of passwords in full: what every request, whatever its words, is reduced to.
///
/// A password satisfies it if it has `length` characters of `alphabet` or, other than first and last, of `inner`, and
/// if for each rule it has at least `min` and at most `max` characters of the rule's set. Sets may overlap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NormalForm {
    /// The number of characters.
    pub length: u16,
    /// The characters that may stand anywhere.
    pub alphabet: Characters,
    /// Further characters that may stand anywhere but first and last; no rule counts them.
    #[serde(skip_serializing_if = "Characters::is_empty")]
    pub inner: Characters,
    /// How many characters of which sets there must be.
    pub rules: Vec<Rule>,
}

/// How many characters of a set a password must have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// What errors call the rule.
    pub name: String,
    /// The set; characters outside the alphabet do not matter.
    pub characters: Characters,
    /// At least so many.
    pub min: u16,
    /// At most so many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<u16>,
}

impl NormalForm {
    /// The same passwords with every rule reduced to the alphabet, and `inner` to what the alphabet has not.
    fn reduced(mut self) -> Self {
        self.inner = self.inner.difference(&self.alphabet);
        for rule in &mut self.rules {
            rule.characters = rule.characters.intersection(&self.alphabet);
        }
        self
    }

    /// Whether a string of the right length and characters can break `rule`.
    pub(crate) fn can_break(&self, rule: &Rule) -> bool {
        let all = self.inner.is_empty() && rule.characters == self.alphabet;
        let least = if all { self.length } else { 0 };
        rule.min > least || rule.max.is_some_and(|max| max < self.length)
    }
}

/// A normal form that some password satisfies, with the exact number of them.
///
/// Making one costs big-integer arithmetic, making a password from it next to nothing: keep it if it is used again.
#[derive(Debug)]
pub struct Policy {
    form: NormalForm,
    model: Model,
    blocks: Vec<Block>,
    letters: Letters,
    count: BigUint,
    ranking: OnceLock<Ranking>,
}

impl Policy {
    /// Counts the passwords of `form`.
    ///
    /// # Errors
    /// [`Error::Unsatisfiable`] if there are none, and [`Error::PolicyTooComplex`] if counting them takes too much work or
    /// memory. Up to six disjoint sets are never too complex up to length 256, nor four up to length 4096.
    pub fn compile(form: NormalForm) -> Result<Self, Error> {
        let form = form.reduced();
        let model = Model::new(&form);
        let letters = Letters::new(&model).ok_or(Error::Unsatisfiable(Reason::EmptyAlphabet))?;
        if let Some(reason) = reason::emptied_rule(&form) {
            return Err(Error::Unsatisfiable(reason));
        }
        let blocks = budget::blocks(&model).ok_or(Error::PolicyTooComplex)?;
        let ranking = OnceLock::new();
        let count = match inclusion::count(&model, &blocks, SHORT_SUM + model.length) {
            Some(count) => count.magnitude().clone(),
            None => ranking.get_or_init(|| Ranking::new(&model, &blocks)).count(),
        };
        if count == BigUint::ZERO {
            return Err(Error::Unsatisfiable(reason::of_contradiction(&form)));
        }
        Ok(Self { form, model, blocks, letters, count, ranking })
    }

    /// The passwords of the policy in full, each rule reduced to the alphabet.
    #[must_use]
    pub fn normal_form(&self) -> &NormalForm {
        &self.form
    }

    /// N, how many passwords satisfy the policy: exact, at least 1.
    #[must_use]
    pub fn count(&self) -> &BigUint {
        &self.count
    }

    /// log2 N, the entropy of one password in bits.
    #[must_use]
    pub fn entropy_bits(&self) -> f64 {
        log2(&self.count)
    }

    /// `count` passwords, all different: every sequence of `count` different passwords of the policy is equally likely.
    ///
    /// # Errors
    /// [`Error::CountExceedsSpace`] if the policy has fewer than `count` passwords.
    pub fn generate<R: CryptoRng + ?Sized>(
        &self,
        count: u8,
        rng: &mut R,
    ) -> Result<Generated, Error> {
        let count = u32::from(count);
        if let Some(passwords) =
            u32::try_from(&self.count).ok().filter(|passwords| *passwords < count)
        {
            return Err(Error::CountExceedsSpace { passwords });
        }
        let passwords = draw::distinct(self, count, &mut RandomBits::new(rng), FAST_TRIES);
        Ok(Generated { passwords, entropy_bits: log2_of_distinct(&self.count, count) })
    }

    pub(crate) fn letters(&self) -> &Letters {
        &self.letters
    }

    /// The tables, made when they are first needed: most passwords never need them.
    pub(crate) fn ranking(&self) -> &Ranking {
        self.ranking.get_or_init(|| Ranking::new(&self.model, &self.blocks))
    }
}
