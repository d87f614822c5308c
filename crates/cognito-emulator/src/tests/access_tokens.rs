use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Value, json};

use super::{
    steps::{not_authorized, pair, token},
    support::{ANN, ANN_PASSWORD, Bench, with},
};
use crate::keys::{KeyRecord, SigningKeys};

/// The operations that an access token authorizes, with what else they need.
fn operations() -> [(&'static str, Value); 11] {
    [
        ("AssociateSoftwareToken", json!({})),
        ("ChangePassword", json!({ "PreviousPassword": "xy", "ProposedPassword": "xy" })),
        ("DeleteUser", json!({})),
        ("DeleteUserAttributes", json!({ "UserAttributeNames": ["name"] })),
        ("GetUser", json!({})),
        ("GetUserAttributeVerificationCode", json!({ "AttributeName": "email" })),
        ("GlobalSignOut", json!({})),
        ("SetUserMFAPreference", json!({})),
        ("UpdateUserAttributes", json!({ "UserAttributes": [] })),
        ("VerifySoftwareToken", json!({ "UserCode": "000000" })),
        ("VerifyUserAttribute", json!({ "AttributeName": "email", "Code": "000000" })),
    ]
}

fn decoded(part: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn encoded(part: &Value) -> String {
    URL_SAFE_NO_PAD.encode(part.to_string())
}

/// The claims of a token with some of them changed.
fn claims(token: &str, changes: &Value) -> Value {
    with(decoded(token.split('.').nth(1).unwrap()), changes)
}

/// The pool's keys.
async fn keys(bench: &Bench) -> std::sync::Arc<SigningKeys> {
    bench.emulator.pool.keys().await.unwrap()
}

#[tokio::test]
async fn a_valid_token_tells_users_about_themselves() {
    let bench = Bench::new().with_ann().await;
    let tokens = bench.log_in().await;
    let sub = bench.sub(ANN).await;
    assert_eq!(
        bench.get_user(&tokens).await.text,
        format!(
            r#"{{"UserAttributes":[{{"Name":"email","Value":"{ANN}"}},{{"Name":"email_verified","Value":"true"}},{{"Name":"sub","Value":"{sub}"}}],"Username":"{sub}"}}"#
        )
    );
}

#[tokio::test]
async fn tokens_that_do_not_fit_are_refused_everywhere() {
    let bench = Bench::new().with_ann().await;
    let tokens = bench.log_in().await;
    let keys = keys(&bench).await;
    let (access, id) = (token(&tokens, "AccessToken"), token(&tokens, "IdToken"));
    let [header, payload, signature] = [0, 1, 2].map(|part| access.split('.').nth(part).unwrap());
    let signed = |changes: Value| keys.access.sign(&claims(access, &changes)).unwrap();
    let none = encoded(&with(decoded(header), &json!({ "alg": "none" })));
    let hs256 = encoded(&with(decoded(header), &json!({ "alg": "HS256" })));
    let mac = crypto::sign(
        format!("{hs256}.{payload}").as_bytes(),
        &EncodingKey::from_secret(b"guessed"),
        Algorithm::HS256,
    );
    let stranger = SigningKeys::read(&KeyRecord::generate().unwrap()).unwrap();

    let invalid = "Invalid Access Token";
    let forged = "Could not verify signature for Access Token";
    for (case, sent, message) in [
        ("garbage", "garbage".to_owned(), invalid),
        ("two parts", format!("{header}.{payload}"), invalid),
        ("four parts", format!("{access}.{signature}"), invalid),
        ("an ID token", id.to_owned(), invalid),
        (
            "an ID token by the wrong key",
            keys.access.sign(&claims(id, &json!({}))).unwrap(),
            invalid,
        ),
        ("a refresh token", token(&tokens, "RefreshToken").to_owned(), invalid),
        ("no algorithm", format!("{none}.{payload}."), invalid),
        ("another algorithm", format!("{hs256}.{payload}.{}", mac.unwrap()), invalid),
        ("another key", stranger.access.sign(&claims(access, &json!({}))).unwrap(), invalid),
        ("another use", signed(json!({ "token_use": "id" })), invalid),
        (
            "another issuer",
            signed(json!({ "iss": format!("{}x", bench.emulator.issuer()) })),
            invalid,
        ),
        ("no issuer", signed(json!({ "iss": null })), invalid),
        ("an expiry that is no number", signed(json!({ "exp": "9999999999" })), invalid),
        (
            "other claims",
            format!("{header}.{}.{signature}", encoded(&claims(access, &json!({ "sub": "x" })))),
            forged,
        ),
        ("another signature", format!("{header}.{payload}.{}", "A".repeat(342)), forged),
        ("no scope", signed(json!({ "scope": null })), invalid),
        (
            "another scope",
            signed(json!({ "scope": "openid profile" })),
            "Access Token does not have required scopes",
        ),
        ("no such login", signed(json!({ "event_id": "x" })), "Access Token has been revoked"),
    ] {
        for (operation, more) in operations() {
            let answer = bench.call(operation, with(more, &json!({ "AccessToken": sent }))).await;
            assert_eq!(answer.refusal(), not_authorized(message), "{case}, {operation}");
        }
    }
    // It was none of the cases that ended the login.
    bench.get_user(&tokens).await.ok();
    let both = signed(json!({ "scope": "openid aws.cognito.signin.user.admin" }));
    bench.call("GetUser", json!({ "AccessToken": both })).await.ok();
}

#[tokio::test]
async fn a_token_works_until_it_expires() {
    let bench = Bench::new().with_ann().await;
    let tokens = bench.log_in().await;
    bench.wait(15 * 60 - 1);
    bench.get_user(&tokens).await.ok();
    bench.wait(1);
    for (operation, more) in operations() {
        let refusal = bench.with_token(operation, &tokens, more).await.refusal();
        assert_eq!(refusal, not_authorized("Access Token has expired"), "{operation}");
    }
}

#[tokio::test]
async fn tokens_are_constrained_as_in_the_model() {
    let bench = Bench::new();
    let rule = "1 validation error detected: Value at 'accessToken' failed to satisfy constraint: Member must";
    for (operation, more) in operations() {
        // These two take a session as well.
        let optional = operation.ends_with("SoftwareToken");
        for (sent, broken) in [
            (json!(null), format!("{rule} not be null")),
            (json!("a b"), format!("{rule} satisfy regular expression pattern: [A-Za-z0-9-_=.]+")),
        ] {
            if sent.is_null() && optional {
                continue;
            }
            let answer =
                bench.call(operation, with(more.clone(), &json!({ "AccessToken": sent }))).await;
            let expected = pair("InvalidParameterException", &broken);
            assert_eq!(answer.refusal(), expected, "{operation}");
        }
    }
}

#[tokio::test]
async fn a_disabled_user_is_refused_openly() {
    let bench = Bench::new().with_ann().await;
    let tokens = bench.log_in().await;
    bench.change_user(ANN, |user| user.enabled = false);
    for (operation, more) in operations() {
        let refusal = bench.with_token(operation, &tokens, more).await.refusal();
        assert_eq!(refusal, not_authorized("User is disabled."), "{operation}");
    }
    assert_eq!(bench.refresh(&tokens).await.refusal(), not_authorized("User is disabled."));
}

#[tokio::test]
async fn a_token_of_another_pool_is_invalid() {
    let (bench, other) = (Bench::new().with_ann().await, Bench::new().with_ann().await);
    let tokens = other.sign_in(ANN, ANN_PASSWORD).await.ok()["AuthenticationResult"].clone();
    assert_eq!(bench.get_user(&tokens).await.refusal(), not_authorized("Invalid Access Token"));
    assert_eq!(bench.refresh(&tokens).await.refusal(), not_authorized("Invalid Refresh Token"));
}
