use serde_json::{Value, json};

use super::{
    steps::{mfa, not_authorized, pair},
    support::{ANN, ANN_PASSWORD, Bench},
};

const TOTP: &str = "SOFTWARE_TOKEN_MFA";

fn invalid() -> (String, String) {
    not_authorized("Invalid session for the user.")
}

fn once() -> (String, String) {
    not_authorized("Invalid session for the user, session can only be used once.")
}

fn over() -> (String, String) {
    not_authorized("Invalid session for the user, session is expired.")
}

fn wrong() -> (String, String) {
    pair("CodeMismatchException", "Invalid code received for user")
}

fn used() -> (String, String) {
    pair("ExpiredCodeException", "Your software token has already been used once.")
}

#[tokio::test]
async fn a_right_password_brings_a_challenge_and_a_right_code_the_tokens() {
    let bench = Bench::optional_mfa().await;
    let secret = bench.enrol().await;
    let sub = bench.sub(ANN).await;
    let answer = bench.sign_in(ANN, ANN_PASSWORD).await.ok();
    assert_eq!(answer["ChallengeName"], TOTP);
    assert_eq!(answer["ChallengeParameters"], json!({ "USER_ID_FOR_SRP": sub }));
    assert_eq!(answer.get("AuthenticationResult"), None);
    let session = answer["Session"].as_str().unwrap();
    assert!((20..=4096).contains(&session.len()));

    let code = json!({ "SOFTWARE_TOKEN_MFA_CODE": secret.code(bench.now()) });
    let answer = bench.respond(TOTP, session, &sub, code).await.ok();
    assert_eq!(answer["ChallengeParameters"], json!({}));
    bench.get_user(&answer["AuthenticationResult"]).await.ok();
    bench.refreshed(&answer["AuthenticationResult"]).await;
    assert_eq!(bench.answer(session, &secret.code(bench.now())).await.refusal(), once());
    let refusal = bench.sign_in(ANN, "wrong").await.refusal();
    assert_eq!(refusal, not_authorized("Incorrect username or password."));
}

#[tokio::test]
async fn the_challenge_names_the_device_if_it_has_a_name() {
    let bench = Bench::optional_mfa().await;
    let tokens = bench.log_in().await;
    let secret = bench.associate(&tokens).await;
    let more = json!({ "UserCode": secret.code(bench.now()), "FriendlyDeviceName": "phone" });
    bench.with_token("VerifySoftwareToken", &tokens, more).await.ok();
    bench.prefer(&tokens, true, true).await.ok();
    let answer = bench.sign_in(ANN, ANN_PASSWORD).await.ok();
    assert_eq!(answer["ChallengeParameters"]["FRIENDLY_DEVICE_NAME"], "phone");
}

#[tokio::test]
async fn every_step_counts_once_from_the_one_that_verified() {
    let bench = Bench::optional_mfa().await;
    let tokens = bench.log_in().await;
    let secret = bench.associate(&tokens).await;
    let first = secret.code(bench.now());
    bench.verify(&tokens, &first).await.ok();
    bench.prefer(&tokens, true, true).await.ok();
    let session = bench.challenged(ANN, ANN_PASSWORD, TOTP).await;
    assert_eq!(bench.answer(&session, &first).await.refusal(), used());
    // The neighbour before is as good as used, the one after is not.
    let before = secret.code(bench.now() - 30);
    assert_eq!(bench.answer(&session, &before).await.refusal(), used());
    let next = secret.code(bench.now() + 30);
    bench.answer(&session, &next).await.ok();

    bench.wait(30);
    let session = bench.challenged(ANN, ANN_PASSWORD, TOTP).await;
    assert_eq!(bench.answer(&session, &next).await.refusal(), used());
    bench.wait(30);
    bench.answer(&session, &secret.code(bench.now())).await.ok();
}

#[tokio::test]
async fn a_code_of_another_time_is_wrong() {
    for (offset, works) in [(-60_i64, false), (-30, true), (0, true), (30, true), (60, false)] {
        let bench = Bench::optional_mfa().await;
        let secret = bench.enrol().await;
        bench.wait(60);
        let session = bench.challenged(ANN, ANN_PASSWORD, TOTP).await;
        let code = secret.code(bench.now().checked_add_signed(offset).unwrap());
        let answer = bench.answer(&session, &code).await;
        if works {
            answer.ok();
        } else {
            assert_eq!(answer.refusal(), wrong(), "{offset}");
        }
    }
}

