//! An acknowledged registration survives `kill -9`.

use std::{hash::BuildHasher, path::Path, time::Duration};

use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::{
    client::{get, post},
    process::{Passmint, passmint_on},
};

/// How many clients register at the same time.
const CLIENTS: usize = 4;
/// The process is killed when so many registrations were acknowledged in its life, and others are
/// under way.
const ACKNOWLEDGED: std::ops::Range<u64> = 1..8;
/// And so many milliseconds later, so that they are cut off at any point of their way.
const MOMENTS: std::ops::Range<u64> = 0..25;

fn rounds() -> usize {
    if std::env::var_os("CI").is_some() { 100 } else { 20 }
}

fn random(range: std::ops::Range<u64>) -> u64 {
    range.start + std::hash::RandomState::new().hash_one(0) % (range.end - range.start)
}

fn start(directory: &Path) -> Passmint {
    Passmint::start(&mut passmint_on(directory))
}

fn credentials(name: &str) -> Value {
    json!({"username": format!("{name}@example.com"), "password": format!("the-passphrase-of-{name}")})
}

/// Registers users until the process is gone, and tells `told` of each; gives the names whose
/// registration was acknowledged.
async fn register(url: String, prefix: String, told: UnboundedSender<()>) -> Vec<String> {
    let mut acknowledged = Vec::new();
    for n in 0.. {
        let name = format!("{prefix}-{n}");
        match post(&url, "/register", &credentials(&name)).await {
            Ok(answer) => {
                assert_eq!(answer.status, 200, "{}", answer.json());
                acknowledged.push(name);
                told.send(()).unwrap();
            }
            Err(_) => break,
        }
    }
    acknowledged
}

/// Asserts that all of `names` are there, with their passwords, and somebody else is not.
async fn assert_registered(url: &str, names: &[String]) {
    for name in names {
        let answer = post(url, "/login", &credentials(name)).await.unwrap();
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["code"]),
            (403, &json!("user_not_confirmed")),
            "{name}"
        );
    }
    let answer = post(url, "/login", &credentials("nobody")).await.unwrap();
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["code"]),
        (401, &json!("invalid_credentials"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_a_kill() {
    let directory = tempfile::tempdir().unwrap();
    let first = start(directory.path());
    let ids = |passmint: &Passmint| {
        (passmint.value("User pool ID").to_owned(), passmint.value("App client ID").to_owned())
    };
    let unchanged = ids(&first);
    let jwks = format!("/{}/.well-known/jwks.json", unchanged.0);
    let keys = get(first.value("Cognito endpoint"), &jwks).await.unwrap().body;
    first.kill();
    let (mut all, mut last) = (Vec::new(), Vec::new());
    for round in 0..rounds() {
        let passmint = start(directory.path());
        assert_eq!(ids(&passmint), unchanged);
        assert_registered(passmint.url(), &last).await;
        let (told, mut heard) = unbounded_channel();
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                let (url, prefix) = (passmint.url().to_owned(), format!("{round}-{client}"));
                tokio::spawn(register(url, prefix, told.clone()))
            })
            .collect();
        drop(told);
        for _ in 0..random(ACKNOWLEDGED) {
            heard.recv().await.unwrap();
        }
        tokio::time::sleep(Duration::from_millis(random(MOMENTS))).await;
        passmint.kill();
        last.clear();
        for client in clients {
            last.extend(client.await.unwrap());
        }
        all.extend_from_slice(&last);
    }
    assert!(all.len() >= rounds());
    let passmint = start(directory.path());
    assert_registered(passmint.url(), &all).await;
    assert_eq!(get(passmint.value("Cognito endpoint"), &jwks).await.unwrap().body, keys);
}
