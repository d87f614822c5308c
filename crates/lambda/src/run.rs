use std::fmt;

use lambda_http::{
    LambdaEvent,
    lambda_runtime::{self, service_fn},
};
use serde_json::value::RawValue;
use shared::{Kind, Origins, Problem, Request, Response, SecurityEvent};

use crate::{Function, Handler, Log, Source};

/// Why the loop over the Runtime API ended.
pub type Error = lambda_http::Error;

/// The variable that holds the allowed origins, separated by commas.
const ALLOWED_ORIGINS: &str = "ALLOWED_ORIGINS";
/// The variable that has the AWS SDK write the bodies of its calls into the log: tokens and secrets.
/// Source: `orchestrator/http.rs` of `aws-smithy-runtime`.
const LOG_SENSITIVE_BODIES: &str = "LOG_SENSITIVE_BODIES";

/// Serves the Lambda Runtime API until the process is stopped.
///
/// `build` makes the handler out of the environment's variables. If it cannot, if
/// `ALLOWED_ORIGINS` is missing or wrong, or if `LOG_SENSITIVE_BODIES` is there, the function still
/// starts: the log says what to set, all of it at once, before the first request and with each, which
/// is answered 503. A crash during INIT would be repeated by Lambda for ever and would say less.
///
/// # Errors
/// If the Runtime API cannot be reached, which outside Lambda is always so.
pub fn run<H: Handler, E: fmt::Display>(
    name: &'static str,
    build: impl FnOnce(&dyn Fn(&str) -> Option<String>) -> Result<H, E>,
) -> Result<(), Error> {
    let variable = |variable: &str| std::env::var(variable).ok();
    let source = Source::of_lambda(name, &variable);
    log_panics(source.clone(), Log::stdout());
    let function = function(source, Log::stdout(), &variable, build);
    // One thread: a Lambda environment serves one request at a time.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        function.prepare().await;
        lambda_runtime::run(service_fn(async |event: LambdaEvent<Box<RawValue>>| {
            let invocation = (&event.context).into();
            Ok::<_, Error>(function.answer(event.payload.get(), Some(invocation)).await)
        }))
        .await
    })
}

/// Has every panic of the process write a line that says where; its message is left out, since it
/// can hold a secret. What became of the request, its own line says.
pub fn log_panics(source: Source, log: Log) {
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        log.write(&source.fault("panic", &place, None));
    }));
}

fn function<H: Handler, E: fmt::Display>(
    source: Source,
    log: Log,
    variable: &dyn Fn(&str) -> Option<String>,
    build: impl FnOnce(&dyn Fn(&str) -> Option<String>) -> Result<H, E>,
) -> Function {
    match (origins(variable), bodies_unlogged(variable), build(variable)) {
        (Ok(origins), Ok(()), Ok(handler)) => Function::new(source, origins, log, handler),
        (origins, bodies, handler) => {
            let faults = [
                origins.as_ref().err().cloned(),
                bodies.err(),
                handler.err().map(|e| e.to_string()),
            ];
            let faults = faults.into_iter().flatten().collect::<Vec<_>>().join("; ");
            let origins = origins.unwrap_or_default();
            let event = Some(SecurityEvent::SysCrash);
            log.write(&source.fault("the function is not set up", &faults, event));
            Function::new(source, origins, log, Misconfigured(faults))
        }
    }
}

fn origins(variable: &dyn Fn(&str) -> Option<String>) -> Result<Origins, String> {
    let list = variable(ALLOWED_ORIGINS).unwrap_or_default();
    if list.is_empty() {
        return Err(format!("set the environment variable {ALLOWED_ORIGINS}"));
    }
    list.parse().map_err(|error| format!("{ALLOWED_ORIGINS}: {error}"))
}

fn bodies_unlogged(variable: &dyn Fn(&str) -> Option<String>) -> Result<(), String> {
    match variable(LOG_SENSITIVE_BODIES) {
        None => Ok(()),
        Some(_) => Err(format!("remove the environment variable {LOG_SENSITIVE_BODIES}")),
    }
}

/// Answers every request of a function that cannot work as it is deployed.
struct Misconfigured(String);

