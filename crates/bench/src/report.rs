//! The figures as Markdown for people and as JSON for programs.

use serde::Serialize;

use crate::{
    cognito::Cost,
    figures::Measured,
    goals::Verdict,
    options::{Options, Roots},
    rows::{BARE, FLOOR},
    statistics::median,
};

/// All that a run found.
#[derive(Serialize)]
pub struct Report {
    rounds: u32,
    invocations: u32,
    cpu_quota_mb: Option<u32>,
    only_needed_roots: bool,
    /// The CPU time of the endpoint that plays Cognito: in ms for a handshake, in µs for a request.
    endpoint_handshake_ms: Option<f64>,
    endpoint_request_us: Option<f64>,
    programs: Vec<Measured>,
    goals: Vec<Verdict>,
}

impl Report {
    /// Puts together what was measured with `options`.
    pub fn new(
        options: &Options,
        costs: &[Cost],
        programs: Vec<Measured>,
        goals: Vec<Verdict>,
    ) -> Self {
        let of = |cost: fn(&Cost) -> f64| median(&costs.iter().map(cost).collect::<Vec<_>>());
        Self {
            rounds: options.rounds,
            invocations: options.invocations,
            cpu_quota_mb: options.cpu_quota,
            only_needed_roots: options.roots == Roots::One,
            endpoint_handshake_ms: of(|cost| 1e3 * cost.handshake.as_secs_f64()),
            endpoint_request_us: of(|cost| 1e6 * cost.request.as_secs_f64()),
            programs,
            goals,
        }
    }

    /// The tables, in Markdown.
    pub fn markdown(&self) -> String {
        let mut text = format!("{}\n\n{}", self.method(), self.table());
        if !self.goals.is_empty() {
            text.push_str("\n| goal | limit | here | measured | |\n|---|---|---|---|---|\n");
            text.extend(self.goals.iter().map(row_of_goal));
        }
        text
    }

    fn method(&self) -> String {
        let Self { rounds, invocations, .. } = self;
        let starts =
            format!("Medians of {rounds} starts; of each, {invocations} later invocations.");
        let quota = self.cpu_quota_mb.map(|memory| {
            format!(" After INIT, each program has the share of a CPU that {memory} MB give it.")
        });
        let endpoint = self.endpoint_handshake_ms.zip(self.endpoint_request_us);
        let endpoint = endpoint.map(|(handshake, request)| {
            format!(
                " In the times of programs that call Cognito are those of the endpoint in its \
                 place: {handshake:.2} ms for a handshake, {request:.0} µs for a call."
            )
        });
        starts + &quota.unwrap_or_default() + &endpoint.unwrap_or_default()
    }

    fn table(&self) -> String {
        let head = "| program | cold ms | × bare | × floor | INIT ms | first ms | CPU INIT ms \
                    | CPU first ms | warm µs | × bare | × floor | p99 µs | CPU µs | MiB | MB |\n\
                    |---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n";
        let rows = self.programs.iter().map(|program| self.row(program));
        head.to_owned() + &rows.collect::<String>()
    }

    fn row(&self, program: &Measured) -> String {
        let figures = &program.medians;
        let cold = |other| self.ratio(program, other, |it| it.medians.cold_ms);
        let warm = |other| self.ratio(program, other, |it| it.medians.warm_p50_us);
        let cells = [
            program.name.to_owned(),
            format!("{:.2}", figures.cold_ms),
            cold(BARE),
            cold(FLOOR),
            format!("{:.2}", figures.init_ms),
            format!("{:.2}", figures.first_ms),
            format!("{:.2}", figures.init_cpu_ms),
            format!("{:.2}", figures.first_cpu_ms),
            format!("{:.0}", figures.warm_p50_us),
            warm(BARE),
            warm(FLOOR),
            format!("{:.0}", figures.warm_p99_us),
            format!("{:.0}", figures.warm_cpu_us),
            format!("{:.1}", figures.memory_mib),
            format!("{:.2}", program.size_mb),
        ];
        format!("| {} |\n", cells.join(" | "))
    }

    /// How many times the figure of `other` the one of `program` is.
    fn ratio(&self, program: &Measured, other: &str, figure: fn(&Measured) -> f64) -> String {
        let other = self.programs.iter().find(|program| program.name == other);
        other.map_or("–".to_owned(), |other| format!("{:.2}", figure(program) / figure(other)))
    }
}

fn row_of_goal(goal: &Verdict) -> String {
    let Verdict { goal, rule, limit, measured, met } = goal;
    let met = if *met { "met" } else { "missed" };
    format!("| {goal} | {rule} | {limit:.2} | {measured:.2} | {met} |\n")
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::figures::tests::all;

    fn report(names: &[(&'static str, f64)]) -> Report {
        let programs = names.iter().map(|(name, value)| Measured {
            name,
            size_mb: *value,
            medians: all(*value),
            starts: vec![all(*value)],
        });
        let goal = Verdict {
            goal: "a: size MB".to_owned(),
            rule: "≤ 2".to_owned(),
            limit: 2.0,
            measured: 3.0,
            met: false,
        };
        Report::new(&Options::parse_from(["bench"]), &[], programs.collect(), vec![goal])
    }

    #[test]
    fn ratios_stand_beside_the_figures() {
        let text = report(&[(FLOOR, 1.0), (BARE, 2.0), ("a", 3.0)]).markdown();
        let row = "| a | 3.00 | 1.50 | 3.00 | 3.00 | 3.00 | 3.00 | 3.00 | 3 | 1.50 | 3.00 | 3 | 3 \
                   | 3.0 | 3.00 |\n";
        assert!(text.contains(row), "{text}");
        assert!(text.ends_with("| a: size MB | ≤ 2 | 2.00 | 3.00 | missed |\n"), "{text}");
        let mut columns = text.lines().filter(|line| line.contains("---") && line.len() > 30);
        assert_eq!(
            columns.next_back().unwrap().matches("---").count(),
            row.matches(" | ").count() + 1
        );
    }

    #[test]
    fn a_row_that_was_not_measured_has_no_ratio() {
        let text = report(&[("a", 3.0)]).markdown();
        assert!(text.contains("| a | 3.00 | – | – | 3.00 |"), "{text}");
    }
}