#[tokio::test]
async fn a_session_lives_through_wrong_codes_until_it_expires() {
    for (validity, seconds) in [(3, 180), (15, 900)] {
        let client = json!({ "AuthSessionValidity": validity });
        let bench = Bench::with(&mfa("OPTIONAL"), &client).with_ann().await;
        let secret = bench.enrol().await;
        let session = bench.challenged(ANN, ANN_PASSWORD, TOTP).await;
        let late = bench.challenged(ANN, ANN_PASSWORD, TOTP).await;
        bench.wait(seconds - 1);
        for code in [secret.wrong(bench.now()).as_str(), "", "x", "12345", "1234567"] {
            let refusal = bench.answer(&session, code).await.refusal();
            if code.is_empty() {
                let message = "Missing required parameter SOFTWARE_TOKEN_MFA_CODE";
                assert_eq!(refusal, pair("InvalidParameterException", message));
            } else {
                assert_eq!(refusal, wrong(), "{code}");
            }
        }
        bench.answer(&session, &secret.code(bench.now())).await.ok();
        bench.wait(1);
        assert_eq!(bench.answer(&late, &secret.code(bench.now())).await.refusal(), over());
    }
}

#[tokio::test]
async fn a_session_is_for_one_user_and_one_step() {
    let bench = Bench::optional_mfa().await;
    let secret = bench.enrol().await;
    let bob = "bob@example.com";
    bench.sign_up(bob, ANN_PASSWORD).await.ok();
    bench.confirm(bob, &bench.code()).await.ok();
    let session = bench.challenged(ANN, ANN_PASSWORD, TOTP).await;
    let code = || json!({ "SOFTWARE_TOKEN_MFA_CODE": secret.code(bench.now()) });
    for username in [bob, "nobody@example.com"] {
        assert_eq!(bench.respond(TOTP, &session, username, code()).await.refusal(), invalid());
    }
    let password = json!({ "NEW_PASSWORD": "another-long-password" });
    for (challenge, more) in [
        ("NEW_PASSWORD_REQUIRED", password),
        ("MFA_SETUP", json!({})),
        ("SMS_MFA", json!({ "SMS_MFA_CODE": "000000" })),
    ] {
        let refusal = bench.respond(challenge, &session, ANN, more).await.refusal();
        assert_eq!(refusal, invalid(), "{challenge}");
    }
    for operation in ["AssociateSoftwareToken", "VerifySoftwareToken"] {
        let body = json!({ "Session": session, "UserCode": "000000" });
        assert_eq!(bench.call(operation, body).await.refusal(), invalid(), "{operation}");
    }
    assert_eq!(bench.answer(&"x".repeat(20), "000000").await.refusal(), invalid());
    bench.answer(&session, &secret.code(bench.now())).await.ok();
}

#[tokio::test]
async fn wrong_codes_lock_on_their_own() {
    let bench = Bench::optional_mfa().await;
    let secret = bench.enrol().await;
    let session = bench.challenged(ANN, ANN_PASSWORD, TOTP).await;
    let mut refusals = Vec::new();
    for wait in [0, 0, 0, 0, 0, 0, 1, 1, 1] {
        bench.wait(wait);
        refusals.push(bench.answer(&session, &secret.wrong(bench.now())).await.refusal());
    }
    let locked = not_authorized("Password attempts exceeded");
    let [w, l] = [wrong(), locked.clone()];
    assert_eq!(refusals, [&w, &w, &w, &w, &w, &l, &w, &l, &w].map(Clone::clone));
    // A password does not open this lock, and this lock does not close to passwords.
    let again = bench.challenged(ANN, ANN_PASSWORD, TOTP).await;
    assert_eq!(bench.answer(&again, &secret.code(bench.now())).await.refusal(), locked);
    bench.wait(4);
    bench.answer(&again, &secret.code(bench.now())).await.ok();
}

