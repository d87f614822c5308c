use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use super::support::{ANN, ANN_PASSWORD, Bench};

const INCORRECT: &str = "Incorrect username or password.";

/// A pool beside the declared one, with a client that has no secret.
async fn beside(bench: &Bench) -> (String, String) {
    let pool = bench
        .new_pool(&json!({
            "UsernameAttributes": ["email"],
            "UsernameConfiguration": { "CaseSensitive": false },
            "AutoVerifiedAttributes": ["email"],
        }))
        .await;
    let flows = json!({ "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"] });
    let client = bench.new_client(&pool, &flows).await;
    (pool, client["ClientId"].as_str().unwrap().to_owned())
}

async fn sign_in(bench: &Bench, client: &str, password: &str) -> super::support::Answer {
    let body = json!({
        "AuthFlow": "USER_PASSWORD_AUTH", "ClientId": client,
        "AuthParameters": { "USERNAME": ANN, "PASSWORD": password },
    });
    bench.call("InitiateAuth", body).await
}

async fn key_set(bench: &Bench, pool: &str) -> super::support::Answer {
    let path = format!("/{pool}/.well-known/jwks.json");
    bench.send(Request::get(path).body(Bytes::new()).unwrap()).await
}

#[tokio::test]
async fn one_name_is_two_users_in_two_pools() {
    let bench = Bench::new().with_ann().await;
    let (pool, client) = beside(&bench).await;
    let other = "Another-1-passw0rd!";
    let sign_up = json!({ "ClientId": client, "Username": ANN, "Password": other });
    let sub = bench.call("SignUp", sign_up).await.ok()["UserSub"].clone();
    let confirm = json!({ "ClientId": client, "Username": ANN, "ConfirmationCode": bench.code() });
    bench.call("ConfirmSignUp", confirm).await.ok();

    let told = json!({ "UserPoolId": pool, "Username": ANN });
    assert_eq!(bench.admin_call("AdminGetUser", told).await.ok()["Username"], sub);
    let declared = bench.admin_call("AdminGetUser", json!({ "Username": ANN })).await.ok();
    assert_ne!(declared["Username"], sub);
    let elsewhere = json!({ "Username": sub });
    let refusal = bench.admin_call("AdminGetUser", elsewhere).await.refusal();
    assert_eq!(refusal.1, "User does not exist.");

    sign_in(&bench, &client, other).await.ok();
    assert_eq!(sign_in(&bench, &client, ANN_PASSWORD).await.refusal().1, INCORRECT);
    assert_eq!(bench.sign_in(ANN, other).await.refusal().1, INCORRECT);
    bench.sign_in(ANN, ANN_PASSWORD).await.ok();

    for (pool, users) in [(pool.as_str(), 1), (bench.emulator.pool_id(), 1)] {
        let listed = bench.admin_call("ListUsers", json!({ "UserPoolId": pool })).await.ok();
        assert_eq!(listed["Users"].as_array().unwrap().len(), users);
    }
}

#[tokio::test]
async fn a_lock_in_one_pool_is_none_in_another() {
    let bench = Bench::new().with_ann().await;
    let (_, client) = beside(&bench).await;
    for _ in 0..5 {
        bench.sign_in(ANN, "wrong").await.refusal();
    }
    assert_eq!(bench.sign_in(ANN, "wrong").await.refusal().1, "Password attempts exceeded");
    assert_eq!(sign_in(&bench, &client, "wrong").await.refusal().1, "User does not exist.");
}

#[tokio::test]
async fn a_client_is_only_of_its_pool() {
    let bench = Bench::new();
    let (pool, client) = beside(&bench).await;
    let declared = bench.emulator.client_id();
    for (pool, client) in [(pool.as_str(), declared), (bench.emulator.pool_id(), client.as_str())] {
        let flow = "ADMIN_USER_PASSWORD_AUTH";
        let body = json!({ "UserPoolId": pool, "ClientId": client, "AuthFlow": flow });
        let message = format!("User pool client {client} does not exist.");
        for operation in [
            "DescribeUserPoolClient",
            "UpdateUserPoolClient",
            "DeleteUserPoolClient",
            "AddUserPoolClientSecret",
            "ListUserPoolClientSecrets",
            "AdminInitiateAuth",
        ] {
            let case = (body.clone(), "ResourceNotFoundException", message.as_str());
            bench.refusals(operation, &[case]).await;
        }
    }
}

