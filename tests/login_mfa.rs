//! `POST /login/mfa`

use std::time::Duration;

use serde_json::json;

use crate::{
    administrator::take_password,
    client::{
        Answer, Call, PASSWORD, TEMPORARY, Tokens, address, confirmed, confirmed_on, invited,
        log_in, log_in_by, session, session_of, set_up_mfa,
    },
    stack::{Running, SHARED},
    totp::{STEP, code, wrong_code},
};

/// How long a session holds.
const SESSION_LIFE: Duration = Duration::from_mins(15);
const ALMOST: Duration = Duration::from_secs(15 * 60 - 1);
/// Wrong codes that lock an account for a second.
const TRIES: usize = 5;

fn finish(stack: &Running, username: &str, session: &str, code: &str) -> Answer {
    let body = json!({"username": username, "session": session, "code": code});
    Call::post("/login/mfa", &body).send_to(stack)
}

/// An account with an authenticator app, and the app's key.
fn with_mfa(stack: &Running) -> (String, String) {
    let address = confirmed_on(stack);
    let secret = set_up_mfa(stack, &log_in(stack, &address).access);
    (address, secret)
}

fn check_over(answer: &Answer) {
    assert_eq!(answer.outcome(), (401, "session_over".to_owned()), "{}", answer.body);
}

#[test]
fn a_code_gets_the_tokens_of_a_login() {
    let (address, secret) = with_mfa(&SHARED);
    let answer = finish(&SHARED, &address, &session(&SHARED, &address), &code(&SHARED, &secret, 0));
    assert_eq!(answer.status, 200, "{}", answer.body);
    let body = answer.json();
    assert_eq!(
        (&body["message"], &body["token_type"]),
        (&json!("Login successful"), &json!("Bearer"))
    );
    assert_eq!(body["expires_in"], 900);
    let token = Tokens::read(&body).access;
    assert_eq!(Call::get("/generate").bearer(&token).send().status, 200);
}

#[test]
fn the_name_is_compared_without_case() {
    let (address, secret) = with_mfa(&SHARED);
    let session = session(&SHARED, &address);
    let code = code(&SHARED, &secret, 0);
    assert_eq!(finish(&SHARED, &address.to_uppercase(), &session, &code).status, 200);
}

/// Each code once, one step of 30 s to either side.
#[test]
fn aut_6_codes_that_are_wrong_used_or_far_are_one_answer() {
    let stack = Running::in_memory();
    let (address, secret) = with_mfa(&stack);
    let first = session(&stack, &address);
    let wrong = finish(&stack, &address, &first, &wrong_code(&stack, &secret));
    assert_eq!(wrong.outcome(), (400, "invalid_code".to_owned()));
    for step in [-2, 2, -1] {
        // The code of the step before is used up by the set-up.
        let answer = finish(&stack, &address, &first, &code(&stack, &secret, step));
        assert_eq!(answer.likeness(), wrong.likeness(), "{step}");
    }
    // A wrong code did not use up the session.
    let used = code(&stack, &secret, 1);
    assert_eq!(finish(&stack, &address, &first, &used).status, 200);
    stack.advance(Duration::from_secs(STEP));
    let second = session(&stack, &address);
    assert_eq!(finish(&stack, &address, &second, &used).likeness(), wrong.likeness());
    stack.advance(Duration::from_secs(STEP));
    assert_eq!(finish(&stack, &address, &second, &code(&stack, &secret, 0)).status, 200);
}

