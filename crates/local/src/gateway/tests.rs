use std::{
    sync::{Arc, Mutex},
    time::{Duration, UNIX_EPOCH},
};

use http_body_util::Full;
use lambda::{Function, Handler};
use serde_json::{Value, json};
use shared::Problem;

use super::*;
use crate::{
    authorizer::tests::{NOW, access_token, authorizer},
    functions::tests::echoes,
    runner::{CONCURRENCY, Runner},
    template::tests::small,
};

const ALLOWED: &str = "http://localhost:5173";
const OWN: &str = "http://localhost:3000";
const TEMPLATES: &str = "https://app.example";

/// A gateway of the small template in front of echoing functions, and its log.
fn gateway() -> (Gateway, Arc<Mutex<Vec<Value>>>) {
    let template = small();
    let log = Arc::new(Mutex::new(Vec::new()));
    let lines = Arc::clone(&log);
    let gateway = Gateway {
        router: Router::new(template.routes, &echoes(&["F", "G"])).unwrap(),
        cors: template.cors,
        responses: template.gateway_responses,
        stage: template.stage,
        authorizer: authorizer(),
        hosts: Hosts::default(),
        origins: ALLOWED.parse().unwrap(),
        own_origins: OWN.parse().unwrap(),
        local: LocalRoutes { inbox: Arc::default() },
        port: 3000,
        log: Log::new(move |line| lines.lock().unwrap().push(serde_json::from_str(line).unwrap())),
        clock: Arc::new(|| UNIX_EPOCH + Duration::from_secs(NOW.cast_unsigned())),
    };
    (gateway, log)
}

fn request(method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> Request<Full<Bytes>> {
    let mut request = Request::builder().method(method).uri(url).header("host", "localhost:3000");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Full::from(body.to_owned())).unwrap()
}

async fn send(
    gateway: &Gateway,
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
) -> Response<Bytes> {
    gateway.answer(request(method, url, headers, ""), ([127, 0, 0, 1], 9).into()).await
}

fn body(response: &Response<Bytes>) -> Value {
    serde_json::from_slice(response.body()).unwrap()
}

/// Asserts what every answer has: each of these headers, once.
fn assert_complete(response: &Response<Bytes>) {
    for name in [
        "cache-control",
        "content-security-policy",
        "content-type",
        "cross-origin-resource-policy",
        "referrer-policy",
        "strict-transport-security",
        "vary",
        "x-amz-apigw-id",
        "x-amzn-requestid",
        "x-content-type-options",
        "x-frame-options",
    ] {
        assert_eq!(
            response.headers().get_all(name).iter().count(),
            1,
            "{name} of {}",
            response.status()
        );
    }
    assert!(!response.headers().contains_key("server"));
}

#[tokio::test]
async fn a_function_answers_what_it_is_asked() {
    let (gateway, log) = gateway();
    let request = request("POST", "/open?a=1&a=2", &[("origin", ALLOWED)], "{\"b\":3}");
    let response = gateway.answer(request, ([127, 0, 0, 9], 9).into()).await;
    assert_eq!(response.status(), 200);
    assert_eq!(
        body(&response),
        json!({
            "resource": "/open", "query": [["a", "1"], ["a", "2"]], "body": "{\"b\":3}", "sub": null,
            "source_ip": "127.0.0.9",
        })
    );
    assert_complete(&response);
    assert!(response.headers()["x-amzn-trace-id"].to_str().unwrap().starts_with("Root=1-"));
    assert!(log.lock().unwrap().is_empty(), "the function has logged it");
}

