use serde_json::{Value, json};

use super::support::{Bench, with};

const INVALID: &str = "InvalidParameterException";

#[tokio::test]
async fn a_new_client_has_the_defaults_of_aws() {
    let bench = Bench::new();
    let client = bench.new_client(bench.emulator.pool_id(), &json!({})).await;
    let id = client["ClientId"].as_str().unwrap();
    let expected = json!({
        "AccessTokenValidity": 1,
        "AllowedOAuthFlowsUserPoolClient": false,
        "AuthSessionValidity": 3,
        "ClientId": id,
        "ClientName": "other",
        "CreationDate": 1_790_280_995.0,
        "EnablePropagateAdditionalUserContextData": false,
        "EnableTokenRevocation": true,
        "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_CUSTOM_AUTH"],
        "IdTokenValidity": 1,
        "LastModifiedDate": 1_790_280_995.0,
        "PreventUserExistenceErrors": "LEGACY",
        "RefreshTokenRotation": { "Feature": "DISABLED", "RetryGracePeriodSeconds": 0 },
        "RefreshTokenValidity": 30,
        "TokenValidityUnits": { "AccessToken": "hours", "IdToken": "hours", "RefreshToken": "days" },
        "UserPoolId": bench.emulator.pool_id(),
    });
    assert_eq!(client, expected);
    let described =
        bench.admin_call("DescribeUserPoolClient", json!({ "ClientId": id })).await.ok();
    assert_eq!(described["UserPoolClient"], expected);
}

fn full() -> Value {
    json!({
        "AccessTokenValidity": 10,
        "AuthSessionValidity": 15,
        "EnablePropagateAdditionalUserContextData": true,
        "EnableTokenRevocation": false,
        "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"],
        "IdTokenValidity": 20,
        "PreventUserExistenceErrors": "ENABLED",
        "RefreshTokenRotation": { "Feature": "ENABLED", "RetryGracePeriodSeconds": 7 },
        "RefreshTokenValidity": 7200,
        "TokenValidityUnits": { "AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "seconds" },
    })
}

fn check(client: &Value, expected: &Value) {
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&client[name], value, "{name}");
    }
}

#[tokio::test]
async fn what_a_client_is_given_is_kept_over_a_restart_until_an_update_leaves_it_out() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("cognito.redb");
    let bench = Bench::at(&path);
    let given = with(full(), &json!({ "GenerateSecret": true }));
    let client = bench.new_client(bench.emulator.pool_id(), &given).await;
    drop(bench);

    let bench = Bench::at(&path);
    let id = json!({ "ClientId": client["ClientId"] });
    let described = bench.admin_call("DescribeUserPoolClient", id.clone()).await.ok();
    check(&described["UserPoolClient"], &full());
    assert_eq!(described["UserPoolClient"], client);

    bench.wait(60);
    let updated = bench.admin_call("UpdateUserPoolClient", id.clone()).await.ok();
    let defaults = json!({
        "AccessTokenValidity": 1, "AuthSessionValidity": 3, "EnableTokenRevocation": true,
        "PreventUserExistenceErrors": "LEGACY", "RefreshTokenValidity": 30, "ClientName": "other",
        "ClientSecret": client["ClientSecret"], "CreationDate": 1_790_280_995.0,
        "LastModifiedDate": 1_790_281_055.0,
        "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_CUSTOM_AUTH"],
    });
    check(&updated["UserPoolClient"], &defaults);
    let described = bench.admin_call("DescribeUserPoolClient", id.clone()).await.ok();
    assert_eq!(described, updated);
    let renamed = with(id, &json!({ "ClientName": "new" }));
    let renamed = bench.admin_call("UpdateUserPoolClient", renamed).await.ok();
    assert_eq!(renamed["UserPoolClient"]["ClientName"], "new");
}

