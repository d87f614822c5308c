//! `POST /reset_password`

use std::time::Duration;

use serde_json::json;

use crate::{
    client::{
        Answer, Call, PASSWORD, address, confirmed, confirmed_on, log_in, log_in_by, registered,
        session, set_up_mfa,
    },
    stack::{Running, SHARED},
    totp,
};

const NEW: &str = "another-horse-battery";
/// No code has letters.
const WRONG: &str = "wrong!";
/// How long a code holds.
const LIFE: Duration = Duration::from_hours(1);
/// Tries of codes that an account has in an hour, at most.
const TRIES: usize = 20;
/// Wrong passwords that lock an account.
const LOCK: usize = 5;

fn reset_by(stack: &Running, username: &str, code: &str, password: &str) -> Answer {
    let body = json!({"username": username, "confirmation_code": code, "new_password": password});
    Call::post("/reset_password", &body).send_to(stack)
}

fn reset(username: &str, code: &str) -> Answer {
    reset_by(&SHARED, username, code, NEW)
}

/// The newest code for `address`, after it was asked for.
fn code(stack: &Running, address: &str) -> String {
    let forgot = json!({"username": address});
    assert_eq!(Call::post("/forgot_password", &forgot).send_to(stack).status, 202);
    stack.codes(address).swap_remove(0)
}

#[test]
fn the_code_of_the_mail_replaces_the_password() {
    let address = confirmed();
    let answer = reset(&address, &code(&SHARED, &address));
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.json(), json!({"message": "Password reset successfully"}));
    log_in_by(&SHARED, &address, NEW);
    let old = json!({"username": address, "password": PASSWORD});
    assert_eq!(Call::post("/login", &old).send().status, 401);
}

/// Cognito ends none of them by itself.
#[test]
fn every_login_ends() {
    let address = confirmed();
    let logins = [log_in(&SHARED, &address), log_in(&SHARED, &address)];
    assert_eq!(reset(&address, &code(&SHARED, &address)).status, 200);
    for tokens in logins {
        assert_eq!(Call::get("/me").bearer(&tokens.access).send().status, 401);
        let refresh = json!({"refresh_token": tokens.refresh});
        let answer = Call::post("/refresh", &refresh).send();
        assert_eq!(answer.outcome(), (401, "session_over".to_owned()));
    }
}

/// Its code would have been the last step.
#[test]
fn aut_12_a_login_that_the_old_password_began_ends() {
    let address = confirmed();
    let secret = set_up_mfa(&SHARED, &log_in(&SHARED, &address).access);
    let session = session(&SHARED, &address);
    assert_eq!(reset(&address, &code(&SHARED, &address)).status, 200);
    let totp = totp::code(&SHARED, &secret, 0);
    let body = json!({"username": address, "session": session, "code": totp});
    let answer = Call::post("/login/mfa", &body).send();
    assert_eq!(answer.outcome(), (401, "session_over".to_owned()));
}

#[test]
fn aut_4_the_second_factor_is_still_asked_for() {
    let address = confirmed();
    set_up_mfa(&SHARED, &log_in(&SHARED, &address).access);
    assert_eq!(reset(&address, &code(&SHARED, &address)).status, 200);
    let body = log_in_by(&SHARED, &address, NEW).json();
    assert_eq!(body["challenge"], "SOFTWARE_TOKEN_MFA");
}

#[test]
fn enu_4_aut_5_a_wrong_an_old_and_a_used_code_and_an_unknown_user_are_one_answer() {
    let asked = confirmed();
    let old = code(&SHARED, &asked);
    let new = loop {
        let new = code(&SHARED, &asked);
        // Two codes are the same once in a million.
        if new != old {
            break new;
        }
    };
    let wrong = reset(&asked, WRONG);
    assert_eq!(wrong.outcome(), (400, "invalid_code".to_owned()));
    let used = confirmed();
    let used_code = code(&SHARED, &used);
    assert_eq!(reset(&used, &used_code).status, 200);
    for (address, code) in [
        (&asked, &*old),
        (&used, &*used_code),
        (&used, WRONG),
        (&used, &*new),
        (&confirmed(), WRONG),
        (&confirmed(), &*new),
        (&registered(), WRONG),
        (&address(), WRONG),
        (&address(), &*new),
    ] {
        assert_eq!(reset(address, code).likeness(), wrong.likeness(), "{address} {code}");
    }
    assert_eq!(reset(&asked, &new).status, 200);
}

#[test]
fn aut_5_a_code_ends_after_an_hour() {
    let stack = Running::in_memory();
    let address = confirmed_on(&stack);
    let code = code(&stack, &address);
    let wrong = reset_by(&stack, &address, WRONG, NEW);
    stack.advance(LIFE);
    assert_eq!(reset_by(&stack, &address, &code, NEW).likeness(), wrong.likeness());
}

/// The code that confirms an address is none that replaces a password, and the other way round.
#[test]
fn codes_of_another_purpose_are_wrong() {
    let waiting = registered();
    let sign_up = SHARED.codes(&waiting).swap_remove(0);
    assert_eq!(reset(&waiting, &sign_up).outcome(), (400, "invalid_code".to_owned()));
    let body = json!({"username": waiting, "confirmation_code": sign_up});
    assert_eq!(Call::post("/confirm_user", &body).send().status, 200);
}

#[test]
fn pw_3_passwords_that_may_not_be_chosen_are_refused_with_the_reason() {
    let address = confirmed();
    let code = code(&SHARED, &address);
    let local_part = address.split('@').next().unwrap();
    let rows = [
        ("short".to_owned(), "too_short"),
        ("x".repeat(257), "too_long"),
        (format!("{NEW} "), "white_space"),
        ("ManchesterUnited".to_owned(), "common"),
        ("abcdefghijklmnopqrst".to_owned(), "predictable"),
        (format!("{}-{local_part}-2026", local_part.to_uppercase()), "personal"),
    ];
    for (password, reason) in rows {
        let answer = reset_by(&SHARED, &address, &code, &password);
        assert_eq!(answer.outcome(), (400, "weak_password".to_owned()), "{password}");
        assert_eq!(answer.errors(), [("new_password".to_owned(), reason.to_owned())]);
    }
    // None of them used up the code.
    assert_eq!(reset(&address, &code).status, 200);
}

/// For known and unknown users alike.
#[test]
fn rate_4_tries_of_codes_are_limited() {
    let known = confirmed();
    let code = code(&SHARED, &known);
    let tries = |address: &str| -> Vec<_> {
        (0..=TRIES).map(|_| reset(address, WRONG).likeness()).collect()
    };
    let of_known = tries(&known);
    assert_eq!(of_known, tries(&address()));
    let limited = reset(&known, &code);
    assert_eq!(limited.outcome(), (429, "too_many_attempts".to_owned()));
    assert!(limited.headers.contains_key("retry-after"));
    assert_eq!(limited.likeness(), of_known[TRIES]);
}

/// A lock that somebody else brought about does not keep the user out for good.
#[test]
fn rate_8_a_locked_user_can_reset_and_log_in() {
    let stack = Running::in_memory();
    let address = confirmed_on(&stack);
    let wrong = json!({"username": address, "password": "incorrect-horse-battery"});
    for _ in 0..LOCK {
        assert_eq!(Call::post("/login", &wrong).send_to(&stack).status, 401);
    }
    let code = code(&stack, &address);
    assert_eq!(reset_by(&stack, &address, &code, NEW).status, 200);
    stack.advance(Duration::from_mins(15));
    log_in_by(&stack, &address, NEW);
}
