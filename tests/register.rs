//! `POST /register`

use serde_json::json;

use crate::{
    client::{Answer, Call, PASSWORD, address, confirm, confirmed, log_in, registered},
    stack::SHARED,
};

fn register(username: &str, password: &str) -> Answer {
    Call::post("/register", &json!({"username": username, "password": password})).send()
}

#[test]
fn an_account_is_created_and_a_code_mailed() {
    let address = address();
    let answer = register(&address, PASSWORD);
    assert_eq!(answer.status, 200);
    let expected = json!({"message": "User registration successful", "next": "confirm_user"});
    assert_eq!(answer.json(), expected);
    let codes = SHARED.codes(&address);
    assert_eq!(codes.len(), 1);
    assert!(codes[0].len() == 6 && codes[0].bytes().all(|byte| byte.is_ascii_digit()));
}

#[test]
fn a_known_address_is_answered_like_a_new_one() {
    let new = register(&address(), PASSWORD).likeness();
    for known in [registered(), confirmed()] {
        assert_eq!(register(&known, PASSWORD).likeness(), new);
        assert_eq!(register(&known, "another-horse-battery").likeness(), new);
        assert_eq!(register(&known.to_uppercase(), PASSWORD).likeness(), new);
        assert_eq!(SHARED.codes(&known).len(), 1, "no second code");
    }
}

#[test]
fn registering_again_changes_nothing_of_the_account() {
    let address = registered();
    assert_eq!(register(&address, "another-horse-battery").status, 200);
    confirm(&SHARED, &address);
    log_in(&SHARED, &address);
    let stolen = json!({"username": address, "password": "another-horse-battery"});
    assert_eq!(Call::post("/login", &stolen).send().status, 401);
}

#[test]
fn passwords_that_may_not_be_chosen_are_refused_with_the_reason() {
    let rows = [
        (String::new(), "too_short"),
        ("a".repeat(14), "too_short"),
        ("é".repeat(14), "too_short"),
        ("a".repeat(257), "too_long"),
        (format!(" {PASSWORD}"), "white_space"),
        (format!("{PASSWORD} "), "white_space"),
        ("correct horse battery".to_owned(), "white_space"),
        ("correct\thorse-battery".to_owned(), "white_space"),
        ("correct\u{a0}horse-battery".to_owned(), "white_space"),
    ];
    for (password, reason) in rows {
        let address = address();
        let answer = register(&address, &password);
        assert_eq!(answer.outcome(), (400, "weak_password".to_owned()), "{password:?}");
        assert_eq!(answer.errors(), [("password".to_owned(), reason.to_owned())], "{password:?}");
        assert!(SHARED.codes(&address).is_empty());
    }
}

/// No rules of composition, lengths in code points, and the password exactly as sent.
#[test]
fn any_other_password_is_used_exactly_as_sent() {
    for password in [
        "a".repeat(15),
        "a".repeat(256),
        "é".repeat(15),
        "\u{1f511}".repeat(256),
        "e\u{301}'\"\\<&%00{}$`🗝-zwölf".to_owned(),
    ] {
        let address = address();
        assert_eq!(register(&address, &password).status, 200, "{password:?}");
        confirm(&SHARED, &address);
        let status = |password: String| {
            Call::post("/login", &json!({"username": address, "password": password})).send().status
        };
        assert_eq!(status(password.clone()), 200, "{password:?}");
        let other: String = password.chars().skip(1).chain(['x']).collect();
        assert_eq!(status(other), 401, "{password:?}");
    }
}
