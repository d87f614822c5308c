//! The figures of one program.

use serde::Serialize;

use crate::statistics::median;

/// What one start of a program and its invocations took, or the medians of many.
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(test, derive(PartialEq))]
pub struct Figures {
    /// From exec to the first question for an event, in ms.
    pub init_ms: f64,
    /// The CPU time up to then, in ms.
    pub init_cpu_ms: f64,
    /// From the first event to its answer, in ms.
    pub first_ms: f64,
    /// The CPU time of the first invocation, in ms.
    pub first_cpu_ms: f64,
    /// INIT and the first invocation, in ms.
    pub cold_ms: f64,
    /// From a later event to its answer, the median, in µs.
    pub warm_p50_us: f64,
    /// The same, exceeded by one in a hundred.
    pub warm_p99_us: f64,
    /// The CPU time of a later invocation with the way to the next event, the mean, in µs.
    pub warm_cpu_us: f64,
    /// The most memory at once, in MiB.
    pub memory_mib: f64,
}

impl Figures {
    /// The median of each figure; none of nothing.
    pub fn medians(samples: &[Self]) -> Option<Self> {
        let of = |figure: fn(&Self) -> f64| median(&samples.iter().map(figure).collect::<Vec<_>>());
        Some(Self {
            init_ms: of(|sample| sample.init_ms)?,
            init_cpu_ms: of(|sample| sample.init_cpu_ms)?,
            first_ms: of(|sample| sample.first_ms)?,
            first_cpu_ms: of(|sample| sample.first_cpu_ms)?,
            cold_ms: of(|sample| sample.cold_ms)?,
            warm_p50_us: of(|sample| sample.warm_p50_us)?,
            warm_p99_us: of(|sample| sample.warm_p99_us)?,
            warm_cpu_us: of(|sample| sample.warm_cpu_us)?,
            memory_mib: of(|sample| sample.memory_mib)?,
        })
    }
}

/// A program with its figures.
#[derive(Clone, Debug, Serialize)]
pub struct Measured {
    /// The name of its row.
    pub name: &'static str,
    /// The size of its file, in MB of 1,000,000 bytes.
    pub size_mb: f64,
    /// The medians of all starts.
    pub medians: Figures,
    /// Each start.
    pub starts: Vec<Figures>,
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Figures that are all `value`.
    pub(crate) fn all(value: f64) -> Figures {
        Figures {
            init_ms: value,
            init_cpu_ms: value,
            first_ms: value,
            first_cpu_ms: value,
            cold_ms: value,
            warm_p50_us: value,
            warm_p99_us: value,
            warm_cpu_us: value,
            memory_mib: value,
        }
    }

    #[test]
    fn each_figure_has_its_own_median() {
        let samples = [all(1.0), Figures { cold_ms: 9.0, ..all(2.0) }, all(3.0)];
        let expected = Figures { cold_ms: 3.0, ..all(2.0) };
        assert_eq!(Figures::medians(&samples), Some(expected));
        assert_eq!(Figures::medians(&[]), None);
    }
}
