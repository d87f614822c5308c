use serde_json::{Value, json};

use super::support::{ANN, ANN_PASSWORD, Bench, START};

#[tokio::test]
async fn a_user_is_told_whole() {
    let bench = Bench::new();
    let attributes = json!([{ "Name": "name", "Value": "Ann" }]);
    bench
        .user_call("SignUp", ANN, json!({ "Password": ANN_PASSWORD, "UserAttributes": attributes }))
        .await
        .ok();
    bench.wait(60);
    bench.confirm(ANN, &bench.code()).await.ok();
    let answer = bench.admin_call("AdminGetUser", json!({ "Username": "ann@example.com" })).await;
    let sub = answer.json()["Username"].as_str().unwrap().to_owned();
    let start = START;
    let later = START + 60;
    assert_eq!(
        answer.text,
        format!(
            r#"{{"Enabled":true,"UserAttributes":[{{"Name":"email","Value":"{ANN}"}},{{"Name":"email_verified","Value":"true"}},{{"Name":"name","Value":"Ann"}},{{"Name":"sub","Value":"{sub}"}}],"UserCreateDate":{start}.0,"UserLastModifiedDate":{later}.0,"UserStatus":"CONFIRMED","Username":"{sub}"}}"#
        )
    );
    assert_eq!(
        bench.admin_call("AdminGetUser", json!({ "Username": sub })).await.ok()["Username"],
        json!(sub)
    );
}

#[tokio::test]
async fn an_administrator_confirms_once_and_proves_no_address() {
    let bench = Bench::new();
    bench.sign_up(ANN, ANN_PASSWORD).await.ok();
    assert_eq!(bench.admin_call("AdminConfirmSignUp", json!({ "Username": ANN })).await.text, "{}");
    let refusal =
        bench.admin_call("AdminConfirmSignUp", json!({ "Username": ANN })).await.refusal();
    assert_eq!(refusal.1, "User cannot be confirmed. Current status is CONFIRMED");
    let user = bench.admin_call("AdminGetUser", json!({ "Username": ANN })).await.ok();
    assert_eq!(user["UserAttributes"][1], json!({ "Name": "email_verified", "Value": "false" }));
    bench.sign_in(ANN, ANN_PASSWORD).await.ok();
}

#[tokio::test]
async fn what_does_not_exist_is_told() {
    let bench = Bench::new();
    let other = json!({ "UserPoolId": "eu-west-1_other", "Username": ANN, "ClientId": bench.emulator.client_id() });
    for operation in [
        "AdminGetUser",
        "AdminConfirmSignUp",
        "ListUsers",
        "DescribeUserPool",
        "DescribeUserPoolClient",
    ] {
        let refusal = bench.admin_call(operation, other.clone()).await.refusal();
        let expected = (
            "ResourceNotFoundException".to_owned(),
            "User pool eu-west-1_other does not exist.".to_owned(),
        );
        assert_eq!(refusal, expected, "{operation}");
    }
    for operation in ["AdminGetUser", "AdminConfirmSignUp"] {
        let refusal = bench.admin_call(operation, json!({ "Username": ANN })).await.refusal();
        assert_eq!(
            refusal,
            ("UserNotFoundException".to_owned(), "User does not exist.".to_owned())
        );
    }
    let refusal =
        bench.admin_call("DescribeUserPoolClient", json!({ "ClientId": "nobody" })).await.refusal();
    assert_eq!(refusal.1, "User pool client nobody does not exist.");
}

/// Five users; the first two are confirmed, the last is disabled.
async fn five() -> Bench {
    let bench = Bench::new();
    for name in ["ann", "amy", "bob", "eve", "kim"] {
        bench.sign_up(&format!("{name}@example.com"), ANN_PASSWORD).await.ok();
    }
    for name in ["ann", "amy"] {
        bench
            .admin_call("AdminConfirmSignUp", json!({ "Username": format!("{name}@example.com") }))
            .await
            .ok();
    }
    bench.change_user("kim@example.com", |user| user.enabled = false);
    bench
}