#[tokio::test]
async fn a_token_decides_where_the_template_asks_for_one() {
    let (gateway, log) = gateway();
    let bearer = format!("Bearer {}", access_token());
    let token = access_token();
    let good = [("authorization", bearer.as_str())];
    let response = send(&gateway, "GET", "/access", &good).await;
    assert_eq!(
        (response.status(), &body(&response)["sub"]),
        (StatusCode::OK, &json!("sub-of-ada"))
    );
    let signature = token.rsplit_once('.').unwrap().1;
    let in_query = format!("/access?access_token={token}&Authorization={token}");
    let refused = [
        send(&gateway, "GET", "/access", &[]).await,
        send(&gateway, "GET", "/access", &[("authorization", "Bearer nonsense")]).await,
        send(&gateway, "GET", "/access", &[good[0], good[0]]).await,
        send(&gateway, "GET", "/id", &good).await,
        send(&gateway, "GET", "/items/x", &good).await,
        send(&gateway, "GET", &in_query, &[]).await,
        send(&gateway, "GET", "/access", &[("cookie", &format!("access_token={token}"))]).await,
    ];
    for response in &refused {
        assert_eq!(
            (response.status(), &response.body()[..]),
            (StatusCode::UNAUTHORIZED, &b"{\"who\":\"are you\"}"[..])
        );
        assert_eq!(response.headers()["www-authenticate"], "Bearer");
        assert_eq!(response.headers()["x-amzn-errortype"], "UnauthorizedException");
        assert!(!response.headers().contains_key("x-amzn-trace-id"));
        assert_eq!(response.headers()["cache-control"], "private", "the template's word stands");
        assert_eq!(response.headers().len(), refused[0].headers().len());
        assert_complete(response);
    }
    let log = log.lock().unwrap();
    let causes: Vec<_> = log.iter().map(|line| line["cause"].as_str().unwrap()).collect();
    assert_eq!(causes[0], "no Authorization header");
    assert_eq!(causes[3], "token_use is access, the route takes ID tokens");
    for line in log.iter() {
        assert_eq!(
            (&line["level"], &line["status"], &line["code"]),
            (&json!("WARN"), &json!(401), &json!("unauthorized"))
        );
        assert_eq!(line["event"], "authz_fail");
        assert!(!line.to_string().contains(signature), "{line}");
    }
}

#[tokio::test]
async fn tok_18_who_the_caller_is_stands_in_the_token_alone() {
    let (gateway, _) = gateway();
    let bearer = format!("Bearer {}", access_token());
    let headers = [
        ("authorization", bearer.as_str()),
        ("x-user-id", "eve"),
        ("x-amzn-oidc-identity", "eve"),
        ("sub", "eve"),
    ];
    let response = send(&gateway, "GET", "/access?sub=eve&username=eve", &headers).await;
    assert_eq!(body(&response)["sub"], "sub-of-ada");
}

#[tokio::test]
async fn a_preflight_needs_no_token() {
    let (gateway, log) = gateway();
    for (path, methods) in
        [("/access", "GET,OPTIONS"), ("/open", "OPTIONS,POST"), ("/items/x", "GET,OPTIONS")]
    {
        let headers = [("origin", ALLOWED), ("access-control-request-method", "GET")];
        let response = send(&gateway, "OPTIONS", path, &headers).await;
        assert_eq!((response.status(), &response.body()[..]), (StatusCode::OK, &b"{}\n"[..]));
        for (name, value) in [
            ("access-control-allow-origin", ALLOWED),
            ("access-control-allow-methods", methods),
            ("access-control-allow-headers", "X-A,X-B"),
            ("access-control-max-age", "600"),
            ("content-type", "application/json"),
        ] {
            assert_eq!(response.headers()[name], value);
        }
        assert!(!response.headers().contains_key("access-control-allow-credentials"));
        assert_complete(&response);
    }
    assert_eq!(send(&gateway, "OPTIONS", "/nowhere", &[]).await.status(), 404);
    assert_eq!(log.lock().unwrap()[0]["route"], "/access");
    assert!(log.lock().unwrap().iter().all(|line| line.get("event").is_none()));
}

#[tokio::test]
async fn a_preflight_of_a_page_that_may_not_call_is_told_to_the_log_alone() {
    let (gateway, log) = gateway();
    let ask = |origin| send(&gateway, "OPTIONS", "/access", origin);
    let unnamed = ask(&[]).await;
    let foreign = ask(&[("origin", "https://evil.example")]).await;
    assert_eq!(
        (foreign.status(), foreign.body(), foreign.headers().len()),
        (unnamed.status(), unnamed.body(), unnamed.headers().len())
    );
    let log = log.lock().unwrap();
    assert_eq!((log[0].get("event"), &log[0]["level"]), (None, &json!("INFO")));
    assert_eq!((&log[1]["event"], &log[1]["level"]), (&json!("malicious_cors"), &json!("WARN")));
    assert!(!log[1].to_string().contains("evil"));
}

#[tokio::test]
async fn only_an_allowed_origin_may_read_an_answer() {
    let (gateway, _) = gateway();
    for (method, path) in [
        ("POST", "/open"),
        ("OPTIONS", "/open"),
        ("GET", "/access"),
        ("GET", "/nowhere"),
        ("PUT", "/open"),
    ] {
        for (origin, named) in [
            (ALLOWED, true),
            ("https://evil.example", false),
            ("http://localhost:5174", false),
            ("https://app.example.evil.example", false),
            ("null", false),
            ("*", false),
        ] {
            let response = send(&gateway, method, path, &[("origin", origin)]).await;
            let named = named.then_some(origin);
            let header = response.headers().get("access-control-allow-origin");
            assert_eq!(
                header.map(|value| value.to_str().unwrap()),
                named,
                "{method} {path} {origin}"
            );
            assert!(response.headers()["vary"].to_str().unwrap().eq_ignore_ascii_case("origin"));
        }
        let response =
            send(&gateway, method, path, &[("origin", ALLOWED), ("origin", ALLOWED)]).await;
        assert!(!response.headers().contains_key("access-control-allow-origin"));
    }
}

