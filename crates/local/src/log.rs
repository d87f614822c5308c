use std::sync::Arc;

use serde::Serialize;

/// Takes one line, without its end.
pub type Lines = Arc<dyn Fn(&str) + Send + Sync>;

/// One request that no function logged, with the members of the functions' own lines. Nothing that
/// a client wrote stands here.
#[derive(Serialize)]
pub(crate) struct Line<'a> {
    pub(crate) level: Level,
    pub(crate) timestamp: jiff::Timestamp,
    pub(crate) message: &'static str,
    pub(crate) service: &'static str,
    pub(crate) function_name: &'static str,
    pub(crate) request_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) extended_request_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) method: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) route: Option<&'a str>,
    pub(crate) status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<&'static str>,
    pub(crate) duration_ms: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cause: Option<String>,
}

/// How much a line matters.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Level {
    /// What happens.
    Info,
    /// Somebody was kept out.
    Warn,
    /// A fault of ours.
    Error,
}

impl Line<'_> {
    /// Writes the line to `log`.
    pub(crate) fn write(&self, log: &Lines) {
        if let Ok(line) = serde_json::to_string(self) {
            log(&line);
        }
    }
}
