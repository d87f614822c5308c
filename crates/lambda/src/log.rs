use std::{
    fmt,
    io::{self, Write},
    sync::Arc,
    time::{Duration, SystemTime},
};

use http::Method;
use jiff::Timestamp;
use serde::{Serialize, Serializer};
use shared::{SecurityEvent, SubHash};

use crate::metrics::{Metric, Metrics};

/// Who writes: the member `service` of every line.
const SERVICE: &str = "passmint";
/// Bytes that hold most lines, so that one is written without growing its buffer.
const USUAL_LENGTH: usize = 1024;

/// Where log lines go: one JSON object a line, at most one line a request.
#[derive(Clone)]
pub struct Log(Sink);

#[derive(Clone)]
enum Sink {
    Stdout,
    To(Arc<dyn Fn(&str) + Send + Sync>),
}

impl Log {
    /// The log of a Lambda function: its standard output, which `CloudWatch` Logs collects. With
    /// `LogFormat: JSON` Lambda passes a line that is a JSON object on as it is, and reads its
    /// `level` and `timestamp`.
    #[must_use]
    pub const fn stdout() -> Self {
        Self(Sink::Stdout)
    }

    /// A log that hands each line, without its end, to `sink`.
    #[must_use]
    pub fn new(sink: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self(Sink::To(Arc::new(sink)))
    }

    /// Writes `line`.
    pub fn write(&self, line: &Line<'_>) {
        let mut text = Vec::with_capacity(USUAL_LENGTH);
        if serde_json::to_writer(&mut text, line).is_err() {
            return;
        }
        match &self.0 {
            // One write a line, so that lines of threads do not mix. There is no other place to
            // report that the log itself cannot be written.
            Sink::Stdout => {
                text.push(b'\n');
                drop(io::stdout().lock().write_all(&text));
            }
            Sink::To(sink) => {
                if let Ok(text) = std::str::from_utf8(&text) {
                    sink(text);
                }
            }
        }
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Log(…)")
    }
}

/// One line of the log. Nothing that a client wrote stands here, no path, query, header, body or
/// name; but a client can choose what `request_id` is.
///
/// The keys are those of Powertools for AWS Lambda where it has one. What is not known is left out.
#[derive(Clone, Debug, Serialize)]
pub struct Line<'a> {
    level: Level,
    message: &'static str,
    #[serde(serialize_with = "to_the_millisecond")]
    timestamp: Timestamp,
    service: &'static str,
    function_name: &'a str,
    /// In MB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) function_memory_size: Option<u32>,
    /// With the version or alias that was called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) function_arn: Option<&'a str>,
    /// Lambda's own id of the invocation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) function_request_id: Option<&'a str>,
    /// The root of the trace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) xray_trace_id: Option<&'a str>,
    /// Whether this is the first request of an execution environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cold_start: Option<bool>,
    /// API Gateway's `requestId`, which a client can choose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<&'a str>,
    /// API Gateway's `extendedRequestId`, which it cannot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extended_request_id: Option<&'a str>,
    /// The method, see [`known`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<&'static str>,
    /// The route as the template writes it: no stage, no values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// The code of the problem that was answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<SecurityEvent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_ms: Option<f64>,
    /// Why, for operators alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<&'a str>,
    /// Which caller, on routes that an authorizer guards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user_sub_hash: Option<SubHash>,
    #[serde(flatten)]
    pub(crate) metrics: Metrics,
}

/// How much a line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
enum Level {
    /// What happens.
    Info,
    /// Somebody was kept out.
    Warn,
    /// A fault of ours.
    Error,
}

impl<'a> Line<'a> {
    /// The line of a request that `function_name` has answered with `status`, `duration` after it
    /// came.
    #[must_use]
    pub fn answered(
        function_name: &'a str,
        status: u16,
        event: Option<SecurityEvent>,
        duration: Duration,
        now: SystemTime,
    ) -> Self {
        let mut line = Self::new(Level::of(status, event), "request answered", function_name, now);
        line.status = Some(status);
        line.event = event;
        line.duration_ms = Some((duration.as_secs_f64() * 1e6).round() / 1e3);
        if let Some(event) = event {
            line.metrics.note(event);
        }
        if status == http::StatusCode::TOO_MANY_REQUESTS {
            line.metrics.set(Metric::Throttled, 1);
        }
        line
    }

    /// The line of a fault of ours beside any request.
    pub(crate) fn fault(
        message: &'static str,
        function_name: &'a str,
        event: Option<SecurityEvent>,
        now: SystemTime,
    ) -> Self {
        Self { event, ..Self::new(Level::Error, message, function_name, now) }
    }

    fn new(level: Level, message: &'static str, function_name: &'a str, now: SystemTime) -> Self {
        let timestamp = now.try_into().unwrap_or_default();
        Self {
            level,
            message,
            timestamp,
            service: SERVICE,
            function_name,
            function_memory_size: None,
            function_arn: None,
            function_request_id: None,
            xray_trace_id: None,
            cold_start: None,
            request_id: None,
            extended_request_id: None,
            method: None,
            route: None,
            status: None,
            code: None,
            event: None,
            duration_ms: None,
            cause: None,
            user_sub_hash: None,
            metrics: Metrics::none(timestamp),
        }
    }
}

/// The name of `method`, unless a client made it up.
#[must_use]
pub fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        Method::TRACE => "TRACE",
        Method::CONNECT => "CONNECT",
        _ => "other",
    }
}

