//! The least length that gives an entropy.

use crate::normal_form::NormalForm;
use crate::policy::Policy;
use crate::{Error, Reason, reason};

/// So many lengths are tried one after the other, then at growing distances.
const NEIGHBOURS: u16 = 64;

/// The lengths that may be chosen, and what they must give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Search {
    pub(crate) bits: u16,
    pub(crate) min_length: u16,
    pub(crate) max_length: u16,
}

/// The policy of `form` with the least length that gives the entropy, whatever length `form` has.
///
/// No shorter password can have the entropy than one with every character free, so that is where the search starts;
/// minimums and the like cost a few characters more. What is not found among the next lengths is searched for by
/// doubling the distance and halving the interval, which finds the least length if the entropy grows with the length.
pub(crate) fn shortest(form: &NormalForm, search: Search) -> Result<Policy, Error> {
    let at = |length: u16| reached(NormalForm { length, ..form.clone() }, search.bits);
    let start = start(form, search);
    let (mut short, mut step) = (start.saturating_sub(1), 1);
    loop {
        let long = short.saturating_add(step).min(search.max_length);
        if long <= short || start > search.max_length {
            // An empty set explains more than an entropy out of reach.
            at(search.max_length)?;
            let Search { bits, max_length, .. } = search;
            return Err(Error::EntropyUnreachable { bits, max_length });
        }
        if let Some(policy) = at(long)? {
            return bisect(short, long, policy, at);
        }
        short = long;
        if short - start >= NEIGHBOURS {
            step = step.saturating_mul(2);
        }
    }
}

/// Narrows `short`, which is not long enough, and `long`, whose policy is `found`, down to neighbours.
fn bisect(
    mut short: u16,
    mut long: u16,
    mut found: Policy,
    at: impl Fn(u16) -> Result<Option<Policy>, Error>,
) -> Result<Policy, Error> {
    while long - short > 1 {
        let middle = short.midpoint(long);
        match at(middle)? {
            Some(policy) => (long, found) = (middle, policy),
            None => short = middle,
        }
    }
    Ok(found)
}

/// The policy of `form` if it has at least `bits` of entropy.
fn reached(form: NormalForm, bits: u16) -> Result<Option<Policy>, Error> {
    match Policy::compile(form) {
        Ok(policy) => Ok((policy.count().bits() > u64::from(bits)).then_some(policy)),
        Err(Error::Unsatisfiable(
            Reason::MinimumsExceedLength { .. }
            | Reason::MaximumsBelowLength { .. }
            | Reason::TooFewDistinct { .. }
            | Reason::RunOfOne { .. }
            | Reason::Contradiction,
        )) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A length that no shorter one than which gives the entropy.
fn start(form: &NormalForm, search: Search) -> u16 {
    let form = form.clone().reduced();
    let size = form.alphabet.len() + form.inner.len();
    let free = (search.min_length..=search.max_length).find(|length| {
        // 2^bits ≤ size^length, in whole numbers.
        num_bigint::BigUint::from(size).pow((*length).into()).bits() > u64::from(search.bits)
    });
    let minimums = u16::try_from(reason::least_length(&form)).unwrap_or(u16::MAX);
    free.map_or(u16::MAX, |free| free.max(minimums))
}
