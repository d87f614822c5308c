use serde_json::{Value, json};

use super::{
    steps::{not_authorized, pair},
    support::{ANN, ANN_PASSWORD, Answer, Bench},
};

pub(super) const NEW_ADDRESS: &str = "Anna@example.com";

pub(super) fn mismatch() -> (String, String) {
    pair("CodeMismatchException", "Invalid verification code provided, please try again.")
}

pub(super) fn expired() -> (String, String) {
    pair("ExpiredCodeException", "Invalid code provided, please request a code again.")
}

fn limit() -> (String, String) {
    pair("LimitExceededException", "Attempt limit exceeded, please try after some time.")
}

fn invalid(message: &str) -> (String, String) {
    pair("InvalidParameterException", message)
}

/// A pool with user names, with Ann in it.
async fn plain() -> (Bench, Value) {
    let pool = json!({ "UsernameAttributes": [], "AutoVerifiedAttributes": [] });
    let bench = Bench::with(&pool, &json!({}));
    let attributes = json!([{ "Name": "email", "Value": ANN }]);
    let more = json!({ "Password": ANN_PASSWORD, "UserAttributes": attributes });
    bench.user_call("SignUp", "ann", more).await.ok();
    bench.admin_call("AdminConfirmSignUp", json!({ "Username": "ann" })).await.ok();
    let answer = bench.sign_in("ann", ANN_PASSWORD).await.ok();
    (bench, answer["AuthenticationResult"].clone())
}

impl Bench {
    pub(super) async fn update(&self, tokens: &Value, attributes: &[(&str, &str)]) -> Answer {
        let list: Vec<_> = attributes
            .iter()
            .map(|(name, value)| json!({ "Name": name, "Value": value }))
            .collect();
        self.with_token("UpdateUserAttributes", tokens, json!({ "UserAttributes": list })).await
    }

    pub(super) async fn remove(&self, tokens: &Value, names: &[&str]) -> Answer {
        self.with_token("DeleteUserAttributes", tokens, json!({ "UserAttributeNames": names }))
            .await
    }

    pub(super) async fn ask_code(&self, tokens: &Value) -> Answer {
        let more = json!({ "AttributeName": "email" });
        self.with_token("GetUserAttributeVerificationCode", tokens, more).await
    }

    pub(super) async fn prove(&self, tokens: &Value, code: &str) -> Answer {
        let more = json!({ "AttributeName": "email", "Code": code });
        self.with_token("VerifyUserAttribute", tokens, more).await
    }

    /// All attributes but `sub`, as `name=value`.
    pub(super) async fn attributes(&self, tokens: &Value) -> String {
        let user = self.get_user(tokens).await.ok();
        let text = |attribute: &Value| {
            let [name, value] = ["Name", "Value"].map(|member| attribute[member].as_str().unwrap());
            (name != "sub").then(|| format!("{name}={value}"))
        };
        let all: Vec<_> =
            user["UserAttributes"].as_array().unwrap().iter().filter_map(text).collect();
        all.join(" ")
    }
}

/// A code that is not the given one.
pub(super) fn other(code: &str) -> String {
    let first = if code.starts_with('0') { "1" } else { "0" };
    format!("{first}{}", code.split_at(1).1)
}

