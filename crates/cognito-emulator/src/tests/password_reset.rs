use serde_json::{Value, json};

use super::{
    steps::{not_authorized, pair},
    support::{ANN, ANN_PASSWORD, Answer, Bench},
};

const NEW_PASSWORD: &str = "another-long-password";
const HOUR: u64 = 60 * 60;
const NOBODY: &str = "nobody@example.com";

fn mismatch() -> (String, String) {
    pair("CodeMismatchException", "Invalid verification code provided, please try again.")
}

fn expired() -> (String, String) {
    pair("ExpiredCodeException", "Invalid code provided, please request a code again.")
}

fn limit() -> (String, String) {
    pair("LimitExceededException", "Attempt limit exceeded, please try after some time.")
}

fn no_combination() -> (String, String) {
    pair("UserNotFoundException", "Username/client id combination not found.")
}

fn no_address() -> (String, String) {
    pair(
        "InvalidParameterException",
        "Cannot reset password for the user as there is no registered/verified email or phone_number",
    )
}

async fn with_ann(prevent: &str) -> Bench {
    Bench::with(&json!({}), &json!({ "PreventUserExistenceErrors": prevent })).with_ann().await
}

impl Bench {
    async fn forgot(&self, username: &str) -> Answer {
        self.user_call("ForgotPassword", username, json!({})).await
    }

    async fn reset(&self, username: &str, code: &str) -> Answer {
        let more = json!({ "ConfirmationCode": code, "Password": NEW_PASSWORD });
        self.user_call("ConfirmForgotPassword", username, more).await
    }
}

/// A code that is not the given one.
fn other(code: &str) -> String {
    let first = if code.starts_with('0') { "1" } else { "0" };
    format!("{first}{}", code.split_at(1).1)
}

#[tokio::test]
async fn a_mailed_code_sets_a_password_once() {
    let bench = with_ann("ENABLED").await;
    let tokens = bench.log_in().await;
    let answer = bench.forgot(ANN).await;
    assert_eq!(
        answer.text,
        r#"{"CodeDeliveryDetails":{"AttributeName":"email","DeliveryMedium":"EMAIL","Destination":"A***@e***"}}"#
    );
    let mail = bench.mail().pop().unwrap();
    assert_eq!(mail.to, ANN);
    let code = bench.code();
    assert_eq!(bench.reset(ANN, &other(&code)).await.refusal(), mismatch());
    assert_eq!(bench.reset("ann@EXAMPLE.com", &code).await.text, "{}");
    assert_eq!(bench.reset(ANN, &code).await.refusal(), expired());
    let refusal = bench.sign_in(ANN, ANN_PASSWORD).await.refusal();
    assert_eq!(refusal, not_authorized("Incorrect username or password."));
    bench.sign_in(ANN, NEW_PASSWORD).await.ok();
    // A reset ends no login.
    bench.get_user(&tokens).await.ok();
    bench.refreshed(&tokens).await;
}

#[tokio::test]
async fn a_code_lives_for_an_hour_and_dies_with_the_next() {
    for (age, works) in [(HOUR - 1, true), (HOUR, false)] {
        let bench = with_ann("ENABLED").await;
        bench.forgot(ANN).await.ok();
        bench.wait(age);
        let answer = bench.reset(ANN, &bench.code()).await;
        if works {
            answer.ok();
        } else {
            assert_eq!(answer.refusal(), expired());
        }
    }
    let bench = with_ann("ENABLED").await;
    bench.forgot(ANN).await.ok();
    let first = bench.code();
    // One in a million new codes is the old one again.
    for _ in 0..2 {
        bench.forgot(ANN).await.ok();
    }
    assert_eq!(bench.reset(ANN, &first).await.refusal(), mismatch());
    bench.reset(ANN, &bench.code()).await.ok();
}

#[tokio::test]
async fn who_gets_a_code_and_what_is_told_depends_on_user_and_client() {
    type Changes = fn(&mut crate::user::User);
    let plain: Changes = |_| {};
    let disabled: Changes = |user| user.enabled = false;
    let unverified: Changes = |user| {
        user.attributes.insert("email_verified".to_owned(), "false".to_owned());
    };
    let unconfirmed: Changes = |user| {
        user.status = crate::user::UserStatus::Unconfirmed;
        user.attributes.insert("email_verified".to_owned(), "false".to_owned());
    };
    let no_email: Changes = |user| user.attributes.clear();
    let shown = None;
    for (prevent, change, username, refusal, mails) in [
        ("ENABLED", plain, ANN, shown.clone(), 1),
        ("ENABLED", plain, NOBODY, shown.clone(), 0),
        ("ENABLED", disabled, ANN, shown.clone(), 0),
        ("ENABLED", unverified, ANN, shown.clone(), 0),
        ("ENABLED", unconfirmed, ANN, shown.clone(), 0),
        ("ENABLED", no_email, ANN, shown.clone(), 0),
        ("LEGACY", plain, ANN, shown, 1),
        ("LEGACY", plain, NOBODY, Some(no_combination()), 0),
        ("LEGACY", disabled, ANN, Some(not_authorized("User is disabled.")), 0),
        ("LEGACY", unverified, ANN, Some(no_address()), 0),
        ("LEGACY", unconfirmed, ANN, Some(no_address()), 0),
        ("LEGACY", no_email, ANN, Some(no_address()), 0),
    ] {
        let bench = with_ann(prevent).await;
        bench.change_user(ANN, change);
        let before = bench.mail().len();
        let answer = bench.forgot(username).await;
        assert_eq!(bench.mail().len() - before, mails, "{prevent} {username}");
        if let Some(refusal) = refusal {
            assert_eq!(answer.refusal(), refusal, "{prevent} {username}");
        } else {
            let wanted = json!(format!("{}***@e***", username.split_at(1).0));
            assert_eq!(answer.ok()["CodeDeliveryDetails"]["Destination"], wanted);
        }
    }
}

