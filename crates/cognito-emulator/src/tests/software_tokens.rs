use serde_json::{Value, json};

use super::{
    steps::{not_authorized, pair},
    support::{ANN, Bench},
};

fn not_in_pool() -> (String, String) {
    pair(
        "SoftwareTokenMFANotFoundException",
        "Software Token MFA has not been enabled by the userPool",
    )
}

fn code_mismatch() -> (String, String) {
    pair("EnableSoftwareTokenMFAException", "Code mismatch")
}

fn not_verified() -> (String, String) {
    pair("InvalidParameterException", "User has not verified software token mfa")
}

/// What `GetUser` and `AdminGetUser` tell of a user's settings.
async fn settings(bench: &Bench, tokens: &Value) -> (Value, Value) {
    let user = bench.get_user(tokens).await.ok();
    let admins = bench.admin_call("AdminGetUser", json!({ "Username": ANN })).await.ok();
    for name in ["UserMFASettingList", "PreferredMfaSetting"] {
        assert_eq!(user[name], admins[name], "{name}");
    }
    (user["UserMFASettingList"].clone(), user["PreferredMfaSetting"].clone())
}

#[tokio::test]
async fn a_token_is_associated_verified_and_chosen() {
    let bench = Bench::optional_mfa().await;
    let tokens = bench.log_in().await;
    let answer = bench.with_token("AssociateSoftwareToken", &tokens, json!({})).await.ok();
    assert_eq!(answer.as_object().unwrap().len(), 1, "no session");
    let code = answer["SecretCode"].as_str().unwrap();
    assert!(code.len() == 52 && code.chars().all(|c| matches!(c, 'A'..='Z' | '2'..='7')), "{code}");
    let secret = super::steps::Secret::read(&answer);

    let wrong = secret.wrong(bench.now());
    assert_eq!(bench.verify(&tokens, &wrong).await.refusal(), code_mismatch());
    let answer = bench.verify(&tokens, &secret.code(bench.now())).await;
    assert_eq!(answer.text, r#"{"Status":"SUCCESS"}"#);
    // It is there, but not asked for before the user chooses so.
    assert_eq!(settings(&bench, &tokens).await, (json!(null), json!(null)));
    bench.log_in().await;
    for (enabled, preferred, expected) in [
        (true, false, (json!(["SOFTWARE_TOKEN_MFA"]), json!(null))),
        (true, true, (json!(["SOFTWARE_TOKEN_MFA"]), json!("SOFTWARE_TOKEN_MFA"))),
        (false, false, (json!(null), json!(null))),
    ] {
        assert_eq!(bench.prefer(&tokens, enabled, preferred).await.text, "{}");
        assert_eq!(settings(&bench, &tokens).await, expected);
        let challenged = bench.sign_in(ANN, super::support::ANN_PASSWORD).await.ok();
        assert_eq!(challenged["ChallengeName"].is_string(), enabled);
    }
}

#[tokio::test]
async fn steps_out_of_order_are_refused() {
    let bench = Bench::optional_mfa().await;
    let tokens = bench.log_in().await;
    let missing = pair(
        "SoftwareTokenMFANotFoundException",
        "Software Token MFA does not exist for the user.",
    );
    assert_eq!(bench.verify(&tokens, "000000").await.refusal(), missing);
    assert_eq!(bench.prefer(&tokens, true, true).await.refusal(), not_verified());
    bench.prefer(&tokens, false, false).await.ok();
    bench.associate(&tokens).await;
    assert_eq!(bench.prefer(&tokens, true, true).await.refusal(), not_verified());
    bench.log_in().await;
}

#[tokio::test]
async fn a_new_association_takes_the_place_of_the_one_before() {
    let bench = Bench::optional_mfa().await;
    let tokens = bench.log_in().await;
    let first = bench.associate(&tokens).await;
    let second = bench.associate(&tokens).await;
    let now = bench.now();
    if first.code(now) != second.code(now) {
        assert_eq!(bench.verify(&tokens, &first.code(now)).await.refusal(), code_mismatch());
    }
    bench.verify(&tokens, &second.code(now)).await.ok();
    bench.prefer(&tokens, true, true).await.ok();
    // From here on the user signs in without, until a code of the new one has come.
    bench.associate(&tokens).await;
    assert_eq!(settings(&bench, &tokens).await, (json!(null), json!(null)));
    bench.log_in().await;
}

#[tokio::test]
async fn a_pool_without_software_tokens_has_none() {
    let bench = Bench::new().with_ann().await;
    let tokens = bench.log_in().await;
    let answer = bench.with_token("AssociateSoftwareToken", &tokens, json!({})).await;
    assert_eq!(answer.refusal(), not_in_pool());
    assert_eq!(bench.verify(&tokens, "000000").await.refusal(), not_in_pool());
    let refusal = bench.prefer(&tokens, true, true).await.refusal();
    let message = "User does not have delivery config set to turn on SOFTWARE_TOKEN_MFA";
    assert_eq!(refusal, pair("InvalidParameterException", message));
}

#[tokio::test]
async fn other_factors_cannot_be_turned_on() {
    let bench = Bench::optional_mfa().await;
    let tokens = bench.log_in().await;
    for (name, kind) in [("SMSMfaSettings", "SMS_MFA"), ("EmailMfaSettings", "EMAIL_OTP")] {
        let more = json!({ name: { "Enabled": true } });
        let refusal = bench.with_token("SetUserMFAPreference", &tokens, more).await.refusal();
        let message = format!("User does not have delivery config set to turn on {kind}");
        assert_eq!(refusal, pair("InvalidParameterException", &message));
        let more = json!({ name: { "Enabled": false, "PreferredMfa": false } });
        bench.with_token("SetUserMFAPreference", &tokens, more).await.ok();
    }
    let more = json!({ "SoftwareTokenMfaSettings": { "Enabled": "yes" } });
    let refusal = bench.with_token("SetUserMFAPreference", &tokens, more).await.refusal();
    assert_eq!(refusal.1, "STRING_VALUE can not be converted to a Boolean");
}

#[tokio::test]
async fn a_code_is_six_digits() {
    let bench = Bench::optional_mfa().await;
    let tokens = bench.log_in().await;
    bench.associate(&tokens).await;
    let at = "Value at 'userCode' failed to satisfy constraint: Member must";
    for (code, message) in [
        (
            "12345",
            format!("1 validation error detected: {at} have length greater than or equal to 6"),
        ),
        (
            "1234567",
            format!("1 validation error detected: {at} have length less than or equal to 6"),
        ),
        (
            "12345x",
            format!("1 validation error detected: {at} satisfy regular expression pattern: [0-9]+"),
        ),
    ] {
        let refusal = bench.verify(&tokens, code).await.refusal();
        assert_eq!(refusal, pair("InvalidParameterException", &message));
    }
}

#[tokio::test]
async fn guesses_at_a_new_token_lock() {
    let bench = Bench::optional_mfa().await;
    let tokens = bench.log_in().await;
    let secret = bench.associate(&tokens).await;
    let wrong = secret.wrong(bench.now());
    for _ in 0..5 {
        assert_eq!(bench.verify(&tokens, &wrong).await.refusal(), code_mismatch());
    }
    let refusal = bench.verify(&tokens, &secret.code(bench.now())).await.refusal();
    assert_eq!(refusal, not_authorized("Password attempts exceeded"));
    bench.wait(1);
    bench.verify(&tokens, &secret.code(bench.now())).await.ok();
}

#[tokio::test]
async fn access_token_and_session_exclude_each_other() {
    let bench = Bench::optional_mfa().await;
    let tokens = bench.log_in().await;
    let session = "x".repeat(20);
    for operation in ["AssociateSoftwareToken", "VerifySoftwareToken"] {
        let none = json!({ "UserCode": "000000" });
        assert_eq!(
            bench.call(operation, none.clone()).await.refusal().0,
            "InvalidParameterException"
        );
        let mut both = none.clone();
        both["Session"] = json!(session);
        let refusal = bench.with_token(operation, &tokens, both.clone()).await.refusal();
        assert_eq!(refusal.0, "InvalidParameterException", "{operation}");
        let refusal = bench.call(operation, both).await.refusal();
        assert_eq!(refusal, not_authorized("Invalid session for the user."), "{operation}");
    }
}
