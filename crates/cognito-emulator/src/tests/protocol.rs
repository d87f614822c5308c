use bytes::Bytes;
use http::{Method, Request, StatusCode};
use serde_json::json;

use super::support::{ANN, ANN_PASSWORD, Answer, Bench};
use crate::MAX_BODY_BYTES;

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.headers.get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn a_refusal_has_the_bytes_and_headers_of_aws() {
    let bench = Bench::new();
    let answer = bench.sign_in(ANN, ANN_PASSWORD).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(
        answer.text,
        r#"{"__type":"NotAuthorizedException","message":"Incorrect username or password."}"#
    );
    for (name, value) in [
        ("content-type", "application/x-amz-json-1.1"),
        ("x-amzn-errortype", "NotAuthorizedException:"),
        ("x-amzn-errormessage", "Incorrect username or password."),
        ("access-control-allow-origin", "*"),
        (
            "access-control-expose-headers",
            "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date",
        ),
    ] {
        assert_eq!(header(&answer, name), value, "{name}");
    }
    assert_eq!(header(&answer, "x-amzn-requestid").len(), 36);
}

#[tokio::test]
async fn a_success_has_no_header_of_errors_and_an_empty_output_is_two_bytes() {
    let bench = Bench::new();
    bench.sign_up(ANN, ANN_PASSWORD).await.ok();
    let answer = bench.confirm(ANN, &bench.code()).await;
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, "{}"));
    assert_eq!(header(&answer, "content-type"), "application/x-amz-json-1.1");
    assert_eq!(header(&answer, "access-control-allow-origin"), "*");
    assert_eq!(header(&answer, "x-amzn-requestid").len(), 36);
    assert_eq!(header(&answer, "x-amzn-errortype"), "");
}

#[tokio::test]
async fn requests_that_are_no_call_are_answered_as_by_aws() {
    const UNKNOWN: &str = r#"{"__type":"UnknownOperationException"}"#;
    const UNREADABLE: &str = r#"{"__type":"SerializationException"}"#;
    const LIST: &str =
        r#"{"__type":"SerializationException","Message":"Start of list found where not expected"}"#;
    const OTHER: &str = r#"{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException","message":null},"Version":"1.0"}"#;
    const AMZ: &str = "application/x-amz-json-1.1";
    const SIGN_UP: &str = "AWSCognitoIdentityProviderService.SignUp";
    let deep = "[".repeat(100_000);
    let bench = Bench::new();
    for (content_type, target, body, status, expected) in [
        (AMZ, "AWSCognitoIdentityProviderService.Nonsense", "{}", 400, UNKNOWN),
        (AMZ, "AWSCognitoIdentityProviderService.StartWebAuthnRegistration", "{}", 400, UNKNOWN),
        (AMZ, "AWSCognitoIdentityProviderService.signup", "{}", 400, UNKNOWN),
        (AMZ, "AWSCognitoIdentityService.SignUp", "{}", 400, UNKNOWN),
        (AMZ, "SignUp", "{}", 400, UNKNOWN),
        (AMZ, "", "{}", 400, UNKNOWN),
        (AMZ, SIGN_UP, "", 400, UNREADABLE),
        (AMZ, SIGN_UP, "{", 400, UNREADABLE),
        (AMZ, SIGN_UP, "{},", 400, UNREADABLE),
        (AMZ, SIGN_UP, "null", 400, UNREADABLE),
        (AMZ, SIGN_UP, "\"x\"", 400, UNREADABLE),
        (AMZ, SIGN_UP, &deep, 400, UNREADABLE),
        (AMZ, SIGN_UP, "[]", 400, LIST),
        ("application/json", SIGN_UP, "{}", 200, OTHER),
        ("application/x-amz-json-1.0", SIGN_UP, "{}", 404, "<UnknownOperationException/>\n"),
        ("text/plain", SIGN_UP, "{}", 404, "<UnknownOperationException/>\n"),
        ("", SIGN_UP, "{}", 404, "<UnknownOperationException/>\n"),
    ] {
        let request = Request::post("/")
            .header("content-type", content_type)
            .header("x-amz-target", target)
            .body(Bytes::copy_from_slice(body.as_bytes()))
            .unwrap();
        let answer = bench.send(request).await;
        assert_eq!(
            (answer.status.as_u16(), answer.text.as_str()),
            (status, expected),
            "{content_type} {target}"
        );
    }
}

#[tokio::test]
async fn a_charset_does_not_change_the_content_type() {
    let bench = Bench::new();
    let mut request = Bench::request("SignUp", &json!({}));
    request
        .headers_mut()
        .insert("content-type", "Application/x-amz-json-1.1; charset=utf-8".parse().unwrap());
    assert_eq!(bench.send(request).await.refusal().0, "InvalidParameterException");
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_not_read() {
    let bench = Bench::new();
    for (length, status) in [(MAX_BODY_BYTES, 400), (MAX_BODY_BYTES + 1, 413)] {
        let mut request = Bench::request("SignUp", &json!({}));
        *request.body_mut() = vec![b' '; length].into();
        assert_eq!(bench.send(request).await.status.as_u16(), status);
    }
}

#[tokio::test]
async fn a_browser_may_call_from_anywhere() {
    let bench = Bench::new();
    let request = Request::options("/")
        .header("origin", "https://page.example")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "content-type,x-amz-target,x-amz-user-agent")
        .body(Bytes::new())
        .unwrap();
    let answer = bench.send(request).await;
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, ""));
    for (name, value) in [
        ("access-control-allow-origin", "*"),
        ("access-control-allow-methods", "POST"),
        ("access-control-allow-headers", "content-type,x-amz-target,x-amz-user-agent"),
        ("access-control-max-age", "172800"),
    ] {
        assert_eq!(header(&answer, name), value, "{name}");
    }
}

#[tokio::test]
async fn other_methods_and_paths_are_not_understood() {
    let bench = Bench::new();
    for (method, path) in [
        (Method::GET, "/"),
        (Method::PUT, "/"),
        (Method::DELETE, "/"),
        (Method::POST, "/oauth2/token"),
        (Method::GET, "/eu-west-1_x/.well-known/other"),
        (Method::GET, "/.well-known/jwks.json"),
    ] {
        let request =
            Request::builder().method(method.clone()).uri(path).body(Bytes::new()).unwrap();
        let answer = bench.send(request).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{method} {path}");
        let expected = r#"{"code":"BadRequest","message":"The server did not understand the operation that was requested.","type":"client"}"#;
        assert_eq!(answer.text, expected);
    }
}

#[tokio::test]
async fn debug_output_has_no_secret() {
    let bench = Bench::new();
    bench.sign_up(ANN, ANN_PASSWORD).await.ok();
    let shown = format!("{:?} {:?}", bench.emulator, bench.mail());
    let secret = secrecy::ExposeSecret::expose_secret(&bench.emulator.client_secret()).to_owned();
    for hidden in [bench.code(), secret, ANN.to_owned()] {
        assert!(!shown.contains(&hidden), "{shown}");
    }
}
