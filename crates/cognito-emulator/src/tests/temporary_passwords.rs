use serde_json::{Value, json};

use super::{
    steps::{mfa, not_authorized, pair},
    support::{ANN, ANN_PASSWORD, Bench, START},
};
use crate::{time::Moment, user::UserStatus};

const CHALLENGE: &str = "NEW_PASSWORD_REQUIRED";
const NEW_PASSWORD: &str = "another-long-password";

/// Ann as after `AdminCreateUser`, with a password that works for a minute.
async fn created(pool: &Value) -> Bench {
    let bench = Bench::with(pool, &json!({})).with_ann().await;
    bench.change_user(ANN, |user| {
        user.status = UserStatus::ForceChangePassword;
        user.temporary_password_expires = Some(Moment((START + 60) * 1000));
    });
    bench
}

fn new_password(password: &str) -> Value {
    json!({ "NEW_PASSWORD": password })
}

#[tokio::test]
async fn a_temporary_password_brings_a_challenge_and_a_new_one_the_tokens() {
    let bench = created(&json!({})).await;
    let sub = bench.sub(ANN).await;
    let answer = bench.sign_in(ANN, ANN_PASSWORD).await.ok();
    assert_eq!(answer["ChallengeName"], CHALLENGE);
    assert_eq!(
        answer["ChallengeParameters"],
        json!({
            "USER_ID_FOR_SRP": sub,
            "requiredAttributes": "[]",
            "userAttributes": format!(r#"{{"email":"{ANN}","email_verified":"true"}}"#),
        })
    );
    let session = answer["Session"].as_str().unwrap();
    let more = json!({ "NEW_PASSWORD": NEW_PASSWORD, "userAttributes.name": "Ann" });
    let answer = bench.respond(CHALLENGE, session, &sub, more).await.ok();
    assert_eq!(answer["ChallengeParameters"], json!({}));
    bench.get_user(&answer["AuthenticationResult"]).await.ok();
    let refusal =
        bench.respond(CHALLENGE, session, ANN, new_password(NEW_PASSWORD)).await.refusal();
    let once = "Invalid session for the user, session can only be used once.";
    assert_eq!(refusal, not_authorized(once));

    let user = bench.admin_call("AdminGetUser", json!({ "Username": ANN })).await.ok();
    assert_eq!(user["UserStatus"], "CONFIRMED");
    assert_eq!(user["UserAttributes"][2], json!({ "Name": "name", "Value": "Ann" }));
    let refusal = bench.sign_in(ANN, ANN_PASSWORD).await.refusal();
    assert_eq!(refusal, not_authorized("Incorrect username or password."));
    bench.wait(60);
    bench.sign_in(ANN, NEW_PASSWORD).await.ok();
}

#[tokio::test]
async fn what_cannot_be_set_leaves_the_session_alone() {
    let bench = created(&json!({})).await;
    let session = bench.challenged(ANN, ANN_PASSWORD, CHALLENGE).await;
    let unwritable = "A client attempted to write unauthorized attribute";
    let unknown = "Attributes did not conform to the schema: custom:plan: Attribute does not exist in the schema.";
    for (more, refusal) in [
        (
            new_password("too-short"),
            pair(
                "InvalidPasswordException",
                "Password does not conform to policy: Password not long enough",
            ),
        ),
        (json!({}), pair("InvalidParameterException", "Missing required parameter NEW_PASSWORD")),
        (
            json!({ "NEW_PASSWORD": NEW_PASSWORD, "userAttributes.email_verified": "true" }),
            not_authorized(unwritable),
        ),
        (
            json!({ "NEW_PASSWORD": NEW_PASSWORD, "userAttributes.custom:plan": "gold" }),
            pair("InvalidParameterException", unknown),
        ),
    ] {
        assert_eq!(bench.respond(CHALLENGE, &session, ANN, more).await.refusal(), refusal);
    }
    bench.respond(CHALLENGE, &session, ANN, new_password(NEW_PASSWORD)).await.ok();
}

#[tokio::test]
async fn a_temporary_password_ends() {
    let bench = created(&json!({})).await;
    bench.wait(59);
    bench.challenged(ANN, ANN_PASSWORD, CHALLENGE).await;
    bench.wait(1);
    let refusal = bench.sign_in(ANN, ANN_PASSWORD).await.refusal();
    let message = "Temporary password has expired and must be reset by an administrator.";
    assert_eq!(refusal, not_authorized(message));
    let refusal = bench.sign_in(ANN, "wrong").await.refusal();
    assert_eq!(refusal, not_authorized("Incorrect username or password."));
}

#[tokio::test]
async fn a_new_password_does_not_skip_the_second_factor() {
    let bench = created(&mfa("ON")).await;
    let session = bench.challenged(ANN, ANN_PASSWORD, CHALLENGE).await;
    let answer = bench.respond(CHALLENGE, &session, ANN, new_password(NEW_PASSWORD)).await.ok();
    assert_eq!(answer["ChallengeName"], "MFA_SETUP");
}

#[tokio::test]
async fn of_two_answers_at_a_time_one_is_taken() {
    let bench = created(&json!({})).await;
    let session = bench.challenged(ANN, ANN_PASSWORD, CHALLENGE).await;
    let respond = || bench.respond(CHALLENGE, &session, ANN, new_password(NEW_PASSWORD));
    let (one, other) = tokio::join!(respond(), respond());
    let taken = [one, other].iter().filter(|answer| answer.status == 200).count();
    assert_eq!(taken, 1);
}

#[tokio::test]
async fn who_never_had_a_password_of_their_own_cannot_reset_it() {
    let bench = created(&json!({})).await;
    let refusal = bench.user_call("ForgotPassword", ANN, json!({})).await.refusal();
    assert_eq!(refusal, not_authorized("User password cannot be reset in the current state."));
}

#[tokio::test]
async fn who_must_reset_is_told_so_and_can() {
    let bench = Bench::new().with_ann().await;
    bench.change_user(ANN, |user| user.status = UserStatus::ResetRequired);
    let refusal = bench.sign_in(ANN, "wrong").await.refusal();
    assert_eq!(refusal, not_authorized("Incorrect username or password."));
    let refusal = bench.sign_in(ANN, ANN_PASSWORD).await.refusal();
    let message = "Password reset required for the user";
    assert_eq!(refusal, pair("PasswordResetRequiredException", message));
    bench.user_call("ForgotPassword", ANN, json!({})).await.ok();
    let more = json!({ "ConfirmationCode": bench.code(), "Password": NEW_PASSWORD });
    bench.user_call("ConfirmForgotPassword", ANN, more).await.ok();
    bench.sign_in(ANN, NEW_PASSWORD).await.ok();
}
