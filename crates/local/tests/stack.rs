//! The stack as a library.

use std::{
    net::Ipv4Addr,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use http::{Request, header::AUTHORIZATION};
use http_body_util::Full;
use local::{Data, Hosts, Options, Stack, StartError};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::client::{Answer, authority, get, post, send};

/// A clock that stands still until the test sets it.
#[derive(Clone)]
pub struct Clock(Arc<Mutex<SystemTime>>);

impl Clock {
    fn advance(&self, by: Duration) {
        *self.0.lock().unwrap() += by;
    }
}

/// A stack on free ports, its clock and its log.
pub async fn start(data: Data) -> Result<(Stack, Clock, Arc<Mutex<Vec<String>>>), StartError> {
    let clock = Clock(Arc::new(Mutex::new(UNIX_EPOCH + Duration::from_hours(500_000))));
    let log = Arc::new(Mutex::new(Vec::new()));
    let (time, lines) = (clock.clone(), Arc::clone(&log));
    let stack = Stack::start(Options {
        bind: Ipv4Addr::LOCALHOST.into(),
        port: 0,
        allowed_hosts: Hosts::default(),
        cognito_port: 0,
        data,
        allowed_origins: "http://localhost:5173".parse().unwrap(),
        log: Arc::new(move |line| lines.lock().unwrap().push(line.to_owned())),
        console: Arc::new(|_| {}),
        clock: Arc::new(move || *time.0.lock().unwrap_or_else(PoisonError::into_inner)),
    });
    Ok((stack.await?, clock, log))
}

async fn generate(stack: &Stack, token: &str) -> Answer {
    let request = Request::get("/generate?length=24").header("host", authority(&stack.url()));
    let request = request.header(AUTHORIZATION, format!("Bearer {token}"));
    send(&stack.url(), request.body(Full::default()).unwrap()).await.unwrap()
}

/// Registers, confirms with the mailed code and logs in; gives the tokens.
async fn log_in(stack: &Stack, username: &str) -> Value {
    let credentials = json!({"username": username, "password": "a-long-enough-passphrase"});
    assert_eq!(post(&stack.url(), "/register", &credentials).await.unwrap().status, 200);
    let code = stack.mail(username)[0].code.expose_secret().to_owned();
    let confirmation = json!({"username": username, "confirmation_code": code});
    assert_eq!(post(&stack.url(), "/confirm_user", &confirmation).await.unwrap().status, 200);
    let answer = post(&stack.url(), "/login", &credentials).await.unwrap();
    assert_eq!(answer.status, 200);
    answer.json()
}

#[tokio::test]
async fn from_registration_to_a_password() {
    let (stack, clock, log) = start(Data::Ephemeral).await.unwrap();
    let tokens = log_in(&stack, "ada@example.com").await;
    let access = tokens["access_token"].as_str().unwrap();
    let answer = generate(&stack, access).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["password"].as_str().unwrap().chars().count(), 24);
    for token in ["id_token", "refresh_token"] {
        assert_eq!(generate(&stack, tokens[token].as_str().unwrap()).await.status, 401, "{token}");
    }
    clock.advance(Duration::from_secs(15 * 60 - 1));
    assert_eq!(generate(&stack, access).await.status, 200);
    clock.advance(Duration::from_secs(1));
    let answer = generate(&stack, access).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (401, &json!("unauthorized")));
    let last = log.lock().unwrap().pop().unwrap();
    assert_eq!(
        serde_json::from_str::<Value>(&last).unwrap()["cause"],
        "the token has expired (exp)"
    );
    stack.shutdown().await;
}

#[tokio::test]
async fn a_token_of_another_stack_is_none_here() {
    let (one, _, _) = start(Data::Ephemeral).await.unwrap();
    let (other, _, _) = start(Data::Ephemeral).await.unwrap();
    let tokens = log_in(&one, "ada@example.com").await;
    assert_eq!(generate(&other, tokens["access_token"].as_str().unwrap()).await.status, 401);
}

#[tokio::test]
async fn an_event_reaches_its_function() {
    let (stack, _, _) = start(Data::Ephemeral).await.unwrap();
    let event = json!({
        "resource": "/register", "httpMethod": "POST", "headers": {"Content-Type": "application/json"},
        "requestContext": {"requestId": "id"}, "body": "{}",
    });
    let answer = stack.invoke("RegisterFunction", &event.to_string()).await.unwrap();
    assert_eq!(serde_json::from_str::<Value>(&answer).unwrap()["statusCode"], 400);
    assert_eq!(stack.invoke("NoFunction", &event.to_string()).await, None);
}

#[tokio::test]
async fn a_directory_keeps_accounts_and_has_one_stack() {
    let directory = tempfile::tempdir().unwrap();
    let data = |path: &Path| Data::Directory(path.join("data"));
    let (stack, _, _) = start(data(directory.path())).await.unwrap();
    let tokens = log_in(&stack, "ada@example.com").await;
    let ids = (stack.pool_id().to_owned(), stack.client_id().to_owned());
    assert!(matches!(start(data(directory.path())).await, Err(StartError::Data(_))));
    stack.shutdown().await;
    let (stack, _, _) = start(data(directory.path())).await.unwrap();
    assert_eq!((stack.pool_id(), stack.client_id()), (ids.0.as_str(), ids.1.as_str()));
    assert_eq!(generate(&stack, tokens["access_token"].as_str().unwrap()).await.status, 200);
    assert!(stack.mail("ada@example.com").is_empty());
}

#[tokio::test]
async fn an_end_closes_both_ports() {
    let (stack, _, _) = start(Data::Ephemeral).await.unwrap();
    let urls = [stack.url(), stack.cognito_url()];
    assert!(get(&urls[0], "/_local/health").await.is_ok());
    stack.shutdown().await;
    for url in urls {
        assert!(get(&url, "/").await.is_err());
    }
}

#[tokio::test]
async fn the_cognito_endpoint_speaks_cognito() {
    let (stack, _, log) = start(Data::Ephemeral).await.unwrap();
    let request = Request::post("/")
        .header("host", authority(&stack.cognito_url()))
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", "AWSCognitoIdentityProviderService.InitiateAuth");
    let answer = send(&stack.cognito_url(), request.body(Full::from("{}")).unwrap()).await.unwrap();
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["__type"]),
        (400, &json!("InvalidParameterException"))
    );
    let line: Value = serde_json::from_str(&log.lock().unwrap().pop().unwrap()).unwrap();
    assert_eq!((&line["function_name"], &line["status"]), (&json!("cognito"), &json!(400)));
    assert_eq!(line["request_id"], answer.headers["x-amzn-requestid"].to_str().unwrap());
}
