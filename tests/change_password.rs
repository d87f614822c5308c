//! `POST /change_password`

use serde_json::json;

use crate::{
    client::{Answer, Call, PASSWORD, Tokens, confirmed, log_in, log_in_by, session, set_up_mfa},
    stack::SHARED,
    totp::code,
};

const NEW: &str = "another-horse-battery";
const WRONG: &str = "incorrect-horse-battery";
/// Tries that an account has in an hour.
const TRIES: usize = 5;

fn change(tokens: &Tokens, current: &str, new: &str) -> Answer {
    let body = json!({"current_password": current, "new_password": new});
    Call::post("/change_password", &body).bearer(&tokens.access).send()
}

#[test]
fn the_new_password_takes_the_place_of_the_old_one() {
    let address = confirmed();
    let answer = change(&log_in(&SHARED, &address), PASSWORD, NEW);
    assert_eq!((answer.status, &*answer.body), (204, ""));
    log_in_by(&SHARED, &address, NEW);
    let old = json!({"username": address, "password": PASSWORD});
    assert_eq!(Call::post("/login", &old).send().status, 401);
}

/// The caller's as well.
#[test]
fn aut_3_every_login_ends() {
    let address = confirmed();
    let (own, other) = (log_in(&SHARED, &address), log_in(&SHARED, &address));
    assert_eq!(change(&own, PASSWORD, NEW).status, 204);
    for tokens in [own, other] {
        assert_eq!(Call::get("/me").bearer(&tokens.access).send().status, 401);
        let answer = Call::post("/refresh", &json!({"refresh_token": tokens.refresh})).send();
        assert_eq!(answer.outcome(), (401, "session_over".to_owned()));
    }
}

#[test]
fn aut_3_without_the_current_password_nothing_changes() {
    let address = confirmed();
    let tokens = log_in(&SHARED, &address);
    for wrong in [WRONG, "0", " begins with a space"] {
        let answer = change(&tokens, wrong, NEW);
        assert_eq!(answer.outcome(), (401, "invalid_credentials".to_owned()), "{wrong:?}");
    }
    assert_eq!(Call::get("/me").bearer(&tokens.access).send().status, 200);
    log_in(&SHARED, &address);
}

/// Its code would have been the last step.
#[test]
fn aut_12_a_login_that_the_old_password_began_ends() {
    let address = confirmed();
    let tokens = log_in(&SHARED, &address);
    let secret = set_up_mfa(&SHARED, &tokens.access);
    let session = session(&SHARED, &address);
    assert_eq!(change(&tokens, PASSWORD, NEW).status, 204);
    let body = json!({"username": address, "session": session, "code": code(&SHARED, &secret, 0)});
    let answer = Call::post("/login/mfa", &body).send();
    assert_eq!(answer.outcome(), (401, "session_over".to_owned()));
}

/// A reader of the mailbox does not take the account back.
#[test]
fn aut_12_a_reset_code_that_was_mailed_before_is_over() {
    let address = confirmed();
    let tokens = log_in(&SHARED, &address);
    assert_eq!(Call::post("/forgot_password", &json!({"username": address})).send().status, 202);
    let code = SHARED.codes(&address).swap_remove(0);
    assert_eq!(change(&tokens, PASSWORD, NEW).status, 204);
    let body = json!({"username": address, "confirmation_code": code, "new_password": PASSWORD});
    let answer = Call::post("/reset_password", &body).send();
    assert_eq!(answer.outcome(), (400, "invalid_code".to_owned()));
    log_in_by(&SHARED, &address, NEW);
}

#[test]
fn the_second_factor_is_still_asked_for() {
    let address = confirmed();
    let tokens = log_in(&SHARED, &address);
    set_up_mfa(&SHARED, &tokens.access);
    assert_eq!(change(&tokens, PASSWORD, NEW).status, 204);
    let body = log_in_by(&SHARED, &address, NEW).json();
    assert_eq!(body["challenge"], "SOFTWARE_TOKEN_MFA");
}

#[test]
fn pw_3_passwords_that_may_not_be_chosen_are_refused_with_the_reason() {
    let address = confirmed();
    let tokens = log_in(&SHARED, &address);
    let rows = [
        ("short".to_owned(), "too_short"),
        ("x".repeat(257), "too_long"),
        (format!("{NEW} "), "white_space"),
        ("StairwayToHeaven".to_owned(), "common"),
        ("passmint-passmint".to_owned(), "predictable"),
        (address.to_uppercase(), "personal"),
    ];
    for (password, reason) in rows {
        let answer = change(&tokens, PASSWORD, &password);
        assert_eq!(answer.outcome(), (400, "weak_password".to_owned()), "{password}");
        assert_eq!(answer.errors(), [("new_password".to_owned(), reason.to_owned())]);
    }
    log_in(&SHARED, &address);
}

#[test]
fn an_empty_current_password_is_malformed() {
    let answer = change(Tokens::shared(), "", NEW);
    assert_eq!(answer.outcome(), (400, "malformed_request".to_owned()));
    assert_eq!(answer.errors(), [("current_password".to_owned(), "empty".to_owned())]);
}

/// Who found a token cannot guess the password with it.
#[test]
fn tries_are_limited() {
    let tokens = log_in(&SHARED, &confirmed());
    for _ in 0..TRIES {
        assert_eq!(change(&tokens, WRONG, NEW).outcome().1, "invalid_credentials");
    }
    let limited = change(&tokens, PASSWORD, NEW);
    assert_eq!(limited.outcome(), (429, "too_many_attempts".to_owned()));
    assert!(limited.headers.contains_key("retry-after"));
}
