//! `POST /mfa/setup`, `POST /mfa/verify` and `DELETE /mfa`

use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use crate::{
    client::{
        Answer, Call, PASSWORD, Tokens, confirmed, confirmed_on, log_in, mfa_key, session,
        set_up_mfa,
    },
    stack::{Running, SHARED},
    totp::{STEP, code, wrong_code},
};

const WRONG: &str = "incorrect-horse-battery";
/// Wrong passwords or codes that lock an account for a second.
const TRIES: usize = 5;

fn set_up(stack: &Running, token: &str, password: &str) -> Answer {
    Call::post("/mfa/setup", &json!({"password": password})).bearer(token).send_to(stack)
}

fn verify(stack: &Running, token: &str, code: &str) -> Answer {
    Call::post("/mfa/verify", &json!({"code": code})).bearer(token).send_to(stack)
}

fn remove(stack: &Running, token: &str, code: &str) -> Answer {
    remove_by(stack, token, PASSWORD, code)
}

fn remove_by(stack: &Running, token: &str, password: &str, code: &str) -> Answer {
    let body = json!({"password": password, "code": code});
    Call::delete("/mfa", &body).bearer(token).send_to(stack)
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
    let answer = set_up(&SHARED, &token, PASSWORD);
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

/// A found access token does not enrol a second factor, nor does it take one off.
#[test]
fn aut_11_without_the_password_nothing_happens() {
    let stack = Running::in_memory();
    let address = confirmed_on(&stack);
    let token = log_in(&stack, &address).access;
    let wrong = set_up(&stack, &token, WRONG);
    assert_eq!(wrong.outcome(), (401, "invalid_credentials".to_owned()));
    assert_eq!(verify(&stack, &token, "123456").outcome(), (409, "mfa_not_set_up".to_owned()));
    for body in [json!({}), json!({"password": ""}), json!({"code": "123456"})] {
        let answer = Call::post("/mfa/setup", &body).bearer(&token).send_to(&stack);
        assert_eq!(answer.outcome(), (400, "malformed_request".to_owned()), "{body}");
    }
    let none = Call::new("POST", "/mfa/setup").bearer(&token).send_to(&stack);
    assert_eq!(none.outcome(), (415, "unsupported_media_type".to_owned()));
    log_in(&stack, &address);

    let secret = set_up_mfa(&stack, &token);
    // Without the password these routes show nothing.
    for answer in [
        set_up(&stack, &token, WRONG),
        remove_by(&stack, &token, WRONG, &code(&stack, &secret, 0)),
        remove_by(&stack, &token, WRONG, &wrong_code(&stack, &secret)),
    ] {
        assert_eq!(answer.likeness(), wrong.likeness());
    }
    assert!(is_on(&stack, &token));
    // The right code was not used up.
    assert_eq!(remove(&stack, &token, &code(&stack, &secret, 0)).status, 204);
}

/// The lock of logins counts the passwords that are tried here.
#[test]
fn aut_11_the_password_cannot_be_guessed() {
    type Guess = fn(&Running, &str, &str) -> Answer;
    let guesses: [Guess; 2] =
        [set_up, |stack, token, password| remove_by(stack, token, password, "123456")];
    for guess in guesses {
        let stack = Running::in_memory();
        let address = confirmed_on(&stack);
        let token = log_in(&stack, &address).access;
        for _ in 0..TRIES {
            let answer = guess(&stack, &token, WRONG);
            assert_eq!(answer.outcome(), (401, "invalid_credentials".to_owned()));
        }
        let locked = guess(&stack, &token, PASSWORD);
        assert_eq!(locked.outcome(), (429, "too_many_attempts".to_owned()));
        assert!(locked.headers.contains_key("retry-after"));
        let login = json!({"username": address, "password": PASSWORD});
        let login = Call::post("/login", &login).send_to(&stack);
        assert_eq!(login.outcome(), (401, "invalid_credentials".to_owned()));
    }
}

#[test]
fn a_code_ends_the_set_up_and_logins_ask_for_one() {
    let address = confirmed();
    let token = log_in(&SHARED, &address).access;
    let secret = mfa_key(&SHARED, &token);
    let answer = verify(&SHARED, &token, &code(&SHARED, &secret, 0));
    assert_eq!((answer.status, &*answer.body), (204, ""));
    assert!(is_on(&SHARED, &token));
    session(&SHARED, &address);
}

#[test]
fn a_second_key_replaces_a_first_that_was_not_proved() {
    let token = log_in(&SHARED, &confirmed()).access;
    let [first, second] = [(); 2].map(|()| mfa_key(&SHARED, &token));
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
    let again = set_up(&SHARED, &token, PASSWORD);
    assert_eq!(again.outcome(), (409, "mfa_already_enabled".to_owned()));
    // Not even with wrong codes, which would lock the owner out.
    let verified = verify(&SHARED, &token, "000000");
    assert_eq!(verified.likeness(), again.likeness());
    assert_eq!(remove(&SHARED, &token, &code(&SHARED, &secret, 0)).status, 204);
    assert_eq!(set_up(&SHARED, &token, PASSWORD).status, 200);
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
