//! A `passmint` process.

use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

/// The program that cargo built for these tests.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_passmint");
/// What a test waits for at most; it never waits that long unless it fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running `passmint`; dropped, it is killed.
pub struct Passmint {
    child: Child,
    /// The start-up lines.
    pub greeting: Vec<String>,
    lines: Receiver<String>,
}

/// The program, with no setting from the environment of the tests.
pub fn passmint() -> Command {
    let mut command = Command::new(PROGRAM);
    clean(&mut command);
    command.stderr(Stdio::null());
    command
}

/// The program on any free ports and the data directory `directory`.
pub fn passmint_on(directory: &Path) -> Command {
    let mut command = passmint();
    command.args(["--port", "0", "--cognito-port", "0", "--data-dir"]).arg(directory);
    command
}

/// The program on any free ports, without a data directory.
pub fn passmint_in_memory() -> Command {
    let mut command = passmint();
    command.args(["--port", "0", "--cognito-port", "0", "--ephemeral"]);
    command
}

/// Takes the settings of `passmint` out of the environment that `command` inherits.
pub fn clean(command: &mut Command) {
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("PASSMINT_")) {
        command.env_remove(name);
    }
}

impl Passmint {
    /// Starts `command` and waits for its start-up lines.
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let lines = lines(child.stdout.take().unwrap());
        let mut greeting = Vec::new();
        while !greeting.last().is_some_and(|line: &String| line.starts_with("Try:")) {
            let Ok(line) = lines.recv_timeout(PATIENCE) else {
                child.kill().unwrap();
                panic!("did not start: {greeting:?}");
            };
            greeting.push(line);
        }
        Self { child, greeting, lines }
    }

    /// The value of a start-up line.
    pub fn value(&self, label: &str) -> &str {
        let line = self.greeting.iter().find_map(|line| line.trim().strip_prefix(label));
        line.unwrap_or_else(|| panic!("no {label} in {:?}", self.greeting)).trim()
    }

    /// The base of the API's URLs.
    pub fn url(&self) -> &str {
        self.value("Passmint is running at")
    }

    /// The next line on the standard output.
    pub fn line(&self) -> String {
        self.lines.recv_timeout(PATIENCE).unwrap()
    }

    /// The most memory in bytes that the process has had, where the system tells.
    pub fn memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        Some(most.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
    }

    /// Sends a signal, by the process id.
    pub fn signal(&self, name: &str) {
        let status =
            Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(status.unwrap().success());
    }

    /// Kills the process at once, and waits until it is gone.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for the end, which must come within `limit`.
    pub fn ends_within(&mut self, limit: Duration) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(start.elapsed() < limit, "still running after {limit:?}");
            thread::yield_now();
        }
    }

    /// What the process wrote to its standard error, if that was piped.
    pub fn errors(&mut self) -> String {
        let mut text = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
        text
    }
}

impl Drop for Passmint {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The lines of `stdout`, read all the time so that the process never waits for a reader.
fn lines(stdout: ChildStdout) -> Receiver<String> {
    let (sender, lines) = channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            drop(sender.send(line));
        }
    });
    lines
}
