use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// A token bucket, as API Gateway throttles: it holds `burst` requests and gets `rate` a second.
///
/// Source: "Throttle requests to your REST APIs" in the API Gateway developer guide.
pub(super) struct Bucket {
    rate: f64,
    burst: f64,
    held: Mutex<Held>,
}

struct Held {
    tokens: f64,
    at: Instant,
}

impl Bucket {
    /// A full bucket.
    pub(super) fn new(rate: f64, burst: f64, now: Instant) -> Self {
        Self { rate, burst, held: Mutex::new(Held { tokens: burst, at: now }) }
    }

    /// Takes one request out at `now`, or says how long until there is one.
    pub(super) fn take(&self, now: Instant) -> Result<(), Duration> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let since = now.saturating_duration_since(held.at).as_secs_f64();
        let tokens = (held.tokens + since * self.rate).min(self.burst);
        let left = tokens - 1.0;
        *held = Held { tokens: if left < 0.0 { tokens } else { left }, at: now };
        if left < 0.0 { Err(Duration::from_secs_f64(-left / self.rate)) } else { Ok(()) }
    }
}
