//! `passmint`: the whole stack on one machine.

mod cli;
mod greeting;
mod run;

use std::{process::ExitCode, time::Duration};

use clap::Parser;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let outcome = tokio::runtime::Runtime::new().map_err(Into::into).and_then(|runtime| {
        let outcome = runtime.block_on(run::run(&cli));
        // A password being hashed need not be waited for.
        runtime.shutdown_timeout(Duration::from_millis(500));
        outcome
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            run::stderr()(&format!("passmint: {}", run::with_causes(error.as_ref())));
            ExitCode::FAILURE
        }
    }
}
