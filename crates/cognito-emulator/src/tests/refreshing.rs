use serde_json::{Value, json};

use super::{
    steps::{not_authorized, pair, token},
    support::{ANN, ANN_PASSWORD, Bench, START},
};

const DAY: u64 = 24 * 60 * 60;

fn reuse() -> (String, String) {
    pair("RefreshTokenReuseException", "Refresh token reuse detected")
}

/// A pool whose client rotates refresh tokens, with Ann in it.
async fn rotating(grace: u64) -> Bench {
    let rotation = json!({ "Feature": "ENABLED", "RetryGracePeriodSeconds": grace });
    Bench::with(&json!({}), &json!({ "RefreshTokenRotation": rotation })).with_ann().await
}

/// A pool whose client has the older flow.
fn older(pool: &Value) -> Bench {
    let flows = json!(["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]);
    Bench::with(pool, &json!({ "ExplicitAuthFlows": flows }))
}

fn claim(tokens: &Value, name: &str, claim: &str) -> Value {
    let part = token(tokens, name).split('.').nth(1).unwrap();
    let decoded = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, part);
    serde_json::from_slice::<Value>(&decoded.unwrap()).unwrap()[claim].clone()
}

#[tokio::test]
async fn without_rotation_the_refresh_token_stays() {
    let bench = Bench::new().with_ann().await;
    let tokens = bench.log_in().await;
    for wait in [0, 60, 29 * DAY] {
        bench.wait(wait);
        let answer = bench.refresh(&tokens).await.ok();
        assert_eq!(answer.as_object().unwrap().len(), 1, "no ChallengeParameters");
        let fresh = &answer["AuthenticationResult"];
        assert_eq!(fresh.get("RefreshToken"), None);
        assert_eq!((&fresh["ExpiresIn"], &fresh["TokenType"]), (&json!(900), &json!("Bearer")));
        bench.get_user(fresh).await.ok();
    }
}

#[tokio::test]
async fn a_refresh_keeps_the_login_and_renews_the_times() {
    let bench = rotating(30).await;
    let tokens = bench.log_in().await;
    bench.wait(100);
    let fresh = bench.refreshed(&tokens).await;
    for name in ["AccessToken", "IdToken"] {
        for same in ["sub", "origin_jti", "event_id", "auth_time", "iss"] {
            assert_eq!(claim(&fresh, name, same), claim(&tokens, name, same), "{name} {same}");
        }
        assert_ne!(claim(&fresh, name, "jti"), claim(&tokens, name, "jti"));
        assert_eq!(claim(&fresh, name, "iat"), json!(START + 100));
    }
    assert_eq!(claim(&fresh, "AccessToken", "exp"), json!(START + 100 + 900));
    assert_eq!(claim(&fresh, "IdToken", "exp"), json!(START + 100 + 1200));
}

#[tokio::test]
async fn a_refresh_shows_the_attributes_of_now() {
    let bench = rotating(30).await;
    let tokens = bench.log_in().await;
    bench.change_user(ANN, |user| {
        user.attributes.insert("name".to_owned(), "Ann".to_owned());
    });
    let fresh = bench.refreshed(&tokens).await;
    assert_eq!(claim(&fresh, "IdToken", "name"), json!("Ann"));
}

#[tokio::test]
async fn an_exchanged_token_works_until_its_grace_is_over() {
    for (grace, wait, works) in
        [(30, 0, true), (30, 29, true), (30, 30, false), (60, 59, true), (0, 0, false)]
    {
        let bench = rotating(grace).await;
        let first = bench.log_in().await;
        let second = bench.refreshed(&first).await;
        bench.wait(wait);
        let again = bench.refresh(&first).await;
        if works {
            again.ok();
        } else {
            assert_eq!(again.refusal(), reuse(), "{grace} {wait}");
        }
        bench.refreshed(&second).await;
    }
}

#[tokio::test]
async fn a_token_works_as_often_as_it_comes_within_its_grace() {
    let bench = rotating(30).await;
    let first = bench.log_in().await;
    let mut others = Vec::new();
    for _ in 0..4 {
        others.push(bench.refreshed(&first).await);
        bench.wait(5);
    }
    // The grace began with the first exchange, and no later one prolongs it.
    bench.wait(10);
    assert_eq!(bench.refresh(&first).await.refusal(), reuse());
    for tokens in &others {
        bench.refreshed(tokens).await;
    }
}

#[tokio::test]
async fn a_token_of_an_earlier_rotation_works_within_its_own_grace() {
    let bench = rotating(30).await;
    let first = bench.log_in().await;
    let second = bench.refreshed(&first).await;
    bench.wait(1);
    let third = bench.refreshed(&second).await;
    bench.wait(1);
    bench.refreshed(&first).await;
    bench.refreshed(&third).await;
}

#[tokio::test]
async fn two_tabs_that_began_with_one_token_refresh_side_by_side() {
    let bench = rotating(30).await;
    let (mut one, mut other) = {
        let shared = bench.log_in().await;
        (shared.clone(), shared)
    };
    for round in 0..5 {
        one = bench.refreshed(&one).await;
        bench.wait(7);
        other = bench.refreshed(&other).await;
        bench.get_user(&one).await.ok();
        bench.wait(600 + round);
    }
}

#[tokio::test]
async fn a_token_far_back_is_reuse() {
    let bench = rotating(30).await;
    let first = bench.log_in().await;
    let mut tokens = first.clone();
    for _ in 0..4 {
        bench.wait(60);
        tokens = bench.refreshed(&tokens).await;
    }
    assert_eq!(bench.refresh(&first).await.refusal(), reuse());
    bench.refreshed(&tokens).await;
}

#[tokio::test]
async fn reuse_is_refused_and_ends_nothing_by_itself() {
    let bench = rotating(30).await;
    let first = bench.log_in().await;
    let second = bench.refreshed(&first).await;
    bench.wait(31);
    assert_eq!(bench.refresh(&first).await.refusal(), reuse());
    bench.get_user(&second).await.ok();
    let third = bench.refreshed(&second).await;
    // Revoking what was stolen ends the login.
    bench.revoke(&first).await.ok();
    assert_eq!(bench.refresh(&third).await.refusal(), not_authorized(""));
    let refusal = bench.get_user(&third).await.refusal();
    assert_eq!(refusal, not_authorized("Access Token has been revoked"));
}

#[tokio::test]
async fn rotation_does_not_lengthen_a_login() {
    let bench = rotating(30).await;
    let mut tokens = bench.log_in().await;
    for day in 1..30 {
        bench.wait(DAY);
        tokens = bench.refreshed(&tokens).await;
        assert_eq!(claim(&tokens, "IdToken", "auth_time"), json!(START), "{day}");
    }
    bench.wait(DAY);
    let refusal = bench.refresh(&tokens).await.refusal();
    assert_eq!(refusal, not_authorized("Refresh Token has expired"));
}

#[tokio::test]
async fn tokens_that_refresh_nothing_are_refused() {
    let bench = rotating(30).await;
    let tokens = bench.log_in().await;
    for name in ["AccessToken", "IdToken"] {
        let refusal = bench.refresh(&json!({ "RefreshToken": tokens[name] })).await.refusal();
        assert_eq!(refusal, not_authorized("Invalid Refresh Token"), "{name}");
    }
    let refusal = bench.refresh(&json!({ "RefreshToken": "garbage" })).await.refusal();
    assert_eq!(refusal, not_authorized("Invalid Refresh Token"));
}

#[tokio::test]
async fn the_client_proves_itself_by_its_secret() {
    let bench = rotating(30).await;
    let tokens = bench.log_in().await;
    let id = bench.emulator.client_id();
    let wrong = "x".repeat(51);
    for (secret, message) in [
        (json!(null), format!("Client {id} is configured for secret but secret was not received")),
        (json!(wrong), format!("Unable to verify secret for client {id}")),
    ] {
        let body = json!({ "ClientId": id, "ClientSecret": secret, "RefreshToken": tokens["RefreshToken"] });
        let refusal = bench.call("GetTokensFromRefreshToken", body).await.refusal();
        assert_eq!(refusal, not_authorized(&message));
    }
    let body = json!({ "ClientId": "nobody", "RefreshToken": tokens["RefreshToken"] });
    let refusal = bench.call("GetTokensFromRefreshToken", body).await.refusal();
    assert_eq!(refusal.0, "ResourceNotFoundException");
    bench.refreshed(&tokens).await;
}

#[tokio::test]
async fn the_older_flow_hashes_the_name_within_the_pool() {
    for (pool, username, by_sub) in
        [(json!({}), ANN, true), (json!({ "UsernameAttributes": [] }), "ann", false)]
    {
        let bench = older(&pool);
        bench.sign_up(username, ANN_PASSWORD).await.ok();
        bench.admin_call("AdminConfirmSignUp", json!({ "Username": username })).await.ok();
        let answer = bench.sign_in(username, ANN_PASSWORD).await.ok();
        let tokens = answer["AuthenticationResult"].clone();
        let sub = claim(&tokens, "AccessToken", "sub").as_str().unwrap().to_owned();
        let internal = if by_sub { sub.as_str() } else { username };
        let other = if by_sub { username } else { sub.as_str() };
        let id = bench.emulator.client_id();
        for (hash, message) in [
            (
                Value::Null,
                format!("Client {id} is configured with secret but SECRET_HASH was not received"),
            ),
            (
                json!(bench.secret_hash(other)),
                format!("SecretHash does not match for the client: {id}"),
            ),
        ] {
            let parameters =
                json!({ "REFRESH_TOKEN": tokens["RefreshToken"], "SECRET_HASH": hash });
            let refusal = bench.initiate_auth("REFRESH_TOKEN_AUTH", parameters).await.refusal();
            assert_eq!(refusal, not_authorized(&message), "{username}");
        }
        for flow in ["REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"] {
            let hash = bench.secret_hash(internal);
            let parameters =
                json!({ "REFRESH_TOKEN": tokens["RefreshToken"], "SECRET_HASH": hash });
            let answer = bench.initiate_auth(flow, parameters).await.ok();
            assert_eq!(answer["ChallengeParameters"], json!({}));
            assert_eq!(answer["AuthenticationResult"].get("RefreshToken"), None);
            bench.get_user(&answer["AuthenticationResult"]).await.ok();
        }
    }
}

#[tokio::test]
async fn the_older_flow_names_what_is_wrong() {
    let bench = older(&json!({}));
    let refusal = bench.initiate_auth("REFRESH_TOKEN_AUTH", json!({})).await.refusal();
    assert_eq!(
        refusal,
        pair("InvalidParameterException", "Missing required parameter REFRESH_TOKEN")
    );
    let garbage = json!({ "REFRESH_TOKEN": "garbage" });
    let refusal = bench.initiate_auth("REFRESH_TOKEN_AUTH", garbage).await.refusal();
    assert_eq!(refusal, not_authorized("Invalid Refresh Token"));

    let bench = rotating(30).await;
    for flow in ["REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"] {
        let refusal = bench.initiate_auth(flow, json!({})).await.refusal();
        let expected = pair(
            "UnsupportedOperationException",
            "This API does not support refresh token rotation",
        );
        assert_eq!(refusal, expected);
    }
}