#[tokio::test]
async fn attributes_are_set_changed_and_taken_away() {
    let bench = Bench::new().with_ann().await;
    let tokens = bench.log_in().await;
    let mails = bench.mail().len();
    let answer = bench.update(&tokens, &[("name", "Ann"), ("phone_number", "+15550100")]).await;
    assert_eq!(answer.text, r#"{"CodeDeliveryDetailsList":[]}"#);
    let own = format!("email={ANN} email_verified=true");
    assert_eq!(
        bench.attributes(&tokens).await,
        format!("{own} name=Ann phone_number=+15550100 phone_number_verified=false")
    );
    bench.update(&tokens, &[("name", "Anna"), ("phone_number", "")]).await.ok();
    assert_eq!(bench.attributes(&tokens).await, format!("{own} name=Anna"));
    assert_eq!(bench.remove(&tokens, &["name", "nickname"]).await.text, "{}");
    assert_eq!(bench.attributes(&tokens).await, own);
    assert_eq!(bench.mail().len(), mails);
}

#[tokio::test]
async fn what_users_may_not_write_is_refused_whole() {
    let bench = Bench::new().with_ann().await;
    let tokens = bench.log_in().await;
    let unwritable = not_authorized("A client attempted to write unauthorized attribute");
    let unknown = "Attributes did not conform to the schema: custom:plan: Attribute does not exist in the schema.";
    for (name, value, refusal) in [
        ("sub", "x", unwritable.clone()),
        ("email_verified", "true", unwritable.clone()),
        ("phone_number_verified", "true", unwritable.clone()),
        ("email_verified", "", unwritable),
        ("custom:plan", "gold", invalid(unknown)),
        ("custom:plan", "", invalid(unknown)),
        ("email", "ann", invalid("Invalid email address format.")),
        (
            "email",
            "",
            invalid("Attributes did not conform to the schema: email: The attribute is required"),
        ),
        ("phone_number", "555", invalid("Invalid phone number format.")),
    ] {
        let answer = bench.update(&tokens, &[("name", "Ann"), (name, value)]).await;
        assert_eq!(answer.refusal(), refusal, "{name}={value}");
        if value.is_empty() {
            assert_eq!(bench.remove(&tokens, &[name]).await.refusal(), refusal, "{name}");
        }
    }
    assert_eq!(bench.attributes(&tokens).await, format!("email={ANN} email_verified=true"));
    let refusal = bench.with_token("UpdateUserAttributes", &tokens, json!({})).await.refusal();
    let null = "1 validation error detected: Value null at 'userAttributes' failed to satisfy constraint: Member must not be null";
    assert_eq!(refusal, invalid(null));
}

#[tokio::test]
async fn a_new_address_is_unproved_and_the_one_to_sign_in_with() {
    let bench = Bench::new().with_ann().await;
    let tokens = bench.log_in().await;
    let answer = bench.update(&tokens, &[("email", NEW_ADDRESS)]).await;
    assert_eq!(
        answer.text,
        r#"{"CodeDeliveryDetailsList":[{"AttributeName":"email","DeliveryMedium":"EMAIL","Destination":"A***@e***"}]}"#
    );
    let told = bench.attributes(&tokens).await;
    assert_eq!(told, format!("email={NEW_ADDRESS} email_verified=false"));
    assert_eq!(bench.mail().pop().unwrap().to, NEW_ADDRESS);
    bench.sign_in("anna@example.com", ANN_PASSWORD).await.ok();
    let refusal = bench.sign_in(ANN, ANN_PASSWORD).await.refusal();
    assert_eq!(refusal, not_authorized("Incorrect username or password."));
    // The old address is free again.
    bench.sign_up(ANN, ANN_PASSWORD).await.ok();
    let refusal = bench.update(&tokens, &[("email", ANN)]).await.refusal();
    let taken = "An account with the given email already exists.";
    assert_eq!(refusal, pair("AliasExistsException", taken));
    bench.update(&tokens, &[("email", "ANNA@example.com")]).await.ok();
    bench.prove(&tokens, &bench.code()).await.ok();
    let told = bench.attributes(&tokens).await;
    assert_eq!(told, "email=ANNA@example.com email_verified=true");
}

#[tokio::test]
async fn a_code_proves_an_address_once_and_within_a_day() {
    for (age, works) in [(0, true), (24 * 3600 - 1, true), (24 * 3600, false)] {
        let (bench, _) = plain().await;
        let log_in = || async {
            let answer = bench.sign_in("ann", ANN_PASSWORD).await.ok();
            answer["AuthenticationResult"].clone()
        };
        let tokens = log_in().await;
        assert_eq!(bench.prove(&tokens, "000000").await.refusal(), expired(), "never asked");
        let answer = bench.ask_code(&tokens).await;
        assert_eq!(
            answer.text,
            r#"{"CodeDeliveryDetails":{"AttributeName":"email","DeliveryMedium":"EMAIL","Destination":"A***@e***"}}"#
        );
        bench.wait(age);
        let (tokens, code) = (log_in().await, bench.code());
        if works {
            assert_eq!(bench.prove(&tokens, &other(&code)).await.refusal(), mismatch());
            assert_eq!(bench.prove(&tokens, &code).await.text, "{}");
            let told = bench.attributes(&tokens).await;
            assert_eq!(told, format!("email={ANN} email_verified=true"));
        }
        assert_eq!(bench.prove(&tokens, &code).await.refusal(), expired(), "{age}");
    }
}

#[tokio::test]
async fn a_code_proves_only_the_address_it_went_to() {
    let (bench, tokens) = plain().await;
    bench.ask_code(&tokens).await.ok();
    let code = bench.code();
    bench.update(&tokens, &[("email", NEW_ADDRESS)]).await.ok();
    assert_eq!(bench.prove(&tokens, &code).await.refusal(), expired());
    bench.ask_code(&tokens).await.ok();
    let code = bench.code();
    bench.remove(&tokens, &["email"]).await.ok();
    bench.update(&tokens, &[("email", ANN)]).await.ok();
    assert_eq!(bench.prove(&tokens, &code).await.refusal(), expired());
}

#[tokio::test]
async fn only_an_address_that_is_there_can_be_proved() {
    let (bench, tokens) = plain().await;
    for attribute in ["phone_number", "name"] {
        let more = json!({ "AttributeName": attribute, "Code": "000000" });
        for operation in ["GetUserAttributeVerificationCode", "VerifyUserAttribute"] {
            let refusal = bench.with_token(operation, &tokens, more.clone()).await.refusal();
            assert_eq!(refusal.0, "InvalidParameterException", "{operation} {attribute}");
        }
    }
    bench.remove(&tokens, &["email"]).await.ok();
    assert_eq!(bench.ask_code(&tokens).await.refusal().0, "InvalidParameterException");
}

#[tokio::test]
async fn five_codes_and_fifteen_tries_an_hour_are_the_limit() {
    let (bench, _) = plain().await;
    let log_in = || async {
        let answer = bench.sign_in("ann", ANN_PASSWORD).await.ok();
        answer["AuthenticationResult"].clone()
    };
    let tokens = log_in().await;
    for _ in 0..5 {
        bench.ask_code(&tokens).await.ok();
    }
    assert_eq!(bench.ask_code(&tokens).await.refusal(), limit());
    for _ in 0..15 {
        assert_eq!(bench.prove(&tokens, &other(&bench.code())).await.refusal(), mismatch());
    }
    assert_eq!(bench.prove(&tokens, &bench.code()).await.refusal(), limit());
    bench.wait(3600);
    let tokens = log_in().await;
    bench.ask_code(&tokens).await.ok();
    bench.prove(&tokens, &bench.code()).await.ok();
}
