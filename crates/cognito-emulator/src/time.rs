use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

/// A moment in milliseconds since the Unix epoch, the grain in which AWS reports dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Moment(pub(crate) u64);

impl Moment {
    /// The moment this duration later, or the last moment that can be told.
    pub(crate) fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(millis(duration)))
    }

    /// Whole seconds since the epoch, as token claims have them.
    pub(crate) fn seconds(self) -> u64 {
        self.0 / 1000
    }

    /// Seconds with a fraction of milliseconds, as AWS JSON 1.1 writes a date.
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds stay below 2^53 for 285,000 years"
    )]
    pub(crate) fn fractional_seconds(self) -> f64 {
        self.0 as f64 / 1000.0
    }
}

impl From<SystemTime> for Moment {
    fn from(time: SystemTime) -> Self {
        Self(millis(time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()))
    }
}

impl From<Moment> for SystemTime {
    fn from(moment: Moment) -> Self {
        SystemTime::UNIX_EPOCH + Duration::from_millis(moment.0)
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
