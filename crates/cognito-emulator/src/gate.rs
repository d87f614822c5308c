use std::hash::{BuildHasher, Hash, RandomState};

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::attempts::lockout::FREE_FAILURES;

/// Neighbours share a place in the row; a few hundred keep them from noticing.
const STRIPES: usize = 256;

/// Keeps parallel guesses from outrunning the lockout: a user may have as many attempts under way
/// as failures are left before the lock, and one at a time after.
pub(crate) struct Gate {
    stripes: Vec<Semaphore>,
    hash: RandomState,
}

impl Gate {
    pub(crate) fn new() -> Self {
        let places = FREE_FAILURES as usize;
        Self {
            stripes: (0..STRIPES).map(|_| Semaphore::new(places)).collect(),
            hash: RandomState::new(),
        }
    }

    /// The places that an attempt takes up after so many failures.
    pub(crate) fn weight(failures: u32) -> u32 {
        failures.saturating_add(1).min(FREE_FAILURES)
    }

    /// Waits for the places; dropping the permit gives them back. The gate never closes.
    pub(crate) async fn enter(&self, who: &impl Hash, weight: u32) -> Option<SemaphorePermit<'_>> {
        let stripe = usize::try_from(self.hash.hash_one(who)).unwrap_or_default() % STRIPES;
        self.stripes.get(stripe)?.acquire_many(weight).await.ok()
    }
}