impl Level {
    fn of(status: u16, event: Option<SecurityEvent>) -> Self {
        if status >= 500 {
            return Self::Error;
        }
        event.map_or(Self::Info, Self::of_event)
    }

    const fn of_event(event: SecurityEvent) -> Self {
        match event {
            SecurityEvent::AuthnLoginFail
            | SecurityEvent::AuthnLoginLock
            | SecurityEvent::AuthnPasswordChangeFail
            | SecurityEvent::AuthnTokenReuse
            | SecurityEvent::AuthzFail
            | SecurityEvent::ExcessRateLimitExceeded
            | SecurityEvent::MaliciousCors
            | SecurityEvent::SequenceFail
            | SecurityEvent::SessionUseAfterExpire => Self::Warn,
            SecurityEvent::SysCrash => Self::Error,
            SecurityEvent::AuthnLoginSuccess
            | SecurityEvent::AuthnPasswordChange
            | SecurityEvent::AuthnTokenRevoked
            | SecurityEvent::InputValidationFail
            | SecurityEvent::SensitiveCreate
            | SecurityEvent::SensitiveRead
            | SecurityEvent::SessionCreated
            | SecurityEvent::SessionRenewed
            | SecurityEvent::UserCreated
            | SecurityEvent::UserDeleted
            | SecurityEvent::UserUpdated => Self::Info,
        }
    }
}

/// RFC 3339 in UTC, of one length, so that lines sort by it.
fn to_the_millisecond<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{time:.3}"))
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use serde_json::json;
    use shared::Caller;

    use super::*;

    fn written(line: &Line<'_>) -> String {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&lines);
        Log::new(move |line| sink.lock().unwrap().push(line.to_owned())).write(line);
        let mut lines = lines.lock().unwrap();
        assert_eq!(lines.len(), 1);
        lines.remove(0)
    }

    fn at(milliseconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_millis(milliseconds)
    }

    #[test]
    fn a_line_with_everything() {
        let duration = Duration::from_nanos(1_234_567);
        let event = Some(SecurityEvent::AuthnLoginFail);
        let line = Line {
            function_memory_size: Some(256),
            function_arn: Some("the arn"),
            function_request_id: Some("lambda's id"),
            xray_trace_id: Some("1-5759e988-bd862e3fe1be46a994272793"),
            cold_start: Some(false),
            request_id: Some("the id"),
            extended_request_id: Some("the other id"),
            method: Some("POST"),
            route: Some("/login"),
            code: Some("invalid_credentials"),
            cause: Some("the \"cause\"\n"),
            user_sub_hash: Caller::from_sub("1f3c2a9e-7b4d-4e55-9c61-0d8e6f2a4b17")
                .map(|caller| caller.sub_hash()),
            ..Line::answered("login", 401, event, duration, at(1_790_280_971_042))
        };
        assert_eq!(
            written(&line),
            concat!(
                r#"{"level":"WARN","message":"request answered","timestamp":"2026-09-24T20:16:11.042Z","#,
                r#""service":"passmint","function_name":"login","function_memory_size":256,"#,
                r#""function_arn":"the arn","function_request_id":"lambda's id","#,
                r#""xray_trace_id":"1-5759e988-bd862e3fe1be46a994272793","cold_start":false,"#,
                r#""request_id":"the id","extended_request_id":"the other id","method":"POST","#,
                r#""route":"/login","status":401,"code":"invalid_credentials","#,
                r#""event":"authn_login_fail","duration_ms":1.235,"cause":"the \"cause\"\n","#,
                r#""user_sub_hash":"612a8c95973d1e28","_aws":{"Timestamp":1790280971042,"#,
                r#""CloudWatchMetrics":[{"Namespace":"Passmint","#,
                r#""Dimensions":[["function_name","service"]],"#,
                r#""Metrics":[{"Name":"LoginFail","Unit":"Count"}]}]},"LoginFail":1}"#,
            )
        );
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        let line = Line::answered("gateway", 200, None, Duration::ZERO, at(0));
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&written(&line)).unwrap(),
            json!({
                "level": "INFO", "message": "request answered",
                "timestamp": "1970-01-01T00:00:00.000Z", "service": "passmint",
                "function_name": "gateway", "status": 200, "duration_ms": 0.0,
            })
        );
    }

    #[test]
    fn levels() {
        for (status, event, level) in [
            (200, None, Level::Info),
            (200, Some(SecurityEvent::UserCreated), Level::Info),
            (202, Some(SecurityEvent::ExcessRateLimitExceeded), Level::Warn),
            (400, Some(SecurityEvent::InputValidationFail), Level::Info),
            (401, Some(SecurityEvent::AuthzFail), Level::Warn),
            (404, None, Level::Info),
            (503, None, Level::Error),
            (503, Some(SecurityEvent::AuthnPasswordChange), Level::Error),
        ] {
            assert_eq!(Level::of(status, event), level, "{status} {event:?}");
        }
    }

    /// However a 429 comes about.
    #[test]
    fn an_answer_429_is_counted() {
        for event in [SecurityEvent::ExcessRateLimitExceeded, SecurityEvent::AuthnLoginLock] {
            let line = Line::answered("f", 429, Some(event), Duration::ZERO, at(0));
            assert!(written(&line).ends_with(r#","Throttled":1}"#), "{line:?}");
        }
    }

    #[test]
    fn only_methods_of_http_are_named() {
        assert_eq!(known(&Method::DELETE), "DELETE");
        for made_up in ["FOO", "get", "SECRET"] {
            assert_eq!(known(&made_up.parse().unwrap()), "other");
        }
    }
}
