use serde_json::json;

use super::support::{ANN, ANN_PASSWORD, Bench};

const DAY: u64 = 24 * 60 * 60;
const MISMATCH: (&str, &str) =
    ("CodeMismatchException", "Invalid verification code provided, please try again.");
const EXPIRED: (&str, &str) =
    ("ExpiredCodeException", "Invalid code provided, please request a code again.");
const LIMIT: (&str, &str) =
    ("LimitExceededException", "Attempt limit exceeded, please try after some time.");
const CONFIRMED: (&str, &str) =
    ("NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED");
const NOBODY: (&str, &str) = ("UserNotFoundException", "Username/client id combination not found.");
const DISABLED: (&str, &str) = ("NotAuthorizedException", "User is disabled.");

fn pair(refusal: (&str, &str)) -> (String, String) {
    (refusal.0.to_owned(), refusal.1.to_owned())
}

/// A code that is not the given one.
fn other(code: &str) -> String {
    let first = if code.starts_with('0') { "1" } else { "0" };
    format!("{first}{}", code.split_at(1).1)
}

async fn signed_up(prevent: &str) -> Bench {
    let bench = Bench::with(&json!({}), &json!({ "PreventUserExistenceErrors": prevent }));
    bench.sign_up(ANN, ANN_PASSWORD).await.ok();
    bench
}

#[tokio::test]
async fn a_code_confirms_once() {
    let bench = signed_up("ENABLED").await;
    assert_eq!(bench.confirm(ANN, &other(&bench.code())).await.refusal(), pair(MISMATCH));
    bench.confirm("ANN@example.COM", &bench.code()).await.ok();
    for code in [bench.code(), other(&bench.code())] {
        assert_eq!(bench.confirm(ANN, &code).await.refusal(), pair(CONFIRMED));
    }
    let user = bench.admin_call("AdminGetUser", json!({ "Username": ANN })).await.ok();
    assert_eq!(user["UserStatus"], "CONFIRMED");
}

#[tokio::test]
async fn a_code_lives_for_a_day() {
    for (age, works) in [(DAY - 1, true), (DAY, false)] {
        let bench = signed_up("ENABLED").await;
        bench.wait(age);
        let answer = bench.confirm(ANN, &bench.code()).await;
        if works {
            answer.ok();
        } else {
            assert_eq!(answer.refusal(), pair(EXPIRED));
        }
    }
}

#[tokio::test]
async fn only_the_newest_code_works() {
    let bench = signed_up("ENABLED").await;
    let first = bench.code();
    // One in a million new codes is the old one again.
    for _ in 0..3 {
        bench.user_call("ResendConfirmationCode", ANN, json!({})).await.ok();
    }
    assert_ne!(bench.code(), first);
    assert_eq!(bench.confirm(ANN, &first).await.refusal(), pair(MISMATCH));
    bench.confirm(ANN, &bench.code()).await.ok();
}

#[tokio::test]
async fn a_code_is_not_stored_in_the_clear() {
    let bench = signed_up("ENABLED").await;
    let pool = &bench.emulator.pool;
    let user = pool.store.read().unwrap().find(&pool.name(ANN)).unwrap().unwrap();
    let record = serde_json::to_string(&user).unwrap();
    assert!(!record.contains(&bench.code()) && !record.contains(ANN_PASSWORD), "{record}");
    assert!(
        user.password_hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
        "{}",
        user.password_hash
    );
}

#[tokio::test]
async fn fifteen_confirmations_an_hour_are_the_limit_for_anybody() {
    for username in [ANN, "nobody@example.com"] {
        let bench = signed_up("ENABLED").await;
        let wrong = other(&bench.code());
        for _ in 0..15 {
            assert_eq!(bench.confirm(username, &wrong).await.refusal(), pair(MISMATCH));
        }
        assert_eq!(bench.confirm(username, &wrong).await.refusal(), pair(LIMIT));
        assert_eq!(bench.confirm(username, &bench.code()).await.refusal(), pair(LIMIT));
        bench.wait(3600);
        assert_eq!(bench.confirm(username, &wrong).await.refusal(), pair(MISMATCH));
    }
}

#[tokio::test]
async fn five_resends_an_hour_are_the_limit_for_anybody() {
    for (username, mails) in [(ANN, 6), ("nobody@example.com", 1)] {
        let bench = signed_up("ENABLED").await;
        for _ in 0..5 {
            bench.user_call("ResendConfirmationCode", username, json!({})).await.ok();
        }
        let refusal =
            bench.user_call("ResendConfirmationCode", username, json!({})).await.refusal();
        assert_eq!((refusal, bench.mail().len()), (pair(LIMIT), mails));
        bench.wait(3600);
        bench.user_call("ResendConfirmationCode", username, json!({})).await.ok();
    }
}

#[tokio::test]
async fn a_resend_shows_the_same_whoever_is_asked_for() {
    let bench = signed_up("ENABLED").await;
    bench.sign_up("Ada@example.com", ANN_PASSWORD).await.ok();
    bench.confirm("Ada@example.com", &bench.code()).await.ok();
    let mails = bench.mail().len();
    for username in [ANN, "Ada@example.com", "Amy@example.com"] {
        let answer = bench.user_call("ResendConfirmationCode", username, json!({})).await;
        assert_eq!(
            answer.text,
            r#"{"CodeDeliveryDetails":{"AttributeName":"email","DeliveryMedium":"EMAIL","Destination":"A***@e***"}}"#
        );
    }
    assert_eq!(bench.mail().len(), mails + 1);
}

#[tokio::test]
async fn a_name_that_is_no_address_has_one_made_up() {
    let bench = Bench::with(&json!({ "UsernameAttributes": [] }), &json!({}));
    let mut shown = Vec::new();
    for _ in 0..2 {
        shown.push(bench.user_call("ResendConfirmationCode", "nobody", json!({})).await.ok()["CodeDeliveryDetails"]["Destination"].clone());
    }
    assert_eq!(shown[0], shown[1]);
    assert_eq!(shown[0].as_str().unwrap().len(), "a***@b***".len());
}

#[tokio::test]
async fn clients_of_the_legacy_kind_tell_more() {
    let bench = signed_up("LEGACY").await;
    let confirm = json!({ "ConfirmationCode": "123456" });
    assert_eq!(
        bench.user_call("ConfirmSignUp", "no@example.com", confirm).await.refusal(),
        pair(NOBODY)
    );
    let resend = bench.user_call("ResendConfirmationCode", "no@example.com", json!({})).await;
    assert_eq!(resend.refusal(), pair(NOBODY));
    bench.confirm(ANN, &bench.code()).await.ok();
    let resend = bench.user_call("ResendConfirmationCode", ANN, json!({})).await;
    assert_eq!(resend.refusal(), pair(("InvalidParameterException", "User is already confirmed.")));
}

#[tokio::test]
async fn a_disabled_user_cannot_confirm() {
    for (prevent, refusal) in [("LEGACY", DISABLED), ("ENABLED", MISMATCH)] {
        let bench = signed_up(prevent).await;
        bench.change_user(ANN, |user| user.enabled = false);
        assert_eq!(bench.confirm(ANN, &bench.code()).await.refusal(), pair(refusal));
    }
}

#[tokio::test]
async fn a_pool_that_verifies_nothing_resends_nothing() {
    let bench = Bench::with(&json!({ "AutoVerifiedAttributes": [] }), &json!({}));
    let refusal = bench.user_call("ResendConfirmationCode", ANN, json!({})).await.refusal();
    assert_eq!(
        refusal,
        pair((
            "InvalidParameterException",
            "Cannot resend codes. Auto verification not turned on."
        ))
    );
}