#[tokio::test]
async fn a_code_that_does_not_fit_is_told_by_user_and_client() {
    for (prevent, username, asked, refusal) in [
        ("ENABLED", ANN, true, mismatch()),
        ("ENABLED", ANN, false, expired()),
        ("ENABLED", NOBODY, true, mismatch()),
        ("ENABLED", NOBODY, false, mismatch()),
        ("LEGACY", ANN, true, mismatch()),
        ("LEGACY", ANN, false, expired()),
        ("LEGACY", NOBODY, false, no_combination()),
    ] {
        let bench = with_ann(prevent).await;
        if asked {
            bench.forgot(username).await.ok();
        }
        let hashes = bench.hashes();
        let wrong = other(&bench.code());
        assert_eq!(bench.reset(username, &wrong).await.refusal(), refusal, "{prevent} {username}");
        assert_eq!(bench.hashes() - hashes, 1, "{prevent} {username}");
    }
}

#[tokio::test]
async fn a_code_of_the_sign_up_sets_no_password() {
    let bench = Bench::new();
    bench.sign_up(ANN, ANN_PASSWORD).await.ok();
    assert_eq!(bench.reset(ANN, &bench.code()).await.refusal(), expired());
}

#[tokio::test]
async fn a_code_is_for_one_user() {
    let bench = with_ann("ENABLED").await;
    let bob = "bob@example.com";
    bench.sign_up(bob, ANN_PASSWORD).await.ok();
    bench.confirm(bob, &bench.code()).await.ok();
    bench.forgot(bob).await.ok();
    let of_bob = bench.code();
    bench.forgot(ANN).await.ok();
    if bench.code() != of_bob {
        assert_eq!(bench.reset(ANN, &of_bob).await.refusal(), mismatch());
    }
    bench.reset(bob, &of_bob).await.ok();
}

#[tokio::test]
async fn five_codes_and_five_tries_an_hour_are_the_limit_for_anybody() {
    for username in [ANN, NOBODY] {
        let bench = with_ann("ENABLED").await;
        for _ in 0..5 {
            bench.forgot(username).await.ok();
        }
        assert_eq!(bench.forgot(username).await.refusal(), limit());
        let wrong = other(&bench.code());
        for _ in 0..5 {
            assert_eq!(bench.reset(username, &wrong).await.refusal(), mismatch());
        }
        assert_eq!(bench.reset(username, &bench.code()).await.refusal(), limit());
        bench.wait(HOUR);
        bench.forgot(username).await.ok();
        assert_eq!(bench.reset(username, &other(&bench.code())).await.refusal(), mismatch());
    }
}

#[tokio::test]
async fn a_locked_user_resets_and_is_locked_no_longer() {
    let bench = with_ann("ENABLED").await;
    for _ in 0..5 {
        bench.sign_in(ANN, "wrong").await.refusal();
    }
    let refusal = bench.sign_in(ANN, ANN_PASSWORD).await.refusal();
    assert_eq!(refusal, not_authorized("Password attempts exceeded"));
    bench.forgot(ANN).await.ok();
    bench.reset(ANN, &bench.code()).await.ok();
    bench.sign_in(ANN, NEW_PASSWORD).await.ok();
}

#[tokio::test]
async fn a_weak_password_is_refused_and_leaves_the_code_alone() {
    let bench = with_ann("ENABLED").await;
    bench.forgot(ANN).await.ok();
    for username in [ANN, NOBODY] {
        let more = json!({ "ConfirmationCode": bench.code(), "Password": "too-short" });
        let refusal = bench.user_call("ConfirmForgotPassword", username, more).await.refusal();
        let message = "Password does not conform to policy: Password not long enough";
        assert_eq!(refusal, pair("InvalidPasswordException", message));
    }
    bench.reset(ANN, &bench.code()).await.ok();
}

#[tokio::test]
async fn the_client_is_proved_by_the_hash() {
    let bench = with_ann("ENABLED").await;
    let id = bench.emulator.client_id();
    for (operation, more) in [
        ("ForgotPassword", json!({})),
        ("ConfirmForgotPassword", json!({ "ConfirmationCode": "1", "Password": NEW_PASSWORD })),
    ] {
        for (hash, message) in [
            (
                Value::Null,
                format!("Client {id} is configured with secret but SECRET_HASH was not received"),
            ),
            (json!("AAAA"), format!("Unable to verify secret hash for client {id}")),
        ] {
            let mut body = more.clone();
            body["SecretHash"] = hash;
            let refusal = bench.user_call(operation, ANN, body).await.refusal();
            assert_eq!(refusal, not_authorized(&message), "{operation}");
        }
    }
}

#[tokio::test]
async fn a_code_and_a_new_password_survive_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("cognito.redb");
    let open = || Bench::at_with(&path, &json!({}), &json!({}));
    let bench = open().with_ann().await;
    bench.forgot(ANN).await.ok();
    let code = bench.code();
    drop(bench);
    let bench = open();
    bench.reset(ANN, &code).await.ok();
    drop(bench);
    let bench = open();
    assert_eq!(bench.reset(ANN, &code).await.refusal(), expired());
    bench.sign_in(ANN, NEW_PASSWORD).await.ok();
}
