//! `POST /logout`

use std::time::Duration;

use serde_json::json;

use crate::{
    client::{Answer, Call, PASSWORD, Tokens, confirmed, confirmed_on, log_in},
    stack::{Running, SHARED},
};

/// How long an access token holds.
const TOKEN_LIFE: Duration = Duration::from_mins(15);

fn log_out(stack: &Running, token: &str) -> Answer {
    Call::post("/logout", &json!({"refresh_token": token})).send_to(stack)
}

fn refresh(stack: &Running, token: &str) -> Answer {
    Call::post("/refresh", &json!({"refresh_token": token})).send_to(stack)
}

/// Every route of the caller's own account, with a body that would do.
fn account_routes() -> [Call; 6] {
    [
        Call::get("/me"),
        Call::delete("/me", &json!({"password": "x"})),
        Call::post(
            "/change_password",
            &json!({"current_password": "x", "new_password": "another-horse-battery"}),
        ),
        Call::post("/mfa/setup", &json!({"password": PASSWORD})),
        Call::post("/mfa/verify", &json!({"code": "123456"})),
        Call::delete("/mfa", &json!({"password": PASSWORD, "code": "123456"})),
    ]
}

/// At once where something is stored, and as soon as it is over where nothing is.
#[test]
fn aut_1_the_tokens_of_the_login_are_refused() {
    let stack = Running::in_memory();
    let tokens = log_in(&stack, &confirmed_on(&stack));
    let answer = log_out(&stack, &tokens.refresh);
    assert_eq!((answer.status, &*answer.body), (204, ""));
    let over = refresh(&stack, &tokens.refresh);
    assert_eq!(over.outcome(), (401, "session_over".to_owned()));
    let without = Call::get("/me").send_to(&stack);
    assert_eq!(without.outcome(), (401, "unauthorized".to_owned()));
    for call in account_routes() {
        let what = format!("{call:?}");
        let answer = call.bearer(&tokens.access).send_to(&stack);
        assert_eq!((answer.status, &answer.body), (401, &without.body), "{what}");
    }
    stack.advance(TOKEN_LIFE);
    for call in account_routes().into_iter().chain([Call::get("/generate")]) {
        assert_eq!(call.bearer(&tokens.access).send_to(&stack).status, 401);
    }
}

#[test]
fn other_logins_go_on() {
    let address = confirmed();
    let (one, other) = (log_in(&SHARED, &address), log_in(&SHARED, &address));
    assert_eq!(log_out(&SHARED, &one.refresh).status, 204);
    assert_eq!(Call::get("/me").bearer(&other.access).send().status, 200);
    assert_eq!(refresh(&SHARED, &other.refresh).status, 200);
}

/// The family of tokens is dead, whichever of them is given.
#[test]
fn the_tokens_before_and_after_it_are_dead_too() {
    let first = log_in(&SHARED, &confirmed());
    let second = Tokens::read(&refresh(&SHARED, &first.refresh).json());
    assert_eq!(log_out(&SHARED, &first.refresh).status, 204);
    for tokens in [&first, &second] {
        assert_eq!(refresh(&SHARED, &tokens.refresh).outcome(), (401, "session_over".to_owned()));
        assert_eq!(Call::get("/me").bearer(&tokens.access).send().status, 401);
    }
}

#[test]
fn a_token_that_is_of_no_use_is_logged_out_as_well() {
    let token = log_in(&SHARED, &confirmed()).refresh;
    let first = log_out(&SHARED, &token);
    for token in [&*token, "x", "...."] {
        assert_eq!(log_out(&SHARED, token).likeness(), first.likeness());
    }
}

#[test]
fn a_token_of_another_kind_is_malformed() {
    let access = &Tokens::shared().access;
    for token in [&**access, "", "a b"] {
        let answer = log_out(&SHARED, token);
        assert_eq!(answer.outcome(), (400, "malformed_request".to_owned()), "{token}");
        assert_eq!(answer.errors(), [("refresh_token".to_owned(), "invalid".to_owned())]);
    }
    assert_eq!(Call::get("/me").bearer(access).send().status, 200);
}
