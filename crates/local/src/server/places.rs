use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The most connections of one listener; further ones wait in the operating system's queue.
pub(super) const CONNECTIONS: usize = 1024;
/// The most connections of one address; further ones are closed. What is left is for the others.
pub(super) const CONNECTIONS_OF_ONE_ADDRESS: usize = 768;

/// The connections that a listener can have at a time.
#[derive(Clone)]
pub(super) struct Places {
    free: Arc<Semaphore>,
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// The place of one connection; dropped, it is free again.
pub(super) struct Place {
    address: IpAddr,
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
    _permit: Option<OwnedSemaphorePermit>,
}

/// A place that nobody has yet.
pub(super) struct Free(Option<OwnedSemaphorePermit>);

impl Places {
    pub(super) fn new(connections: usize) -> Self {
        Self { free: Arc::new(Semaphore::new(connections)), taken: Arc::default() }
    }

    /// Waits for a place.
    pub(super) async fn free(&self) -> Free {
        // The semaphore is never closed: there always is a permit.
        Free(Arc::clone(&self.free).acquire_owned().await.ok())
    }

    /// Gives the place `free` to a connection from `address`; nothing if it has all it may have.
    pub(super) fn take(&self, free: Free, address: IpAddr) -> Option<Place> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let own = taken.entry(address).or_default();
        if *own == CONNECTIONS_OF_ONE_ADDRESS {
            return None;
        }
        *own += 1;
        Some(Place { address, taken: Arc::clone(&self.taken), _permit: free.0 })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = taken.get_mut(&self.address) {
            *own -= 1;
            if *own == 0 {
                taken.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn take(places: &Places, address: [u8; 4]) -> Option<Place> {
        places.take(places.free().now_or_never()?, address.into())
    }

    #[test]
    fn http_11_one_address_leaves_places_for_others() {
        let places = Places::new(CONNECTIONS);
        let (one, other) = ([127, 0, 0, 1], [127, 0, 0, 2]);
        let mut taken: Vec<_> =
            (0..CONNECTIONS_OF_ONE_ADDRESS).map(|_| take(&places, one).unwrap()).collect();
        assert!(take(&places, one).is_none());
        let others: Vec<_> = std::iter::from_fn(|| take(&places, other)).collect();
        assert_eq!(others.len(), CONNECTIONS - CONNECTIONS_OF_ONE_ADDRESS);
        taken.pop();
        assert!(take(&places, one).is_some());
        drop((taken, others));
        assert!(places.taken.lock().unwrap().is_empty());
    }
}