#[tokio::test]
async fn clients_that_aws_refuses_are_refused() {
    let bench = Bench::new();
    let range = "Invalid range for token validity.";
    let rotation = json!({ "Feature": "ENABLED" });
    let units = |name: &str, unit: &str| json!({ name: unit });
    for operation in ["CreateUserPoolClient", "UpdateUserPoolClient"] {
        let named = |more: Value| {
            let id = bench.emulator.client_id();
            with(json!({ "ClientName": "c", "ClientId": id }), &more)
        };
        bench
            .refusals(operation, &[
                (named(json!({ "AccessTokenValidity": 25 })), INVALID, range),
                (named(json!({ "AccessTokenValidity": 4, "TokenValidityUnits": units("AccessToken", "minutes") })), INVALID, range),
                (named(json!({ "IdTokenValidity": 299, "TokenValidityUnits": units("IdToken", "seconds") })), INVALID, range),
                (named(json!({ "RefreshTokenValidity": 59, "TokenValidityUnits": units("RefreshToken", "minutes") })), INVALID, range),
                (named(json!({ "RefreshTokenValidity": 3651 })), INVALID, range),
                (
                    named(json!({ "PublishSecretsInAWSSecretsManager": true })),
                    INVALID,
                    "PublishSecretsInAWSSecretsManager is not emulated.",
                ),
                (
                    named(json!({ "RefreshTokenRotation": rotation, "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] })),
                    INVALID,
                    "ALLOW_REFRESH_TOKEN_AUTH is not a permitted ExplicitAuthFlow when refresh token rotation is enabled.",
                ),
                (
                    named(json!({ "AuthSessionValidity": 2 })),
                    INVALID,
                    "1 validation error detected: Value '2' at 'authSessionValidity' failed to satisfy constraint: Member must have value greater than or equal to 3",
                ),
                (
                    named(json!({ "ExplicitAuthFlows": ["ADMIN_USER_PASSWORD_AUTH"] })),
                    INVALID,
                    "1 validation error detected: Value '[ADMIN_USER_PASSWORD_AUTH]' at 'explicitAuthFlows' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [ADMIN_NO_SRP_AUTH, CUSTOM_AUTH_FLOW_ONLY, USER_PASSWORD_AUTH, ALLOW_ADMIN_USER_PASSWORD_AUTH, ALLOW_CUSTOM_AUTH, ALLOW_USER_PASSWORD_AUTH, ALLOW_USER_SRP_AUTH, ALLOW_REFRESH_TOKEN_AUTH, ALLOW_USER_AUTH]]",
                ),
                (
                    named(json!({ "RefreshTokenRotation": {} })),
                    INVALID,
                    "1 validation error detected: Value null at 'refreshTokenRotation.feature' failed to satisfy constraint: Member must not be null",
                ),
                (
                    named(json!({ "UserPoolId": "eu-west-1_other" })),
                    "ResourceNotFoundException",
                    "User pool eu-west-1_other does not exist.",
                ),
            ])
            .await;
    }
    let named = |more: Value| with(json!({ "ClientName": "c" }), &more);
    bench
        .refusals("CreateUserPoolClient", &[
            (json!({}), INVALID, "1 validation error detected: Value null at 'clientName' failed to satisfy constraint: Member must not be null"),
            (
                named(json!({ "ClientSecret": "x".repeat(23) })),
                INVALID,
                "1 validation error detected: Value at 'clientSecret' failed to satisfy constraint: Member must have length greater than or equal to 24",
            ),
        ])
        .await;
}

#[tokio::test]
async fn rotation_without_flows_leaves_out_the_flow_it_forbids() {
    let bench = Bench::new();
    let rotation = json!({ "RefreshTokenRotation": { "Feature": "ENABLED" } });
    let client = bench.new_client(bench.emulator.pool_id(), &rotation).await;
    assert_eq!(client["ExplicitAuthFlows"], json!(["ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"]));
}

#[tokio::test]
async fn clients_are_listed_page_by_page_and_deleted() {
    let bench = Bench::new();
    let pool = bench.new_pool(&json!({})).await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(
            bench.new_client(&pool, &json!({})).await["ClientId"].as_str().unwrap().to_owned(),
        );
    }
    ids.sort();
    let list = json!({ "UserPoolId": pool });
    let entry = |id: &String| json!({ "ClientId": id, "ClientName": "other", "UserPoolId": pool });
    let entries: Vec<_> = ids.iter().map(entry).collect();
    let page = bench.admin_call("ListUserPoolClients", list.clone()).await.ok();
    assert_eq!(page, json!({ "UserPoolClients": entries }));
    let first = with(list.clone(), &json!({ "MaxResults": 2 }));
    let page = bench.admin_call("ListUserPoolClients", first).await.ok();
    assert_eq!(page["UserPoolClients"], json!(entries[..2]));
    let second = with(list.clone(), &json!({ "NextToken": page["NextToken"] }));
    let page = bench.admin_call("ListUserPoolClients", second).await.ok();
    assert_eq!(page, json!({ "UserPoolClients": entries[2..] }));

    let first = with(list.clone(), &json!({ "ClientId": ids[0] }));
    assert_eq!(bench.admin_call("DeleteUserPoolClient", first.clone()).await.text, "");
    let message = format!("User pool client {} does not exist.", ids[0]);
    bench.refusals("DeleteUserPoolClient", &[(first, "ResourceNotFoundException", &message)]).await;
    let page = bench.admin_call("ListUserPoolClients", list).await.ok();
    assert_eq!(page["UserPoolClients"], json!(entries[1..]));
}
