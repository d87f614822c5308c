//! `POST /confirm_user`

use std::time::Duration;

use serde_json::json;

use crate::{
    client::{Answer, Call, PASSWORD, address, confirmed, log_in, log_in_by, register, registered},
    stack::{Running, SHARED},
};

/// The password that an attacker registers somebody else's address with.
const ATTACKERS: &str = "attackers-horse-battery";
/// No code has letters.
const WRONG: &str = "wrong!";
/// How long a code holds.
const LIFE: Duration = Duration::from_hours(24);
/// Tries of codes that an account has in an hour, after which the right one does not help either.
const TRIES: usize = 15;

fn confirm(username: &str, code: &str) -> Answer {
    Call::post("/confirm_user", &json!({"username": username, "confirmation_code": code})).send()
}

fn confirm_with(username: &str, code: &str, password: &str) -> Answer {
    let body = json!({"username": username, "confirmation_code": code, "password": password});
    Call::post("/confirm_user", &body).send()
}

fn register_with(username: &str, password: &str) {
    let body = json!({"username": username, "password": password});
    assert_eq!(Call::post("/register", &body).send().status, 200);
}

/// The status and code of a login.
fn login(username: &str, password: &str) -> (u16, String) {
    Call::post("/login", &json!({"username": username, "password": password})).send().outcome()
}

fn check_invalid(answer: &Answer) {
    assert_eq!(answer.outcome(), (400, "invalid_code".to_owned()), "{}", answer.body);
}

#[test]
fn the_code_of_the_mail_confirms_the_account() {
    let address = registered();
    let answer = confirm(&address, &SHARED.codes(&address)[0]);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json(), json!({"message": "User confirmed successfully"}));
    log_in(&SHARED, &address);
}

/// AUT-13: whoever reads the mail owns the account, not whoever registered the address first
/// (pre-hijacking, USENIX Security 2022).
#[test]
fn an_address_that_somebody_else_registered_gets_the_password_of_its_owner() {
    let victim = address();
    register_with(&victim, ATTACKERS);
    register_with(&victim, PASSWORD);
    // The second registration mails a code too, so that the victim has a reason to go on.
    let code = SHARED.codes(&victim).swap_remove(0);
    assert_eq!(SHARED.codes(&victim).len(), 2);
    assert_ne!(login(&victim, ATTACKERS).0, 200);
    let answer = confirm_with(&victim, &code, PASSWORD);
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.json(), json!({"message": "User confirmed successfully"}));
    assert_eq!(login(&victim, ATTACKERS), (401, "invalid_credentials".to_owned()));
    log_in_by(&SHARED, &victim, PASSWORD);
}

#[test]
fn no_password_is_set_without_the_right_code() {
    let (waiting, used) = (registered(), registered());
    let code = SHARED.codes(&used).swap_remove(0);
    assert_eq!(confirm(&used, &code).status, 200);
    let wrong = confirm(&waiting, WRONG);
    for (address, code) in [(&used, &*code), (&used, WRONG), (&waiting, WRONG), (&address(), WRONG)]
    {
        let answer = confirm_with(address, code, ATTACKERS);
        assert_eq!(answer.likeness(), wrong.likeness(), "{address} {code}");
    }
    assert_eq!(login(&used, ATTACKERS).0, 401);
    log_in_by(&SHARED, &used, PASSWORD);
    assert_eq!(confirm(&waiting, &SHARED.codes(&waiting)[0]).status, 200);
    assert_eq!(login(&waiting, ATTACKERS).0, 401);
    log_in_by(&SHARED, &waiting, PASSWORD);
}

