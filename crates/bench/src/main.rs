//! How fast the functions start and answer, beside programs that do less.
//!
//! `cargo run --release -p bench -- --help`

mod answers;
mod chain;
mod cognito;
mod error;
mod figures;
mod goals;
mod options;
mod process;
mod programs;
mod quota;
mod report;
mod rows;
mod start;
mod statistics;
mod trust;

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use clap::Parser;
use rand::seq::SliceRandom;
use runtime_api::Function;

pub use crate::error::Error;
use crate::{
    chain::Chain,
    cognito::Cognito,
    figures::{Figures, Measured},
    goals::{HasQuota, verdicts},
    options::Options,
    programs::Programs,
    quota::Quota,
    report::Report,
    rows::{HANDWRITTEN, ROWS, Row},
    start::Subject,
    trust::Trust,
};

/// A function at a share of a CPU may be slow, and is measured anyhow.
const TIMEOUT: Duration = Duration::from_secs(30);

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(table) => {
            // A reader that has gone away has seen enough.
            drop(io::stdout().write_all(table.as_bytes()));
            ExitCode::SUCCESS
        }
        Err(error) => {
            say(&format!("bench: {}\n", whole(&error)));
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<String, Error> {
    let target = target();
    let folder = target.join("bench");
    let programs = Programs { folder: folder.clone(), functions: options.binaries.clone() };
    let rows = chosen(options);
    programs.build(&rows)?;
    let quota = options.cpu_quota.map(Quota::new).transpose()?;
    let chain = Chain::new()?;
    let cognito = Cognito::start(&chain)?;
    let trust = Trust::write(&folder, &chain, options.roots)?;
    let subjects = rows.iter().map(|row| subject(row, &programs, &cognito, &trust));
    let subjects = subjects.collect::<Result<Vec<_>, _>>()?;
    let measured = measure(&subjects, options, quota.as_ref())?;
    let goals = match options.cpu_quota {
        None => verdicts(&measured, HasQuota::No),
        Some(128) => verdicts(&measured, HasQuota::Yes),
        Some(_) => Vec::new(),
    };
    let report = Report::new(options, &cognito.costs(), measured, goals);
    let output = options.output.clone().unwrap_or_else(|| target.join("bench.json"));
    let json = serde_json::to_string_pretty(&report)?;
    fs::write(&output, json).map_err(|error| Error::File(output, error))?;
    Ok(report.markdown())
}

/// Cargo's target directory, which this program lies in.
fn target() -> PathBuf {
    let program = std::env::current_exe().unwrap_or_default();
    program.ancestors().nth(2).unwrap_or(Path::new("target")).to_owned()
}

fn chosen(options: &Options) -> Vec<Row> {
    let is_chosen =
        |row: &Row| options.rows.is_empty() || options.rows.iter().any(|name| name == row.name);
    ROWS.into_iter().filter(is_chosen).collect()
}

fn subject(
    row: &Row,
    programs: &Programs,
    cognito: &Cognito,
    trust: &Trust,
) -> Result<Subject, Error> {
    // What is written by hand is written for the roots that it needs.
    let roots = if row.name == HANDWRITTEN { &trust.endpoint } else { &trust.functions };
    let mut function = Function::new(row.name, programs.find(row)?)
        // Lambda's libraries are where it points to; elsewhere they may not be, and the linker's search
        // for each would be in the time of a start.
        .without("LD_LIBRARY_PATH")
        .with("ALLOWED_ORIGINS", "https://app.example.com")
        .with("COGNITO_USER_POOL_ID", "us-east-1_Ex4mpleId")
        .with("COGNITO_CLIENT_ID", "4kq1v0n8m2s6t3r9p7l5j0h1ge")
        .with("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", &cognito.url())
        .with("SSL_CERT_FILE", &roots.to_string_lossy());
    function.timeout = TIMEOUT;
    Ok(Subject { name: row.name, function, event: programs::event(row.event)? })
}

/// Measures every subject once a round, in another order each round.
fn measure(
    subjects: &[Subject],
    options: &Options,
    quota: Option<&Quota>,
) -> Result<Vec<Measured>, Error> {
    let mut starts: Vec<(&Subject, Vec<Figures>)> =
        subjects.iter().map(|subject| (subject, Vec::new())).collect();
    let mut order: Vec<usize> = (0..starts.len()).collect();
    for round in 1..=options.rounds {
        say(&format!("\rround {round} of {}", options.rounds));
        order.shuffle(&mut rand::rng());
        for &index in &order {
            if let Some((subject, figures)) = starts.get_mut(index) {
                figures.push(subject.measure(options.invocations, quota)?);
            }
        }
    }
    say("\n");
    starts.into_iter().map(|(subject, figures)| summary(subject, figures)).collect()
}

fn summary(subject: &Subject, starts: Vec<Figures>) -> Result<Measured, Error> {
    let file = &subject.function.bootstrap;
    let size = fs::metadata(file).map_err(|e| Error::File(file.clone(), e))?.len();
    #[expect(clippy::cast_precision_loss, reason = "no program is that large")]
    let size_mb = size as f64 / 1e6;
    let medians = Figures::medians(&starts).ok_or(Error::Nothing)?;
    Ok(Measured { name: subject.name, size_mb, medians, starts })
}

/// An error with what it came from.
fn whole(error: &Error) -> String {
    let first: &dyn std::error::Error = error;
    let all = std::iter::successors(Some(first), |error| error.source());
    all.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// Tells how far things are.
fn say(text: &str) {
    // Nobody is harmed if that cannot be written.
    drop(io::stderr().write_all(text.as_bytes()));
}
