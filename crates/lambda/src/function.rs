use std::{
    fmt,
    future::Future,
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant, SystemTime},
};

use futures_util::FutureExt;
use http::{HeaderMap, header::ORIGIN};
use shared::{
    Caller, Kind, Origins, Problem, Request, Response, SecurityEvent, SubHash, accept, headers,
};
use tokio::time::timeout;

use crate::{
    answer::ProxyAnswer,
    event::ProxyEvent,
    log::{Line, Log, known},
    metrics::Metric,
    source::{Invocation, Source},
};

/// The longest that a function prepares for its first request. INIT runs with a whole CPU whatever the
/// memory size, so what is done there is done once and fast; but when the network is slow, the first
/// request shall not wait for what it may not even need.
const PREPARATION: Duration = Duration::from_millis(500);

/// What a function does with one request.
pub trait Handler: Send + Sync + 'static {
    /// Answers `request`, or says why not.
    fn handle(&self, request: Request) -> impl Future<Output = Result<Response, Problem>> + Send;

    /// Does what the first request would have to wait for, such as opening a connection. It may be
    /// given up at any await, and the first request then does it all the same.
    fn prepare(&self) -> impl Future<Output = ()> + Send {
        async {}
    }
}

type Outcome = Result<Response, Problem>;
type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A [`Handler`] of whatever type.
trait AnyHandler: Send + Sync {
    fn handle(&self, request: Request) -> BoxFuture<'_, Outcome>;
    fn prepare(&self) -> BoxFuture<'_, ()>;
}

impl<H: Handler> AnyHandler for H {
    fn handle(&self, request: Request) -> BoxFuture<'_, Outcome> {
        Box::pin(Handler::handle(self, request))
    }

    fn prepare(&self) -> BoxFuture<'_, ()> {
        Box::pin(Handler::prepare(self))
    }
}

/// A handler behind the adapter: proxy event in, proxy answer out.
pub struct Function {
    source: Source,
    /// Whose access tokens are taken; `None` if all of them are answered alike.
    client_id: Option<String>,
    origins: Origins,
    log: Log,
    warm: AtomicBool,
    handler: Box<dyn AnyHandler>,
}

impl Function {
    /// Puts `handler` behind the adapter. `source` appears in the log, `origins` may read the answers.
    /// No access token is taken before [`Function::for_client`] says whose are.
    pub fn new(
        source: impl Into<Source>,
        origins: Origins,
        log: Log,
        handler: impl Handler,
    ) -> Self {
        let (source, warm) = (source.into(), AtomicBool::new(false));
        let client_id = Some(String::new());
        Self { source, client_id, origins, log, warm, handler: Box::new(handler) }
    }

    /// Takes the access tokens of the app client `client_id`, and those of no other.
    #[must_use]
    pub fn for_client(self, client_id: String) -> Self {
        Self { client_id: Some(client_id), ..self }
    }

    /// Takes every token, for a handler that does nothing with one.
    pub(crate) fn for_every_client(self) -> Self {
        Self { client_id: None, ..self }
    }

    /// Lets the handler prepare for the first request, for half a second at most.
    pub(crate) async fn prepare(&self) {
        // What did not work is tried again, and logged, by the request that needs it.
        _ = timeout(PREPARATION, self.handler.prepare()).await;
    }

    /// Answers one REST proxy event with the JSON of a proxy answer, on one machine: nothing starts
    /// cold there, and nobody but this process invokes.
    ///
    /// Never fails: a panic of the handler and an event that is not one of API Gateway's become a
    /// 500, since API Gateway would answer an error of the function without any CORS header.
    pub async fn invoke(&self, event: &str) -> String {
        serde_json::to_string(&self.answer(event, None).await).unwrap_or_default()
    }

