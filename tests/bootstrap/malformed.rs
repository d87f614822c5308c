//! What is no event of API Gateway's is answered, and the next event is served.

use runtime_api::{Answer, Environment};
use serde_json::{Value, json};

use crate::{
    binaries::{Cognito, deployed, ids, outcome, respond},
    events::{EVENTS, event, route},
};

/// What must not be quoted.
const SECRET: &str = "correct-horse-battery";

/// Events that are JSON, as Lambda makes sure, and no REST proxy event.
fn events() -> Vec<Value> {
    let fine = event("register/success");
    let with = |name: &str, value: Value| {
        let mut event = fine.clone();
        event[name] = value;
        event
    };
    vec![
        json!(null),
        json!(42),
        json!(SECRET),
        json!([SECRET]),
        json!({}),
        json!({"version": "2.0", "routeKey": "$default", "rawPath": "/", "body": SECRET}),
        json!({"Records": [{"eventSource": "aws:sqs", "body": SECRET}]}),
        json!({"resource": SECRET}),
        with("resource", json!({"a": SECRET})),
        with("httpMethod", json!("NO METHOD")),
        with("httpMethod", json!(null)),
        with("requestContext", json!(null)),
        with("requestContext", json!({"requestId": 1})),
        single_value_headers(&fine, json!([SECRET])),
        with("multiValueHeaders", json!({"origin": SECRET})),
        with("multiValueQueryStringParameters", json!({"length": SECRET})),
        with("body", json!({"password": SECRET})),
        with("isBase64Encoded", json!(SECRET)),
        with("isBase64Encoded", json!(true)),
    ]
}

/// Those are read where there are no others.
fn single_value_headers(event: &Value, headers: Value) -> Value {
    let mut event = event.clone();
    event["headers"] = headers;
    event["multiValueHeaders"] = Value::Null;
    event
}

/// An event of the function `id` that it refuses before it asks a user pool.
fn refused(id: &str) -> Value {
    let mut names = EVENTS.iter().map(|(name, ..)| name.split_once('/').unwrap());
    let is_refused =
        |(folder, outcome): &(&str, &str)| route(folder).2 == id && *outcome == "malformed_request";
    event(&format!("{}/malformed_request", names.find(is_refused).unwrap().0))
}

#[test]
fn events_that_are_none_are_answered_and_not_quoted() {
    for id in ids() {
        let mut environment = Environment::start(&deployed(&id, &Cognito::nowhere())).unwrap();
        let events = events();
        for event in &events {
            let answer = respond(&mut environment, &event.to_string());
            assert_eq!(outcome(&answer), (500, "internal".to_owned()), "{id}: {event}");
            assert!(!answer.to_string().contains(SECRET), "{id}: {answer}");
            assert_eq!(answer["multiValueHeaders"]["cache-control"], json!(["no-store"]), "{id}");
        }
        let answer = respond(&mut environment, &refused(&id).to_string());
        assert_eq!(outcome(&answer), (400, "malformed_request".to_owned()), "{id}");
        let log = environment.stop();
        assert_eq!(log.len(), events.len() + 1, "{id}");
        for line in log {
            let line: Value =
                serde_json::from_str(&line).unwrap_or_else(|_| panic!("{id}: {line}"));
            assert!(!line.to_string().contains(SECRET), "{id}: {line}");
        }
    }
}

/// Lambda takes no event that is not JSON; if one came all the same, it would be reported as one.
#[test]
fn what_is_not_json_is_an_error_and_the_next_event_is_served() {
    for id in ids() {
        let mut environment = Environment::start(&deployed(&id, &Cognito::nowhere())).unwrap();
        for event in ["", "{", SECRET, "{\"body\": \"\u{0}"] {
            let answer = environment.invoke(event.as_bytes()).unwrap().answer;
            let Answer::Error(error) = answer else { panic!("{id}: {answer:?}") };
            let error: Value = serde_json::from_slice(&error).unwrap();
            assert!(error["errorType"].is_string(), "{id}: {error}");
            assert!(!error.to_string().contains(SECRET), "{id}: {error}");
        }
        let answer = respond(&mut environment, "{}");
        assert_eq!(outcome(&answer), (500, "internal".to_owned()), "{id}");
    }
}