#[tokio::test]
async fn tokens_of_a_pool_are_signed_with_its_own_keys() {
    let bench = Bench::new();
    let (pool, client) = beside(&bench).await;
    let user = json!({ "UserPoolId": pool, "Username": ANN, "MessageAction": "SUPPRESS" });
    bench.admin_call("AdminCreateUser", user).await.ok();
    let password =
        json!({ "UserPoolId": pool, "Username": ANN, "Password": "Passw0rd!", "Permanent": true });
    bench.admin_call("AdminSetUserPassword", password).await.ok();
    let result = sign_in(&bench, &client, "Passw0rd!").await.ok()["AuthenticationResult"].clone();
    let token = result["AccessToken"].as_str().unwrap();

    let addressee = crate::tokens::addressee(token).unwrap();
    assert_eq!(addressee, (pool.clone(), client));
    let kid = jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
    let has =
        |keys: Value| keys["keys"].as_array().unwrap().iter().any(|key| key["kid"] == kid.as_str());
    assert!(has(key_set(&bench, &pool).await.ok()));
    assert!(!has(key_set(&bench, bench.emulator.pool_id()).await.ok()));

    let path = format!("/{pool}/.well-known/openid-configuration");
    let found = bench.send(Request::get(path).body(Bytes::new()).unwrap()).await.ok();
    assert_eq!(found["issuer"], format!("https://cognito-idp.eu-west-1.amazonaws.com/{pool}"));
}

#[tokio::test]
async fn a_deleted_pool_takes_all_with_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("cognito.redb");
    let bench = Bench::at(&path).with_ann().await;
    let (pool, client) = beside(&bench).await;
    let sign_up = json!({ "ClientId": client, "Username": ANN, "Password": "Passw0rd!" });
    bench.call("SignUp", sign_up.clone()).await.ok();
    let deleted = bench.admin_call("DeleteUserPool", json!({ "UserPoolId": pool })).await;
    assert_eq!((deleted.status.as_u16(), deleted.text.as_str()), (200, ""));

    let no_pool = format!("User pool {pool} does not exist.");
    let no_client = format!("User pool client {client} does not exist.");
    let after = async |bench: &Bench| {
        assert_eq!(key_set(bench, &pool).await.refusal().1, no_pool);
        assert_eq!(bench.call("SignUp", sign_up.clone()).await.refusal().1, no_client);
        let body = json!({ "UserPoolId": pool, "Username": ANN, "ClientId": client });
        for operation in ["DescribeUserPool", "AdminGetUser", "ListUsers", "DeleteUserPool"] {
            let case = (body.clone(), "ResourceNotFoundException", no_pool.as_str());
            bench.refusals(operation, &[case]).await;
        }
        bench.sign_in(ANN, ANN_PASSWORD).await.ok();
    };
    after(&bench).await;
    drop(bench);
    after(&Bench::at(&path)).await;
}

#[tokio::test]
async fn what_is_under_way_when_a_pool_is_deleted_makes_no_part_of_it_anew() {
    let bench = Bench::new();
    let (id, _) = beside(&bench).await;
    let pool = bench.emulator.pools.pool(&id, None).unwrap().unwrap();
    bench.admin_call("DeleteUserPool", json!({ "UserPoolId": id })).await;
    let message = format!("User pool {id} does not exist.");
    let written = pool.store.write_now(|change| Ok(change.revoke_logins("nobody")?));
    assert_eq!(written.unwrap_err().message.unwrap(), message);
    let read = pool.store.read().map(|_| ());
    assert_eq!(read.unwrap_err().message.unwrap(), message);
}

#[tokio::test]
async fn the_form_of_a_request_is_checked_before_what_it_names() {
    let bench = Bench::new();
    let body = json!({ "UserPoolId": "eu-west-1_other", "Username": "" });
    let refusal = bench.admin_call("AdminGetUser", body).await.refusal();
    assert!(
        refusal.1.starts_with("2 validation errors detected: Value at 'username'"),
        "{refusal:?}"
    );
    let refusal =
        bench.call("SignUp", json!({ "ClientId": "nobody", "Username": "x" })).await.refusal();
    assert!(
        refusal.1.starts_with("1 validation error detected: Value at 'password'"),
        "{refusal:?}"
    );
}

#[tokio::test]
async fn a_deleted_declared_pool_is_made_anew_at_the_next_start() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("cognito.redb");
    let bench = Bench::at(&path);
    let id = bench.emulator.pool_id().to_owned();
    bench.admin_call("UpdateUserPool", json!({})).await.ok();
    bench.admin_call("DeleteUserPool", json!({})).await;
    let refusal = bench.sign_up(ANN, ANN_PASSWORD).await.refusal();
    assert_eq!(
        refusal.1,
        format!("User pool client {} does not exist.", bench.emulator.client_id())
    );
    assert_eq!(
        bench.admin_call("ListUserPools", json!({ "MaxResults": 9 })).await.ok()["UserPools"],
        json!([])
    );
    drop(bench);
    let bench = Bench::at(&path);
    assert_ne!(bench.emulator.pool_id(), id);
    bench.sign_up(ANN, ANN_PASSWORD).await.ok();
}