/// The local parts of the addresses on a page, in the order of the alphabet.
fn listed(page: &Value) -> Vec<String> {
    let attribute = |user: &Value| {
        let email = user["Attributes"]
            .as_array()
            .unwrap()
            .iter()
            .find(|attribute| attribute["Name"] == "email");
        email.unwrap()["Value"].as_str().unwrap().split('@').next().unwrap().to_owned()
    };
    let mut names: Vec<_> = page["Users"].as_array().unwrap().iter().map(attribute).collect();
    names.sort();
    names
}

#[tokio::test]
async fn users_are_filtered() {
    let bench = five().await;
    let bob = bench.admin_call("AdminGetUser", json!({ "Username": "bob@example.com" })).await.ok()
        ["Username"]
        .clone();
    let bob = bob.as_str().unwrap();
    for (filter, expected) in [
        (String::new(), vec!["amy", "ann", "bob", "eve", "kim"]),
        (r#"email = "ann@example.com""#.to_owned(), vec!["ann"]),
        (r#"email = "ANN@example.com""#.to_owned(), vec!["ann"]),
        (r#"email ^= "a""#.to_owned(), vec!["amy", "ann"]),
        (r#"email = "a""#.to_owned(), vec![]),
        (format!(r#"username = "{bob}""#), vec!["bob"]),
        (format!(r#"sub = "{bob}""#), vec!["bob"]),
        (format!(r#"sub ^= "{}""#, bob.split_at(20).0), vec!["bob"]),
        (r#"cognito:user_status = "CONFIRMED""#.to_owned(), vec!["amy", "ann"]),
        (r#"cognito:user_status = "unconfirmed""#.to_owned(), vec!["bob", "eve", "kim"]),
        (r#"status = "Disabled""#.to_owned(), vec!["kim"]),
        (r#"status = "disabled""#.to_owned(), vec![]),
        (r#"given_name ^= """#.to_owned(), vec![]),
    ] {
        let page = bench.admin_call("ListUsers", json!({ "Filter": filter })).await.ok();
        assert_eq!(listed(&page), expected, "{filter}");
    }
    let refusal = bench.admin_call("ListUsers", json!({ "Filter": "foo" })).await.refusal();
    assert_eq!(
        refusal,
        ("InvalidParameterException".to_owned(), "Error while parsing filter.".to_owned())
    );
}

#[tokio::test]
async fn pages_hold_every_user_once() {
    let bench = five().await;
    for limit in 1..=6 {
        let (mut seen, mut token, mut pages) = (Vec::new(), Value::Null, 0);
        loop {
            let page = bench
                .admin_call("ListUsers", json!({ "Limit": limit, "PaginationToken": token }))
                .await
                .ok();
            seen.extend(listed(&page));
            pages += 1;
            assert!(pages <= 5, "pages without end");
            token = page["PaginationToken"].clone();
            if token.is_null() {
                break;
            }
            assert_eq!(page["Users"].as_array().unwrap().len(), limit);
        }
        seen.sort();
        assert_eq!(
            (seen, pages),
            (
                ["amy", "ann", "bob", "eve", "kim"].map(String::from).to_vec(),
                5_usize.div_ceil(limit)
            )
        );
    }
    let refusal = bench.admin_call("ListUsers", json!({ "PaginationToken": "!" })).await.refusal();
    assert_eq!(refusal.0, "InvalidParameterException");
}

#[tokio::test]
async fn a_list_shows_what_was_asked_for() {
    let bench = Bench::new();
    bench.sign_up(ANN, ANN_PASSWORD).await.ok();
    let page = bench.admin_call("ListUsers", json!({ "AttributesToGet": ["email"] })).await.ok();
    let user = &page["Users"][0];
    assert_eq!(user["Attributes"], json!([{ "Name": "email", "Value": ANN }]));
    assert_eq!((&user["UserStatus"], &user["Enabled"]), (&json!("UNCONFIRMED"), &json!(true)));
}

#[tokio::test]
async fn an_attribute_that_some_user_lacks_cannot_be_asked_for() {
    let bench = Bench::new().with_ann().await;
    bench.sign_up("bob@example.com", ANN_PASSWORD).await.ok();
    let name = json!([{ "Name": "name", "Value": "Ann" }]);
    let named = json!({ "Username": ANN, "UserAttributes": name });
    bench.admin_call("AdminUpdateUserAttributes", named).await.ok();
    let message = "One or more requested attributes do not exist.";
    for wanted in [json!(["name"]), json!(["email", "name"]), json!(["custom:plan"])] {
        let body = json!({ "AttributesToGet": wanted });
        bench.refusals("ListUsers", &[(body, "InvalidParameterException", message)]).await;
    }
    let filtered =
        json!({ "AttributesToGet": ["name", "sub"], "Filter": format!("email = \"{ANN}\"") });
    let page = bench.admin_call("ListUsers", filtered).await.ok();
    assert_eq!(page["Users"][0]["Attributes"][0], json!({ "Name": "name", "Value": "Ann" }));
}

#[tokio::test]
async fn the_pool_is_described() {
    let bench = Bench::new();
    bench.sign_up(ANN, ANN_PASSWORD).await.ok();
    let pool = bench.admin_call("DescribeUserPool", json!({})).await.ok()["UserPool"].clone();
    let id = bench.emulator.pool_id();
    for (name, value) in [
        ("Id", json!(id)),
        ("Name", json!("passmint")),
        ("Arn", json!(format!("arn:aws:cognito-idp:eu-west-1:000000000000:userpool/{id}"))),
        ("EstimatedNumberOfUsers", json!(1)),
        ("UsernameAttributes", json!(["email"])),
        ("AutoVerifiedAttributes", json!(["email"])),
        ("UsernameConfiguration", json!({ "CaseSensitive": false })),
        ("CreationDate", json!(1_790_280_995.0)),
    ] {
        assert_eq!(pool[name], value, "{name}");
    }
    assert_eq!(
        pool["Policies"]["PasswordPolicy"],
        json!({
            "MinimumLength": 15, "RequireLowercase": false, "RequireNumbers": false, "RequireSymbols": false,
            "RequireUppercase": false, "TemporaryPasswordValidityDays": 7,
        })
    );
}

#[tokio::test]
async fn the_client_is_described_with_its_secret() {
    let bench = Bench::new();
    let describe = json!({ "ClientId": bench.emulator.client_id() });
    let client =
        bench.admin_call("DescribeUserPoolClient", describe).await.ok()["UserPoolClient"].clone();
    let secret = secrecy::ExposeSecret::expose_secret(&bench.emulator.client_secret()).to_owned();
    for (name, value) in [
        ("ClientId", json!(bench.emulator.client_id())),
        ("ClientSecret", json!(secret)),
        ("UserPoolId", json!(bench.emulator.pool_id())),
        ("AccessTokenValidity", json!(15)),
        ("RefreshTokenValidity", json!(30)),
        (
            "TokenValidityUnits",
            json!({ "AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "days" }),
        ),
        ("ExplicitAuthFlows", json!(["ALLOW_USER_PASSWORD_AUTH"])),
        ("PreventUserExistenceErrors", json!("ENABLED")),
        ("EnableTokenRevocation", json!(true)),
    ] {
        assert_eq!(client[name], value, "{name}");
    }
    let open = Bench::with(
        &json!({}),
        &json!({ "GenerateSecret": false, "ExplicitAuthFlows": ["ADMIN_NO_SRP_AUTH"] }),
    );
    let describe = json!({ "ClientId": open.emulator.client_id() });
    let client =
        open.admin_call("DescribeUserPoolClient", describe).await.ok()["UserPoolClient"].clone();
    assert_eq!(
        (client.get("ClientSecret"), &client["ExplicitAuthFlows"]),
        (None, &json!(["ADMIN_NO_SRP_AUTH"]))
    );
}