/// PW-3: before the code is used.
#[test]
fn a_password_that_may_not_be_chosen_leaves_the_code_as_it_was() {
    let address = registered();
    let code = SHARED.codes(&address).swap_remove(0);
    for (password, reason) in [
        ("short", "too_short"),
        ("", "too_short"),
        ("manchesterunited", "common"),
        ("example-passmint", "personal"),
    ] {
        let answer = confirm_with(&address, &code, password);
        assert_eq!(answer.outcome(), (400, "weak_password".to_owned()), "{password}");
        assert_eq!(answer.errors(), [("password".to_owned(), reason.to_owned())], "{password}");
    }
    for password in [json!(null), json!(7), json!(["a"])] {
        let body = json!({"username": address, "confirmation_code": code, "password": password});
        let answer = Call::post("/confirm_user", &body).send();
        assert_eq!(answer.outcome(), (400, "malformed_request".to_owned()), "{password}");
        assert_eq!(answer.errors(), [("password".to_owned(), "wrong_type".to_owned())]);
    }
    assert_eq!(confirm_with(&address, &code, PASSWORD).status, 200);
}

#[test]
fn a_wrong_an_old_and_a_used_code_and_an_unknown_user_are_one_answer() {
    let waiting = registered();
    let wrong = confirm(&waiting, WRONG);
    check_invalid(&wrong);

    let used = registered();
    let code = SHARED.codes(&used).swap_remove(0);
    assert_eq!(confirm(&used, &code).status, 200);
    let other = registered();
    for (address, code) in [
        (&address(), WRONG),
        (&address(), &code),
        (&used, &code),
        (&used, WRONG),
        (&confirmed(), WRONG),
        // Another user's.
        (&waiting, &SHARED.codes(&other)[0]),
        (&waiting, "1"),
        (&waiting, &"9".repeat(2048)),
    ] {
        assert_eq!(confirm(address, code).likeness(), wrong.likeness(), "{address} {code}");
    }
}

#[test]
fn a_new_code_ends_the_one_before() {
    let address = registered();
    let old = SHARED.codes(&address).swap_remove(0);
    let resend = json!({"username": address});
    let new = loop {
        assert_eq!(Call::post("/resend_code", &resend).send().status, 202);
        let new = SHARED.codes(&address).swap_remove(0);
        // Two codes are the same once in a million.
        if new != old {
            break new;
        }
    };
    check_invalid(&confirm(&address, &old));
    assert_eq!(confirm(&address, &new).status, 200);
}

#[test]
fn codes_that_cannot_be_one_are_malformed() {
    for code in ["", " ", "123 456", " 123456", "123456\n", &"9".repeat(2049)] {
        let answer = confirm(&address(), code);
        assert_eq!(answer.outcome(), (400, "malformed_request".to_owned()), "{code:?}");
        let expected = [("confirmation_code".to_owned(), "invalid".to_owned())];
        assert_eq!(answer.errors(), expected, "{code:?}");
    }
}

#[test]
fn a_code_ends_after_a_day_and_is_answered_like_a_wrong_one() {
    let stack = Running::in_memory();
    let address = address();
    register(&stack, &address);
    let code = stack.codes(&address).swap_remove(0);
    let confirm = |code: &str| {
        let body = json!({"username": address, "confirmation_code": code});
        Call::post("/confirm_user", &body).send_to(&stack)
    };
    let wrong = confirm(WRONG);
    stack.advance(LIFE);
    assert_eq!(confirm(&code).likeness(), wrong.likeness());
}

/// A code cannot be guessed, and the limit does not tell which addresses are known.
#[test]
fn tries_of_codes_are_limited_for_known_and_unknown_users_alike() {
    let waiting = registered();
    let code = SHARED.codes(&waiting).swap_remove(0);
    let tries = |address: &str| -> Vec<_> {
        (0..=TRIES).map(|_| confirm(address, WRONG).likeness()).collect()
    };
    let known = tries(&waiting);
    assert_eq!(known, tries(&address()));
    let limited = confirm(&waiting, &code);
    assert_eq!(limited.outcome(), (429, "too_many_attempts".to_owned()));
    assert_eq!(limited.headers["retry-after"], "900");
    assert_eq!(limited.likeness(), known[TRIES]);
    assert_ne!(known[TRIES], known[TRIES - 1]);
}
