//! `POST /resend_code`

use serde_json::json;

use crate::{
    client::{Answer, Call, address, confirm, confirmed, log_in, registered},
    stack::SHARED,
};

/// Mails that an account can ask for in an hour.
const LIMIT: usize = 5;

fn resend(username: &str) -> Answer {
    Call::post("/resend_code", &json!({"username": username})).send()
}

#[test]
fn a_new_code_is_mailed_and_confirms_the_account() {
    let address = registered();
    let answer = resend(&address);
    assert_eq!(answer.status, 202);
    let message = "If the account waits for confirmation, a new code is on its way";
    assert_eq!(answer.json(), json!({"message": message}));
    assert_eq!(SHARED.codes(&address).len(), 2);
    confirm(&SHARED, &address);
    log_in(&SHARED, &address);
}

#[test]
fn every_address_gets_the_same_answer_and_only_a_waiting_one_mail() {
    let waiting = resend(&registered()).likeness();
    let confirmed = confirmed();
    for address in [&confirmed, &address(), &confirmed.to_uppercase()] {
        assert_eq!(resend(address).likeness(), waiting, "{address}");
    }
    assert_eq!(SHARED.codes(&confirmed).len(), 1);
}

#[test]
fn mails_are_limited_and_the_answer_does_not_tell() {
    let address = registered();
    let first = resend(&address).likeness();
    for _ in 0..=LIMIT {
        assert_eq!(resend(&address).likeness(), first);
    }
    assert_eq!(SHARED.codes(&address).len(), 1 + LIMIT);
}
