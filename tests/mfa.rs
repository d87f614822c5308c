//! `POST /mfa/setup`, `POST /mfa/verify` and `DELETE /mfa`

use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use crate::{
    client::{Answer, Call, Tokens, confirmed, confirmed_on, log_in, session, set_up_mfa},
    stack::{Running, SHARED},
    totp::{STEP, code, wrong_code},
};

/// Wrong codes that lock an account for a second.
const TRIES: usize = 5;

fn set_up(token: &str) -> Answer {
    Call::new("POST", "/mfa/setup").bearer(token).send()
}

fn verify(stack: &Running, token: &str, code: &str) -> Answer {
    Call::post("/mfa/verify", &json!({"code": code})).bearer(token).send_to(stack)
}

fn remove(stack: &Running, token: &str, code: &str) -> Answer {
    Call::delete("/mfa", &json!({"code": code})).bearer(token).send_to(stack)
}

fn is_on(stack: &Running, token: &str) -> bool {
    let me = Call::get("/me").bearer(token).send_to(stack).json();
    me["mfa_enabled"].as_bool().unwrap()
}

/// A key of at least 128 bits.
#[test]
fn aut_6_a_key_is_given_twice_over() {
    let address = confirmed();
    let token = log_in(&SHARED, &address).access;
    let answer = set_up(&token);
    assert_eq!(answer.status, 200, "{}", answer.body);
    let body = answer.json();
    let secret = body["secret"].as_str().unwrap();
    assert!(secret.len() * 5 >= 128 && secret.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    let (local_part, domain) = address.split_once('@').unwrap();
    let local_part = utf8_percent_encode(local_part, NON_ALPHANUMERIC);
    let expected =
        format!("otpauth://totp/Passmint:{local_part}%40{domain}?secret={secret}&issuer=Passmint");
    assert_eq!(body["otpauth_uri"], expected);
    assert!(!is_on(&SHARED, &token), "not before a code has come");
    log_in(&SHARED, &address);
}

#[test]
fn with_an_empty_object_too_and_with_no_other_body() {
    let token = &Tokens::shared().access;
    let call = |body: &str| Call::post_text("/mfa/setup", body).bearer(token).send();
    assert_eq!(call("{}").status, 200);
    for body in ["{", "[]", r#"{"issuer":"x"}"#] {
        assert_eq!(call(body).outcome(), (400, "malformed_request".to_owned()), "{body}");
    }
}

#[test]
fn a_code_ends_the_set_up_and_logins_ask_for_one() {
    let address = confirmed();
    let token = log_in(&SHARED, &address).access;
    let secret = set_up(&token).json()["secret"].as_str().unwrap().to_owned();
    let answer = verify(&SHARED, &token, &code(&SHARED, &secret, 0));
    assert_eq!((answer.status, &*answer.body), (204, ""));
    assert!(is_on(&SHARED, &token));
    session(&SHARED, &address);
}

#[test]
fn a_second_key_replaces_a_first_that_was_not_proved() {
    let token = log_in(&SHARED, &confirmed()).access;
    let [first, second] =
        [(); 2].map(|()| set_up(&token).json()["secret"].as_str().unwrap().to_owned());
    assert_ne!(first, second);
    let of_first = verify(&SHARED, &token, &code(&SHARED, &first, 0));
    assert_eq!(of_first.outcome(), (400, "invalid_code".to_owned()));
    assert_eq!(verify(&SHARED, &token, &code(&SHARED, &second, 0)).status, 204);
}

/// A new key would end the protection of the one in use.
#[test]
fn an_app_in_use_is_removed_first() {
    let token = log_in(&SHARED, &confirmed()).access;
    let secret = set_up_mfa(&SHARED, &token);
    assert_eq!(set_up(&token).outcome(), (409, "mfa_already_enabled".to_owned()));
    assert_eq!(remove(&SHARED, &token, &code(&SHARED, &secret, 0)).status, 204);
    assert_eq!(set_up(&token).status, 200);
}

#[test]
fn a_wrong_code_changes_nothing() {
    let stack = Running::in_memory();
    let address = confirmed_on(&stack);
    let token = log_in(&stack, &address).access;
    let secret = set_up_mfa(&stack, &token);
    let wrong = remove(&stack, &token, &wrong_code(&stack, &secret));
    assert_eq!(wrong.outcome(), (400, "invalid_code".to_owned()));
    // The code that ended the set-up is used up, and two steps are too far.
    for step in [-1, -2, 2] {
        let answer = remove(&stack, &token, &code(&stack, &secret, step));
        assert_eq!(answer.likeness(), wrong.likeness(), "{step}");
        assert_eq!(
            verify(&stack, &token, &code(&stack, &secret, step)).likeness(),
            wrong.likeness()
        );
    }
    assert!(is_on(&stack, &token));
    session(&stack, &address);
}

#[test]
fn a_right_code_has_logins_no_longer_ask() {
    let stack = Running::in_memory();
    let address = confirmed_on(&stack);
    let token = log_in(&stack, &address).access;
    let secret = set_up_mfa(&stack, &token);
    stack.advance(Duration::from_secs(STEP));
    let answer = remove(&stack, &token, &code(&stack, &secret, 0));
    assert_eq!((answer.status, &*answer.body), (204, ""));
    assert!(!is_on(&stack, &token));
    log_in(&stack, &address);
}

/// What was never set up is neither proved nor removed.
#[test]
fn aut_9_without_a_set_up_there_is_nothing_to_prove_or_remove() {
    let token = log_in(&SHARED, &confirmed()).access;
    for answer in [verify(&SHARED, &token, "123456"), remove(&SHARED, &token, "123456")] {
        assert_eq!(answer.outcome(), (409, "mfa_not_set_up".to_owned()));
    }
}

#[test]
fn what_cannot_be_a_code_is_malformed() {
    let token = &Tokens::shared().access;
    for code in ["", "12345", "1234567", "12345x", "123 56"] {
        for answer in [verify(&SHARED, token, code), remove(&SHARED, token, code)] {
            assert_eq!(answer.outcome(), (400, "malformed_request".to_owned()), "{code}");
            assert_eq!(answer.errors(), [("code".to_owned(), "invalid".to_owned())]);
        }
    }
}

#[test]
fn rate_2_codes_cannot_be_guessed() {
    let stack = Running::in_memory();
    let token = log_in(&stack, &confirmed_on(&stack)).access;
    let secret = set_up_mfa(&stack, &token);
    let wrong = wrong_code(&stack, &secret);
    for _ in 0..TRIES {
        assert_eq!(remove(&stack, &token, &wrong).outcome(), (400, "invalid_code".to_owned()));
    }
    let locked = remove(&stack, &token, &code(&stack, &secret, 0));
    assert_eq!(locked.outcome(), (429, "too_many_attempts".to_owned()));
    assert!(is_on(&stack, &token));
}

/// Another user's code is of no use.
#[test]
fn aut_9_a_code_is_bound_to_its_user() {
    let (ada, bob) = (log_in(&SHARED, &confirmed()), log_in(&SHARED, &confirmed()));
    let [adas, bobs] = [&ada, &bob].map(|tokens| set_up_mfa(&SHARED, &tokens.access));
    let answer = remove(&SHARED, &ada.access, &code(&SHARED, &bobs, 0));
    assert_eq!(answer.outcome(), (400, "invalid_code".to_owned()));
    assert_eq!(remove(&SHARED, &ada.access, &code(&SHARED, &adas, 0)).status, 204);
}
