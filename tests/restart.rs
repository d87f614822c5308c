//! A data directory outlives the process: accounts, keys and ids are those of before.

use std::time::Duration;

use serde_json::json;

use crate::{
    client::{Call, PASSWORD, confirm, log_in, register},
    stack::Running,
};

/// How long an access token holds.
const TOKEN_LIFE: Duration = Duration::from_mins(15);
const ALMOST: Duration = Duration::from_secs(15 * 60 - 1);
/// Wrong passwords that lock an account for a second.
const TRIES: usize = 5;

const ADA: &str = "ada@example.com";
const BOB: &str = "bob@example.com";

fn generate(stack: &Running, token: &str) -> u16 {
    Call::get("/generate").bearer(token).send_to(stack).status
}

fn try_password(stack: &Running, password: &str) -> u16 {
    Call::post("/login", &json!({"username": ADA, "password": password})).send_to(stack).status
}

#[test]
fn everything_is_there_again() {
    let directory = tempfile::tempdir().unwrap();
    let first = Running::on(directory.path(), Duration::ZERO);
    register(&first, ADA);
    confirm(&first, ADA);
    register(&first, BOB);
    let code = first.codes(BOB).swap_remove(0);
    let token = log_in(&first, ADA).access;
    let ids =
        |stack: &Running| (stack.stack.pool_id().to_owned(), stack.stack.client_id().to_owned());
    let before = ids(&first);
    for _ in 0..TRIES {
        assert_eq!(try_password(&first, "incorrect-horse-battery"), 401);
    }
    first.shut_down();

    let second = Running::on(directory.path(), Duration::ZERO);
    assert_eq!(ids(&second), before);
    assert_eq!(try_password(&second, PASSWORD), 401, "the account is locked still");
    assert_eq!(generate(&second, &token), 200);
    let body = json!({"username": BOB, "confirmation_code": code});
    assert_eq!(Call::post("/confirm_user", &body).send_to(&second).status, 200);
    second.advance(Duration::from_secs(2));
    for name in [ADA, BOB] {
        assert_eq!(generate(&second, &log_in(&second, name).access), 200);
    }
    second.shut_down();

    let third = Running::on(directory.path(), ALMOST);
    assert_eq!(generate(&third, &token), 200);
    third.advance(TOKEN_LIFE.abs_diff(ALMOST));
    assert_eq!(generate(&third, &token), 401);
    log_in(&third, ADA);
    third.shut_down();
}
