//! `AttributesRequireVerificationBeforeUpdate`: an address changes once its new mailbox has proved it.

use serde_json::{Value, json};

use super::{
    attributes::{NEW_ADDRESS, expired, mismatch, other},
    steps::{not_authorized, pair},
    support::{ANN, ANN_PASSWORD, Answer, Bench, with},
};

fn verify_first() -> Value {
    json!({ "UserAttributeUpdateSettings": {
        "AttributesRequireVerificationBeforeUpdate": ["email"],
    } })
}

async fn with_ann() -> (Bench, Value) {
    let bench = Bench::with(&verify_first(), &json!({})).with_ann().await;
    let tokens = bench.log_in().await;
    (bench, tokens)
}

fn taken() -> (String, String) {
    pair("AliasExistsException", "An account with the given email already exists.")
}

fn unchanged() -> String {
    format!("email={ANN} email_verified=true")
}

async fn admin_update(bench: &Bench, username: &str, attributes: &[(&str, &str)]) -> Answer {
    let list: Vec<_> =
        attributes.iter().map(|(name, value)| json!({ "Name": name, "Value": value })).collect();
    let body = json!({ "Username": username, "UserAttributes": list });
    bench.admin_call("AdminUpdateUserAttributes", body).await
}

#[tokio::test]
async fn the_present_address_stays_until_the_new_mailbox_proves_the_new_one() {
    let (bench, tokens) = with_ann().await;
    let answer = bench.update(&tokens, &[("email", NEW_ADDRESS), ("name", "Ann")]).await;
    assert_eq!(
        answer.text,
        r#"{"CodeDeliveryDetailsList":[{"AttributeName":"email","DeliveryMedium":"EMAIL","Destination":"A***@e***"}]}"#
    );
    assert_eq!(bench.mail().pop().unwrap().to, NEW_ADDRESS);
    assert_eq!(bench.attributes(&tokens).await, format!("{} name=Ann", unchanged()));
    bench.sign_in(ANN, ANN_PASSWORD).await.ok();
    let nobody = not_authorized("Incorrect username or password.");
    assert_eq!(bench.sign_in(NEW_ADDRESS, ANN_PASSWORD).await.refusal(), nobody);

    let code = bench.code();
    assert_eq!(bench.prove(&tokens, &other(&code)).await.refusal(), mismatch());
    assert_eq!(bench.attributes(&tokens).await, format!("{} name=Ann", unchanged()));
    assert_eq!(bench.prove(&tokens, &code).await.text, "{}");
    let now = format!("email={NEW_ADDRESS} email_verified=true name=Ann");
    assert_eq!(bench.attributes(&tokens).await, now);
    bench.sign_in("anna@example.com", ANN_PASSWORD).await.ok();
    assert_eq!(bench.sign_in(ANN, ANN_PASSWORD).await.refusal(), nobody);
    assert_eq!(bench.prove(&tokens, &code).await.refusal(), expired());
}

#[tokio::test]
async fn an_address_that_waits_belongs_to_nobody() {
    let (bench, tokens) = with_ann().await;
    bench.update(&tokens, &[("email", NEW_ADDRESS)]).await.ok();
    let code = bench.code();
    // Its owner is not kept from signing up.
    bench.sign_up(NEW_ADDRESS, ANN_PASSWORD).await.ok();
    let (owners, mails) = (bench.code(), bench.mail().len());
    bench.confirm(NEW_ADDRESS, &owners).await.ok();
    bench.sign_in(NEW_ADDRESS, ANN_PASSWORD).await.ok();

    assert_eq!(bench.prove(&tokens, &code).await.refusal(), taken());
    assert_eq!(bench.attributes(&tokens).await, unchanged());
    assert_eq!(bench.update(&tokens, &[("email", NEW_ADDRESS)]).await.refusal(), taken());
    assert_eq!(bench.mail().len(), mails);
}

#[tokio::test]
async fn a_reset_goes_to_the_present_address() {
    let (bench, tokens) = with_ann().await;
    bench.update(&tokens, &[("email", NEW_ADDRESS)]).await.ok();
    bench.user_call("ForgotPassword", ANN, json!({})).await.ok();
    assert_eq!(bench.mail().pop().unwrap().to, ANN);
}

#[tokio::test]
async fn only_the_newest_address_can_be_proved() {
    let (bench, tokens) = with_ann().await;
    bench.update(&tokens, &[("email", NEW_ADDRESS)]).await.ok();
    let first = bench.code();
    bench.update(&tokens, &[("email", "third@example.com")]).await.ok();
    let second = bench.code();
    if first != second {
        assert_eq!(bench.prove(&tokens, &first).await.refusal(), mismatch());
    }
    bench.ask_code(&tokens).await.ok();
    assert_eq!(bench.mail().pop().unwrap().to, "third@example.com");
    bench.prove(&tokens, &bench.code()).await.ok();
    let now = "email=third@example.com email_verified=true";
    assert_eq!(bench.attributes(&tokens).await, now);
}

