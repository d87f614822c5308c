//! That what users do follows the settings of now.

use serde_json::json;

use super::{
    steps::not_authorized,
    support::{ANN, ANN_PASSWORD, Bench, with},
};

#[tokio::test]
async fn a_new_setting_of_the_pool_holds_from_the_next_sign_in() {
    let bench = Bench::new().with_ann().await;
    let tokens = bench.log_in().await;
    let refused = bench.with_token("AssociateSoftwareToken", &tokens, json!({})).await.refusal();
    assert_eq!(refused.0, "SoftwareTokenMFANotFoundException");
    let set = async |mode: &str| {
        let factor = json!({ "Enabled": mode != "OFF" });
        let body = json!({ "MfaConfiguration": mode, "SoftwareTokenMfaConfiguration": factor });
        bench.admin_call("SetUserPoolMfaConfig", body).await.ok();
    };
    set("OPTIONAL").await;
    bench.enrol().await;
    bench.challenged(ANN, ANN_PASSWORD, "SOFTWARE_TOKEN_MFA").await;
    set("OFF").await;
    bench.log_in().await;
    set("ON").await;
    bench.challenged(ANN, ANN_PASSWORD, "SOFTWARE_TOKEN_MFA").await;
}

#[tokio::test]
async fn a_new_setting_of_the_client_holds_for_tokens_it_has() {
    let bench = Bench::new().with_ann().await;
    let tokens = bench.log_in().await;
    assert_eq!(bench.refreshed(&tokens).await["RefreshToken"], json!(null));
    let client = json!({
        "AccessTokenValidity": 5,
        "ClientId": bench.emulator.client_id(),
        "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"],
        "RefreshTokenRotation": { "Feature": "ENABLED", "RetryGracePeriodSeconds": 10 },
        "TokenValidityUnits": { "AccessToken": "minutes" },
    });
    bench.admin_call("UpdateUserPoolClient", client).await.ok();
    let next = bench.refreshed(&tokens).await;
    assert_eq!(next["ExpiresIn"], 300);
    assert!(next["RefreshToken"].is_string());
    bench.wait(10);
    assert_eq!(bench.refresh(&tokens).await.refusal().0, "RefreshTokenReuseException");
    bench.refreshed(&next).await;
}

#[tokio::test]
async fn any_secret_of_the_client_proves_it() {
    let bench = Bench::new().with_ann().await;
    let tokens = bench.log_in().await;
    let client = json!({ "ClientId": bench.emulator.client_id() });
    let first =
        bench.admin_call("ListUserPoolClientSecrets", client.clone()).await.ok()["ClientSecrets"]
            [0]["ClientSecretId"]
            .clone();
    let brought = "own_secret+0123456789abcdef";
    let add = with(client.clone(), &json!({ "ClientSecret": brought }));
    let described = bench.admin_call("DescribeUserPoolClient", client.clone()).await.ok();
    let before = described["UserPoolClient"]["ClientSecret"].as_str().unwrap().to_owned();
    bench.admin_call("AddUserPoolClientSecret", add).await.ok();
    let refresh = async |secret: &str| {
        let more = json!({ "ClientSecret": secret, "RefreshToken": tokens["RefreshToken"] });
        bench.call("GetTokensFromRefreshToken", with(client.clone(), &more)).await
    };
    refresh(&before).await.ok();
    refresh(brought).await.ok();
    let delete = with(client.clone(), &json!({ "ClientSecretId": first }));
    bench.admin_call("DeleteUserPoolClientSecret", delete).await;
    refresh(brought).await.ok();
    let refusal = refresh(&before).await.refusal();
    let id = bench.emulator.client_id();
    assert_eq!(refusal, not_authorized(&format!("Unable to verify secret for client {id}")));
}
