//! `POST /register`

use serde_json::json;

use crate::{
    client::{Answer, Call, PASSWORD, address, confirm, confirmed, log_in, registered},
    stack::SHARED,
};

/// New codes that an account gets in an hour.
const MAILS: usize = 5;

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
    }
}

/// Whoever reads the mail of an address that somebody else registered needs a code of their own.
#[test]
fn registering_again_mails_a_new_code_only_while_the_account_waits_for_one() {
    let (waiting, confirmed) = (registered(), confirmed());
    for address in [&waiting, &confirmed] {
        assert_eq!(register(address, PASSWORD).status, 200);
    }
    assert_eq!(SHARED.codes(&waiting).len(), 2);
    assert_eq!(SHARED.codes(&confirmed).len(), 1);
    confirm(&SHARED, &waiting);
}

#[test]
fn above_the_limit_of_mails_registering_again_is_answered_the_same() {
    let waiting = registered();
    let first = register(&waiting, PASSWORD).likeness();
    for _ in 0..=MAILS {
        assert_eq!(register(&waiting, PASSWORD).likeness(), first);
    }
    assert_eq!(SHARED.codes(&waiting).len(), 1 + MAILS);
    confirm(&SHARED, &waiting);
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
fn pw_1_3_passwords_that_may_not_be_chosen_are_refused_with_the_reason() {
    let rows = [
        (String::new(), "too_short"),
        ("a".repeat(14), "too_short"),
        ("é".repeat(14), "too_short"),
        ("a".repeat(257), "too_long"),
        (format!(" {PASSWORD}"), "white_space"),
        (format!("{PASSWORD} "), "white_space"),
        (format!("{PASSWORD}\u{a0}"), "white_space"),
        ("correct horse\nbattery staple".to_owned(), "white_space"),
        ("correct horse\r\nbattery staple".to_owned(), "white_space"),
        ("correct horse\u{2029}battery staple".to_owned(), "white_space"),
        ("manchesterunited".to_owned(), "common"),
        ("StairwayToHeaven".to_owned(), "common"),
        ("a".repeat(15), "common"),
        ("é".repeat(15), "predictable"),
        ("AbcAbcAbcAbcAbc".to_owned(), "predictable"),
        ("1234-qwertyuiop-!".to_owned(), "predictable"),
        ("PassMint.PassMint".to_owned(), "predictable"),
    ];
    for (password, reason) in rows {
        let address = address();
        let answer = register(&address, &password);
        assert_eq!(answer.outcome(), (400, "weak_password".to_owned()), "{password:?}");
        assert_eq!(answer.errors(), [("password".to_owned(), reason.to_owned())], "{password:?}");
        assert!(SHARED.codes(&address).is_empty());
    }
}

/// Words of the address, whatever the case, with a little padding.
#[test]
fn pw_3_the_user_name_is_no_password() {
    for (name, password) in [
        ("ada.lovelace@example.com", "Ada.Lovelace-2026"),
        ("grace.hopper@navy.example", "hopper-grace-navy!"),
        ("grace.hopper@navy.example", "GRACE.HOPPER@NAVY.EXAMPLE"),
        ("grace.hopper@navy.example", "grace-passmint-hopper"),
    ] {
        let answer = register(name, password);
        assert_eq!(answer.outcome(), (400, "weak_password".to_owned()), "{password}");
        assert_eq!(answer.errors(), [("password".to_owned(), "personal".to_owned())]);
    }
}

/// No rules of composition, lengths in code points, and the password exactly as sent.
#[test]
fn pw_1_2_4_any_other_password_is_used_exactly_as_sent() {
    for password in [
        "fourteen-plus-1".to_owned(),
        "correct horse battery staple".to_owned(),
        "correct  horse\tbattery\u{a0}staple".to_owned(),
        "five-words-and-more".repeat(13)[..247].to_owned() + "-and-last",
        "éèêëàâäôöùûüîïç".to_owned(),
        "\u{1f511}\u{1f5dd}\u{1f512}\u{1f513}\u{1f510}\u{1f4a1}\u{1f4a2}\u{1f4a3}".repeat(32),
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