#[tokio::test]
async fn what_a_response_must_have() {
    let bench = Bench::optional_mfa().await;
    bench.enrol().await;
    let session = bench.challenged(ANN, ANN_PASSWORD, TOTP).await;
    let id = bench.emulator.client_id();
    let (hash, other) = (bench.secret_hash(ANN), bench.secret_hash("ann@example.com"));
    let missing = |name: &str| {
        pair("InvalidParameterException", &format!("Missing required parameter {name}"))
    };
    let all = json!({ "USERNAME": ANN, "SOFTWARE_TOKEN_MFA_CODE": "000000", "SECRET_HASH": hash });
    for (name, value, refusal) in [
        ("USERNAME", Value::Null, missing("USERNAME")),
        ("SOFTWARE_TOKEN_MFA_CODE", Value::Null, missing("SOFTWARE_TOKEN_MFA_CODE")),
        (
            "SECRET_HASH",
            Value::Null,
            not_authorized(&format!(
                "Client {id} is configured with secret but SECRET_HASH was not received"
            )),
        ),
        (
            "SECRET_HASH",
            json!(other),
            not_authorized(&format!("Unable to verify secret hash for client {id}")),
        ),
    ] {
        let mut responses = all.clone();
        responses[name] = value;
        let body = json!({ "ChallengeName": TOTP, "ChallengeResponses": responses, "ClientId": id, "Session": session });
        assert_eq!(bench.call("RespondToAuthChallenge", body).await.refusal(), refusal, "{name}");
    }
    let body = json!({ "ChallengeName": TOTP, "ChallengeResponses": all, "ClientId": id });
    let refusal = bench.call("RespondToAuthChallenge", body).await.refusal();
    assert_eq!(refusal, missing("Session"));
    let body = json!({ "ChallengeName": TOTP, "ClientId": "nobody" });
    let refusal = bench.call("RespondToAuthChallenge", body).await.refusal();
    assert_eq!(refusal.0, "ResourceNotFoundException");
}

#[tokio::test]
async fn a_disabled_user_does_not_get_further() {
    let bench = Bench::optional_mfa().await;
    let secret = bench.enrol().await;
    let session = bench.challenged(ANN, ANN_PASSWORD, TOTP).await;
    bench.change_user(ANN, |user| user.enabled = false);
    let refusal = bench.answer(&session, &secret.code(bench.now())).await.refusal();
    assert_eq!(refusal, not_authorized("User is disabled."));
}

#[tokio::test]
async fn a_reset_password_does_not_skip_the_second_factor() {
    let bench = Bench::optional_mfa().await;
    let secret = bench.enrol().await;
    bench.user_call("ForgotPassword", ANN, json!({})).await.ok();
    let more = json!({ "ConfirmationCode": bench.code(), "Password": "another-long-password" });
    bench.user_call("ConfirmForgotPassword", ANN, more).await.ok();
    let session = bench.challenged(ANN, "another-long-password", TOTP).await;
    bench.answer(&session, &secret.code(bench.now())).await.ok();
}

#[tokio::test]
async fn sessions_steps_and_locks_survive_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("cognito.redb");
    let open = || Bench::at_with(&path, &mfa("OPTIONAL"), &json!({}));
    let bench = open().with_ann().await;
    let secret = bench.enrol().await;
    let session = bench.challenged(ANN, ANN_PASSWORD, TOTP).await;
    for _ in 0..4 {
        assert_eq!(bench.answer(&session, &secret.wrong(bench.now())).await.refusal(), wrong());
    }
    drop(bench);

    let bench = open();
    bench.wait(30);
    assert_eq!(bench.answer(&session, &secret.wrong(bench.now())).await.refusal(), wrong());
    let code = secret.code(bench.now());
    let refusal = bench.answer(&session, &code).await.refusal();
    assert_eq!(refusal, not_authorized("Password attempts exceeded"));
    bench.wait(1);
    bench.answer(&session, &code).await.ok();
    drop(bench);

    let bench = open();
    bench.wait(31);
    assert_eq!(bench.answer(&session, &code).await.refusal(), once());
    let session = bench.challenged(ANN, ANN_PASSWORD, TOTP).await;
    assert_eq!(bench.answer(&session, &code).await.refusal(), used());
}
