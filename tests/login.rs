//! `POST /login`

use serde_json::{Value, json};

use crate::{
    client::{Answer, Call, PASSWORD, address, confirmed, registered},
    tokens::payload,
};

const WRONG: &str = "incorrect-horse-battery";
/// Wrong passwords that lock an account.
const TRIES: usize = 5;

fn log_in(username: &str, password: &str) -> Answer {
    Call::post("/login", &json!({"username": username, "password": password})).send()
}

#[test]
fn the_right_password_gets_tokens() {
    let answer = log_in(&confirmed(), PASSWORD);
    assert_eq!(answer.status, 200);
    let body = answer.json();
    let mut names: Vec<_> = body.as_object().unwrap().keys().collect();
    names.sort_unstable();
    let expected =
        ["access_token", "expires_in", "id_token", "message", "refresh_token", "token_type"];
    assert_eq!(names, expected);
    assert_eq!(body["message"], "Login successful");
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["expires_in"], 900);
}

#[test]
fn tokens_say_what_a_frontend_and_the_authorizer_need() {
    let address = confirmed();
    let body = log_in(&address, PASSWORD).json();
    let claims = |name: &str| payload(body[name].as_str().unwrap());
    let (id, access) = (claims("id_token"), claims("access_token"));
    assert_eq!((&id["token_use"], &access["token_use"]), (&json!("id"), &json!("access")));
    assert_eq!((&id["email"], &id["email_verified"]), (&json!(address), &json!(true)));
    assert_eq!(access["scope"], "aws.cognito.signin.user.admin");
    assert_eq!(id["sub"], access["sub"]);
    assert_eq!(id["aud"], access["client_id"]);
    for claims in [id, access] {
        let seconds = |name: &str| claims[name].as_u64().unwrap();
        assert_eq!(seconds("exp") - seconds("iat"), 900);
    }
}

#[test]
fn names_are_compared_without_case_and_passwords_with_it() {
    let address = confirmed();
    assert_eq!(log_in(&address.to_uppercase(), PASSWORD).status, 200);
    assert_eq!(log_in(&address, &PASSWORD.to_uppercase()).status, 401);
}

#[test]
fn a_wrong_password_and_an_unknown_user_are_one_answer() {
    let wrong = log_in(&confirmed(), WRONG);
    assert_eq!(wrong.outcome(), (401, "invalid_credentials".to_owned()));
    for (name, password) in [
        (address(), WRONG),
        (address(), PASSWORD),
        // Nothing but the right password tells that an account is not confirmed.
        (registered(), WRONG),
        (confirmed(), &PASSWORD[1..]),
        (confirmed(), "x"),
        (confirmed(), " "),
        (confirmed(), "\0"),
        (confirmed(), &"x".repeat(8_000)),
    ] {
        assert_eq!(log_in(&name, password).likeness(), wrong.likeness(), "{name}");
    }
}

#[test]
fn an_unconfirmed_user_learns_it_after_the_right_password_alone() {
    let address = registered();
    assert_eq!(log_in(&address, PASSWORD).outcome(), (403, "user_not_confirmed".to_owned()));
    assert_eq!(log_in(&address, WRONG).outcome(), (401, "invalid_credentials".to_owned()));
}

#[test]
fn an_empty_password_is_malformed() {
    let answer = log_in(&address(), "");
    assert_eq!(answer.outcome(), (400, "malformed_request".to_owned()));
    assert_eq!(answer.errors(), [("password".to_owned(), "empty".to_owned())]);
}

/// Time stands still here, so a lock does not end.
#[test]
fn too_many_wrong_passwords_lock_an_account_which_then_answers_as_before() {
    let address = confirmed();
    let wrong = log_in(&address, WRONG);
    for _ in 1..TRIES {
        assert_eq!(log_in(&address, WRONG).likeness(), wrong.likeness());
    }
    assert_eq!(log_in(&address, PASSWORD).likeness(), wrong.likeness());
    assert_eq!(log_in(&address.to_uppercase(), PASSWORD).likeness(), wrong.likeness());
}

#[test]
fn fewer_wrong_passwords_do_not_and_the_right_one_forgets_them() {
    let address = confirmed();
    for _ in 0..2 {
        for _ in 1..TRIES {
            assert_eq!(log_in(&address, WRONG).status, 401);
        }
        assert_eq!(log_in(&address, PASSWORD).status, 200);
    }
}

#[test]
fn an_unknown_user_is_answered_the_same_however_often() {
    let (unknown, wrong) = (address(), log_in(&confirmed(), WRONG).likeness());
    for _ in 0..TRIES + 3 {
        assert_eq!(log_in(&unknown, PASSWORD).likeness(), wrong);
    }
}

#[test]
fn each_login_has_tokens_of_its_own() {
    let address = confirmed();
    let [first, second]: [Value; 2] = std::array::from_fn(|_| log_in(&address, PASSWORD).json());
    for token in ["id_token", "access_token", "refresh_token"] {
        assert_ne!(first[token], second[token], "{token}");
    }
}
