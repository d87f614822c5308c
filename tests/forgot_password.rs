//! `POST /forgot_password`

use serde_json::json;

use crate::{
    client::{Answer, Call, address, confirmed, registered},
    stack::SHARED,
};

/// Mails that an account can ask for in an hour, at most.
const LIMIT: usize = 20;

fn forgot(username: &str) -> Answer {
    Call::post("/forgot_password", &json!({"username": username})).send()
}

#[test]
fn a_code_is_mailed() {
    let address = confirmed();
    let answer = forgot(&address);
    assert_eq!(answer.status, 202);
    let message = "If the account can be recovered, a code is on its way";
    assert_eq!(answer.json(), json!({"message": message}));
    assert_eq!(SHARED.codes(&address).len(), 2);
}

#[test]
fn enu_3_every_address_gets_the_same_answer_and_only_an_account_mail() {
    let known = confirmed();
    let first = forgot(&known).likeness();
    let waiting = registered();
    for address in [&known.to_uppercase(), &waiting, &address()] {
        assert_eq!(forgot(address).likeness(), first, "{address}");
    }
    assert_eq!(SHARED.codes(&known).len(), 3, "once more by another case");
    assert_eq!(SHARED.codes(&waiting).len(), 1, "its address is not confirmed");
}

/// As far as a limit can be told to everybody.
#[test]
fn rate_4_mails_are_limited_and_the_answer_does_not_tell() {
    let address = confirmed();
    let first = forgot(&address).likeness();
    for _ in 0..=LIMIT {
        assert_eq!(forgot(&address).likeness(), first);
    }
    let mails = SHARED.codes(&address).len();
    assert!(mails <= 1 + LIMIT, "{mails}");
}