/// Single use, of one user and one step, for a while.
#[test]
fn aut_7_sessions_that_are_used_forged_or_another_users_are_over() {
    let (ada, secret) = with_mfa(&SHARED);
    let (bob, bobs_secret) = with_mfa(&SHARED);
    let (session_of_ada, session_of_bob) = (session(&SHARED, &ada), session(&SHARED, &bob));
    let now = code(&SHARED, &secret, 0);
    let forged = "x".repeat(session_of_ada.len());
    let over = finish(&SHARED, &ada, &forged, &now);
    check_over(&over);
    let own_code_of_bob = code(&SHARED, &bobs_secret, 0);
    for (username, session, code) in [
        (&ada, &session_of_bob, &now),
        (&ada, &session_of_bob, &own_code_of_bob),
        (&bob, &session_of_ada, &now),
        (&bob, &session_of_ada, &own_code_of_bob),
        (&address(), &session_of_ada, &now),
        (&confirmed(), &session_of_ada, &now),
    ] {
        let answer = finish(&SHARED, username, session, code);
        assert_eq!(answer.likeness(), over.likeness(), "{username}");
    }
    assert_eq!(finish(&SHARED, &ada, &session_of_ada, &now).status, 200);
    let again = finish(&SHARED, &ada, &session_of_ada, &code(&SHARED, &secret, 1));
    assert_eq!(again.likeness(), over.likeness());
}

#[test]
fn aut_7_a_session_ends_after_a_quarter_of_an_hour() {
    let stack = Running::in_memory();
    let (address, secret) = with_mfa(&stack);
    let [early, late] = [session(&stack, &address), session(&stack, &address)];
    stack.advance(ALMOST);
    assert_eq!(finish(&stack, &address, &early, &code(&stack, &secret, 0)).status, 200);
    stack.advance(SESSION_LIFE.abs_diff(ALMOST));
    check_over(&finish(&stack, &address, &late, &code(&stack, &secret, 1)));
}

/// Not for good.
#[test]
fn rate_2_too_many_wrong_codes_lock_the_account_for_a_while() {
    let stack = Running::in_memory();
    let (address, secret) = with_mfa(&stack);
    let session = session(&stack, &address);
    for _ in 0..TRIES {
        let answer = finish(&stack, &address, &session, &wrong_code(&stack, &secret));
        assert_eq!(answer.outcome(), (400, "invalid_code".to_owned()));
    }
    let locked = finish(&stack, &address, &session, &code(&stack, &secret, 0));
    assert_eq!(locked.outcome(), (429, "too_many_attempts".to_owned()));
    stack.advance(Duration::from_secs(2));
    assert_eq!(finish(&stack, &address, &session, &code(&stack, &secret, 0)).status, 200);
}

/// Without a login there is nothing to finish.
#[test]
fn aut_9_what_cannot_be_a_session_or_a_code_is_malformed() {
    let fine = "x".repeat(20);
    for (session, code, field) in [
        ("", "123456", "session"),
        ("short", "123456", "session"),
        (&*"x".repeat(2_049), "123456", "session"),
        (&*fine, "", "code"),
        (&*fine, "12345", "code"),
        (&*fine, "1234567", "code"),
        (&*fine, "12345a", "code"),
        (&*fine, " 12345", "code"),
    ] {
        let answer = finish(&SHARED, &address(), session, code);
        assert_eq!(answer.outcome(), (400, "malformed_request".to_owned()), "{session} {code}");
        assert_eq!(answer.errors(), [(field.to_owned(), "invalid".to_owned())]);
    }
    check_over(&finish(&SHARED, &address(), &fine, "123456"));
}

/// That there is a second step, only the right password learns.
#[test]
fn enu_2_a_wrong_password_does_not_learn_of_the_second_step() {
    let (address, _) = with_mfa(&SHARED);
    let body = json!({"username": address, "password": PASSWORD.to_uppercase()});
    let answer = Call::post("/login", &body).send();
    assert_eq!(answer.outcome(), (401, "invalid_credentials".to_owned()));
}

fn choose(stack: &Running, username: &str, session: &str, password: &str) -> Answer {
    let body = json!({"username": username, "session": session, "new_password": password});
    Call::post("/login/mfa", &body).send_to(stack)
}

