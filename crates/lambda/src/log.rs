use std::{
    fmt,
    io::Write,
    sync::Arc,
    time::{Duration, SystemTime},
};

use serde::Serialize;
use shared::Problem;

/// Where log lines go: one JSON object a line, at most one line a request.
#[derive(Clone)]
pub struct Log(Arc<dyn Fn(&str) + Send + Sync>);

impl Log {
    /// The log of a Lambda function: its standard output, which `CloudWatch` Logs collects.
    #[must_use]
    pub fn stdout() -> Self {
        Self::new(|line| {
            // One write a line, so that lines of threads do not mix. There is no other place to
            // report that the log itself cannot be written.
            drop(std::io::stdout().lock().write_all(format!("{line}\n").as_bytes()));
        })
    }

    /// A log that hands each line, without its end, to `sink`.
    #[must_use]
    pub fn new(sink: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self(Arc::new(sink))
    }

    pub(crate) fn write(&self, line: &impl Serialize) {
        if let Ok(line) = serde_json::to_string(line) {
            (self.0)(&line);
        }
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Log(…)")
    }
}

/// What is known of a request when it has been answered. Nothing that a client wrote stands here:
/// no path, query, header, body or name.
#[derive(Serialize)]
pub(crate) struct Line<'a> {
    level: &'static str,
    timestamp: jiff::Timestamp,
    message: &'static str,
    service: &'static str,
    function_name: &'a str,
    cold_start: bool,
    request_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    extended_request_id: Option<&'a str>,
    method: &'a str,
    route: &'a str,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    duration_ms: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<&'a str>,
}

/// The part of a [`Line`] that is known before the handler runs.
pub(crate) struct Opening<'a> {
    pub(crate) function_name: &'a str,
    pub(crate) cold_start: bool,
    pub(crate) request_id: &'a str,
    pub(crate) extended_request_id: Option<&'a str>,
    pub(crate) method: &'a str,
    pub(crate) route: &'a str,
}

impl<'a> Opening<'a> {
    pub(crate) fn answered(
        self,
        status: u16,
        problem: Option<&'a Problem>,
        duration: Duration,
        now: SystemTime,
    ) -> Line<'a> {
        Line {
            level: if status >= 500 { "ERROR" } else { "INFO" },
            timestamp: now.try_into().unwrap_or_default(),
            message: "request answered",
            service: "passmint",
            function_name: self.function_name,
            cold_start: self.cold_start,
            request_id: self.request_id,
            extended_request_id: self.extended_request_id,
            method: self.method,
            route: self.route,
            status,
            code: problem.map(|problem| problem.kind().code()),
            duration_ms: (duration.as_secs_f64() * 1e6).round() / 1e3,
            cause: problem.and_then(Problem::cause),
        }
    }
}
