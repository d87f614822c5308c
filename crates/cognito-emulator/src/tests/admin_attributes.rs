use serde_json::{Value, json};

use super::support::{ANN, ANN_PASSWORD, Bench};

const INVALID: &str = "InvalidParameterException";
const NULL: &str = "failed to satisfy constraint: Member must not be null";

async fn attributes(bench: &Bench, username: &str) -> Value {
    let user = bench.admin_call("AdminGetUser", json!({ "Username": username })).await.ok();
    let mut attributes = json!({});
    for attribute in user["UserAttributes"].as_array().unwrap() {
        attributes[attribute["Name"].as_str().unwrap()] = attribute["Value"].clone();
    }
    attributes
}

fn update(pairs: &[(&str, &str)]) -> Value {
    let list: Vec<_> =
        pairs.iter().map(|(name, value)| json!({ "Name": name, "Value": value })).collect();
    json!({ "Username": ANN, "UserAttributes": list })
}

#[tokio::test]
async fn attributes_are_set_and_taken_away() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("cognito.redb");
    let bench = Bench::at(&path).with_ann().await;
    let set = update(&[("name", "Ann"), ("nickname", "An"), ("email_verified", "false")]);
    assert_eq!(bench.admin_call("AdminUpdateUserAttributes", set).await.text, "{}");
    drop(bench);
    let bench = Bench::at(&path);
    let found = attributes(&bench, ANN).await;
    for (name, value) in
        [("name", "Ann"), ("nickname", "An"), ("email_verified", "false"), ("email", ANN)]
    {
        assert_eq!(found[name], value, "{name}");
    }
    let delete = json!({ "Username": ANN, "UserAttributeNames": ["name", "picture"] });
    assert_eq!(bench.admin_call("AdminDeleteUserAttributes", delete).await.text, "{}");
    drop(bench);
    let found = attributes(&Bench::at(&path), ANN).await;
    assert_eq!((&found["name"], &found["nickname"]), (&Value::Null, &json!("An")));
}

#[tokio::test]
async fn a_new_address_is_the_new_name_and_not_verified_unless_said() {
    for (more, verified) in [(vec![], "false"), (vec![("email_verified", "true")], "true")] {
        let bench = Bench::new().with_ann().await;
        let mut pairs = vec![("email", "new@example.com")];
        pairs.extend(more);
        bench.admin_call("AdminUpdateUserAttributes", update(&pairs)).await.ok();
        let found = attributes(&bench, "new@example.com").await;
        assert_eq!(
            (&found["email"], &found["email_verified"]),
            (&json!("new@example.com"), &json!(verified))
        );
        bench.sign_in("new@example.com", ANN_PASSWORD).await.ok();
        assert_eq!(
            bench.sign_in(ANN, ANN_PASSWORD).await.refusal().1,
            "Incorrect username or password."
        );
        bench.sign_up(ANN, ANN_PASSWORD).await.ok();
    }
    let plain = Bench::with(&json!({ "UsernameAttributes": [] }), &json!({}));
    plain.sign_up(ANN, ANN_PASSWORD).await.ok();
    plain.admin_call("AdminConfirmSignUp", json!({ "Username": ANN })).await.ok();
    plain
        .admin_call("AdminUpdateUserAttributes", update(&[("email", "new@example.com")]))
        .await
        .ok();
    plain.sign_in(ANN, ANN_PASSWORD).await.ok();
}

#[tokio::test]
async fn what_cannot_be_set_is_refused() {
    let bench = Bench::new().with_ann().await;
    bench.sign_up("bob@example.com", ANN_PASSWORD).await.ok();
    let unknown =
        "Attributes did not conform to the schema: plan: Attribute does not exist in the schema.";
    let missing =
        |name: &str| format!("1 validation error detected: Value null at '{name}' {NULL}");
    bench
        .refusals(
            "AdminUpdateUserAttributes",
            &[
                (update(&[("sub", "x")]), INVALID, "Cannot modify the non-mutable attribute sub"),
                (update(&[("plan", "gold")]), INVALID, unknown),
                (update(&[("email", "nobody")]), INVALID, "Invalid email address format."),
                (
                    update(&[("email", "BOB@example.com")]),
                    "AliasExistsException",
                    "An account with the given email already exists.",
                ),
                (json!({ "Username": ANN }), INVALID, &missing("userAttributes")),
            ],
        )
        .await;
    let required = "Attributes did not conform to the schema: email: The attribute is required";
    let delete = |name: &str| json!({ "Username": ANN, "UserAttributeNames": [name] });
    bench
        .refusals(
            "AdminDeleteUserAttributes",
            &[
                (delete("sub"), INVALID, "Cannot modify the non-mutable attribute sub"),
                (delete("email"), INVALID, required),
                (delete("plan"), INVALID, unknown),
                (json!({ "Username": ANN }), INVALID, &missing("userAttributeNames")),
            ],
        )
        .await;
    assert_eq!(attributes(&bench, ANN).await["email"], ANN);
    // Their own address in another spelling is theirs.
    bench
        .admin_call("AdminUpdateUserAttributes", update(&[("email", "ANN@example.com")]))
        .await
        .ok();
    bench.sign_in(ANN, ANN_PASSWORD).await.ok();
}
