//! What pages of other origins can do to a stack that runs on their visitor's machine: nothing.

use http::{HeaderMap, Request};
use http_body_util::Full;
use local::{Data, Stack};
use serde_json::{Value, json};

use crate::{
    client::{Answer, authority, send},
    stack::start,
};

const ALLOWED: &str = "http://localhost:5173";
/// What a browser sends for a page that may not call.
const FOREIGN: [&[(&str, &str)]; 9] = [
    &[("origin", "https://evil.example")],
    &[("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")],
    &[("origin", "http://localhost:8080"), ("sec-fetch-site", "same-site")],
    &[("origin", "null")],
    &[("origin", "*")],
    &[("origin", ALLOWED), ("origin", ALLOWED)],
    &[("sec-fetch-site", "cross-site")],
    &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")],
    &[("sec-fetch-site", "same-site")],
];

type Headers<'a> = &'a [(&'a str, &'a str)];
/// Method, path and headers.
type Ask = (&'static str, String, Vec<(&'static str, &'static str)>);

async fn ask(url: &str, method: &str, path: &str, headers: Headers<'_>) -> Answer {
    let mut request = Request::builder().method(method).uri(path).header("host", authority(url));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(url, request.body(Full::from("{}")).unwrap()).await.unwrap()
}

/// What a page can ask the user pool.
fn of_the_user_pool(stack: &Stack) -> [Ask; 6] {
    let amz_json = ("content-type", "application/x-amz-json-1.1");
    let target = |name| ("x-amz-target", name);
    let document = |name| format!("/{}/.well-known/{name}", stack.pool_id());
    [
        (
            "POST",
            "/".to_owned(),
            vec![amz_json, target("AWSCognitoIdentityProviderService.SignUp")],
        ),
        ("POST", "/".to_owned(), vec![("content-type", "text/plain")]),
        (
            "OPTIONS",
            "/".to_owned(),
            vec![
                ("access-control-request-method", "POST"),
                ("access-control-request-headers", "authorization,x-amz-target"),
                ("access-control-request-private-network", "true"),
            ],
        ),
        ("GET", document("jwks.json"), vec![]),
        ("GET", document("openid-configuration"), vec![]),
        (
            "GET",
            "/".to_owned(),
            vec![
                ("connection", "upgrade"),
                ("upgrade", "websocket"),
                ("sec-websocket-version", "13"),
                ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
            ],
        ),
    ]
}

fn cors(headers: &HeaderMap) -> Vec<&str> {
    let names = headers.keys().map(http::HeaderName::as_str);
    names.filter(|name| name.starts_with("access-control-")).collect()
}

#[tokio::test]
async fn a_foreign_page_does_not_get_to_the_user_pool() {
    let (stack, _, log) = start(Data::Ephemeral).await.unwrap();
    for (method, path, headers) in of_the_user_pool(&stack) {
        for foreign in FOREIGN {
            let headers = [&headers, foreign].concat();
            let answer = ask(&stack.cognito_url(), method, &path, &headers).await;
            let what = format!("{method} {path} {headers:?}");
            assert_eq!(answer.status, 403, "{what}");
            assert_eq!(answer.json()["code"], "origin_not_allowed", "{what}");
            assert_eq!(cors(&answer.headers), [""; 0], "{what}");
            assert!(!answer.headers.contains_key("x-amzn-requestid"), "by the user pool: {what}");
            let line: Value = serde_json::from_str(&log.lock().unwrap().pop().unwrap()).unwrap();
            assert_eq!(line["event"], "malicious_cors", "{what}");
        }
    }
}

#[tokio::test]
async fn the_user_pool_names_an_allowed_page_and_nobody_else() {
    let (stack, ..) = start(Data::Ephemeral).await.unwrap();
    let own = stack.url().replace("127.0.0.1", "localhost");
    for (method, path, headers) in of_the_user_pool(&stack) {
        for origin in [ALLOWED, &own, &stack.url()] {
            let page = [("origin", origin), ("sec-fetch-site", "cross-site")];
            let answer =
                ask(&stack.cognito_url(), method, &path, &[&headers[..], &page].concat()).await;
            assert_eq!(answer.headers["access-control-allow-origin"], origin, "{method} {path}");
            assert_eq!(answer.headers["vary"], "Origin");
            assert!(answer.headers.contains_key("x-amzn-requestid"));
        }
        for nobody in [&[][..], &[("sec-fetch-site", "none")]] {
            let answer =
                ask(&stack.cognito_url(), method, &path, &[&headers[..], nobody].concat()).await;
            assert!(answer.headers.contains_key("x-amzn-requestid"), "{method} {path}");
            assert_eq!(cors(&answer.headers), [""; 0], "{method} {path}");
        }
    }
    let preflight = [("origin", ALLOWED), ("access-control-request-method", "POST")];
    let answer = ask(&stack.cognito_url(), "OPTIONS", "/", &preflight).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["access-control-allow-methods"], "POST");
}

#[tokio::test]
async fn a_foreign_page_gets_no_mail() {
    let (stack, ..) = start(Data::Ephemeral).await.unwrap();
    for path in ["/_local/mail?to=ada@example.com", "/_local/health", "/_local/other"] {
        let listed = [("origin", ALLOWED)];
        for foreign in [&FOREIGN[..], &[&listed[..]]].concat() {
            for method in ["GET", "POST", "OPTIONS"] {
                let answer = ask(&stack.url(), method, path, foreign).await;
                let what = format!("{method} {path} {foreign:?}");
                assert_eq!(answer.status, 403, "{what}");
                assert_eq!(answer.json()["code"], "origin_not_allowed", "{what}");
                assert_eq!(cors(&answer.headers), [""; 0], "{what}");
            }
        }
    }
}

#[tokio::test]
async fn mail_is_for_programs_and_own_pages_and_names_no_origin() {
    let (stack, ..) = start(Data::Ephemeral).await.unwrap();
    let (url, localhost) = (stack.url(), stack.url().replace("127.0.0.1", "localhost"));
    for headers in [
        &[][..],
        &[("origin", url.as_str())],
        &[("origin", localhost.as_str()), ("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-origin")],
        &[("sec-fetch-site", "none")],
    ] {
        for (method, path, status) in [
            ("GET", "/_local/mail?to=ada@example.com", 200),
            ("GET", "/_local/health", 200),
            ("GET", "/_local/mail", 400),
            ("GET", "/_local/other", 404),
            ("OPTIONS", "/_local/mail", 405),
        ] {
            let answer = ask(&stack.url(), method, path, headers).await;
            assert_eq!(answer.status, status, "{method} {path} {headers:?}");
            assert_eq!(cors(&answer.headers), [""; 0], "{method} {path} {headers:?}");
        }
    }
    let answer = ask(&stack.url(), "GET", "/_local/mail?to=ada@example.com", &[]).await;
    assert_eq!(answer.json(), json!([]));
    assert_eq!(answer.headers["cross-origin-resource-policy"], "same-origin");
}

#[tokio::test]
async fn the_apis_own_pages_may_read_its_answers() {
    let (stack, ..) = start(Data::Ephemeral).await.unwrap();
    let localhost = stack.url().replace("127.0.0.1", "localhost");
    for origin in [&stack.url(), &localhost, ALLOWED] {
        let answer = ask(&stack.url(), "GET", "/generate", &[("origin", origin)]).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.headers["access-control-allow-origin"]),
            (401, &origin.parse().unwrap())
        );
    }
}
