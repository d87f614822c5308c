use std::{
    error::Error,
    io::{self, Write},
    sync::Arc,
    time::SystemTime,
};

use lambda::{Log, log_panics};
use local::{Lines, Options, Stack, printable};
use tokio::signal::unix::{SignalKind, signal};

use crate::{cli::Cli, greeting::Greeting};

/// Runs a stack until the process is asked to end, by SIGTERM or Ctrl-C.
pub(crate) async fn run(cli: &Cli) -> Result<(), Box<dyn Error>> {
    // First of all, so that a signal during the start is not lost.
    let (mut terminate, mut interrupt) =
        (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let log = stderr();
    log_panics("passmint".into(), Log::new(move |line| log(line)));
    let (data, console) = (cli.data(), stdout());
    let start = Stack::start(Options {
        bind: cli.bind,
        port: cli.port,
        cognito_port: cli.cognito_port,
        allowed_hosts: cli.allowed_hosts.clone(),
        data: data.clone(),
        allowed_origins: cli.allowed_origins.clone(),
        log: stderr(),
        console: Arc::clone(&console),
        #[expect(clippy::disallowed_methods, reason = "the program gives the clock")]
        clock: Arc::new(SystemTime::now),
    });
    let stack = tokio::select! {
        stack = start => stack?,
        _ = terminate.recv() => return Ok(()),
        _ = interrupt.recv() => return Ok(()),
    };
    console(&Greeting { stack: &stack, data: &data, bind: cli.bind }.to_string());
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    stack.shutdown().await;
    Ok(())
}

/// The standard output, for people.
pub(crate) fn stdout() -> Lines {
    lines(io::stdout)
}

/// The standard error, for the log.
pub(crate) fn stderr() -> Lines {
    lines(io::stderr)
}

/// Writes texts, each in one piece, and nothing in them that a terminal would obey. It is no reason to
/// end that nobody reads them.
fn lines<W: Write>(stream: impl Fn() -> W + Send + Sync + 'static) -> Lines {
    Arc::new(move |text| {
        let lines: String = text.split('\n').map(|line| printable(line) + "\n").collect();
        drop(stream().write_all(lines.as_bytes()));
    })
}

/// The sentence of `error` and of all that caused it.
pub(crate) fn with_causes(error: &dyn Error) -> String {
    let cause = error.source().map(|cause| format!(": {}", with_causes(cause)));
    format!("{error}{}", cause.unwrap_or_default())
}