    /// As [`Function::invoke`], invoked by Lambda.
    pub(crate) async fn answer(
        &self,
        event: &str,
        invocation: Option<Invocation<'_>>,
    ) -> ProxyAnswer {
        let cold_start = invocation.map(|_| !self.warm.swap(true, Ordering::Relaxed));
        let arrival = Arrival { start: Instant::now(), cold_start, invocation };
        let event = match serde_json::from_str::<ProxyEvent<'_>>(event) {
            Ok(event) => event,
            Err(error) => {
                // The parser's sentence could quote the event, and with it a password.
                let place = format!("column {} of the event", error.column());
                let (nothing, none) = (Asked::default(), HeaderMap::new());
                return self.finish(&arrival, &nothing, &none, Err(foreign(&place)));
            }
        };
        let mut asked = Asked::of(&event);
        let own = self.client_id.as_deref();
        let is_of_another_client = own.is_some_and(|own| event.is_of_another_client(own));
        let (headers, outcome) = match event.into_request() {
            Err(not_http) => (HeaderMap::new(), Err(foreign(&not_http))),
            Ok(request) if is_of_another_client => {
                asked.method = Some(known(&request.method));
                (origin_of(&request.headers), Err(of_another_client()))
            }
            Ok(request) => {
                asked.method = Some(known(&request.method));
                asked.caller = request.caller.as_ref().map(Caller::sub_hash);
                (origin_of(&request.headers), self.run_handler(request).await)
            }
        };
        self.finish(&arrival, &asked, &headers, outcome)
    }

    /// Runs the handler for whoever can take its answer; a panic in it becomes a problem. What a
    /// handler shares stays sound: the clients and caches behind it hold no lock over an `await`.
    async fn run_handler(&self, request: Request) -> Outcome {
        if !accept::admits_json(&request.headers) {
            return Err(Problem::new(Kind::NotAcceptable));
        }
        let outcome =
            AssertUnwindSafe(async { self.handler.handle(request).await }).catch_unwind().await;
        outcome.unwrap_or_else(|_| Err(Problem::internal(&"the handler panicked")))
    }

    fn finish(
        &self,
        arrival: &Arrival<'_>,
        asked: &Asked,
        request_headers: &HeaderMap,
        outcome: Outcome,
    ) -> ProxyAnswer {
        self.log.write(&self.line(arrival, asked, &outcome));
        let mut response = outcome.unwrap_or_else(Response::from);
        headers::complete(&mut response.headers, request_headers, &self.origins);
        response.into()
    }

    fn line<'a>(
        &'a self,
        arrival: &Arrival<'a>,
        asked: &'a Asked,
        outcome: &'a Outcome,
    ) -> Line<'a> {
        let (status, event) = match outcome {
            Ok(response) => (response.status, response.event()),
            Err(problem) => (problem.status(), problem.event()),
        };
        let problem = outcome.as_ref().err();
        let (name, took) = (&self.source.function_name, arrival.start.elapsed());
        #[expect(clippy::disallowed_methods, reason = "the adapter stamps the log line")]
        let now = SystemTime::now();
        let mut line = Line::answered(name, status.as_u16(), event, took, now);
        line.function_memory_size = self.source.memory_size;
        line.function_arn = arrival.invocation.map(|invocation| invocation.function_arn);
        line.function_request_id = arrival.invocation.map(|invocation| invocation.request_id);
        line.xray_trace_id = arrival.invocation.and_then(|invocation| invocation.trace_id);
        line.cold_start = arrival.cold_start;
        line.request_id = asked.request_id.as_deref();
        line.extended_request_id = asked.extended_request_id.as_deref();
        line.method = asked.method;
        line.route = asked.route.as_deref();
        line.code = problem.map(|problem| problem.kind().code());
        line.cause = match outcome {
            Ok(response) => response.cause(),
            Err(problem) => problem.cause(),
        };
        line.user_sub_hash = asked.caller;
        if arrival.cold_start == Some(true) {
            line.metrics.set(Metric::ColdStart, 1);
        }
        if let Some(tally) = outcome.as_ref().ok().and_then(Response::tally) {
            line.metrics.tally(tally);
        }
        if problem.is_some_and(is_of_a_dependency) {
            line.metrics.set(Metric::DependencyError, 1);
        }
        if problem.is_some_and(|problem| problem.kind() == Kind::PasswordNotSet) {
            line.metrics.set(Metric::PasswordNotSet, 1);
        }
        line
    }
}

/// How a request came in.
struct Arrival<'a> {
    start: Instant,
    /// Nothing on one machine.
    invocation: Option<Invocation<'a>>,
    /// Nothing on one machine.
    cold_start: Option<bool>,
}

/// What the log may know of a request; nothing of an event that is none of API Gateway's.
#[derive(Default)]
struct Asked {
    request_id: Option<String>,
    extended_request_id: Option<String>,
    method: Option<&'static str>,
    route: Option<String>,
    caller: Option<SubHash>,
}

