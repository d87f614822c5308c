//! `POST /refresh`

use std::time::Duration;

use serde_json::json;

use crate::{
    client::{Answer, Call, Tokens, confirmed, confirmed_on, log_in},
    stack::{Running, SHARED},
    tokens::payload,
};

/// How long the token before the last one still works.
const GRACE: Duration = Duration::from_secs(30);
/// How long an access token is valid, after which a page refreshes.
const TOKEN_LIFE: Duration = Duration::from_mins(15);
/// How long a login lasts.
const LIFE: Duration = Duration::from_hours(30 * 24);
const ALMOST: Duration = Duration::from_secs(30 * 24 * 60 * 60 - 1);

fn refresh(stack: &Running, token: &str) -> Answer {
    Call::post("/refresh", &json!({"refresh_token": token})).send_to(stack)
}

fn refreshed(stack: &Running, token: &str) -> Tokens {
    let answer = refresh(stack, token);
    assert_eq!(answer.status, 200, "{}", answer.body);
    Tokens::read(&answer.json())
}

fn check_over(answer: &Answer) {
    assert_eq!(answer.outcome(), (401, "session_over".to_owned()), "{}", answer.body);
}

#[test]
fn new_tokens_are_of_the_same_login() {
    let first = log_in(&SHARED, &confirmed());
    let answer = refresh(&SHARED, &first.refresh);
    assert_eq!(answer.status, 200, "{}", answer.body);
    let body = answer.json();
    assert_eq!(body["message"], "Refresh successful");
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("Bearer"), &json!(900)));
    let second = Tokens::read(&body);
    assert_ne!(first.refresh, second.refresh);
    assert_ne!(first.access, second.access);
    for claim in ["sub", "origin_jti", "auth_time"] {
        assert_eq!(payload(&first.access)[claim], payload(&second.access)[claim], "{claim}");
    }
    assert_eq!(Call::get("/generate").bearer(&second.access).send().status, 200);
}

/// Two tabs may ask at once; whoever comes later may be a thief, or the thief came first.
#[test]
fn aut_2_the_token_before_the_last_works_for_a_while_and_then_ends_the_login() {
    let stack = Running::in_memory();
    let first = log_in(&stack, &confirmed_on(&stack)).refresh;
    let (one, two) = (refreshed(&stack, &first), refreshed(&stack, &first));
    assert_ne!(one.refresh, two.refresh);
    stack.advance(GRACE + Duration::from_secs(1));
    let me = || Call::get("/me").bearer(&two.access).send_to(&stack).status;
    assert_eq!(me(), 200);
    check_over(&refresh(&stack, &first));
    check_over(&refresh(&stack, &one.refresh));
    check_over(&refresh(&stack, &two.refresh));
    assert_eq!(me(), 401);
}

/// Each token has a grace of its own, which begins when it is first exchanged. Tabs that ask at once
/// go on with tokens of their own.
#[test]
fn aut_2_tabs_that_refresh_at_once_stay_logged_in() {
    let stack = Running::in_memory();
    let first = log_in(&stack, &confirmed_on(&stack)).refresh;
    let tabs = [(); 3].map(|()| refreshed(&stack, &first).refresh);
    stack.advance(TOKEN_LIFE);
    let tabs = tabs.map(|token| refreshed(&stack, &token).refresh);
    stack.advance(TOKEN_LIFE);
    for token in tabs {
        refreshed(&stack, &token);
    }
}

/// However often it is refreshed.
#[test]
fn aut_2_a_login_ends_thirty_days_after_the_password() {
    let stack = Running::in_memory();
    let first = log_in(&stack, &confirmed_on(&stack)).refresh;
    stack.advance(ALMOST);
    let last = refreshed(&stack, &first).refresh;
    stack.advance(LIFE.abs_diff(ALMOST));
    check_over(&refresh(&stack, &last));
}

#[test]
fn tokens_of_no_use_are_one_answer() {
    let over = refresh(&SHARED, "x");
    check_over(&over);
    let tokens = Tokens::shared();
    let (start, _) = tokens.refresh.split_at(tokens.refresh.len() - 8);
    for token in [&*tokens.access, &*tokens.id, &*format!("{start}AAAAAAAA"), "....", "eyJjdHki"] {
        assert_eq!(refresh(&SHARED, token).likeness(), over.likeness());
    }
    let revoked = log_in(&SHARED, &confirmed()).refresh;
    assert_eq!(Call::post("/logout", &json!({"refresh_token": revoked})).send().status, 204);
    assert_eq!(refresh(&SHARED, &revoked).likeness(), over.likeness());
}

#[test]
fn what_cannot_be_a_token_is_malformed() {
    for token in ["", " ", "a b", "a+b/c", "ä", "x\n"] {
        let answer = refresh(&SHARED, token);
        assert_eq!(answer.outcome(), (400, "malformed_request".to_owned()), "{token:?}");
        assert_eq!(answer.errors(), [("refresh_token".to_owned(), "invalid".to_owned())]);
    }
}
