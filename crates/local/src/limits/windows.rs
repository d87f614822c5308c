use std::{
    collections::{HashMap, VecDeque},
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// How many addresses are counted at a time. Of more, the one whose window began first is forgotten
/// and begins another one: who has so many addresses is not held by a limit for each.
const ADDRESSES: usize = 10_000;

/// How many requests each address has had in its window.
///
/// A window begins with an address's first request and then has its length, whatever comes: blocked
/// requests do not make it longer. AWS WAF counts back from each moment instead, so that an address
/// may have up to twice the limit across the border of two windows here, and not there.
pub(super) struct Windows {
    limit: u32,
    length: Duration,
    counted: Mutex<Counted>,
}

/// All windows have one length: the first to begin is the first to end.
#[derive(Default)]
struct Counted {
    by_address: HashMap<IpAddr, Window>,
    by_age: VecDeque<IpAddr>,
}

#[derive(Clone, Copy)]
struct Window {
    end: Instant,
    requests: u32,
}

impl Windows {
    pub(super) fn new(limit: u32, length: Duration) -> Self {
        Self { limit, length, counted: Mutex::default() }
    }

    /// Counts a request of `address` at `now`, or says how long its window still lasts.
    pub(super) fn take(&self, address: IpAddr, now: Instant) -> Result<(), Duration> {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        counted.forget_ended(now);
        let window = counted.of(address, now + self.length);
        if window.requests >= self.limit {
            return Err(window.end.duration_since(now));
        }
        window.requests += 1;
        Ok(())
    }
}

impl Counted {
    fn forget_ended(&mut self, now: Instant) {
        while let Some(oldest) = self.by_age.front()
            && self.by_address.get(oldest).is_none_or(|window| window.end <= now)
        {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        if let Some(oldest) = self.by_age.pop_front() {
            self.by_address.remove(&oldest);
        }
    }

    /// The window of `address`; a new one ends at `end`.
    fn of(&mut self, address: IpAddr, end: Instant) -> &mut Window {
        if !self.by_address.contains_key(&address) {
            if self.by_age.len() == ADDRESSES {
                self.forget_oldest();
            }
            self.by_age.push_back(address);
        }
        self.by_address.entry(address).or_insert(Window { end, requests: 0 })
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const LENGTH: Duration = Duration::from_mins(1);

    fn address(n: u32) -> IpAddr {
        Ipv4Addr::from_bits(n).into()
    }

    #[test]
    fn a_window_has_its_requests_and_its_end() {
        let (windows, start) = (Windows::new(2, LENGTH), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(windows.take(address(1), at(0)), Ok(()));
        assert_eq!(windows.take(address(2), at(30)), Ok(()));
        assert_eq!(windows.take(address(1), at(40)), Ok(()));
        for _ in 0..5 {
            assert_eq!(windows.take(address(1), at(41)), Err(Duration::from_secs(19)));
        }
        assert_eq!(windows.take(address(2), at(41)), Ok(()));
        assert_eq!(windows.take(address(1), at(60)), Ok(()));
        assert_eq!(windows.take(address(2), at(60)), Err(Duration::from_secs(30)));
    }

    #[test]
    fn the_table_is_bounded_and_what_has_ended_is_gone() {
        let (windows, start) = (Windows::new(1, LENGTH), Instant::now());
        let addresses = u32::try_from(ADDRESSES).unwrap();
        for n in 0..addresses {
            assert_eq!(windows.take(address(n), start), Ok(()));
        }
        assert!(windows.take(address(0), start).is_err());
        assert_eq!(windows.take(address(addresses), start), Ok(()));
        assert!(windows.take(address(1), start).is_err());
        assert_eq!(windows.take(address(0), start), Ok(()), "the first one was forgotten");
        assert_eq!(windows.counted.lock().unwrap().by_address.len(), ADDRESSES);
        assert_eq!(windows.take(address(0), start + LENGTH), Ok(()));
        let counted = windows.counted.lock().unwrap();
        assert_eq!((counted.by_address.len(), counted.by_age.len()), (1, 1));
    }
}
