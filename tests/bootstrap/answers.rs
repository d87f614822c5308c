//! The binaries answer what the same code answers in-process.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use local::Data;
use runtime_api::Environment;
use serde_json::{Value, json};

use crate::{
    binaries::{Cognito, deployed, ids, respond, stack_of_today},
    events::{EVENTS, event, prepare, route},
};

/// The members of answers that are made anew each time, or name a user of one stack.
const OWN: [&str; 10] = [
    "access_token",
    "email",
    "id_token",
    "otpauth_uri",
    "password",
    "passwords",
    "refresh_token",
    "secret",
    "session",
    "sub",
];

#[test]
fn every_event_is_answered_as_in_process() {
    let [ours, theirs] = [(); 2].map(|()| stack_of_today(Data::Ephemeral, 0));
    let cognito = Cognito::of(&theirs);
    let start = |id: &String| Environment::start(&deployed(id, &cognito)).unwrap();
    let mut environments: BTreeMap<_, _> = ids().iter().map(|id| (id.clone(), start(id))).collect();
    let mut secrets = BTreeMap::<_, Vec<String>>::new();
    let (start, mut told) = (Instant::now(), Duration::ZERO);
    for (name, given, status, _) in EVENTS {
        // The binaries' clock does not stand still.
        let passed = Duration::from_secs(start.elapsed().as_secs()).saturating_sub(told);
        told += passed;
        ours.advance(passed);
        theirs.advance(passed);
        let (folder, outcome) = name.split_once('/').unwrap();
        let function = route(folder).2;
        let [mut here, mut there] = [event(name), event(name)];
        prepare(&ours, given, outcome, &mut here);
        prepare(&theirs, given, outcome, &mut there);
        let expected = ours.invoke(function, &here.to_string());
        let answer = respond(environments.get_mut(function).unwrap(), &there.to_string());
        assert_eq!(answer["statusCode"], status, "{name}: {answer}");
        assert_eq!(likeness(&answer), likeness(&expected), "{name}");
        let secrets = secrets.entry(function.to_owned()).or_default();
        secrets.extend(secrets_of(&there, &answer));
    }
    assert!(secrets.keys().eq(environments.keys()), "no function without an event");
    for (function, environment) in environments {
        check_log(&function, &environment.stop(), &secrets[&function]);
    }
}

/// All of a proxy answer that two stacks have in common.
fn likeness(answer: &Value) -> Value {
    let mut answer = answer.clone();
    let body = answer["body"].as_str().unwrap();
    if let Ok(mut body) = serde_json::from_str::<Value>(body) {
        mask(&mut body);
        answer["body"] = body;
    }
    answer
}

fn mask(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if OWN.contains(&name.as_str()) && !member.is_null() {
                    *member = json!("its own");
                } else {
                    mask(member);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(mask),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// What no log may hold: what stands in the body, the query and the token of an event, and in the
/// body of its answer what is the user's own. What is shorter than a code could stand there anyhow.
fn secrets_of(event: &Value, answer: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let bodies = [event, answer].map(|message| message["body"].as_str().unwrap_or_default());
    found.extend(bodies.map(str::to_owned));
    for (body, of_answer) in bodies.into_iter().zip([false, true]) {
        let body: Value = serde_json::from_str(body).unwrap_or_default();
        for (name, member) in body.as_object().into_iter().flatten() {
            if !of_answer || OWN.contains(&name.as_str()) {
                strings(member, &mut found);
            }
        }
    }
    strings(&event["multiValueHeaders"]["Authorization"], &mut found);
    strings(&event["multiValueQueryStringParameters"], &mut found);
    found.retain(|secret| secret.len() >= 6);
    found
}

fn strings(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.trim_start_matches("Bearer ").to_owned()),
        Value::Array(items) => items.iter().for_each(|item| strings(item, found)),
        Value::Object(members) => members.values().for_each(|member| strings(member, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// One JSON object for each event, and in none of them a secret.
fn check_log(function: &str, lines: &[String], secrets: &[String]) {
    let events =
        EVENTS.iter().filter(|(name, ..)| route(name.split_once('/').unwrap().0).2 == function);
    assert_eq!(lines.len(), events.count(), "{function}: {lines:#?}");
    for line in lines {
        let object: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"));
        for name in ["level", "message", "function_name"] {
            assert!(object[name].is_string(), "{line}");
        }
        let mut logged = Vec::new();
        strings(&object, &mut logged);
        let words: Vec<_> =
            logged.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric())).collect();
        for secret in secrets {
            // Six digits can stand within a longer number; as a word they are a code.
            let is_code = secret.bytes().all(|byte| byte.is_ascii_digit());
            let is_logged =
                if is_code { words.contains(&secret.as_str()) } else { line.contains(secret) };
            assert!(!is_logged, "{secret} in {line}");
        }
    }
}
