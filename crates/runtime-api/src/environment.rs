use std::{
    io,
    process::{Child, Command, ExitStatus, Stdio},
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use crate::{
    Function, Invocation,
    exchange::{Event, Exchange, State},
    http,
    output::Output,
    server::Server,
};

/// How long a function may take until it first asks for an event; Lambda gives it as long.
pub const INIT_TIMEOUT: Duration = Duration::from_secs(10);
/// How often a wait looks whether the process has ended, and how long the end of its connections
/// is waited for.
const LOOK: Duration = Duration::from_millis(20);
const HANG_UP: Duration = Duration::from_secs(1);
/// The account in a function's ARN; AWS's own documentation uses it.
const ACCOUNT_ID: &str = "123456789012";

/// An execution environment: one process of a function, and the Runtime API that it asks.
///
/// Dropped, it kills the process.
pub struct Environment {
    function: Function,
    spawned: Instant,
    invocations: u32,
    exchange: Arc<Exchange>,
    output: Option<Output>,
    // Dropped in this order: the server waits for the end of the process's connections.
    process: Process,
    _server: Server,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The process could not be started.
    #[error("the function could not be started")]
    Start(#[from] io::Error),
    /// The function says that it cannot start.
    #[error("the function reports that it cannot start: {0}")]
    Init(String),
    /// The function did not ask for an event.
    #[error("the function did not ask for an event within {0:?}")]
    NotReady(Duration),
    /// The function did not answer.
    #[error("the function did not answer within {0:?}")]
    TimedOut(Duration),
    /// The process has ended.
    #[error("the function ended with {0}")]
    Exited(ExitStatus),
}

impl Environment {
    /// Starts a function; its INIT runs when this returns.
    ///
    /// # Errors
    /// [`Failure::Start`].
    pub fn start(function: &Function) -> Result<Self, Failure> {
        let exchange = Arc::<Exchange>::default();
        let server = Server::start(&exchange)?;
        let (reader, stdout) = io::pipe()?;
        let mut command = Command::new(&function.bootstrap);
        command
            .env_clear()
            .envs(&function.variables)
            .env("AWS_LAMBDA_RUNTIME_API", server.address.to_string())
            .stdin(Stdio::null())
            .stderr(stdout.try_clone()?)
            .stdout(stdout);
        if let Some(folder) = function.bootstrap.parent() {
            command.current_dir(folder);
        }
        let output = Some(Output::read(reader));
        let spawned = Instant::now();
        let process = Process(command.spawn()?);
        let function = function.clone();
        Ok(Self { function, spawned, invocations: 0, exchange, output, process, _server: server })
    }

    /// The id of the process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.process.0.id()
    }

    /// Just before the process was started.
    #[must_use]
    pub fn spawned(&self) -> Instant {
        self.spawned
    }

    /// Waits until the function asks for an event, and tells when it did: the end of INIT, or of
    /// all that it does after an answer.
    ///
    /// # Errors
    /// If it says that it cannot start, ends, or does not ask within [`INIT_TIMEOUT`].
    pub fn ready(&mut self) -> Result<Instant, Failure> {
        let ready = self.wait(INIT_TIMEOUT, |state| {
            let error = state.init_error.take();
            let error = error.map(|error| String::from_utf8_lossy(&error).into_owned());
            error.map(|error| Err(Failure::Init(error))).or_else(|| state.asked.map(Ok))
        })?;
        ready.unwrap_or(Err(Failure::NotReady(INIT_TIMEOUT)))
    }

    /// Hands `event` to the function as soon as it asks for one, and waits for the answer.
    ///
    /// # Errors
    /// Those of [`Environment::ready`], or if it ends or does not answer in time.
    pub fn invoke(&mut self, event: &[u8]) -> Result<Invocation, Failure> {
        self.ready()?;
        self.invocations += 1;
        let request_id = format!("00000000-0000-4000-8000-{:012}", self.invocations);
        let wire = http::answer("200 OK", &self.fields(&request_id), event);
        self.exchange.put(Event { request_id, wire });
        let timeout = self.function.timeout;
        self.wait(timeout, |state| state.finished.take())?.ok_or(Failure::TimedOut(timeout))
    }

    /// Waits until the process ends by itself; `None` if it does not within `timeout`.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn exit(&mut self, timeout: Duration) -> io::Result<Option<ExitStatus>> {
        let deadline = Instant::now() + timeout;
        loop {
            let status = self.process.0.try_wait()?;
            if status.is_some() || Instant::now() >= deadline {
                return Ok(status);
            }
            std::thread::sleep(LOOK);
        }
    }

    /// The lines that the function has written so far.
    #[must_use]
    pub fn log(&self) -> Vec<String> {
        self.output.as_ref().map(Output::lines).unwrap_or_default()
    }

    /// Ends the process and gives back all lines that it wrote.
    #[must_use]
    pub fn stop(mut self) -> Vec<String> {
        self.process.end();
        self.output.take().map(Output::all_lines).unwrap_or_default()
    }

    /// The fields of an invocation's head.
    fn fields(&self, request_id: &str) -> String {
        #[expect(clippy::disallowed_methods, reason = "a deadline is told by the clock of the day")]
        let deadline = SystemTime::now() + self.function.timeout;
        let deadline = deadline.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let region = self.function.variables.get("AWS_REGION").map_or("", String::as_str);
        let (name, number) = (self.function.name(), self.invocations);
        format!(
            "Lambda-Runtime-Aws-Request-Id: {request_id}\r\n\
             Lambda-Runtime-Deadline-Ms: {}\r\n\
             Lambda-Runtime-Invoked-Function-Arn: \
             arn:aws:lambda:{region}:{ACCOUNT_ID}:function:{name}\r\n\
             Lambda-Runtime-Trace-Id: \
             Root=1-00000000-{number:024x};Parent={number:016x};Sampled=0\r\n",
            deadline.as_millis(),
        )
    }

    /// Waits for `found` to find something; `None` if it has not after `timeout`.
    fn wait<T>(
        &mut self,
        timeout: Duration,
        mut found: impl FnMut(&mut State) -> Option<T>,
    ) -> Result<Option<T>, Failure> {
        let deadline = Instant::now() + timeout;
        while Instant::now() < deadline {
            let look = deadline.min(Instant::now() + LOOK);
            if let Some(found) = self.exchange.wait(look, &mut found) {
                return Ok(Some(found));
            }
            if let Some(status) = self.process.0.try_wait()? {
                return self.last_words(found, status).map(Some);
            }
        }
        Ok(None)
    }

    /// What a process sent that has ended may still be on its way.
    fn last_words<T>(
        &self,
        mut found: impl FnMut(&mut State) -> Option<T>,
        status: ExitStatus,
    ) -> Result<T, Failure> {
        self.exchange.close();
        let deadline = Instant::now() + HANG_UP;
        self.exchange.wait(deadline, |state| (state.connections == 0).then_some(()));
        self.exchange.wait(Instant::now(), &mut found).ok_or(Failure::Exited(status))
    }
}

/// A process that ends at the latest when this is dropped.
struct Process(Child);

impl Process {
    fn end(&mut self) {
        // Both fail only for a process that has ended and was waited for.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}
