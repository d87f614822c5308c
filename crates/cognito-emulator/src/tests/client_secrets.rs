use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::support::{ANN, ANN_PASSWORD, Bench, hash_with, with};

/// Whether a secret proves the declared client.
async fn works(bench: &Bench, secret: &str) -> bool {
    let id = bench.emulator.client_id();
    let parameters = json!({ "USERNAME": ANN, "PASSWORD": ANN_PASSWORD, "SECRET_HASH": hash_with(secret, id, ANN) });
    let answer = bench.initiate_auth("USER_PASSWORD_AUTH", parameters).await;
    if answer.status.is_success() {
        return true;
    }
    assert_eq!(answer.refusal().1, format!("Unable to verify secret hash for client {id}"));
    false
}

fn current(bench: &Bench) -> String {
    bench.emulator.client_secret().expose_secret().to_owned()
}

async fn described(bench: &Bench, client: &Value) -> Value {
    let described = bench.admin_call("DescribeUserPoolClient", client.clone()).await.ok();
    described["UserPoolClient"]["ClientSecret"].clone()
}

#[tokio::test]
async fn a_secret_is_rotated_without_a_gap() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("cognito.redb");
    let bench = Bench::at(&path).with_ann().await;
    let client = json!({ "ClientId": bench.emulator.client_id() });
    let old = current(&bench);
    bench.wait(60);
    let added = bench.admin_call("AddUserPoolClientSecret", client.clone()).await.ok()
        ["ClientSecretDescriptor"]
        .clone();
    let new = added["ClientSecretValue"].as_str().unwrap().to_owned();
    assert_eq!(added["ClientSecretCreateDate"], json!(1_790_281_055.0));
    let id = format!("{}--1790281055000", bench.emulator.client_id());
    assert_eq!(added["ClientSecretId"], json!(id));
    assert_eq!((works(&bench, &old).await, works(&bench, &new).await), (true, true));
    assert_eq!((current(&bench), described(&bench, &client).await), (old.clone(), json!(old)));
    drop(bench);

    let bench = Bench::at(&path);
    assert_eq!((works(&bench, &old).await, works(&bench, &new).await), (true, true));
    assert_eq!(described(&bench, &client).await, json!(old));
    let listed = bench.admin_call("ListUserPoolClientSecrets", client.clone()).await.ok();
    let old_id = format!("{}--1790280995000", bench.emulator.client_id());
    let entries = json!([
        { "ClientSecretCreateDate": 1_790_280_995.0, "ClientSecretId": old_id },
        { "ClientSecretCreateDate": 1_790_281_055.0, "ClientSecretId": id },
    ]);
    assert_eq!(listed, json!({ "ClientSecrets": entries }));
    let delete = with(client.clone(), &json!({ "ClientSecretId": old_id }));
    assert_eq!(bench.admin_call("DeleteUserPoolClientSecret", delete).await.text, "{}");
    assert_eq!((works(&bench, &old).await, works(&bench, &new).await), (false, true));
    drop(bench);

    let bench = Bench::at(&path);
    assert_eq!((works(&bench, &old).await, works(&bench, &new).await), (false, true));
    assert_eq!((current(&bench), described(&bench, &client).await), (new, Value::Null));
}

#[tokio::test]
async fn only_the_original_secret_is_described_and_never_another_in_its_place() {
    let bench = Bench::new();
    let pool_id = bench.emulator.pool_id();
    let made = bench.new_client(pool_id, &json!({ "GenerateSecret": true })).await;
    let (original, client) =
        (made["ClientSecret"].clone(), json!({ "ClientId": made["ClientId"] }));
    let ids = async || {
        let listed = bench.admin_call("ListUserPoolClientSecrets", client.clone()).await.ok();
        let secrets = listed["ClientSecrets"].as_array().unwrap().clone();
        secrets.iter().map(|secret| secret["ClientSecretId"].clone()).collect::<Vec<_>>()
    };
    let delete = async |id: &Value| {
        let body = with(client.clone(), &json!({ "ClientSecretId": id }));
        bench.admin_call("DeleteUserPoolClientSecret", body).await.ok();
    };

    bench.wait(60);
    bench.admin_call("AddUserPoolClientSecret", client.clone()).await.ok();
    assert_eq!(described(&bench, &client).await, original);
    delete(&ids().await[1]).await;
    assert_eq!(described(&bench, &client).await, original, "the added one is gone");

    bench.admin_call("AddUserPoolClientSecret", client.clone()).await.ok();
    delete(&ids().await[0]).await;
    assert_eq!(described(&bench, &client).await, Value::Null, "the original is gone");
    bench.admin_call("AddUserPoolClientSecret", client.clone()).await.ok();
    assert_eq!(described(&bench, &client).await, Value::Null);
    let update = with(client.clone(), &json!({ "ClientName": "renamed" }));
    let updated = bench.admin_call("UpdateUserPoolClient", update).await.ok();
    assert_eq!(updated["UserPoolClient"].get("ClientSecret"), None);
}

