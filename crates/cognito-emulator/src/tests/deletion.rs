use serde_json::json;

use super::{
    steps::{mfa, not_authorized, pair},
    support::{ANN, ANN_PASSWORD, Bench},
};
use crate::{
    attempts::Attempts, code::Purpose, exception::Kind, name::Subject, store::Counter, time::Moment,
};

fn gone() -> (String, String) {
    pair("UserNotFoundException", "User does not exist.")
}

#[tokio::test]
async fn a_deleted_user_is_gone_and_the_tokens_say_so() {
    let bench = Bench::new().with_ann().await;
    let (tokens, others) = (bench.log_in().await, bench.log_in().await);
    let answer = bench.with_token("DeleteUser", &tokens, json!({})).await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, ""));
    for tokens in [&tokens, &others] {
        assert_eq!(bench.get_user(tokens).await.refusal(), gone());
        let refusal = bench.refresh(tokens).await.refusal();
        let message = "The user has been deleted for the associated refresh token";
        assert_eq!(refusal, not_authorized(message));
        assert_eq!(bench.revoke(tokens).await.text, "{}");
        let refusal = bench.with_token("DeleteUser", tokens, json!({})).await.refusal();
        assert_eq!(refusal, gone());
    }
    let hashes = bench.hashes();
    let refusal = bench.sign_in(ANN, ANN_PASSWORD).await.refusal();
    assert_eq!(refusal, not_authorized("Incorrect username or password."));
    assert_eq!(bench.hashes() - hashes, 1);
    let refusal = bench.admin_call("AdminGetUser", json!({ "Username": ANN })).await.refusal();
    assert_eq!(refusal, gone());
}

#[tokio::test]
async fn nothing_of_a_deleted_user_is_left_to_the_next_of_the_name() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("cognito.redb");
    let open = || Bench::at_with(&path, &mfa("OPTIONAL"), &json!({}));
    let bench = open().with_ann().await;
    let sub = bench.sub(ANN).await;
    let tokens = bench.log_in().await;
    let secret = bench.enrol().await;
    let session = bench.challenged(ANN, ANN_PASSWORD, "SOFTWARE_TOKEN_MFA").await;
    bench.user_call("ForgotPassword", ANN, json!({})).await.ok();
    let reset = bench.code();
    let more = json!({ "AttributeName": "email" });
    bench.with_token("GetUserAttributeVerificationCode", &tokens, more).await.ok();
    bench
        .with_token(
            "ChangePassword",
            &tokens,
            json!({ "PreviousPassword": "xy", "ProposedPassword": ANN_PASSWORD }),
        )
        .await
        .refusal();
    for _ in 0..5 {
        bench.sign_in(ANN, "wrong").await.refusal();
        bench.answer(&session, &secret.wrong(bench.now())).await.refusal();
    }
    bench.with_token("DeleteUser", &tokens, json!({})).await;
    drop(bench);

    // Only refresh tokens keep the sub, to be told from tokens that never were.
    let bench = open().with_ann().await;
    let pool = &bench.emulator.pool;
    let left = pool.store.write_now(|change| {
        for counter in Counter::ALL {
            let attempts = change.attempts(counter, &Subject::User(sub.clone()))?;
            assert_eq!(attempts, Attempts::NONE, "{counter:?}");
        }
        for purpose in Purpose::ALL {
            let key = pool.digest_key();
            let spent = change.spend_code(key, purpose, &sub, &"".into(), Moment(0));
            assert_eq!(spent.unwrap_err().kind, Kind::ExpiredCode, "{purpose:?}");
        }
        Ok(change.software_token(&sub)?.is_some() || change.user(&sub)?.is_some())
    });
    assert!(!left.unwrap());
    assert_ne!(bench.sub(ANN).await, sub);
    assert_eq!(bench.get_user(&tokens).await.refusal(), gone());
    let refusal = bench.answer(&session, &secret.code(bench.now())).await.refusal();
    assert_eq!(refusal, not_authorized("Invalid session for the user."));
    let more = json!({ "ConfirmationCode": reset, "Password": "another-long-password" });
    let refusal = bench.user_call("ConfirmForgotPassword", ANN, more).await.refusal();
    assert_eq!(refusal.0, "ExpiredCodeException");
    // No lock and no second factor either.
    let tokens = bench.log_in().await;
    let user = bench.get_user(&tokens).await.ok();
    assert_eq!(user.get("UserMFASettingList"), None);
}

#[tokio::test]
async fn a_deletion_leaves_others_alone() {
    let bench = Bench::new().with_ann().await;
    let bob = "bob@example.com";
    bench.sign_up(bob, ANN_PASSWORD).await.ok();
    bench.confirm(bob, &bench.code()).await.ok();
    let of_bob = bench.sign_in(bob, ANN_PASSWORD).await.ok()["AuthenticationResult"].clone();
    let tokens = bench.log_in().await;
    bench.with_token("DeleteUser", &tokens, json!({})).await;
    bench.get_user(&of_bob).await.ok();
    bench.refreshed(&of_bob).await;
}

#[tokio::test]
async fn a_user_is_deleted_by_the_name_of_now() {
    let bench = Bench::new().with_ann().await;
    let tokens = bench.log_in().await;
    let attributes = json!([{ "Name": "email", "Value": "anna@example.com" }]);
    let more = json!({ "UserAttributes": attributes });
    bench.with_token("UpdateUserAttributes", &tokens, more).await.ok();
    bench.with_token("DeleteUser", &tokens, json!({})).await;
    bench.sign_up("anna@example.com", ANN_PASSWORD).await.ok();
}
