//! The command line.

use std::path::PathBuf;

use clap::{Parser, ValueEnum, builder::PossibleValuesParser, value_parser};

use crate::rows::ROWS;

/// Measures how fast the functions start and answer, beside programs that do less.
///
/// Each program is started as Lambda starts it, in rounds whose order is shuffled, and asked again
/// and again; Cognito is a fast endpoint on this machine. A Markdown table goes to the standard
/// output, all figures go into a JSON file. Times differ from machine to machine and with what else
/// it does: compare ratios, of one run.
#[derive(Debug, Parser)]
#[command(name = "bench")]
pub struct Options {
    /// How often each program is started
    #[arg(long, default_value_t = 15, value_parser = value_parser!(u32).range(1..=1_000))]
    pub rounds: u32,

    /// How often each started program is asked after its first event
    #[arg(long, default_value_t = 300, value_parser = value_parser!(u32).range(1..=100_000))]
    pub invocations: u32,

    /// Only these rows, separated by commas
    #[arg(long, value_delimiter = ',', value_parser = PossibleValuesParser::new(ROWS.map(|row| row.name)))]
    pub rows: Vec<String>,

    /// Where the functions' programs are, such as target/release; without it, what `scripts/build`
    /// left in .aws-sam/build
    #[arg(long, value_name = "DIR")]
    pub binaries: Option<PathBuf>,

    /// Where the figures go as JSON; without it, bench.json beside this program's folder
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// After INIT, give each program the share of a CPU that Lambda gives this memory size
    #[arg(long, value_name = "MB", value_parser = value_parser!(u32).range(128..=10_240))]
    pub cpu_quota: Option<u32>,

    /// Which root certificates the functions find
    #[arg(long, value_enum, default_value_t = Roots::Machine)]
    pub roots: Roots,
}

/// The root certificates in the file that `SSL_CERT_FILE` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Roots {
    /// Those of this machine, and the endpoint's
    Machine,
    /// The endpoint's alone
    One,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn bounds_hold() {
        Options::command().debug_assert();
        let read = |words: &[&str]| Options::try_parse_from([&["bench"], words].concat());
        let options = read(&["--rows", "bare,login", "--cpu-quota", "128"]).unwrap();
        assert_eq!((options.rounds, options.invocations, options.cpu_quota), (15, 300, Some(128)));
        assert_eq!(options.rows, ["bare", "login"]);
        for words in [
            ["--rounds", "0"],
            ["--rounds", "1001"],
            ["--invocations", "0"],
            ["--invocations", "100001"],
            ["--cpu-quota", "127"],
            ["--rows", "unknown"],
            ["--roots", "none"],
        ] {
            assert!(read(&words).is_err(), "{words:?}");
        }
    }
}
