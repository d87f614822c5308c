use serde_json::json;

use super::support::{ANN, ANN_PASSWORD, Bench};

const INCORRECT: (&str, &str) = ("NotAuthorizedException", "Incorrect username or password.");
const UNCONFIRMED: (&str, &str) = ("UserNotConfirmedException", "User is not confirmed.");
const DISABLED: (&str, &str) = ("NotAuthorizedException", "User is disabled.");
const NOBODY: (&str, &str) = ("UserNotFoundException", "User does not exist.");

#[tokio::test]
async fn a_user_signs_in_by_address_in_any_case_and_by_sub() {
    let bench = Bench::new().with_ann().await;
    let user = bench.admin_call("AdminGetUser", json!({ "Username": ANN })).await.ok();
    for username in [ANN, "ann@example.com", user["Username"].as_str().unwrap()] {
        let answer = bench.sign_in(username, ANN_PASSWORD).await.ok();
        assert_eq!(answer["ChallengeParameters"], json!({}));
        assert_eq!(answer["AuthenticationResult"]["TokenType"], "Bearer");
        assert_eq!(answer["AuthenticationResult"]["ExpiresIn"], 15 * 60);
    }
}

#[tokio::test]
async fn what_is_told_depends_on_the_password_and_the_client() {
    let plain: fn(&mut crate::user::User) = |_| {};
    let unconfirmed: fn(&mut crate::user::User) =
        |user| user.status = crate::user::UserStatus::Unconfirmed;
    let disabled: fn(&mut crate::user::User) = |user| user.enabled = false;
    for (prevent, change, username, password, refusal) in [
        ("ENABLED", plain, ANN, "wrong", INCORRECT),
        ("ENABLED", plain, "nobody@example.com", ANN_PASSWORD, INCORRECT),
        ("ENABLED", unconfirmed, ANN, "wrong", INCORRECT),
        ("ENABLED", unconfirmed, ANN, ANN_PASSWORD, UNCONFIRMED),
        ("ENABLED", disabled, ANN, "wrong", INCORRECT),
        ("ENABLED", disabled, ANN, ANN_PASSWORD, INCORRECT),
        ("LEGACY", plain, ANN, "wrong", INCORRECT),
        ("LEGACY", plain, "nobody@example.com", ANN_PASSWORD, NOBODY),
        ("LEGACY", unconfirmed, ANN, "wrong", INCORRECT),
        ("LEGACY", unconfirmed, ANN, ANN_PASSWORD, UNCONFIRMED),
        ("LEGACY", disabled, ANN, "wrong", INCORRECT),
        ("LEGACY", disabled, ANN, ANN_PASSWORD, DISABLED),
    ] {
        let bench = Bench::with(&json!({}), &json!({ "PreventUserExistenceErrors": prevent }))
            .with_ann()
            .await;
        bench.change_user(ANN, change);
        let hashes = bench.hashes();
        let refused = bench.sign_in(username, password).await.refusal();
        assert_eq!(
            refused,
            (refusal.0.to_owned(), refusal.1.to_owned()),
            "{prevent} {username} {password}"
        );
        assert_eq!(bench.hashes() - hashes, 1, "{prevent} {username} {password}");
    }
}

#[tokio::test]
async fn flows_that_the_client_may_not_use_are_refused() {
    let off = "USER_PASSWORD_AUTH flow not enabled for this client";
    for (allowed, flow, message) in [
        (json!(["ALLOW_USER_SRP_AUTH"]), "USER_PASSWORD_AUTH", off),
        (json!([]), "USER_PASSWORD_AUTH", off),
        (
            json!(["ALLOW_USER_PASSWORD_AUTH"]),
            "USER_SRP_AUTH",
            "USER_SRP_AUTH is not enabled for the client.",
        ),
        (
            json!(["ALLOW_USER_PASSWORD_AUTH"]),
            "CUSTOM_AUTH",
            "CUSTOM_AUTH is not enabled for the client.",
        ),
        (
            json!(["ALLOW_USER_PASSWORD_AUTH"]),
            "REFRESH_TOKEN_AUTH",
            "REFRESH_TOKEN_AUTH flow not enabled for this client",
        ),
        (
            json!(["ALLOW_ADMIN_USER_PASSWORD_AUTH"]),
            "ADMIN_USER_PASSWORD_AUTH",
            "Initiate Auth method not supported.",
        ),
        (
            json!(["ALLOW_ADMIN_USER_PASSWORD_AUTH"]),
            "ADMIN_NO_SRP_AUTH",
            "Initiate Auth method not supported.",
        ),
        // Valid on AWS, not built here: it must not look as if it worked.
        (
            json!(["ALLOW_USER_SRP_AUTH"]),
            "USER_SRP_AUTH",
            "USER_SRP_AUTH is not enabled for the client.",
        ),
    ] {
        let bench = Bench::with(&json!({}), &json!({ "ExplicitAuthFlows": allowed }));
        let parameters =
            json!({ "USERNAME": ANN, "PASSWORD": "x", "SECRET_HASH": bench.secret_hash(ANN) });
        let refusal = bench.initiate_auth(flow, parameters).await.refusal();
        assert_eq!(refusal, ("InvalidParameterException".to_owned(), message.to_owned()));
    }
}

#[tokio::test]
async fn a_client_that_the_template_says_nothing_of_has_no_password_flow() {
    let settings = serde_json::from_value::<crate::ClientSettings>(json!({})).unwrap();
    assert!(!settings.allows_password_flow());
}

#[tokio::test]
async fn missing_parameters_are_named() {
    let bench = Bench::new();
    for (parameters, message) in [
        (json!(null), "Missing required parameter USERNAME"),
        (json!({}), "Missing required parameter USERNAME"),
        (json!({ "USERNAME": "", "PASSWORD": "x" }), "Missing required parameter USERNAME"),
        (json!({ "USERNAME": ANN }), "Missing required parameter PASSWORD"),
    ] {
        let refusal = bench.initiate_auth("USER_PASSWORD_AUTH", parameters).await.refusal();
        assert_eq!(refusal, ("InvalidParameterException".to_owned(), message.to_owned()));
    }
}
