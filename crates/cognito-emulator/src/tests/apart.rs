//! That users, tokens and sessions of one pool are nothing in another.

use serde_json::{Value, json};

use super::{
    steps::{Secret, not_authorized},
    support::{ANN, ANN_PASSWORD, Bench},
};
use crate::bearer::Bearer;

/// A pool with an Ann and a client of its own.
struct Beside {
    pool: String,
    client: String,
}

impl Beside {
    /// It has the keys of the declared pool, so that nothing but the pool tells tokens apart.
    async fn new(bench: &Bench) -> Self {
        let settings = json!({
            "UsernameAttributes": ["email"],
            "UsernameConfiguration": { "CaseSensitive": false },
        });
        let pool = bench.new_pool(&settings).await;
        bench.share_keys_with(&pool);
        let flows = json!({ "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"] });
        let client = bench.new_client(&pool, &flows).await["ClientId"].as_str().unwrap().to_owned();
        let user = json!({ "UserPoolId": pool, "Username": ANN, "MessageAction": "SUPPRESS" });
        bench.admin_call("AdminCreateUser", user).await.ok();
        let password = json!({
            "UserPoolId": pool, "Username": ANN, "Password": "Passw0rd!", "Permanent": true,
        });
        bench.admin_call("AdminSetUserPassword", password).await.ok();
        Self { pool, client }
    }

    async fn sign_in(&self, bench: &Bench) -> Value {
        let body = json!({
            "AuthFlow": "USER_PASSWORD_AUTH", "ClientId": self.client,
            "AuthParameters": { "USERNAME": ANN, "PASSWORD": "Passw0rd!" },
        });
        bench.call("InitiateAuth", body).await.ok()
    }

    async fn demand_software_tokens(&self, bench: &Bench) {
        let body = json!({
            "UserPoolId": self.pool,
            "MfaConfiguration": "ON",
            "SoftwareTokenMfaConfiguration": { "Enabled": true },
        });
        bench.admin_call("SetUserPoolMfaConfig", body).await.ok();
    }
}

#[tokio::test]
async fn tokens_of_a_pool_are_refused_by_another() {
    let bench = Bench::new().with_ann().await;
    let beside = Beside::new(&bench).await;
    let tokens = beside.sign_in(&bench).await["AuthenticationResult"].clone();
    let told = bench.get_user(&tokens).await.ok();
    assert_ne!(told["Username"], json!(bench.sub(ANN).await));

    let access = tokens["AccessToken"].as_str().unwrap();
    let refused = Bearer::read(&bench.emulator.pool, &access.into()).await.err().unwrap();
    assert_eq!(refused.message.unwrap(), "Invalid Access Token");
    let body = json!({ "AccessToken": access, "UserPoolId": bench.emulator.pool_id() });
    let refusal = bench.call("GetUser", body).await.refusal();
    assert_eq!(refusal, not_authorized("Invalid Access Token"));
    let refresh = not_authorized("Invalid Refresh Token");
    assert_eq!(bench.refresh(&tokens).await.refusal(), refresh);
    // A client cannot revoke what is not of its pool either.
    assert_eq!(bench.revoke(&tokens).await.text, "{}");
    bench.get_user(&tokens).await.ok();
    // A sign-out in one pool is none in the other.
    let own = bench.log_in().await;
    bench.with_token("GlobalSignOut", &tokens, json!({})).await.ok();
    assert_eq!(
        bench.get_user(&tokens).await.refusal(),
        not_authorized("Access Token has been revoked")
    );
    bench.get_user(&own).await.ok();
}

#[tokio::test]
async fn a_session_alone_finds_its_pool() {
    let bench = Bench::new().with_ann().await;
    let beside = Beside::new(&bench).await;
    beside.demand_software_tokens(&bench).await;
    let first = beside.sign_in(&bench).await["Session"].clone();

    let answer = bench.call("AssociateSoftwareToken", json!({ "Session": first })).await.ok();
    let code = Secret::read(&answer).code(bench.now());
    let verify = json!({ "Session": answer["Session"], "UserCode": code });
    let session = bench.call("VerifySoftwareToken", verify).await.ok()["Session"].clone();
    let refusal =
        bench.respond("MFA_SETUP", session.as_str().unwrap(), ANN, json!({})).await.refusal();
    assert_eq!(refusal, not_authorized("Invalid session for the user."), "another pool's client");
    let finish = json!({
        "ChallengeName": "MFA_SETUP", "ChallengeResponses": { "USERNAME": ANN },
        "ClientId": beside.client, "Session": session,
    });
    let done = bench.call("RespondToAuthChallenge", finish).await.ok();
    bench.get_user(&done["AuthenticationResult"]).await.ok();
    // The declared pool has none of it.
    bench.log_in().await;

    // Of a client that is gone.
    let other = beside.sign_in(&bench).await["Session"].clone();
    let delete = json!({ "UserPoolId": beside.pool, "ClientId": beside.client });
    bench.admin_call("DeleteUserPoolClient", delete).await;
    let refusal = bench.call("AssociateSoftwareToken", json!({ "Session": other })).await.refusal();
    assert_eq!(refusal, not_authorized("Invalid session for the user."));
}

#[tokio::test]
async fn an_access_token_outlives_its_client_and_not_its_pool() {
    let bench = Bench::new().with_ann().await;
    let beside = Beside::new(&bench).await;
    let tokens = beside.sign_in(&bench).await["AuthenticationResult"].clone();
    let delete = json!({ "UserPoolId": beside.pool, "ClientId": beside.client });
    bench.admin_call("DeleteUserPoolClient", delete).await;
    bench.get_user(&tokens).await.ok();
    bench.admin_call("DeleteUserPool", json!({ "UserPoolId": beside.pool })).await;
    let refusal = bench.get_user(&tokens).await.refusal();
    assert_eq!(refusal, not_authorized("Invalid Access Token"));
    bench.sign_in(ANN, ANN_PASSWORD).await.ok();
}

#[tokio::test]
async fn a_deleted_pool_leaves_no_table_behind() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("cognito.redb");
    let bench = Bench::at_with(&path, &json!({}), &json!({})).with_ann().await;
    let beside = Beside::new(&bench).await;
    beside.sign_in(&bench).await;
    beside.demand_software_tokens(&bench).await;
    beside.sign_in(&bench).await;
    let tables = || -> Vec<String> {
        let database = redb::Database::open(&path).unwrap();
        let reading = redb::ReadableDatabase::begin_read(&database).unwrap();
        let names = reading.list_tables().unwrap();
        names.map(|table| redb::TableHandle::name(&table).to_owned()).collect()
    };
    let of_pool = |tables: &[String]| {
        tables.iter().filter(|table| table.ends_with(&format!("/{}", beside.pool))).count()
    };
    drop(bench);
    assert_eq!(of_pool(&tables()), 9);
    let bench = Bench::at(&path);
    bench.admin_call("DeleteUserPool", json!({ "UserPoolId": beside.pool })).await;
    drop(bench);
    assert_eq!(of_pool(&tables()), 0);
}
