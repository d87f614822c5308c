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
/// The variable that holds the id of the app client whose access tokens are taken.
const CLIENT_ID: &str = "COGNITO_CLIENT_ID";
/// The variable that has the AWS SDK write the bodies of its calls into the log: tokens and secrets.
/// Source: `orchestrator/http.rs` of `aws-smithy-runtime`.
const LOG_SENSITIVE_BODIES: &str = "LOG_SENSITIVE_BODIES";

/// Serves the Lambda Runtime API until the process is stopped.
///
/// `build` makes the handler out of the environment's variables. If it cannot, if
/// `ALLOWED_ORIGINS` is missing or wrong, if `COGNITO_CLIENT_ID` is missing, or if
/// `LOG_SENSITIVE_BODIES` is there, the function still starts: the log says what to set, all of it at
/// once, before the first request and with each, which is answered 503. A crash during INIT would
/// be repeated by Lambda for ever and would say less.
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
    let client_id = required(variable, CLIENT_ID);
    match (origins(variable), client_id, bodies_unlogged(variable), build(variable)) {
        (Ok(origins), Ok(client_id), Ok(()), Ok(handler)) => {
            Function::new(source, origins, log, handler).for_client(client_id)
        }
        (origins, client_id, bodies, handler) => {
            let faults = [
                origins.as_ref().err().cloned(),
                client_id.err(),
                bodies.err(),
                handler.err().map(|e| e.to_string()),
            ];
            let faults = faults.into_iter().flatten().collect::<Vec<_>>().join("; ");
            let origins = origins.unwrap_or_default();
            let event = Some(SecurityEvent::SysCrash);
            log.write(&source.fault("the function is not set up", &faults, event));
            Function::new(source, origins, log, Misconfigured(faults)).for_every_client()
        }
    }
}

fn origins(variable: &dyn Fn(&str) -> Option<String>) -> Result<Origins, String> {
    let list = required(variable, ALLOWED_ORIGINS)?;
    list.parse().map_err(|error| format!("{ALLOWED_ORIGINS}: {error}"))
}

fn required(variable: &dyn Fn(&str) -> Option<String>, name: &str) -> Result<String, String> {
    let value = variable(name).filter(|value| !value.is_empty());
    value.ok_or_else(|| format!("set the environment variable {name}"))
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
    /// The same behind an authorizer.
    const AUTHORIZED: &str = r#"{"resource":"/","httpMethod":"GET","requestContext":
        {"requestId":"id","authorizer":{"claims":{"sub":"42","client_id":"a client"}}}}"#;

    struct Fine;

    impl Handler for Fine {
        async fn handle(&self, _: Request) -> Result<Response, Problem> {
            Ok(Response::json(http::StatusCode::OK, &"fine"))
        }
    }

    const ORIGIN: Option<&str> = Some("https://app.example");
    const CLIENT: Option<&str> = Some("a client");

    /// Both variables that every function has.
    fn sound(name: &str) -> Option<String> {
        let value = if name == CLIENT_ID { CLIENT } else { ORIGIN };
        [ALLOWED_ORIGINS, CLIENT_ID].contains(&name).then(|| value.map(str::to_owned))?
    }

    /// The status of the answer, which is the same with a token and without one.
    async fn status(
        origins: Option<&str>,
        client_id: Option<&str>,
        handler: Result<Fine, &'static str>,
    ) -> serde_json::Value {
        let variable = |name: &str| match name {
            ALLOWED_ORIGINS => origins.map(str::to_owned),
            CLIENT_ID => client_id.map(str::to_owned),
            _ => None,
        };
        let function = function("f".into(), Log::new(|_| ()), &variable, |_| handler);
        let mut statuses = Vec::new();
        for event in [EVENT, AUTHORIZED] {
            let answer = function.invoke(event).await;
            let answer = serde_json::from_str::<serde_json::Value>(&answer).unwrap();
            statuses.push(answer["statusCode"].clone());
        }
        assert_eq!(statuses[0], statuses[1]);
        statuses.swap_remove(0)
    }

    #[tokio::test]
    async fn a_wrong_deployment_answers_503() {
        assert_eq!(status(ORIGIN, CLIENT, Ok(Fine)).await, 200);
        for origins in [None, Some(""), Some("*"), Some("https://app.example/")] {
            assert_eq!(status(origins, CLIENT, Ok(Fine)).await, 503, "{origins:?}");
        }
        for client_id in [None, Some("")] {
            assert_eq!(status(ORIGIN, client_id, Ok(Fine)).await, 503, "{client_id:?}");
        }
        assert_eq!(status(ORIGIN, CLIENT, Err("set X")).await, 503);
    }

    #[tokio::test]
    async fn sec_5_a_log_with_the_bodies_of_the_sdk_is_refused() {
        for value in ["true", "TRUE", "false", ""] {
            let variable = |name: &str| match name {
                LOG_SENSITIVE_BODIES => Some(value.to_owned()),
                _ => sound(name),
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
        let expected = "set the environment variable ALLOWED_ORIGINS; \
                        set the environment variable COGNITO_CLIENT_ID; set X";
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
        let function = function("f".into(), log, &sound, |_| Ok::<_, &str>(Fine));
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
