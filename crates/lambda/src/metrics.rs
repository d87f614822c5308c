//! The metrics, as `CloudWatch` takes them out of a line of the log: embedded metric format.
//!
//! A line names a metric only when there is something to count; a metric that no line names has no
//! data, which is not the same as zero. Source: "Specification: Embedded metric format" in the
//! `CloudWatch` user guide: at most 100 metrics and 30 dimensions a line, each a member of it, the
//! former numbers and the latter strings.

use jiff::Timestamp;
use serde::{Serialize, Serializer, ser::SerializeMap};
use shared::{SecurityEvent, Tally};

/// The namespace of every metric.
pub const NAMESPACE: &str = "Passmint";
/// The members of a line that are the dimensions of its metrics, all of them together. Nothing that
/// belongs to a user is one: each value of a dimension is a metric of its own, kept for 15 months.
pub const DIMENSIONS: [&str; 2] = ["function_name", "service"];
/// The names of all metrics; each is a count.
pub const NAMES: [&str; Metric::ALL.len()] = [
    Metric::ColdStart.name(),
    Metric::LoginOk.name(),
    Metric::LoginFail.name(),
    Metric::PasswordChangeFail.name(),
    Metric::Lockout.name(),
    Metric::RegisterDuplicate.name(),
    Metric::Generated.name(),
    Metric::Throttled.name(),
    Metric::DependencyError.name(),
    Metric::PasswordNotSet.name(),
];

/// Something that is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// First requests of an execution environment.
    ColdStart,
    /// Logins that ended with tokens.
    LoginOk,
    /// Logins, and proofs of a caller's password, that failed.
    LoginFail,
    /// Tries to replace a password by a wrong code or a wrong current password.
    PasswordChangeFail,
    /// Tries at accounts that are locked: the lock itself begins with a [`Metric::LoginFail`].
    Lockout,
    /// Registrations of addresses that have an account.
    RegisterDuplicate,
    /// Passwords made.
    Generated,
    /// Requests above a limit: answered 429, or Cognito would not take any more from us.
    Throttled,
    /// Requests answered 503 since Cognito could not be reached or failed.
    DependencyError,
    /// Confirmed accounts that may have another password than the one that was sent.
    PasswordNotSet,
}

impl Metric {
    /// All metrics, in the order of a line.
    pub const ALL: [Self; 10] = [
        Self::ColdStart,
        Self::LoginOk,
        Self::LoginFail,
        Self::PasswordChangeFail,
        Self::Lockout,
        Self::RegisterDuplicate,
        Self::Generated,
        Self::Throttled,
        Self::DependencyError,
        Self::PasswordNotSet,
    ];

    /// Its name, never changed once released: alarms are set on it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ColdStart => "ColdStart",
            Self::LoginOk => "LoginOk",
            Self::LoginFail => "LoginFail",
            Self::PasswordChangeFail => "PasswordChangeFail",
            Self::Lockout => "Lockout",
            Self::RegisterDuplicate => "RegisterDuplicate",
            Self::Generated => "Generated",
            Self::Throttled => "Throttled",
            Self::DependencyError => "DependencyError",
            Self::PasswordNotSet => "PasswordNotSet",
        }
    }

    /// The metric that counts `event`.
    const fn of(event: SecurityEvent) -> Option<Self> {
        match event {
            SecurityEvent::AuthnLoginSuccess => Some(Self::LoginOk),
            SecurityEvent::AuthnLoginFail => Some(Self::LoginFail),
            SecurityEvent::AuthnPasswordChangeFail => Some(Self::PasswordChangeFail),
            SecurityEvent::AuthnLoginLock => Some(Self::Lockout),
            SecurityEvent::ExcessRateLimitExceeded => Some(Self::Throttled),
            SecurityEvent::AuthnPasswordChange
            | SecurityEvent::AuthnTokenReuse
            | SecurityEvent::AuthnTokenRevoked
            | SecurityEvent::AuthzFail
            | SecurityEvent::InputValidationFail
            | SecurityEvent::MaliciousCors
            | SecurityEvent::SensitiveCreate
            | SecurityEvent::SensitiveRead
            | SecurityEvent::SequenceFail
            | SecurityEvent::SessionCreated
            | SecurityEvent::SessionRenewed
            | SecurityEvent::SessionUseAfterExpire
            | SecurityEvent::SysCrash
            | SecurityEvent::UserCreated
            | SecurityEvent::UserDeleted
            | SecurityEvent::UserUpdated => None,
        }
    }
}

/// What one line counts: `_aws`, which says what is a metric, and a member for each. No member at
/// all if there is nothing to count.
#[derive(Clone, Debug)]
pub(crate) struct Metrics {
    at: Timestamp,
    counts: [u32; Metric::ALL.len()],
}

