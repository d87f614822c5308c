//! The user pool goes away, in two ways, and comes back.

use std::{
    net::{Ipv4Addr, TcpListener},
    path::Path,
    process, thread,
};

use local::Data;
use runtime_api::Environment;
use tempfile::TempDir;

use crate::{
    binaries::{Cognito, deployed, ids, outcome, respond, stack_of_today},
    events::{event, issue_to},
    stack::Running,
};

/// For each function that calls Cognito an event that makes it do so whoever has an account, and the
/// outcome while Cognito is there.
const EVENTS: [(&str, &str, u64, &str); 7] = [
    ("AccountFunction", "me/success", 401, "unauthorized"),
    ("ConfirmFunction", "confirm_user/invalid_code_unknown_user", 400, "invalid_code"),
    ("DeleteAccountFunction", "delete_me/success", 401, "unauthorized"),
    ("LoginFunction", "login/invalid_credentials_unknown_user", 401, "invalid_credentials"),
    ("MfaFunction", "mfa_setup/success", 401, "unauthorized"),
    ("RecoverFunction", "reset_password/invalid_code_unknown_user", 400, "invalid_code"),
    ("RegisterFunction", "register/success", 200, ""),
];

/// A function that has an answer of its own without Cognito.
const OFFLINE: &str = "GenerateFunction";

#[test]
fn every_function_outlives_an_outage() {
    let (directory, port) = (TempDir::new().unwrap(), free_port());
    let users = directory.path().join("users");
    let first = up(&users, port);
    let cognito = Cognito::of(&first);
    first.shut_down();
    let mut environments =
        EVENTS.map(|(id, ..)| Environment::start(&deployed(id, &cognito)).unwrap());
    let client_id = &cognito.client_id;
    let mut ask = |when: &str, is_there: bool| {
        // At once: each takes as long as it tries again.
        thread::scope(|scope| {
            for (environment, (id, name, status, code)) in environments.iter_mut().zip(EVENTS) {
                scope.spawn(move || {
                    let (status, code) =
                        if is_there { (status, code) } else { (503, "dependency_unavailable") };
                    let mut event = event(name);
                    issue_to(client_id, &mut event);
                    let answer = respond(environment, &event.to_string());
                    assert_eq!(outcome(&answer), (status, code.to_owned()), "{id} {when}");
                });
            }
        });
    };
    ask("before it is there", false);
    let stack = up(&users, port);
    ask("when it is there", true);
    stack.shut_down();
    ask("when it refuses connections", false);
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
    ask("when it says nothing", false);
    drop(silent);
    let stack = up(&users, port);
    ask("when it is back", true);
    stack.shut_down();
}

/// The functions above are all that call Cognito.
#[test]
fn every_function_has_a_row() {
    let mut ids = ids();
    ids.retain(|id| id != OFFLINE);
    ids.sort_unstable();
    assert_eq!(ids, EVENTS.map(|(id, ..)| id.to_owned()));
}

/// The user pool on `port`, with the users that it had there before.
fn up(users: &Path, port: u16) -> Running {
    stack_of_today(Data::Directory(users.to_owned()), port)
}

/// A port that nobody has, and that nobody gets who asks for any: those are above 32767.
fn free_port() -> u16 {
    let first = 20_000 + u16::try_from(process::id() % 5_000).unwrap();
    let is_free = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
    (first..first + 5_000).find(is_free).unwrap()
}
