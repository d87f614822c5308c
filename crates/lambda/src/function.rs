use std::{
    fmt,
    future::Future,
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant, SystemTime},
};

use futures_util::FutureExt;
use shared::{Kind, Origins, Problem, Request, Response, accept, headers};
use tokio::time::timeout;

use crate::{
    answer::ProxyAnswer,
    event::ProxyEvent,
    log::{Log, Opening},
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
    name: &'static str,
    origins: Origins,
    log: Log,
    warm: AtomicBool,
    handler: Box<dyn AnyHandler>,
}

impl Function {
    /// Puts `handler` behind the adapter. `name` stands in the log, `origins` may read the answers.
    pub fn new(name: &'static str, origins: Origins, log: Log, handler: impl Handler) -> Self {
        Self { name, origins, log, warm: AtomicBool::new(false), handler: Box::new(handler) }
    }

    /// Lets the handler prepare for the first request, for half a second at most.
    pub(crate) async fn prepare(&self) {
        // What did not work is tried again, and logged, by the request that needs it.
        _ = timeout(PREPARATION, self.handler.prepare()).await;
    }

    /// Answers one REST proxy event with the JSON of a proxy answer.
    ///
    /// Never fails: a panic of the handler and an event that is not one of API Gateway's become a
    /// 500, since API Gateway would answer an error of the function without any CORS header.
    pub async fn invoke(&self, event: &str) -> String {
        serde_json::to_string(&self.answer(event).await).unwrap_or_default()
    }

    pub(crate) async fn answer(&self, event: &str) -> ProxyAnswer {
        let start = Instant::now();
        let cold_start = !self.warm.swap(true, Ordering::Relaxed);
        let event = match serde_json::from_str::<ProxyEvent>(event) {
            Ok(event) => event,
            Err(error) => return self.answer_stranger(&error, cold_start, start),
        };
        let request_id = event.request_context.request_id.clone();
        let extended_request_id = event.request_context.extended_request_id.clone();
        let route = event.resource.clone();
        let (method, headers, outcome) = match event.into_request() {
            Err(not_http) => (String::new(), http::HeaderMap::new(), Err(foreign(&not_http))),
            Ok(request) => {
                let (method, headers) = (request.method.to_string(), request.headers.clone());
                (method, headers, self.run_handler(request).await)
            }
        };
        let opening = Opening {
            function_name: self.name,
            cold_start,
            request_id: &request_id,
            extended_request_id: extended_request_id.as_deref(),
            method: &method,
            route: &route,
        };
        self.finish(opening, &headers, outcome, start)
    }

    fn answer_stranger(
        &self,
        error: &serde_json::Error,
        cold_start: bool,
        start: Instant,
    ) -> ProxyAnswer {
        let opening = Opening {
            function_name: self.name,
            cold_start,
            request_id: "",
            extended_request_id: None,
            method: "",
            route: "",
        };
        // The parser's sentence could quote the event, and with it a password.
        let place = format!("column {} of the event", error.column());
        self.finish(opening, &http::HeaderMap::new(), Err(foreign(&place)), start)
    }

    /// Runs the handler for whoever can take its answer; a panic in it becomes a problem. What a handler shares stays sound: the
    /// clients and caches behind it hold no lock over an `await`.
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
        opening: Opening<'_>,
        request_headers: &http::HeaderMap,
        outcome: Outcome,
        start: Instant,
    ) -> ProxyAnswer {
        let status = outcome.as_ref().map_or_else(Problem::status, |response| response.status);
        #[expect(clippy::disallowed_methods, reason = "the adapter stamps the log line")]
        let now = SystemTime::now();
        let problem = outcome.as_ref().err();
        self.log.write(&opening.answered(status.as_u16(), problem, start.elapsed(), now));
        let mut response = outcome.unwrap_or_else(Response::from);
        headers::complete(&mut response.headers, request_headers, &self.origins);
        response.into()
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Function").field("name", &self.name).finish_non_exhaustive()
    }
}

fn foreign(what: &dyn fmt::Debug) -> Problem {
    Problem::internal(&format_args!("not a REST proxy event (payload version 1.0): {what:?}"))
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use http::StatusCode;
    use serde_json::{Value, json};

    /// Does what the body says: panics, refuses, or repeats it.
    struct Echo;

    impl Handler for Echo {
        async fn handle(&self, request: Request) -> Outcome {
            match request.body.as_slice() {
                b"panic" => panic!("with a secret"),
                b"refuse" => Err(Problem::new(Kind::InvalidCredentials).because(&"the reason")),
                body => Ok(Response::json(StatusCode::OK, &String::from_utf8_lossy(body))),
            }
        }
    }

    fn function() -> (Function, Arc<Mutex<Vec<Value>>>) {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&lines);
        let log =
            Log::new(move |line| sink.lock().unwrap().push(serde_json::from_str(line).unwrap()));
        (Function::new("echo", "https://app.example".parse().unwrap(), log, Echo), lines)
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
        assert_eq!(lines[0]["cold_start"], true);
        assert_eq!(lines[1]["cold_start"], false);
        assert_eq!(lines[1]["level"], "INFO");
        assert_eq!(lines[1]["code"], "invalid_credentials");
        assert_eq!(lines[1]["cause"], "the reason");
        for line in lines.iter() {
            assert_eq!(line["route"], "/echo");
            assert_eq!(line["request_id"], "the id");
            assert_eq!(line["extended_request_id"], "the other id");
            assert!(line["duration_ms"].is_f64() && !line.to_string().contains("hello"));
        }
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
        assert!(!lines.lock().unwrap().iter().any(|line| line.to_string().contains("secret")));
    }
}