impl Metrics {
    /// Nothing counted, at the time `at`.
    pub(crate) const fn none(at: Timestamp) -> Self {
        Self { at, counts: [0; Metric::ALL.len()] }
    }

    /// Counts `metric` as `count`.
    pub(crate) fn set(&mut self, metric: Metric, count: u32) {
        if let Some(slot) = self.counts.get_mut(metric as usize) {
            *slot = count;
        }
    }

    /// Counts `event`, if a metric does.
    pub(crate) fn note(&mut self, event: SecurityEvent) {
        if let Some(metric) = Metric::of(event) {
            self.set(metric, 1);
        }
    }

    /// Counts what a success adds.
    pub(crate) fn tally(&mut self, tally: Tally) {
        match tally {
            Tally::RegisteredAgain => self.set(Metric::RegisterDuplicate, 1),
            Tally::Passwords(count) => self.set(Metric::Generated, count),
        }
    }

    fn counted(&self) -> impl Iterator<Item = (Metric, u32)> {
        Metric::ALL.into_iter().zip(self.counts).filter(|(_, count)| *count > 0)
    }
}

/// A map, to be flattened into a line.
impl Serialize for Metrics {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if self.counted().next().is_some() {
            map.serialize_entry("_aws", &Metadata::of(self))?;
        }
        for (metric, count) in self.counted() {
            map.serialize_entry(metric.name(), &count)?;
        }
        map.end()
    }
}

/// The member `_aws`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metadata<'a> {
    /// Milliseconds since 1970.
    timestamp: i64,
    cloud_watch_metrics: [Directive<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Directive<'a> {
    namespace: &'static str,
    dimensions: [[&'static str; DIMENSIONS.len()]; 1],
    metrics: Definitions<'a>,
}

struct Definitions<'a>(&'a Metrics);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Definition {
    name: &'static str,
    unit: &'static str,
}

impl<'a> Metadata<'a> {
    fn of(metrics: &'a Metrics) -> Self {
        Self {
            timestamp: metrics.at.as_millisecond(),
            cloud_watch_metrics: [Directive {
                namespace: NAMESPACE,
                dimensions: [DIMENSIONS],
                metrics: Definitions(metrics),
            }],
        }
    }
}

impl Serialize for Definitions<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let counted = self.0.counted();
        serializer.collect_seq(
            counted.map(|(metric, _)| Definition { name: metric.name(), unit: "Count" }),
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};

    use super::*;

    fn json_of(metrics: &Metrics) -> Value {
        serde_json::to_value(metrics).unwrap()
    }

    #[test]
    fn what_is_counted_is_declared_and_nothing_else() {
        let mut metrics = Metrics::none(Timestamp::from_millisecond(1_790_280_971_042).unwrap());
        assert_eq!(json_of(&metrics), json!({}));
        metrics.set(Metric::ColdStart, 1);
        metrics.tally(Tally::Passwords(7));
        assert_eq!(
            json_of(&metrics),
            json!({
                "_aws": {
                    "Timestamp": 1_790_280_971_042_i64,
                    "CloudWatchMetrics": [{
                        "Namespace": "Passmint",
                        "Dimensions": [["function_name", "service"]],
                        "Metrics": [
                            {"Name": "ColdStart", "Unit": "Count"},
                            {"Name": "Generated", "Unit": "Count"},
                        ],
                    }],
                },
                "ColdStart": 1,
                "Generated": 7,
            })
        );
    }

    #[test]
    fn each_metric_has_its_own_name_and_place() {
        assert_eq!(Metric::ALL.map(Metric::name), NAMES);
        assert_eq!(BTreeSet::from(NAMES).len(), NAMES.len());
        for metric in Metric::ALL {
            let mut metrics = Metrics::none(Timestamp::UNIX_EPOCH);
            metrics.set(metric, 3);
            assert_eq!(metrics.counted().collect::<Vec<_>>(), [(metric, 3)]);
        }
    }

    #[test]
    fn events_that_are_counted() {
        let counted = |event| {
            let mut metrics = Metrics::none(Timestamp::UNIX_EPOCH);
            metrics.note(event);
            metrics.counted().next().map(|(metric, _)| metric)
        };
        for (event, metric) in [
            (SecurityEvent::AuthnLoginSuccess, Some(Metric::LoginOk)),
            (SecurityEvent::AuthnLoginFail, Some(Metric::LoginFail)),
            (SecurityEvent::AuthnPasswordChangeFail, Some(Metric::PasswordChangeFail)),
            (SecurityEvent::AuthnLoginLock, Some(Metric::Lockout)),
            (SecurityEvent::ExcessRateLimitExceeded, Some(Metric::Throttled)),
            (SecurityEvent::AuthzFail, None),
            (SecurityEvent::SysCrash, None),
        ] {
            assert_eq!(counted(event), metric, "{event:?}");
        }
    }
}