#[tokio::test]
async fn a_secret_that_the_caller_brings_is_not_told() {
    let bench = Bench::new().with_ann().await;
    let client = json!({ "ClientId": bench.emulator.client_id() });
    let brought = "own_secret+0123456789abcdef";
    let body = with(client.clone(), &json!({ "ClientSecret": brought }));
    let added = bench.admin_call("AddUserPoolClientSecret", body).await.ok();
    let members: Vec<_> =
        added["ClientSecretDescriptor"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(members, ["ClientSecretCreateDate", "ClientSecretId"]);
    assert!(works(&bench, brought).await);
    // Both were made at the same moment, and still have ids of their own.
    let listed = bench.admin_call("ListUserPoolClientSecrets", client).await.ok();
    let id = |index: usize| listed["ClientSecrets"][index]["ClientSecretId"].clone();
    assert_ne!(id(0), id(1));
}

#[tokio::test]
async fn there_are_one_or_two_secrets_at_any_time() {
    let bench = Bench::new();
    let client = json!({ "ClientId": bench.emulator.client_id() });
    let name = bench.emulator.client_id();
    let only = format!("{name}--1790280995000");
    let unknown = format!("Client secret {name}--0 does not exist.");
    let delete = |id: &str| with(client.clone(), &json!({ "ClientSecretId": id }));
    bench
        .refusals("DeleteUserPoolClientSecret", &[
            (delete(&only), "InvalidParameterException", "The last secret of a client cannot be deleted."),
            (delete(&format!("{name}--0")), "ResourceNotFoundException", &unknown),
            (client.clone(), "InvalidParameterException", "1 validation error detected: Value null at 'clientSecretId' failed to satisfy constraint: Member must not be null"),
        ])
        .await;
    bench.admin_call("AddUserPoolClientSecret", client.clone()).await.ok();
    let full = format!("Client {name} already has 2 secrets.");
    bench.refusals("AddUserPoolClientSecret", &[(client, "LimitExceededException", &full)]).await;
}

#[tokio::test]
async fn a_client_without_a_secret_gets_none() {
    let bench = Bench::new();
    let client = bench.new_client(bench.emulator.pool_id(), &json!({})).await;
    let id = json!({ "ClientId": client["ClientId"] });
    let message =
        format!("Client {} is not configured with a secret.", client["ClientId"].as_str().unwrap());
    bench
        .refusals("AddUserPoolClientSecret", &[(id.clone(), "InvalidParameterException", &message)])
        .await;
    let listed = bench.admin_call("ListUserPoolClientSecrets", id).await.ok();
    assert_eq!(listed, json!({ "ClientSecrets": [] }));
}

#[tokio::test]
async fn a_client_is_made_with_the_secret_that_the_caller_brings() {
    let bench = Bench::new();
    let brought = "own_secret+0123456789abcdef";
    for (more, secret) in [
        (json!({ "ClientSecret": brought }), Some(brought)),
        (json!({ "ClientSecret": brought, "GenerateSecret": true }), Some(brought)),
        (json!({ "GenerateSecret": true }), None),
    ] {
        let client = bench.new_client(bench.emulator.pool_id(), &more).await;
        let made = client["ClientSecret"].as_str().unwrap();
        assert!(secret.map_or(made.len() == 51, |secret| made == secret), "{made}");
    }
}
