//! Policies: which passwords there are, how many, and one of them at random.

use std::num::NonZeroU16;
use std::sync::Arc;

use num_bigint::BigUint;
use rand::CryptoRng;
use serde::Serialize;

use crate::composition::Composition;
use crate::draw::{self, Letters};
use crate::entropy::{log2, log2_of_distinct};
use crate::password::Draft;
use crate::positions::Positions;
use crate::runs::Limits;
use crate::uniform::RandomBits;
use crate::{Characters, Error, Generated, Limit, Reason, reason};

/// How often a password is drawn position by position before its rank is drawn instead.
///
/// Both ways are uniform, so the number decides nothing but the time. With an acceptance of 1/2 the tables of the
/// second way are needed once in 2^64 passwords.
const FAST_TRIES: u32 = 64;

/// A set of passwords in full: what every request, whatever its words, is reduced to.
///
/// A password satisfies it if it has `length` characters of `alphabet` or, other than first and last, of `inner`, if
/// for each rule it has at least `min` and at most `max` characters of the rule's set, and if it keeps to the further
/// restrictions that are given. Sets may overlap.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize)]
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
    /// Those characters of the alphabet that may stand first, if not all may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<Characters>,
    /// Those characters of the alphabet that may stand last, if not all may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<Characters>,
    /// Whether no character may stand twice.
    #[serde(skip_serializing_if = "is_false")]
    pub distinct: bool,
    /// How often a character may stand in a row: with 2, `aa` but not `aaa`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_repeating: Option<NonZeroU16>,
    /// How many characters may follow each other in a sequence: with 2, `ab` and `21`, but neither `abc` nor `321`.
    ///
    /// In a sequence each character is the successor of the one before, or each is the predecessor, by code points and
    /// within 0–9, a–z or A–Z; this is `max-sequential` of Apple's password rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_sequential: Option<NonZeroU16>,
    /// How many of some classes there must be a character of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_classes: Option<MinClasses>,
}

/// At least so many of some classes must be present, whichever they are.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct MinClasses {
    /// How many.
    pub count: u8,
    /// The classes, at most [`MinClasses::MAX`]; characters outside the alphabet do not matter.
    pub classes: Vec<Characters>,
}

impl MinClasses {
    /// The greatest number of classes.
    pub const MAX: usize = 8;
}

/// How many characters of a set a password must have.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
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
    /// The same passwords with every set reduced to the alphabet, without characters that a rule forbids altogether.
    pub(crate) fn reduced(mut self) -> Self {
        self.inner = self.inner.difference(&self.alphabet);
        let forbidden = self.rules.iter().filter(|rule| rule.max == Some(0) && rule.min == 0);
        let forbidden = forbidden
            .fold(Characters::default(), |forbidden, rule| forbidden.union(&rule.characters));
        self.alphabet = self.alphabet.difference(&forbidden);
        for rule in &mut self.rules {
            rule.characters = rule.characters.intersection(&self.alphabet);
        }
        for class in self.min_classes.iter_mut().flat_map(|needed| &mut needed.classes) {
            *class = class.intersection(&self.alphabet);
        }
        for end in [&mut self.first, &mut self.last] {
            let own = end.take().map(|set| set.intersection(&self.alphabet));
            *end = own.filter(|set| *set != self.alphabet);
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
    Positions(Positions),
}

impl Policy {
    /// Counts the passwords of `form`.
    ///
    /// # Errors
    /// [`Error::Unsatisfiable`] if there are none, and [`Error::PolicyTooComplex`] if counting them takes too much work or
    /// memory. Up to six disjoint sets are never too complex up to length 256, nor four up to length 4096, unless runs
    /// are limited or the ends have sets of their own.
    pub fn compile(form: NormalForm) -> Result<Self, Error> {
        let form = form.reduced();
        if let Some(reason) = reason::find(&form) {
            return Err(Error::Unsatisfiable(reason));
        }
        let (engine, letters) =
            (Engine::new(&form).map_err(Error::PolicyTooComplex)?, Letters::new(&form));
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
            u32::try_from(self.count()).ok().filter(|passwords| *passwords < count)
        {
            return Err(Error::CountExceedsSpace { passwords });
        }
        let passwords = draw::distinct(self, count, &mut RandomBits::new(rng), FAST_TRIES);
        let entropy_bits = match count {
            1 => self.entropy_bits(),
            _ => log2_of_distinct(self.count(), count),
        };
        Ok(Generated { passwords, entropy_bits })
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

    /// N from the tables that passwords are ranked by.
    #[cfg(test)]
    pub(crate) fn recount(&self) -> BigUint {
        match &self.0.engine {
            Engine::Composition(composition) => composition.recount(),
            Engine::Positions(positions) => positions.count(),
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
            Positions::new(form, limits).map(Self::Positions)
        }
    }

    fn count(&self) -> BigUint {
        match self {
            Self::Composition(composition) => composition.count(),
            Self::Positions(positions) => positions.count(),
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}
