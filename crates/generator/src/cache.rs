//! The policies of the last requests, so that the same request again need not be counted again.
//!
//! A policy has nothing secret: it is what the request said, and the number of passwords.

use std::sync::{Mutex, PoisonError};

use crate::wanted::Wanted;
use crate::{Error, Policy};

/// How many policies are kept; the one used least recently makes room.
const KEPT: usize = 16;
/// Policies with larger tables, in words of 64 bits, are not kept: all together take at most 16 MiB.
const MAX_WORDS: usize = 1 << 17;

static RECENT: Mutex<Vec<(Wanted, Policy)>> = Mutex::new(Vec::new());

/// The policy kept for `wanted`, or the one that `compile` makes, which is then kept.
pub(crate) fn get(
    wanted: &Wanted,
    compile: impl Fn(&Wanted) -> Result<Policy, Error>,
) -> Result<Policy, Error> {
    if let Some(policy) = find(wanted) {
        return Ok(policy);
    }
    let policy = compile(wanted)?;
    if policy.words() <= MAX_WORDS {
        keep(wanted.clone(), policy.clone());
    }
    Ok(policy)
}

fn find(wanted: &Wanted) -> Option<Policy> {
    let mut recent = RECENT.lock().unwrap_or_else(PoisonError::into_inner);
    let place = recent.iter().rposition(|(known, _)| known == wanted)?;
    if let Some(used) = recent.get_mut(place..) {
        used.rotate_left(1);
    }
    recent.last().map(|(_, policy)| policy.clone())
}

fn keep(wanted: Wanted, policy: Policy) {
    let mut recent = RECENT.lock().unwrap_or_else(PoisonError::into_inner);
    if recent.len() >= KEPT {
        recent.remove(0);
    }
    recent.push((wanted, policy));
}
