//! What the environment of a binary can do to it: variables that are not there, and signals.

use std::{
    collections::BTreeSet, os::unix::process::ExitStatusExt, process::Command, time::Duration,
};

use runtime_api::{Environment, Failure};
use serde_json::Value;

use crate::{
    binaries::{Cognito, bare, deployed, ids, outcome, respond},
    events::{EVENTS, event, route},
};

/// What the default action of SIGTERM is shown as.
const SIGTERM: i32 = 15;

/// An event of the function with this logical id.
fn event_of(id: &str) -> String {
    let is_of = |(name, ..): &&(&str, _, _, _)| route(name.split_once('/').unwrap().0).2 == id;
    event(EVENTS.iter().find(is_of).unwrap().0).to_string()
}

#[test]
fn what_is_missing_is_named_at_once() {
    let of_lambda = ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
    for id in ids() {
        let as_deployed = deployed(&id, &Cognito::nowhere());
        let without = of_lambda.iter().fold(bare(&id), |function, name| function.without(name));
        for function in [bare(&id), without] {
            let mut environment = Environment::start(&function).unwrap();
            let answer = respond(&mut environment, &event_of(&id));
            assert_eq!(outcome(&answer), (503, "dependency_unavailable".to_owned()), "{id}");
            let log = environment.stop();
            // Once before the first request, and with it.
            let lines: Vec<Value> =
                log.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
            let [start, request] = &lines[..] else { panic!("{id}: {log:#?}") };
            assert_eq!((&start["level"], &request["level"]), (&"ERROR".into(), &"ERROR".into()));
            assert!(request["cause"].as_str().unwrap().contains(start["cause"].as_str().unwrap()));
            let cause = start["cause"].as_str().unwrap();
            let named: BTreeSet<_> =
                cause.split([' ', ',', ';']).filter(|word| is_name(word)).collect();
            let missing = as_deployed.variables.keys().map(String::as_str);
            let missing = missing.filter(|name| !function.variables.contains_key(*name));
            // Whom these functions ask needs no credentials, or is nobody.
            let needless: &[&str] = match id.as_str() {
                "AccountFunction" => &of_lambda[1..],
                "GenerateFunction" => &of_lambda,
                _ => &[],
            };
            let missing: BTreeSet<_> = missing
                .filter(|name| !needless.contains(name) && !name.starts_with("AWS_ENDPOINT_URL"))
                .collect();
            assert_eq!(named, missing, "{id}: {cause}");
        }
    }
}

fn is_name(word: &str) -> bool {
    word.contains('_') && word.bytes().all(|byte| byte == b'_' || byte.is_ascii_uppercase())
}

/// The Lambda runtime panics where Lambda's own variables are not there. That shows what a panic does
/// in these very binaries: 101 is the status of a process whose panic unwound its stack; with
/// `panic = "abort"`, which cargo-lambda would choose, SIGABRT ends it, and no handler's panic could
/// become an answer.
#[test]
fn a_panic_unwinds() {
    for id in ids() {
        let function = bare(&id).without("AWS_LAMBDA_FUNCTION_NAME");
        let mut environment = Environment::start(&function).unwrap();
        match environment.ready() {
            Err(Failure::Exited(status)) => assert_eq!(status.code(), Some(101), "{id}: {status}"),
            other => panic!("{id}: {other:?}"),
        }
        let log = environment.stop();
        // It was started without its own variables, too, and says so.
        let line: Value = serde_json::from_str(log.last().unwrap()).unwrap();
        assert_eq!((&line["level"], &line["message"]), (&"ERROR".into(), &"panic".into()));
    }
}

#[test]
fn sigterm_ends_a_waiting_process_at_once() {
    for id in ids() {
        let mut environment = Environment::start(&deployed(&id, &Cognito::nowhere())).unwrap();
        environment.ready().unwrap();
        let kill = format!("kill -TERM {}", environment.pid());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        let status = environment.exit(Duration::from_secs(1)).unwrap();
        assert_eq!(status.and_then(|status| status.signal()), Some(SIGTERM), "{id}");
    }
}
