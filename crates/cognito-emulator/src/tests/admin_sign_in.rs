use serde_json::{Value, json};

use super::support::{ANN, ANN_PASSWORD, Answer, Bench, with};

const INVALID: &str = "InvalidParameterException";
const ADMIN: &str = "ADMIN_USER_PASSWORD_AUTH";

async fn sign_in(bench: &Bench, flow: &str, more: Value) -> Answer {
    let parameters =
        json!({ "USERNAME": ANN, "PASSWORD": ANN_PASSWORD, "SECRET_HASH": bench.secret_hash(ANN) });
    let body = json!({
        "ClientId": bench.emulator.client_id(), "AuthFlow": flow, "AuthParameters": parameters,
    });
    bench.admin_call("AdminInitiateAuth", with(body, &more)).await
}

#[tokio::test]
async fn an_administrator_signs_a_user_in_as_the_client_allows() {
    let off = "Auth flow not enabled for this client";
    for (allowed, flow, refusal) in [
        ("ALLOW_ADMIN_USER_PASSWORD_AUTH", ADMIN, ""),
        ("ALLOW_ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH", ""),
        ("ADMIN_NO_SRP_AUTH", ADMIN, ""),
        ("ALLOW_USER_PASSWORD_AUTH", ADMIN, off),
        ("ALLOW_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH", off),
        ("ALLOW_USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH", "Initiate Auth method not supported."),
        (
            "ALLOW_ADMIN_USER_PASSWORD_AUTH",
            "CUSTOM_AUTH",
            "CUSTOM_AUTH is not enabled for the client.",
        ),
    ] {
        let bench =
            Bench::with(&json!({}), &json!({ "ExplicitAuthFlows": [allowed] })).with_ann().await;
        let answer = sign_in(&bench, flow, json!({})).await;
        if refusal.is_empty() {
            let answer = answer.ok();
            assert_eq!(answer["ChallengeParameters"], json!({}));
            let members: Vec<_> =
                answer["AuthenticationResult"].as_object().unwrap().keys().cloned().collect();
            assert_eq!(
                members,
                ["AccessToken", "ExpiresIn", "IdToken", "RefreshToken", "TokenType"]
            );
        } else {
            let expected = (INVALID.to_owned(), refusal.to_owned());
            assert_eq!(answer.refusal(), expected, "{allowed} {flow}");
        }
    }
}

#[tokio::test]
async fn the_password_is_proved_as_by_the_user() {
    let flows = json!({ "ExplicitAuthFlows": ["ALLOW_ADMIN_USER_PASSWORD_AUTH"] });
    let bench = Bench::with(&json!({}), &flows).with_ann().await;
    let id = bench.emulator.client_id();
    let hash = bench.secret_hash(ANN);
    let parameters = |parameters: Value| json!({ "AuthParameters": parameters });
    let missing = format!("Client {id} is configured with secret but SECRET_HASH was not received");
    let wrong = format!("Unable to verify secret hash for client {id}");
    for (more, exception, message) in [
        (
            parameters(json!({ "USERNAME": ANN, "PASSWORD": "wrong", "SECRET_HASH": hash })),
            "NotAuthorizedException",
            "Incorrect username or password.",
        ),
        (
            parameters(json!({ "USERNAME": ANN, "PASSWORD": ANN_PASSWORD })),
            "NotAuthorizedException",
            &missing,
        ),
        (
            parameters(json!({ "USERNAME": ANN, "PASSWORD": ANN_PASSWORD, "SECRET_HASH": "AAAA" })),
            "NotAuthorizedException",
            &wrong,
        ),
        (parameters(json!({ "USERNAME": ANN })), INVALID, "Missing required parameter PASSWORD"),
        (parameters(json!({})), INVALID, "Missing required parameter USERNAME"),
        (
            json!({ "ClientId": "nobody" }),
            "ResourceNotFoundException",
            "User pool client nobody does not exist.",
        ),
        (
            json!({ "UserPoolId": "eu-west-1_other" }),
            "ResourceNotFoundException",
            "User pool eu-west-1_other does not exist.",
        ),
    ] {
        let refusal = sign_in(&bench, ADMIN, more).await.refusal();
        assert_eq!(refusal, (exception.to_owned(), message.to_owned()));
    }
    for _ in 0..4 {
        bench.initiate_auth(ADMIN, json!({})).await.refusal();
        let body = parameters(json!({ "USERNAME": ANN, "PASSWORD": "wrong", "SECRET_HASH": hash }));
        sign_in(&bench, ADMIN, body).await.refusal();
    }
    let locked = sign_in(&bench, ADMIN, json!({})).await.refusal();
    assert_eq!(locked.1, "Password attempts exceeded");
}
