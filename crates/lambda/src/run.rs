use std::fmt;

use lambda_http::{
    LambdaEvent,
    lambda_runtime::{self, service_fn},
};
use serde_json::value::RawValue;
use shared::{Kind, Origins, Problem, Request, Response};

use crate::{Function, Handler, Log};

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
/// starts: every request is answered 503 and the log says what to set, all of it at once. A crash
/// during INIT would be repeated by Lambda for ever and would say less.
///
/// # Errors
/// If the Runtime API cannot be reached, which outside Lambda is always so.
pub fn run<H: Handler, E: fmt::Display>(
    name: &'static str,
    build: impl FnOnce(&dyn Fn(&str) -> Option<String>) -> Result<H, E>,
) -> Result<(), Error> {
    std::panic::set_hook(Box::new(log_panic));
    let function = function(name, Log::stdout(), &|variable| std::env::var(variable).ok(), build);
    // One thread: a Lambda environment serves one request at a time.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        function.prepare().await;
        lambda_runtime::run(service_fn(async |event: LambdaEvent<Box<RawValue>>| {
            Ok::<_, Error>(function.answer(event.payload.get()).await)
        }))
        .await
    })
}

fn function<H: Handler, E: fmt::Display>(
    name: &'static str,
    log: Log,
    variable: &dyn Fn(&str) -> Option<String>,
    build: impl FnOnce(&dyn Fn(&str) -> Option<String>) -> Result<H, E>,
) -> Function {
    match (origins(variable), bodies_unlogged(variable), build(variable)) {
        (Ok(origins), Ok(()), Ok(handler)) => Function::new(name, origins, log, handler),
        (origins, bodies, handler) => {
            let faults = [
                origins.as_ref().err().cloned(),
                bodies.err(),
                handler.err().map(|e| e.to_string()),
            ];
            let faults = faults.into_iter().flatten().collect::<Vec<_>>().join("; ");
            let origins = origins.unwrap_or_default();
            Function::new(name, origins, log, Misconfigured(faults))
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
        Err(Problem::new(Kind::DependencyUnavailable).because(&self.0))
    }
}

/// Logs where a panic happened; its message is left out, since it can hold a secret.
fn log_panic(panic: &std::panic::PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let line = serde_json::json!({"level": "ERROR", "message": "panic", "location": place});
    Log::stdout().write(&line);
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
        let answer = function("f", log, &variable, |_| handler).invoke(EVENT).await;
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
            let lines = Arc::new(Mutex::new(String::new()));
            let sink = Arc::clone(&lines);
            let log = Log::new(move |line| sink.lock().unwrap().push_str(line));
            let answer = function("f", log, &variable, |_| Ok::<_, &str>(Fine)).invoke(EVENT).await;
            assert!(answer.starts_with(r#"{"statusCode":503"#), "{value:?}: {answer}");
            let line = lines.lock().unwrap().clone();
            assert!(
                line.contains("remove the environment variable LOG_SENSITIVE_BODIES"),
                "{line}"
            );
        }
    }
}