#[tokio::test]
async fn whoever_gives_the_present_address_again_stays_with_it() {
    let (bench, tokens) = with_ann().await;
    bench.update(&tokens, &[("email", NEW_ADDRESS)]).await.ok();
    let code = bench.code();
    bench.update(&tokens, &[("email", ANN)]).await.ok();
    assert_eq!(bench.prove(&tokens, &code).await.refusal(), expired());
    bench.ask_code(&tokens).await.ok();
    bench.prove(&tokens, &bench.code()).await.ok();
    assert_eq!(bench.attributes(&tokens).await, unchanged());
}

#[tokio::test]
async fn an_administrator_changes_an_address_at_once_by_calling_it_verified() {
    let (bench, tokens) = with_ann().await;
    let mails = bench.mail().len();
    admin_update(&bench, ANN, &[("email", NEW_ADDRESS), ("email_verified", "True")]).await.ok();
    let now = format!("email={NEW_ADDRESS} email_verified=True");
    assert_eq!(bench.attributes(&tokens).await, now);
    assert_eq!(bench.mail().len(), mails);

    admin_update(&bench, NEW_ADDRESS, &[("email", ANN)]).await.ok();
    assert_eq!(bench.attributes(&tokens).await, now);
    assert_eq!(bench.mail().pop().unwrap().to, ANN);
    bench.prove(&tokens, &bench.code()).await.ok();
    assert_eq!(bench.attributes(&tokens).await, unchanged());
}

#[tokio::test]
async fn an_address_that_comes_with_a_new_password_waits_too() {
    let (bench, _) = with_ann().await;
    let body = json!({ "Username": ANN, "Password": "a-temporary-password" });
    bench.admin_call("AdminSetUserPassword", body).await.ok();
    let session = bench.challenged(ANN, "a-temporary-password", "NEW_PASSWORD_REQUIRED").await;
    let more = json!({ "NEW_PASSWORD": ANN_PASSWORD, "userAttributes.email": NEW_ADDRESS });
    let answer = bench.respond("NEW_PASSWORD_REQUIRED", &session, ANN, more).await.ok();
    let tokens = &answer["AuthenticationResult"];
    assert_eq!(bench.attributes(tokens).await, unchanged());
    assert_eq!(bench.mail().pop().unwrap().to, NEW_ADDRESS);
    bench.prove(tokens, &bench.code()).await.ok();
    let now = format!("email={NEW_ADDRESS} email_verified=true");
    assert_eq!(bench.attributes(tokens).await, now);
}

#[tokio::test]
async fn pools_show_the_setting_and_take_it_for_addresses_that_they_verify() {
    let bench = Bench::with(&verify_first(), &json!({}));
    let setting = verify_first();
    let described = bench.admin_call("DescribeUserPool", json!({})).await.ok();
    let name = "UserAttributeUpdateSettings";
    assert_eq!(described["UserPool"][name], setting[name]);

    let id = bench.new_pool(&json!({ "AutoVerifiedAttributes": ["email"] })).await;
    let pool = json!({ "UserPoolId": id });
    let shown = async || {
        let described = bench.admin_call("DescribeUserPool", pool.clone()).await.ok();
        described["UserPool"][name].clone()
    };
    assert_eq!(shown().await, Value::Null);
    let verified = json!({ "AutoVerifiedAttributes": ["email"] });
    let update = with(with(pool.clone(), &verified), &setting);
    bench.admin_call("UpdateUserPool", update).await.ok();
    assert_eq!(shown().await, setting[name]);
    bench.admin_call("UpdateUserPool", with(pool.clone(), &verified)).await.ok();
    assert_eq!(shown().await, setting[name], "it is kept when it is left out");

    let message = "All attributes in AttributesRequireVerificationBeforeUpdate must exist in AutoVerifiedAttributes";
    let refused = |request| (request, "InvalidParameterException", message);
    let refusals = [refused(with(pool.clone(), &setting)), refused(pool.clone())];
    bench.refusals("UpdateUserPool", &refusals).await;
    let none = json!({ name: { "AttributesRequireVerificationBeforeUpdate": [] } });
    bench.admin_call("UpdateUserPool", with(pool.clone(), &none)).await.ok();
    assert_ne!(shown().await, setting[name], "and can be emptied");
    let named = with(json!({ "PoolName": "p" }), &setting);
    bench.refusals("CreateUserPool", &[(named, "InvalidParameterException", message)]).await;
}