impl Handler for Misconfigured {
    async fn handle(&self, _: Request) -> Result<Response, Problem> {
        let problem = Problem::new(Kind::DependencyUnavailable).noting(SecurityEvent::SysCrash);
        Err(problem.because(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    const EVENT: &str =
        r#"{"resource":"/","httpMethod":"GET","requestContext":{"requestId":"id"}}"#;

    struct Fine;

    impl Handler for Fine {
        async fn handle(&self, _: Request) -> Result<Response, Problem> {
            Ok(Response::json(http::StatusCode::OK, &"fine"))
        }
    }

    async fn status(
        origins: Option<&str>,
        handler: Result<Fine, &'static str>,
    ) -> serde_json::Value {
        let variable =
            |name: &str| (name == ALLOWED_ORIGINS).then(|| origins.map(str::to_owned))?;
        let log = Log::new(|_| ());
        let answer = function("f".into(), log, &variable, |_| handler).invoke(EVENT).await;
        serde_json::from_str::<serde_json::Value>(&answer).unwrap()["statusCode"].clone()
    }

    #[tokio::test]
    async fn a_wrong_deployment_answers_503() {
        assert_eq!(status(Some("https://app.example"), Ok(Fine)).await, 200);
        for origins in [None, Some(""), Some("*"), Some("https://app.example/")] {
            assert_eq!(status(origins, Ok(Fine)).await, 503, "{origins:?}");
        }
        assert_eq!(status(Some("https://app.example"), Err("set X")).await, 503);
    }

    #[tokio::test]
    async fn sec_5_a_log_with_the_bodies_of_the_sdk_is_refused() {
        for value in ["true", "TRUE", "false", ""] {
            let variable = |name: &str| match name {
                ALLOWED_ORIGINS => Some("https://app.example".to_owned()),
                LOG_SENSITIVE_BODIES => Some(value.to_owned()),
                _ => None,
            };
            let (log, lines) = log();
            let function = function("f".into(), log, &variable, |_| Ok::<_, &str>(Fine));
            let answer = function.invoke(EVENT).await;
            assert!(answer.starts_with(r#"{"statusCode":503"#), "{value:?}: {answer}");
            for line in lines.lock().unwrap().iter() {
                let cause = "remove the environment variable LOG_SENSITIVE_BODIES";
                assert_eq!(line["cause"], cause);
            }
        }
    }

    /// An operator learns of it before the first user does, and of everything at once.
    #[tokio::test]
    async fn a_wrong_deployment_is_in_the_log_from_the_start() {
        let (log, lines) = log();
        let lambda = |name: &str| {
            let known = [
                ("AWS_LAMBDA_FUNCTION_NAME", "passmint-F-1"),
                ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
            ];
            known.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        let source = Source::of_lambda("f", &lambda);
        let function = function(source, log, &lambda, |_| Err::<Fine, _>("set X"));
        let expected = "set the environment variable ALLOWED_ORIGINS; set X";
        let check = |line: &serde_json::Value, message: &str| {
            assert_eq!((&line["level"], &line["message"]), (&"ERROR".into(), &message.into()));
            assert_eq!(line["cause"], expected);
            assert_eq!(line["event"], "sys_crash");
            assert_eq!(line["function_name"], "passmint-F-1");
            assert_eq!(line["function_memory_size"], 256);
            assert!(line["timestamp"].as_str().unwrap().ends_with('Z'));
            assert_eq!((&line["service"], line.get("_aws")), (&"passmint".into(), None));
        };
        check(&lines.lock().unwrap()[0], "the function is not set up");
        function.invoke(EVENT).await;
        let lines = lines.lock().unwrap();
        check(&lines[1], "request answered");
        assert_eq!(lines.len(), 2);
    }

    #[tokio::test]
    async fn a_sound_deployment_writes_nothing_before_its_first_request() {
        let (log, lines) = log();
        let variable =
            |name: &str| (name == ALLOWED_ORIGINS).then(|| "https://app.example".to_owned());
        let function = function("f".into(), log, &variable, |_| Ok::<_, &str>(Fine));
        assert!(lines.lock().unwrap().is_empty());
        function.invoke(EVENT).await;
        assert_eq!(lines.lock().unwrap().len(), 1);
    }

    #[test]
    fn flt_8_a_panic_is_in_the_log_by_its_place_alone() {
        let (log, lines) = log();
        log_panics("f".into(), log);
        let unwound = std::panic::catch_unwind(|| panic!("with a secret"));
        drop(std::panic::take_hook());
        assert!(unwound.is_err());
        // Another test may have panicked in the meantime.
        let lines = lines.lock().unwrap();
        let line = lines.iter().find(|line| line["cause"].to_string().contains("run.rs")).unwrap();
        assert_eq!((&line["level"], &line["message"]), (&"ERROR".into(), &"panic".into()));
        assert_eq!((&line["function_name"], &line["service"]), (&"f".into(), &"passmint".into()));
        assert!(line["timestamp"].is_string() && !line.to_string().contains("secret"));
    }

    type Lines = Arc<Mutex<Vec<serde_json::Value>>>;

    fn log() -> (Log, Lines) {
        let lines = Lines::default();
        let sink = Arc::clone(&lines);
        let parsed = |line: &str| serde_json::from_str(line).unwrap();
        (Log::new(move |line| sink.lock().unwrap().push(parsed(line))), lines)
    }
}