impl Asked {
    fn of(event: &ProxyEvent<'_>) -> Self {
        Self {
            request_id: Some(event.request_context.request_id.clone()),
            extended_request_id: event.request_context.extended_request_id.clone(),
            route: Some(event.resource.clone()),
            ..Self::default()
        }
    }
}

/// All that an answer's headers depend on.
fn origin_of(headers: &HeaderMap) -> HeaderMap {
    headers.get_all(ORIGIN).iter().map(|origin| (ORIGIN, origin.clone())).collect()
}

/// Whether Cognito could not be reached or failed, which is neither its limit nor our set-up.
fn is_of_a_dependency(problem: &Problem) -> bool {
    problem.kind() == Kind::DependencyUnavailable
        && !matches!(
            problem.event(),
            Some(SecurityEvent::ExcessRateLimitExceeded | SecurityEvent::SysCrash)
        )
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Function").field("source", &self.source).finish_non_exhaustive()
    }
}

fn of_another_client() -> Problem {
    Problem::new(Kind::Unauthorized).because(&"the token was issued to another app client")
}

fn foreign(what: &dyn fmt::Debug) -> Problem {
    Problem::internal(&format_args!("not a REST proxy event (payload version 1.0): {what:?}"))
        .noting(SecurityEvent::InputValidationFail)
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use http::StatusCode;
    use serde_json::{Value, json};
    use shared::Tally;

    /// The app client.
    const CLIENT: &str = "1example23456789";

    /// Does what the body says: panics, refuses, fails, counts, or repeats it.
    struct Echo;

    impl Handler for Echo {
        async fn handle(&self, request: Request) -> Outcome {
            match request.body.as_slice() {
                b"panic" => panic!("with a secret"),
                b"refuse" => Err(Problem::new(Kind::InvalidCredentials).because(&"the reason")),
                b"fail" => Err(Problem::new(Kind::DependencyUnavailable)),
                b"limit" => Err(Problem::new(Kind::DependencyUnavailable)
                    .noting(SecurityEvent::ExcessRateLimitExceeded)),
                b"half" => Err(Problem::new(Kind::DependencyUnavailable)
                    .noting(SecurityEvent::AuthnPasswordChange)),
                b"unset" => Err(Problem::new(Kind::PasswordNotSet)),
                b"but" => Ok(Response::empty(StatusCode::NO_CONTENT).because(&"the reason")),
                b"mint" => Ok(Response::empty(StatusCode::NO_CONTENT)
                    .noting(SecurityEvent::SensitiveCreate)
                    .counting(Tally::Passwords(3))),
                body => Ok(Response::json(StatusCode::OK, &String::from_utf8_lossy(body))),
            }
        }
    }

    fn function() -> (Function, Arc<Mutex<Vec<Value>>>) {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&lines);
        let log =
            Log::new(move |line| sink.lock().unwrap().push(serde_json::from_str(line).unwrap()));
        let function = Function::new("echo", "https://app.example".parse().unwrap(), log, Echo);
        (function.for_client(CLIENT.to_owned()), lines)
    }

    fn event(body: &str) -> String {
        json!({
            "resource": "/echo",
            "httpMethod": "POST",
            "queryStringParameters": {"access_token": "hello"},
            "path": "/hello",
            "multiValueHeaders": {"origin": ["https://app.example"]},
            "requestContext": {"requestId": "the id", "extendedRequestId": "the other id"},
            "body": body,
        })
        .to_string()
    }

    async fn invoke(function: &Function, event: &str) -> Value {
        serde_json::from_str(&function.invoke(event).await).unwrap()
    }

    #[tokio::test]
    async fn an_answer_carries_the_headers_of_every_answer() {
        let (function, _) = function();
        for (body, status) in [("hello", 200), ("refuse", 401), ("panic", 500)] {
            let answer = invoke(&function, &event(body)).await;
            assert_eq!(answer["statusCode"], status);
            assert_eq!(answer["isBase64Encoded"], false);
            let headers = &answer["multiValueHeaders"];
            assert_eq!(headers["access-control-allow-origin"], json!(["https://app.example"]));
            assert_eq!(headers["cache-control"], json!(["no-store"]));
        }
    }

    #[tokio::test]
    async fn who_takes_no_json_is_told_before_anything_happens() {
        let (function, lines) = function();
        let picky = event("panic").replace("\"origin\"", "\"accept\":[\"text/html\"],\"origin\"");
        let answer = invoke(&function, &picky).await;
        assert_eq!(answer["statusCode"], 406);
        let headers = &answer["multiValueHeaders"];
        assert_eq!(headers["access-control-allow-origin"], json!(["https://app.example"]));
        assert_eq!(lines.lock().unwrap()[0]["code"], "not_acceptable");
    }

    #[tokio::test]
    async fn sec_10_a_request_is_one_line_without_what_the_client_wrote() {
        let (function, lines) = function();
        for body in ["hello", "refuse"] {
            invoke(&function, &event(body)).await;
        }
        let lines = lines.lock().unwrap();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0]["level"], "INFO");
        assert_eq!(lines[1]["level"], "WARN");
        assert_eq!(lines[1]["code"], "invalid_credentials");
        assert_eq!(lines[1]["event"], "authn_login_fail");
        assert_eq!(lines[1]["cause"], "the reason");
        for line in lines.iter() {
            assert_eq!(line["route"], "/echo");
            assert_eq!(line["request_id"], "the id");
            assert_eq!(line["extended_request_id"], "the other id");
            assert!(line["duration_ms"].is_f64() && !line.to_string().contains("hello"));
            for key in [
                "cold_start",
                "function_memory_size",
                "function_arn",
                "function_request_id",
                "xray_trace_id",
                "user_sub_hash",
            ] {
                assert_eq!(line.get(key), None, "one machine has no {key}");
            }
        }
    }

    #[tokio::test]
    async fn lambda_is_known_by_what_it_says_of_itself() {
        let (mut function, lines) = function();
        function.source.memory_size = Some(256);
        let invocation =
            Invocation { function_arn: "an arn", request_id: "an id", trace_id: Some("a trace") };
        for _ in 0..2 {
            function.answer(&event("hello"), Some(invocation)).await;
        }
        let lines = lines.lock().unwrap();
        for (line, cold) in lines.iter().zip([true, false]) {
            assert_eq!(line["cold_start"], cold);
            assert_eq!(line.get("ColdStart"), cold.then_some(&json!(1)));
            assert_eq!(line.get("_aws").is_some(), cold, "nothing else is counted");
            assert_eq!(line["function_memory_size"], 256);
            assert_eq!(line["function_arn"], "an arn");
            assert_eq!(line["function_request_id"], "an id");
            assert_eq!(line["xray_trace_id"], "a trace");
        }
    }

    #[tokio::test]
    async fn a_caller_is_named_by_a_hash() {
        let (function, lines) = function();
        let sub = "1f3c2a9e-7b4d-4e55-9c61-0d8e6f2a4b17";
        invoke(&function, &authorized(&json!({"sub": sub, "client_id": CLIENT}))).await;
        let lines = lines.lock().unwrap();
        assert_eq!(lines[0]["user_sub_hash"], "612a8c95973d1e28");
        assert!(!lines[0].to_string().contains(sub));
    }

    /// The event of a request whose token has these claims.
    fn authorized(claims: &Value) -> String {
        let authorizer = format!(r#""authorizer":{},"requestId""#, json!({"claims": claims}));
        event("hello").replace("\"requestId\"", &authorizer)
    }

    /// TOK-9: the authorizer of API Gateway takes the tokens of every client of the user pool.
    #[tokio::test]
    async fn a_token_of_another_client_is_refused_before_anything_happens() {
        let (function, lines) = function();
        let ours = invoke(&function, &authorized(&json!({"sub": "42", "client_id": CLIENT}))).await;
        assert_eq!(ours["statusCode"], 200);
        let others = [
            json!({"sub": "42", "client_id": "2example23456789"}),
            json!({"sub": "42", "client_id": ""}),
            json!({"sub": "42", "client_id": null}),
            // An ID token names its client elsewhere.
            json!({"sub": "42", "aud": CLIENT}),
        ];
        for claims in &others {
            let answer = invoke(&function, &authorized(claims)).await;
            let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
            assert_eq!(
                (&answer["statusCode"], &body["code"]),
                (&json!(401), &json!("unauthorized"))
            );
            let origin = &answer["multiValueHeaders"]["access-control-allow-origin"];
            assert_eq!(*origin, json!(["https://app.example"]));
        }
        for line in lines.lock().unwrap().iter().skip(1) {
            assert_eq!(line["event"], "authz_fail");
            assert_eq!((&line["route"], line.get("user_sub_hash")), (&json!("/echo"), None));
        }
    }

    #[tokio::test]
    async fn without_a_client_no_token_is_taken() {
        let function = Function::new("echo", Origins::default(), Log::new(|_| ()), Echo);
        for claims in [json!({"sub": "42", "client_id": CLIENT}), json!({"sub": "42"})] {
            assert_eq!(invoke(&function, &authorized(&claims)).await["statusCode"], 401);
        }
        assert_eq!(invoke(&function, &event("hello")).await["statusCode"], 200);
    }

    /// What an outcome is to the log: its event, and all that it counts.
    #[tokio::test]
    async fn outcomes_have_events_and_metrics() {
        let rows = [
            ("hello", Value::Null, json!({})),
            ("refuse", json!("authn_login_fail"), json!({"LoginFail": 1})),
            ("mint", json!("sensitive_create"), json!({"Generated": 3})),
            ("panic", json!("sys_crash"), json!({})),
            ("fail", Value::Null, json!({"DependencyError": 1})),
            ("half", json!("authn_password_change"), json!({"DependencyError": 1})),
            ("limit", json!("excess_rate_limit_exceeded"), json!({"Throttled": 1})),
            ("unset", json!("user_updated"), json!({"PasswordNotSet": 1})),
        ];
        let (function, lines) = function();
        for (body, ..) in &rows {
            invoke(&function, &event(body)).await;
        }
        for (line, (body, event, counted)) in lines.lock().unwrap().iter().zip(rows) {
            let found = crate::metrics::NAMES
                .iter()
                .filter_map(|name| line.get(name).map(|count| ((*name).to_owned(), count.clone())));
            assert_eq!(line["event"], event, "{body}");
            assert_eq!(Value::Object(found.collect()), counted, "{body}");
        }
    }

    #[tokio::test]
    async fn a_success_says_in_the_log_what_did_not_work() {
        let (function, lines) = function();
        for body in ["but", "hello"] {
            invoke(&function, &event(body)).await;
        }
        let lines = lines.lock().unwrap();
        assert_eq!(
            (&lines[0]["cause"], &lines[0]["level"]),
            (&json!("the reason"), &json!("INFO"))
        );
        assert_eq!(lines[1].get("cause"), None);
    }

    #[tokio::test]
    async fn flt_8_a_panic_is_an_answer_and_the_next_request_is_served() {
        let (function, lines) = function();
        let answer = invoke(&function, &event("panic")).await;
        let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
        assert_eq!(body["code"], "internal");
        assert!(!answer.to_string().contains("secret"));
        assert_eq!(invoke(&function, &event("hello")).await["statusCode"], 200);
        let lines = lines.lock().unwrap();
        assert_eq!((&lines[0]["level"], &lines[0]["status"]), (&json!("ERROR"), &json!(500)));
        assert_eq!(lines[0]["request_id"], "the id");
        assert!(!lines[0].to_string().contains("secret"));
    }

    /// Prepares for ever.
    struct Slow;

    impl Handler for Slow {
        async fn handle(&self, _: Request) -> Outcome {
            Ok(Response::json(StatusCode::OK, &"fine"))
        }

        async fn prepare(&self) {
            std::future::pending::<()>().await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_preparation_delays_nothing_for_long() {
        let function = Function::new("slow", Origins::default(), Log::new(|_| ()), Slow);
        let start = tokio::time::Instant::now();
        function.prepare().await;
        assert_eq!(start.elapsed(), PREPARATION);
        assert_eq!(invoke(&function, &event("hello")).await["statusCode"], 200);
    }

    #[tokio::test]
    async fn what_is_not_a_proxy_event_is_answered_and_never_quoted() {
        let (function, lines) = function();
        let bad_method = event("x").replace("POST", "no method");
        let bad_base64 = event("x").replace("\"body\"", "\"isBase64Encoded\":true,\"body\"");
        for event in [
            "",
            "{}",
            "[1]",
            r#"{"resource":"secret"#,
            r#"{"resource":{"a":"secret"}}"#,
            &bad_method,
            &bad_base64,
        ] {
            let answer = invoke(&function, event).await;
            assert_eq!(answer["statusCode"], 500, "{event}");
            assert_eq!(answer["multiValueHeaders"]["cache-control"], json!(["no-store"]));
        }
        let lines = lines.lock().unwrap();
        assert!(!lines.iter().any(|line| line.to_string().contains("secret")));
        assert!(lines.iter().all(|line| line["event"] == "input_validation_fail"));
    }
}
