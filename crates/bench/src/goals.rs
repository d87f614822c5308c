//! What the project wants to reach, and whether it does.

use serde::Serialize;

use crate::{
    figures::Measured,
    rows::{BARE, FLOOR, HANDWRITTEN},
};

/// Whether the figure of a row is within its limit.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(PartialEq))]
pub struct Verdict {
    /// The row and the figure.
    pub goal: String,
    /// The limit, as it is written.
    pub rule: String,
    /// The limit in this run.
    pub limit: f64,
    /// What was measured.
    pub measured: f64,
    /// Whether that is within the limit.
    pub met: bool,
}

/// The verdicts on all goals whose rows were measured: those at a share of a CPU, or the others.
pub fn verdicts(measured: &[Measured], has_quota: HasQuota) -> Vec<Verdict> {
    let goals = match has_quota {
        HasQuota::Yes => QUOTA_GOALS.as_slice(),
        HasQuota::No => GOALS.as_slice(),
    };
    goals
        .iter()
        .flat_map(|goal| goal.rows.iter().filter_map(|row| goal.verdict(row, measured)))
        .collect()
}

/// Whether the functions had but a share of a CPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HasQuota {
    /// That of 128 MB.
    Yes,
    /// They had all of it.
    No,
}

const ALL: &[&str] =
    &["generate", "register", "confirm", "login", "recover", "account", "mfa", "delete_account"];
const WITH_SECRET: &[&str] = &["register", "confirm", "login"];

struct Goal {
    rows: &'static [&'static str],
    figure: Figure,
    limit: Limit,
}

#[derive(Clone, Copy)]
enum Figure {
    Cold,
    First,
    FirstCpu,
    Warm,
    Memory,
    Size,
}

#[derive(Clone, Copy)]
enum Limit {
    AtMost(f64),
    /// So many times the same figure of another row.
    Times(f64, &'static str),
}

use Figure::{Cold, First, FirstCpu, Memory, Size, Warm};
use Limit::{AtMost, Times};

/// `login`'s second limit for a warm answer is 230 µs on a machine where `bare` needs 53.
const GOALS: [Goal; 13] = [
    goal(&["generate"], Cold, Times(1.25, BARE)),
    goal(&["generate"], Cold, Times(2.0, FLOOR)),
    goal(&["generate"], Warm, Times(1.25, BARE)),
    goal(&["generate"], Warm, Times(3.0, FLOOR)),
    goal(WITH_SECRET, Cold, Times(2.0, BARE)),
    goal(WITH_SECRET, Cold, Times(4.0, FLOOR)),
    goal(&["login"], FirstCpu, AtMost(0.5)),
    goal(&["login"], Warm, Times(2.5, HANDWRITTEN)),
    goal(&["login"], Warm, Times(230.0 / 53.0, BARE)),
    goal(&["generate"], Memory, AtMost(4.0)),
    goal(&["login"], Memory, AtMost(7.0)),
    goal(&["generate"], Size, AtMost(2.0)),
    goal(&["login"], Size, AtMost(6.0)),
];

const QUOTA_GOALS: [Goal; 1] = [goal(ALL, First, AtMost(2.0))];

const fn goal(rows: &'static [&'static str], figure: Figure, limit: Limit) -> Goal {
    Goal { rows, figure, limit }
}

impl Goal {
    fn verdict(&self, row: &str, all: &[Measured]) -> Option<Verdict> {
        let find = |name| all.iter().find(|measured| measured.name == name);
        let measured = self.figure.of(find(row)?);
        let (limit, rule) = match self.limit {
            AtMost(limit) => (limit, format!("≤ {limit}")),
            Times(factor, other) => {
                (factor * self.figure.of(find(other)?), format!("≤ {factor:.2} × {other}"))
            }
        };
        let goal = format!("{row}: {}", self.figure.name());
        Some(Verdict { goal, rule, limit, measured, met: measured <= limit })
    }
}

impl Figure {
    const fn name(self) -> &'static str {
        match self {
            Cold => "cold ms",
            First => "first ms",
            FirstCpu => "first, CPU ms",
            Warm => "warm µs",
            Memory => "memory MiB",
            Size => "size MB",
        }
    }

    const fn of(self, measured: &Measured) -> f64 {
        let medians = &measured.medians;
        match self {
            Cold => medians.cold_ms,
            First => medians.first_ms,
            FirstCpu => medians.first_cpu_ms,
            Warm => medians.warm_p50_us,
            Memory => medians.memory_mib,
            Size => measured.size_mb,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::tests::all;

    fn measured(name: &'static str, value: f64) -> Measured {
        Measured { name, size_mb: value, medians: all(value), starts: Vec::new() }
    }

    #[test]
    fn a_goal_is_met_up_to_its_limit() {
        let goal = goal(&["generate"], Cold, Times(1.25, BARE));
        for (value, met) in [(2.4, true), (2.5, true), (2.6, false)] {
            let verdict =
                goal.verdict("generate", &[measured("generate", value), measured(BARE, 2.0)]);
            let expected = Verdict {
                goal: "generate: cold ms".to_owned(),
                rule: "≤ 1.25 × bare".to_owned(),
                limit: 2.5,
                measured: value,
                met,
            };
            assert_eq!(verdict, Some(expected));
        }
        assert_eq!(goal.verdict("generate", &[measured("generate", 1.0)]), None);
        assert_eq!(goal.verdict("generate", &[measured(BARE, 1.0)]), None);
    }

    #[test]
    fn every_goal_names_rows_that_there_are() {
        let rows: Vec<_> = crate::rows::ROWS.map(|row| measured(row.name, 1.0)).into();
        assert_eq!(verdicts(&rows, HasQuota::No).len(), 17);
        assert_eq!(verdicts(&rows, HasQuota::Yes).len(), 8);
    }
}