#[tokio::test]
async fn the_templates_origin_is_named_to_itself() {
    let text = crate::template::tests::SMALL.replace(
        "MISSING_AUTHENTICATION_TOKEN:\n",
        "MISSING_AUTHENTICATION_TOKEN:\n          ResponseParameters: {Headers: {Access-Control-Allow-Origin: !Sub \"'${AllowedOrigin}'\"}}\n",
    );
    let template =
        crate::template::Template::read(&text, &crate::template::tests::PARAMETERS).unwrap();
    let gateway = Gateway { responses: template.gateway_responses, ..gateway().0 };
    for (origin, named) in
        [(TEMPLATES, Some(TEMPLATES)), (ALLOWED, Some(ALLOWED)), ("https://evil.example", None)]
    {
        let response = send(&gateway, "GET", "/nowhere", &[("origin", origin)]).await;
        let header = response.headers().get("access-control-allow-origin");
        assert_eq!(header.map(|value| value.to_str().unwrap()), named);
    }
    assert!(
        !send(&gateway, "GET", "/nowhere", &[])
            .await
            .headers()
            .contains_key("access-control-allow-origin")
    );
}

#[tokio::test]
async fn what_is_not_there_is_said_to_be_so() {
    let (gateway, log) = gateway();
    for path in ["/nowhere", "/", "/open/", "/v1/open", "/_local/other"] {
        let response = send(&gateway, "GET", path, &[]).await;
        assert_eq!(
            (response.status(), body(&response)),
            (StatusCode::NOT_FOUND, json!({"no": "route"}))
        );
        assert_eq!(response.headers()["x-amzn-errortype"], "MissingAuthenticationTokenException");
        assert_complete(&response);
    }
    for (method, path, allow) in [
        ("GET", "/open", "OPTIONS, POST"),
        ("HEAD", "/access", "GET, OPTIONS"),
        ("TRACE", "/access", "GET, OPTIONS"),
        ("FOO", "/items/latest", "GET, OPTIONS"),
        ("post", "/open", "OPTIONS, POST"),
        ("DELETE", "/_local/mail", "GET"),
    ] {
        let response = send(&gateway, method, path, &[]).await;
        assert_eq!(
            (response.status(), &response.headers()["allow"]),
            (StatusCode::METHOD_NOT_ALLOWED, &allow.parse::<HeaderValue>().unwrap())
        );
        assert_eq!(body(&response)["code"], "method_not_allowed");
        assert_complete(&response);
    }
    let log = log.lock().unwrap();
    assert!(log.iter().all(|line| line.get("event").is_none() && line["level"] == "INFO"));
    assert_eq!(log[0]["cause"], "no such path; the nearest is /open");
    assert_eq!(log[0].get("route"), None);
    assert_eq!(log[6]["cause"], "no such method; the path has GET, OPTIONS");
    assert_eq!((&log[8]["method"], &log[8]["route"]), (&json!("other"), &json!("/items/latest")));
    assert!(
        !log.iter()
            .any(|line| line.to_string().contains("nowhere") || line.to_string().contains("FOO"))
    );
}

#[tokio::test]
async fn limits_are_held_before_anything_is_looked_up() {
    let (gateway, log) = gateway();
    let too_long = format!("/nowhere?{}", "a".repeat(2048));
    let big = "b".repeat(10_240);
    let evil = Request::get("/open").header("host", "evil.example").body(Full::default()).unwrap();
    let large = request("POST", "/open", &[], &"x".repeat(16 * 1024 + 1));
    let peer = SocketAddr::from(([127, 0, 0, 1], 9));
    for (response, status, code) in [
        (send(&gateway, "GET", &too_long, &[]).await, 414, "uri_too_long"),
        (send(&gateway, "GET", "/open", &[("x", &big)]).await, 431, "headers_too_large"),
        (gateway.answer(evil, peer).await, 421, "misdirected_request"),
        (gateway.answer(large, peer).await, 413, "payload_too_large"),
    ] {
        assert_eq!((response.status().as_u16(), &body(&response)["code"]), (status, &json!(code)));
        assert_complete(&response);
        let line = log.lock().unwrap().remove(0);
        assert_eq!((&line["status"], &line["code"]), (&json!(status), &json!(code)));
        assert_eq!(line["event"], "input_validation_fail");
    }
    let full = request("POST", "/open", &[], &"x".repeat(16 * 1024));
    assert_eq!(gateway.answer(full, peer).await.status(), 200);
}

