use serde_json::{Value, json};

use super::{
    steps::{Secret, mfa, not_authorized, pair},
    support::{ANN, ANN_PASSWORD, Answer, Bench},
};

fn once() -> (String, String) {
    not_authorized("Invalid session for the user, session can only be used once.")
}

fn invalid() -> (String, String) {
    not_authorized("Invalid session for the user.")
}

async fn required() -> Bench {
    Bench::with(&mfa("ON"), &json!({})).with_ann().await
}

impl Bench {
    async fn by_session(&self, operation: &str, session: &str, code: &str) -> Answer {
        self.call(operation, json!({ "Session": session, "UserCode": code })).await
    }
}

fn session(answer: &Value) -> String {
    answer["Session"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_first_sign_in_sets_a_software_token_up() {
    let bench = required().await;
    let answer = bench.sign_in(ANN, ANN_PASSWORD).await.ok();
    let sub = bench.sub(ANN).await;
    let parameters =
        json!({ "MFAS_CAN_SETUP": r#"["SOFTWARE_TOKEN_MFA"]"#, "USER_ID_FOR_SRP": sub });
    assert_eq!(
        (&answer["ChallengeName"], &answer["ChallengeParameters"]),
        (&json!("MFA_SETUP"), &parameters)
    );
    let first = session(&answer);

    let answer = bench.by_session("AssociateSoftwareToken", &first, "000000").await.ok();
    let (secret, second) = (Secret::read(&answer), session(&answer));
    let refusal = bench.by_session("AssociateSoftwareToken", &first, "000000").await.refusal();
    assert_eq!(refusal, once());

    let wrong = secret.wrong(bench.now());
    let refusal = bench.by_session("VerifySoftwareToken", &second, &wrong).await.refusal();
    assert_eq!(refusal, pair("EnableSoftwareTokenMFAException", "Code mismatch"));
    let code = secret.code(bench.now());
    let answer = bench.by_session("VerifySoftwareToken", &second, &code).await.ok();
    assert_eq!(answer["Status"], "SUCCESS");
    let third = session(&answer);
    let refusal = bench.by_session("VerifySoftwareToken", &second, &code).await.refusal();
    assert_eq!(refusal, once());

    let answer = bench.respond("MFA_SETUP", &third, ANN, json!({})).await.ok();
    let user = bench.get_user(&answer["AuthenticationResult"]).await.ok();
    assert_eq!(user["UserMFASettingList"], json!(["SOFTWARE_TOKEN_MFA"]));
    let refusal = bench.respond("MFA_SETUP", &third, ANN, json!({})).await.refusal();
    assert_eq!(refusal, once());

    bench.wait(30);
    let session = bench.challenged(ANN, ANN_PASSWORD, "SOFTWARE_TOKEN_MFA").await;
    bench.answer(&session, &secret.code(bench.now())).await.ok();
}

#[tokio::test]
async fn no_step_of_the_setup_can_be_left_out() {
    let bench = required().await;
    let first = bench.challenged(ANN, ANN_PASSWORD, "MFA_SETUP").await;
    let refusal = bench.respond("MFA_SETUP", &first, ANN, json!({})).await.refusal();
    assert_eq!(refusal, invalid());
    let refusal = bench.by_session("VerifySoftwareToken", &first, "000000").await.refusal();
    assert_eq!(refusal, invalid());
    let answer = bench.by_session("AssociateSoftwareToken", &first, "000000").await.ok();
    let refusal = bench.respond("MFA_SETUP", &session(&answer), ANN, json!({})).await.refusal();
    assert_eq!(refusal, invalid());
}

#[tokio::test]
async fn a_token_of_another_sign_in_does_not_finish_a_setup() {
    let bench = required().await;
    let bob = "bob@example.com";
    bench.sign_up(bob, ANN_PASSWORD).await.ok();
    bench.confirm(bob, &bench.code()).await.ok();
    let of_bob = bench.challenged(bob, ANN_PASSWORD, "MFA_SETUP").await;
    let answer = bench.by_session("AssociateSoftwareToken", &of_bob, "000000").await.ok();
    let code = Secret::read(&answer).code(bench.now());
    let answer = bench.by_session("VerifySoftwareToken", &session(&answer), &code).await.ok();
    let refusal = bench.respond("MFA_SETUP", &session(&answer), ANN, json!({})).await.refusal();
    assert_eq!(refusal, invalid());
    bench.respond("MFA_SETUP", &session(&answer), bob, json!({})).await.ok();
}

#[tokio::test]
async fn a_factor_that_an_administrator_took_off_is_set_up_anew_where_it_is_required() {
    for (configuration, challenge) in [("ON", json!("MFA_SETUP")), ("OPTIONAL", json!(null))] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("cognito.redb");
        let bench = Bench::at_with(&path, &mfa("OPTIONAL"), &json!({})).with_ann().await;
        let secret = bench.enrol().await;
        drop(bench);
        let bench = Bench::at_with(&path, &mfa(configuration), &json!({}));
        let session = bench.challenged(ANN, ANN_PASSWORD, "SOFTWARE_TOKEN_MFA").await;
        let ann = json!({ "Username": ANN });
        for _ in 0..2 {
            let answer = bench.admin_call("AdminDeleteSoftwareToken", ann.clone()).await;
            assert_eq!(answer.text, "{}");
        }
        let told = bench.admin_call("AdminGetUser", ann).await.ok();
        for setting in ["UserMFASettingList", "PreferredMfaSetting"] {
            assert_eq!(told.get(setting), None, "{setting}");
        }
        let refusal = bench.answer(&session, &secret.code(bench.now())).await.refusal();
        assert_eq!(refusal.0, "SoftwareTokenMFANotFoundException");
        let answer = bench.sign_in(ANN, ANN_PASSWORD).await.ok();
        assert_eq!(answer["ChallengeName"], challenge);
    }
}

#[tokio::test]
async fn a_factor_can_be_taken_off_users_of_the_pool_only() {
    let bench = required().await;
    let nobody = json!({ "Username": "nobody@example.com" });
    let elsewhere = json!({ "Username": ANN, "UserPoolId": "eu-west-1_other" });
    bench
        .refusals(
            "AdminDeleteSoftwareToken",
            &[
                (nobody, "UserNotFoundException", "User does not exist."),
                (
                    elsewhere,
                    "ResourceNotFoundException",
                    "User pool eu-west-1_other does not exist.",
                ),
            ],
        )
        .await;
}

#[tokio::test]
async fn a_required_factor_is_asked_for_also_if_the_user_turned_it_off() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("cognito.redb");
    let bench = Bench::at_with(&path, &mfa("OPTIONAL"), &json!({})).with_ann().await;
    bench.enrol().await;
    drop(bench);
    // Without the setting nobody is asked; with the stricter one everybody is.
    let bench = Bench::at_with(&path, &json!({}), &json!({}));
    let tokens = bench.log_in().await;
    drop(bench);
    let bench = Bench::at_with(&path, &mfa("ON"), &json!({}));
    bench.prefer(&tokens, false, false).await.ok();
    bench.challenged(ANN, ANN_PASSWORD, "SOFTWARE_TOKEN_MFA").await;
}
