//! A started stack that tests share.

use std::{
    fs,
    net::Ipv4Addr,
    path::Path,
    sync::{
        Arc, LazyLock, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use local::{Data, Hosts, Options, Stack};
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::client::Call;

/// The origins that may read the stack's answers.
pub(crate) const ORIGIN: &str = "https://app.example.com";
pub(crate) const OTHER_ORIGIN: &str = "http://localhost:5173";

/// When every stack starts, in seconds since 1970. Time stands still unless a test moves it.
const START: u64 = 1_790_280_971;

/// A stack in memory for every test that needs no state of its own: they keep to addresses of
/// their own.
pub(crate) static SHARED: LazyLock<Running> = LazyLock::new(Running::in_memory);

/// A stack and the runtime that it runs on, so that tests can do without `async`.
pub(crate) struct Running {
    url: String,
    pub(crate) stack: Stack,
    runtime: Runtime,
    now: Arc<AtomicU64>,
    log: Arc<Mutex<Vec<String>>>,
}

impl Running {
    /// Starts a stack in memory, for a test that moves the time on.
    pub(crate) fn in_memory() -> Self {
        Self::start(Data::Ephemeral, START, 0)
    }

    /// Starts a stack with the users in `directory`, `late` after the first one.
    pub(crate) fn on(directory: &Path, late: Duration) -> Self {
        let data = Data::Directory(directory.to_owned());
        Self::start(data, START + late.as_secs(), 0)
    }

    /// Starts a stack at `now`, in seconds since 1970; 0 is any port for its Cognito endpoint.
    pub(crate) fn start(data: Data, now: u64, cognito_port: u16) -> Self {
        let log = Arc::new(Mutex::new(Vec::new()));
        let now = Arc::new(AtomicU64::new(now));
        let (sink, clock) = (Arc::clone(&log), Arc::clone(&now));
        let options = Options {
            bind: Ipv4Addr::LOCALHOST.into(),
            port: 0,
            allowed_hosts: Hosts::default(),
            cognito_port,
            data,
            allowed_origins: format!("{ORIGIN},{OTHER_ORIGIN}").parse().unwrap(),
            log: Arc::new(move |line| sink.lock().unwrap().push(line.to_owned())),
            // Where mails are shown: they are read from the inbox.
            console: Arc::new(|_| {}),
            clock: Arc::new(move || {
                SystemTime::UNIX_EPOCH + Duration::from_secs(clock.load(Ordering::Relaxed))
            }),
        };
        let runtime = Runtime::new().unwrap();
        let stack = runtime.block_on(Stack::start(options)).unwrap();
        Self { url: stack.url(), stack, runtime, now, log }
    }

    /// Where the API is.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Moves the time on.
    pub(crate) fn advance(&self, by: Duration) {
        self.now.fetch_add(by.as_secs(), Ordering::Relaxed);
    }

    /// Sets the time back.
    pub(crate) fn set_back(&self, by: Duration) {
        self.now.fetch_sub(by.as_secs(), Ordering::Relaxed);
    }

    /// The time, in seconds since 1970.
    pub(crate) fn now(&self) -> u64 {
        self.now.load(Ordering::Relaxed)
    }

    /// The answer of a function to an event, both as API Gateway would have them.
    pub(crate) fn invoke(&self, function: &str, event: &str) -> Value {
        let answer = self.runtime.block_on(self.stack.invoke(function, event)).unwrap();
        serde_json::from_str(&answer).unwrap()
    }

    /// The codes that were mailed to `address`, newest first.
    pub(crate) fn codes(&self, address: &str) -> Vec<String> {
        let mails = Call::get("/_local/mail").query("to", address).send_to(self).json();
        let code = |mail: &Value| mail["code"].as_str().unwrap().to_owned();
        mails.as_array().unwrap().iter().map(code).collect()
    }

    /// The lines of the log so far.
    pub(crate) fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    /// Ends the stack as a signal would, so that another can start on its directory.
    pub(crate) fn shut_down(self) {
        self.runtime.block_on(self.stack.shutdown());
    }
}

/// What the files under `directory` hold.
pub(crate) fn contents(directory: &Path) -> Vec<Vec<u8>> {
    let files = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    files.map(|file| fs::read(file).unwrap()).collect()
}