#[tokio::test]
async fn rate_6_no_header_makes_another_address_of_the_client() {
    let (gateway, _) = gateway();
    for name in ["x-forwarded-for", "x-real-ip", "forwarded", "true-client-ip", "cf-connecting-ip"]
    {
        let response = send(&gateway, "POST", "/open", &[(name, "198.51.100.1")]).await;
        assert_eq!(body(&response)["source_ip"], "127.0.0.1", "{name}");
    }
}

#[tokio::test]
async fn an_answer_that_is_none_is_a_502() {
    /// Has a header that HTTP does not have, by way of a status below 200.
    struct Unfinished;

    impl Handler for Unfinished {
        async fn handle(&self, _: shared::Request) -> Result<shared::Response, Problem> {
            Ok(shared::Response::json(StatusCode::PROCESSING, &"unfinished"))
        }
    }

    let function =
        Function::new("unfinished", ALLOWED.parse().unwrap(), Log::new(|_| {}), Unfinished);
    let functions = [("F", Runner::new(function))].into_iter().chain(echoes(&["G"])).collect();
    let (gateway, log) = gateway();
    let gateway = Gateway { router: Router::new(small().routes, &functions).unwrap(), ..gateway };
    let response = send(&gateway, "POST", "/open", &[]).await;
    assert_eq!(
        (response.status(), body(&response)),
        (StatusCode::BAD_GATEWAY, json!({"default": 5}))
    );
    assert_complete(&response);
    let line = log.lock().unwrap().pop().unwrap();
    assert_eq!(
        (&line["level"], &line["cause"]),
        (&json!("ERROR"), &json!("the function's answer has no valid statusCode"))
    );
}

/// Computes until it is released, without ever waiting for anything of Tokio's.
struct Computing {
    begun: tokio::sync::mpsc::UnboundedSender<()>,
    released: Mutex<std::sync::mpsc::Receiver<()>>,
    /// When it gives up, so that a failing test ends.
    deadline: Instant,
}

impl Handler for Computing {
    async fn handle(&self, _: shared::Request) -> Result<shared::Response, Problem> {
        self.begun.send(()).unwrap();
        let released = self.released.lock().unwrap();
        let left = self.deadline.saturating_duration_since(Instant::now());
        released.recv_timeout(left).map_err(|error| Problem::internal(&error))?;
        Ok(shared::Response::json(StatusCode::OK, &"done"))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn functions_that_compute_for_long_stop_no_other_answer() {
    let (begun, mut begins) = tokio::sync::mpsc::unbounded_channel();
    let (release, released) = std::sync::mpsc::channel();
    let computing = Computing {
        begun,
        released: Mutex::new(released),
        deadline: Instant::now() + Duration::from_secs(10),
    };
    let computing =
        Function::new("computing", ALLOWED.parse().unwrap(), Log::new(|_| {}), computing);
    let functions = [("F", Runner::new(computing))].into_iter().chain(echoes(&["G"])).collect();
    let router = Router::new(small().routes, &functions).unwrap();
    let gateway = Arc::new(Gateway { router, ..gateway().0 });
    let answers: Vec<_> = (0..=CONCURRENCY)
        .map(|_| {
            let gateway = Arc::clone(&gateway);
            tokio::spawn(async move { send(&gateway, "POST", "/open", &[]).await.status() })
        })
        .collect();
    for _ in 0..CONCURRENCY {
        begins.recv().await.unwrap();
    }
    // More of them than Tokio has workers are under way, and one waits for its turn.
    assert_eq!(send(&gateway, "GET", "/items/latest", &[]).await.status(), 200);
    assert_eq!(send(&gateway, "GET", "/_local/health", &[]).await.status(), 200);
    assert!(begins.try_recv().is_err());
    for _ in &answers {
        release.send(()).unwrap();
    }
    for answer in answers {
        assert_eq!(answer.await.unwrap(), 200);
    }
}

#[tokio::test]
async fn the_local_routes_are_there() {
    let (gateway, log) = gateway();
    let response = send(&gateway, "GET", "/_local/health", &[]).await;
    assert_eq!((response.status(), body(&response)), (StatusCode::OK, json!({"status": "ok"})));
    assert_complete(&response);
    let response = send(&gateway, "GET", "/_local/mail?to=ada@example.com", &[]).await;
    assert_eq!((response.status(), body(&response)), (StatusCode::OK, json!([])));
    assert!(!log.lock().unwrap()[1].to_string().contains("ada"));
}
