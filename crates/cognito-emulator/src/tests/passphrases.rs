//! Spaces in passwords.

use serde_json::{Value, json};

use super::{
    steps::{not_authorized, pair},
    support::{ANN, ANN_PASSWORD, Bench, with},
};

const PASSPHRASE: &str = "correct horse battery staple";

/// Passwords that the server itself refuses, whatever the policy: with a space at an end, with one
/// character or none.
const MALFORMED: [&str; 5] =
    [" correct horse battery", "correct horse battery ", "\tcorrect-horse-battery", "x", ""];

fn malformed(member: &str) -> (String, String) {
    let message = format!(
        r"1 validation error detected: Value at '{member}' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[\S]+.*[\S]+$"
    );
    pair("InvalidParameterException", &message)
}

#[tokio::test]
async fn a_passphrase_is_a_password_wherever_one_is_set() {
    let bench = Bench::new();
    bench.sign_up(ANN, PASSPHRASE).await.ok();
    bench.confirm(ANN, &bench.code()).await.ok();
    let tokens = bench.sign_in(ANN, PASSPHRASE).await.ok()["AuthenticationResult"].clone();
    let refusal = bench.sign_in(ANN, "correct  horse battery staple").await.refusal();
    assert_eq!(refusal, not_authorized("Incorrect username or password."));

    let more =
        json!({ "PreviousPassword": PASSPHRASE, "ProposedPassword": "a second pass phrase" });
    bench.with_token("ChangePassword", &tokens, more).await.ok();
    bench.user_call("ForgotPassword", ANN, json!({})).await.ok();
    let more = json!({ "ConfirmationCode": bench.code(), "Password": "a third pass phrase" });
    bench.user_call("ConfirmForgotPassword", ANN, more).await.ok();
    bench.sign_in(ANN, "a third pass phrase").await.ok();
    let more = json!({ "Username": ANN, "Password": "a fourth pass phrase" });
    bench.admin_call("AdminSetUserPassword", more).await.ok();
    let session = bench.challenged(ANN, "a fourth pass phrase", "NEW_PASSWORD_REQUIRED").await;
    let more = json!({ "NEW_PASSWORD": PASSPHRASE });
    bench.respond("NEW_PASSWORD_REQUIRED", &session, ANN, more).await.ok();
    bench.sign_in(ANN, PASSPHRASE).await.ok();
    let more = json!({ "Username": "bob@example.com", "TemporaryPassword": PASSPHRASE });
    bench.admin_call("AdminCreateUser", more).await.ok();
    bench.challenged("bob@example.com", PASSPHRASE, "NEW_PASSWORD_REQUIRED").await;
}

#[tokio::test]
async fn a_space_at_an_end_is_refused_by_every_operation_that_takes_a_password() {
    let bench = Bench::new().with_ann().await;
    let tokens = bench.log_in().await;
    for password in MALFORMED {
        let of_user = [
            ("SignUp", json!({ "Password": password })),
            ("ConfirmForgotPassword", json!({ "ConfirmationCode": "0", "Password": password })),
        ];
        for (operation, more) in of_user {
            let refusal = bench.user_call(operation, ANN, more).await.refusal();
            assert_eq!(refusal, malformed("password"), "{operation} {password:?}");
        }
        for (previous, proposed, member) in [
            (ANN_PASSWORD, password, "proposedPassword"),
            (password, ANN_PASSWORD, "previousPassword"),
        ] {
            let more = json!({ "PreviousPassword": previous, "ProposedPassword": proposed });
            let refusal = bench.with_token("ChangePassword", &tokens, more).await.refusal();
            assert_eq!(refusal, malformed(member), "{password:?}");
        }
        for (operation, name, member) in [
            ("AdminCreateUser", "TemporaryPassword", "temporaryPassword"),
            ("AdminSetUserPassword", "Password", "password"),
        ] {
            let body = json!({ "Username": ANN, name: password });
            let refusal = bench.admin_call(operation, body).await.refusal();
            assert_eq!(refusal, malformed(member), "{operation} {password:?}");
        }
    }
}

#[tokio::test]
async fn a_space_at_an_end_of_a_new_password_leaves_the_session_alone() {
    let bench = Bench::new().with_ann().await;
    bench.change_user(ANN, |user| user.status = crate::user::UserStatus::ForceChangePassword);
    let challenge = "NEW_PASSWORD_REQUIRED";
    let session = bench.challenged(ANN, ANN_PASSWORD, challenge).await;
    let set = async |password: &str| {
        let more = json!({ "NEW_PASSWORD": password });
        bench.respond(challenge, &session, ANN, more).await
    };
    for password in MALFORMED.iter().filter(|password| !password.is_empty()) {
        assert_eq!(set(password).await.refusal(), malformed("newPassword"), "{password:?}");
    }
    let long = set(&"x".repeat(257)).await.refusal();
    assert!(long.1.ends_with("Member must have length less than or equal to 256"), "{long:?}");
    set(PASSPHRASE).await.ok();
}

#[tokio::test]
async fn a_space_is_a_symbol_and_only_basic_latin_letters_have_a_case() {
    let policy = |class: &str| {
        let policy: Value = with(json!({ "MinimumLength": 6 }), &json!({ class: true }));
        json!({ "Policies": { "PasswordPolicy": policy } })
    };
    for (class, password, reason) in [
        ("RequireSymbols", "correct horse", ""),
        ("RequireSymbols", "correct\u{a0}horse", "Password must have symbol characters"),
        (
            "RequireUppercase",
            "\u{c4}\u{d6}\u{dc}\u{3a3}abc",
            "Password must have uppercase characters",
        ),
        ("RequireUppercase", "\u{c4}\u{d6}\u{dc}Abc", ""),
        (
            "RequireLowercase",
            "\u{e4}\u{f6}\u{fc}\u{df}ABC",
            "Password must have lowercase characters",
        ),
        ("RequireLowercase", "\u{e4}\u{f6}\u{fc}aBC", ""),
        ("RequireNumbers", "\u{663}abcdef", "Password must have numeric characters"),
    ] {
        let bench = Bench::with(&policy(class), &json!({}));
        let answer = bench.sign_up(ANN, password).await;
        if reason.is_empty() {
            answer.ok();
        } else {
            let message = format!("Password did not conform with policy: {reason}");
            assert_eq!(answer.refusal(), pair("InvalidPasswordException", &message), "{password}");
        }
    }
}
