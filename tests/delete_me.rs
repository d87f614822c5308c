//! `DELETE /me`

use serde_json::json;

use crate::{
    client::{
        Answer, Call, PASSWORD, Tokens, confirm, confirmed, log_in, register, session, set_up_mfa,
    },
    stack::SHARED,
    tokens::payload,
};

const WRONG: &str = "incorrect-horse-battery";
/// Wrong passwords that lock an account.
const TRIES: usize = 5;

fn delete(tokens: &Tokens, password: &str) -> Answer {
    Call::delete("/me", &json!({"password": password})).bearer(&tokens.access).send()
}

#[test]
fn aut_8_the_account_and_its_tokens_are_gone() {
    let address = confirmed();
    let (own, other) = (log_in(&SHARED, &address), log_in(&SHARED, &address));
    let answer = delete(&own, PASSWORD);
    assert_eq!((answer.status, &*answer.body), (204, ""));
    for tokens in [&own, &other] {
        assert_eq!(Call::get("/me").bearer(&tokens.access).send().status, 401);
        let answer = Call::post("/refresh", &json!({"refresh_token": tokens.refresh})).send();
        assert_eq!(answer.outcome(), (401, "session_over".to_owned()));
    }
    let login = json!({"username": address, "password": PASSWORD});
    let answer = Call::post("/login", &login).send();
    assert_eq!(answer.outcome(), (401, "invalid_credentials".to_owned()));
    assert_eq!(delete(&own, PASSWORD).outcome(), (401, "unauthorized".to_owned()));
}

#[test]
fn aut_8_a_later_account_of_the_same_address_is_another_one() {
    let address = confirmed();
    let first = log_in(&SHARED, &address);
    assert_eq!(delete(&first, PASSWORD).status, 204);
    register(&SHARED, &address);
    confirm(&SHARED, &address);
    let second = log_in(&SHARED, &address);
    assert_ne!(payload(&first.access)["sub"], payload(&second.access)["sub"]);
    assert_eq!(Call::get("/me").bearer(&first.access).send().status, 401);
    assert_eq!(Call::get("/me").bearer(&second.access).send().status, 200);
}

/// A password is a proof although the login would go on.
#[test]
fn an_account_with_a_second_factor_is_deleted_by_its_password() {
    let address = confirmed();
    let tokens = log_in(&SHARED, &address);
    set_up_mfa(&SHARED, &tokens.access);
    session(&SHARED, &address);
    assert_eq!(delete(&tokens, PASSWORD).status, 204);
    assert_eq!(Call::get("/me").bearer(&tokens.access).send().status, 401);
}

/// Who found a token has not got the password.
#[test]
fn aut_8_without_the_password_nothing_happens() {
    let address = confirmed();
    let tokens = log_in(&SHARED, &address);
    assert_eq!(delete(&tokens, WRONG).outcome(), (401, "invalid_credentials".to_owned()));
    let empty = delete(&tokens, "");
    assert_eq!(empty.outcome(), (400, "malformed_request".to_owned()));
    assert_eq!(empty.errors(), [("password".to_owned(), "empty".to_owned())]);
    let none = Call::new("DELETE", "/me").bearer(&tokens.access).send();
    assert_eq!(none.outcome(), (415, "unsupported_media_type".to_owned()));
    assert_eq!(Call::get("/me").bearer(&tokens.access).send().status, 200);
    log_in(&SHARED, &address);
}

#[test]
fn the_password_cannot_be_guessed() {
    let tokens = log_in(&SHARED, &confirmed());
    for _ in 0..TRIES {
        assert_eq!(delete(&tokens, WRONG).outcome(), (401, "invalid_credentials".to_owned()));
    }
    let locked = delete(&tokens, PASSWORD);
    assert_eq!(locked.outcome(), (429, "too_many_attempts".to_owned()));
    assert!(locked.headers.contains_key("retry-after"));
    assert_eq!(Call::get("/me").bearer(&tokens.access).send().status, 200);
}