/// The way in of a user whom an administrator has invited, and the way back in.
#[test]
fn an_invited_user_logs_in_by_choosing_a_password() {
    let address = address();
    let session = invited(&SHARED, &address);
    let answer = choose(&SHARED, &address, &session, PASSWORD);
    assert_eq!(answer.status, 200, "{}", answer.body);
    let body = answer.json();
    assert_eq!((&body["message"], &body["expires_in"]), (&json!("Login successful"), &json!(900)));
    let me = Call::get("/me").bearer(&Tokens::read(&body).access).send().json();
    assert_eq!((&me["email"], &me["email_verified"]), (&json!(address), &json!(true)));
    log_in(&SHARED, &address);
    let temporary = json!({"username": address, "password": TEMPORARY});
    let answer = Call::post("/login", &temporary).send();
    assert_eq!(answer.outcome(), (401, "invalid_credentials".to_owned()));
    check_over(&choose(&SHARED, &address, &session, PASSWORD));
    // A later reset finds a verified address.
    assert_eq!(Call::post("/forgot_password", &json!({"username": address})).send().status, 202);
    assert_eq!(SHARED.codes(&address).len(), 1);
}

/// The user may choose another password.
#[test]
fn a_new_password_that_is_refused_leaves_the_session_alone() {
    let address = address();
    let session = invited(&SHARED, &address);
    for (password, code) in [
        ("short", "too_short"),
        ("abcdefghijklmnopq", "predictable"),
        (&*format!("{address}{address}"), "personal"),
    ] {
        let answer = choose(&SHARED, &address, &session, password);
        assert_eq!(answer.outcome(), (400, "weak_password".to_owned()), "{password}");
        assert_eq!(answer.errors(), [("new_password".to_owned(), code.to_owned())]);
    }
    assert_eq!(choose(&SHARED, &address, &session, PASSWORD).status, 200);
}

/// Exactly one answer to a challenge, and to the challenge that the session is of.
#[test]
fn aut_7_a_session_takes_the_answer_to_its_own_challenge() {
    let (ada, secret) = with_mfa(&SHARED);
    let bob = address();
    let (of_ada, of_bob) = (session(&SHARED, &ada), invited(&SHARED, &bob));
    check_over(&choose(&SHARED, &ada, &of_ada, "another-horse-battery"));
    check_over(&choose(&SHARED, &bob, &of_ada, "another-horse-battery"));
    check_over(&choose(&SHARED, &ada, &of_bob, "another-horse-battery"));
    check_over(&finish(&SHARED, &bob, &of_bob, "123456"));
    let both = json!({
        "username": ada,
        "session": of_ada,
        "code": code(&SHARED, &secret, 0),
        "new_password": "another-horse-battery",
    });
    let both = Call::post("/login/mfa", &both).send();
    assert_eq!(both.outcome(), (400, "malformed_request".to_owned()));
    let conflicting =
        ["code", "new_password"].map(|name| (name.to_owned(), "conflicting".to_owned()));
    assert_eq!(both.errors(), conflicting);
    assert_eq!(finish(&SHARED, &ada, &of_ada, &code(&SHARED, &secret, 0)).status, 200);
    assert_eq!(choose(&SHARED, &bob, &of_bob, PASSWORD).status, 200);
}

/// A temporary password does not skip the second factor.
#[test]
fn a_code_may_come_after_the_new_password() {
    let (address, secret) = with_mfa(&SHARED);
    take_password(&SHARED, &address, TEMPORARY);
    let first = log_in_by(&SHARED, &address, TEMPORARY);
    let first = session_of("NEW_PASSWORD_REQUIRED", &first);
    let second = choose(&SHARED, &address, &first, "another-horse-battery");
    assert_eq!(second.status, 200, "{}", second.body);
    let second = session_of("SOFTWARE_TOKEN_MFA", &second);
    let answer = finish(&SHARED, &address, &second, &code(&SHARED, &secret, 0));
    assert_eq!(answer.status, 200, "{}", answer.body);
}
