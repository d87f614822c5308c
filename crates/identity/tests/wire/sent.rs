//! What is sent.

use identity::{Error, Weakness};
use serde_json::{Value, json};

use crate::{
    endpoint::{Endpoint, secret_hash},
    operations::{ALL, NAME, Operation, PASSWORD, USER, username},
};

async fn sent(operation: Operation) -> Vec<(String, Value)> {
    let endpoint = Endpoint::new(&operation.success());
    assert_eq!(operation.run(&endpoint).await, Ok(()), "{operation:?}");
    endpoint.sent()
}

fn hash() -> Value {
    secret_hash("secret").into()
}

/// Every call of every operation, whole. RATE-7: each that can take it has the client's address.
#[tokio::test]
async fn rate_7_each_operation_makes_its_calls() {
    for operation in ALL {
        let calls = calls(operation).into_iter().map(|(name, body)| (name.to_owned(), body));
        assert_eq!(sent(operation).await, calls.collect::<Vec<_>>(), "{operation:?}");
    }
}

fn calls(operation: Operation) -> Vec<(&'static str, Value)> {
    let new = "incorrect-horse-battery";
    match operation {
        Operation::SignUp => vec![
            ("ResendConfirmationCode", with_hash(json!({}))),
            ("SignUp", with_hash(json!({"Password": new}))),
        ],
        Operation::Confirm => {
            vec![("ConfirmSignUp", with_hash(json!({"ConfirmationCode": "123456"})))]
        }
        Operation::Resend => vec![("ResendConfirmationCode", with_hash(json!({})))],
        Operation::LogIn => vec![log_in()],
        Operation::LogInWithCode => vec![log_in_with_code("a session of twenty characters")],
        Operation::LogInWithNewPassword => {
            let responses = json!({"USERNAME": NAME, "NEW_PASSWORD": new, "SECRET_HASH": hash()});
            let session = "a session of twenty characters";
            vec![respond("NEW_PASSWORD_REQUIRED", &responses, session)]
        }
        Operation::Refresh => {
            let body = json!({"RefreshToken": "a-refresh-token"});
            vec![("GetTokensFromRefreshToken", with_secret(body))]
        }
        Operation::LogOut => vec![revoke("a-refresh-token")],
        Operation::Forgot => vec![("ForgotPassword", with_hash(json!({})))],
        Operation::Reset => {
            let body = json!({"ConfirmationCode": "123456", "Password": new});
            vec![
                ("ConfirmForgotPassword", with_hash(body)),
                ("AdminUserGlobalSignOut", json!({"UserPoolId": "pool", "Username": NAME})),
            ]
        }
        Operation::Delete => {
            vec![get_user(), log_in(), revoke("r"), ("DeleteUser", with_token(json!({})))]
        }
        Operation::Profile => vec![get_user()],
        Operation::Change => {
            let body = json!({"PreviousPassword": PASSWORD, "ProposedPassword": new});
            vec![
                get_user(),
                ("ChangePassword", with_token(body)),
                ("GlobalSignOut", with_token(json!({}))),
            ]
        }
        Operation::SetUpMfa => {
            let associate = ("AssociateSoftwareToken", with_token(json!({})));
            vec![get_user(), log_in(), revoke("r"), associate]
        }
        Operation::EnableMfa => {
            let verify = ("VerifySoftwareToken", with_token(json!({"UserCode": "654321"})));
            vec![get_user(), verify, preference(true)]
        }
        Operation::DisableMfa => {
            let finish = log_in_with_code("a session");
            vec![get_user(), log_in(), finish, revoke("r"), preference(false)]
        }
    }
}

fn with_token(mut body: Value) -> Value {
    body["AccessToken"] = "an access token".into();
    body
}

fn with_secret(mut body: Value) -> Value {
    body["ClientId"] = "client".into();
    body["ClientSecret"] = "secret".into();
    body
}

fn with_hash(mut body: Value) -> Value {
    body["SecretHash"] = hash();
    body["Username"] = NAME.into();
    with_address(body)
}

fn with_address(mut body: Value) -> Value {
    body["ClientId"] = "client".into();
    body["UserContextData"] = json!({"IpAddress": "203.0.113.7"});
    body
}

fn get_user() -> (&'static str, Value) {
    ("GetUser", with_token(json!({})))
}

fn log_in() -> (&'static str, Value) {
    let parameters = json!({"USERNAME": NAME, "PASSWORD": PASSWORD, "SECRET_HASH": hash()});
    let body = json!({"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters});
    ("InitiateAuth", with_address(body))
}

fn revoke(token: &str) -> (&'static str, Value) {
    ("RevokeToken", with_secret(json!({"Token": token})))
}

fn log_in_with_code(session: &str) -> (&'static str, Value) {
    let responses =
        json!({"USERNAME": NAME, "SOFTWARE_TOKEN_MFA_CODE": "654321", "SECRET_HASH": hash()});
    respond("SOFTWARE_TOKEN_MFA", &responses, session)
}

fn respond(challenge: &str, responses: &Value, session: &str) -> (&'static str, Value) {
    let body = json!({
        "ChallengeName": challenge,
        "ChallengeResponses": responses,
        "Session": session,
    });
    ("RespondToAuthChallenge", with_address(body))
}

fn preference(on: bool) -> (&'static str, Value) {
    let settings = json!({"SoftwareTokenMfaSettings": {"Enabled": on, "PreferredMfa": on}});
    ("SetUserMFAPreference", with_token(settings))
}

/// Where nobody knows the address, none is made up.
#[tokio::test]
async fn no_address_is_sent_if_none_is_known() {
    let endpoint = Endpoint::new(&Operation::Forgot.success());
    endpoint.identity().forgot_password(&username(), None).await.unwrap();
    assert_eq!(endpoint.sent()[0].1.get("UserContextData"), None);
}

/// Before anything is sent, or changed.
#[tokio::test]
async fn pw_3_a_password_that_is_the_user_name_is_not_sent() {
    let password = identity::NewPassword::parse("zo\u{eb}@example.com!".into()).unwrap();
    let code = identity::ConfirmationCode::parse("123456".into()).unwrap();
    let endpoint = Endpoint::new(&[USER]);
    let identity = endpoint.identity();
    let personal = Err(Error::WeakPassword(Weakness::Personal));
    assert_eq!(identity.sign_up(&username(), &password, None).await.map(drop), personal);
    assert_eq!(identity.reset_password(&username(), &code, &password, None).await, personal);
    let session = identity::Session::parse("x".repeat(20).into()).unwrap();
    let log_in = identity.log_in_with_new_password(&username(), &session, &password, None).await;
    assert_eq!(log_in.map(drop), personal);
    let name = username();
    let confirm = identity.confirm_sign_up_with_password(&name, &code, &password, None);
    assert_eq!(confirm.await.map(drop), personal);
    assert_eq!(endpoint.calls(), 0);
    let (account, token, current) = (endpoint.account(), "token".into(), "x".into());
    assert_eq!(account.change_password(&token, &current, &password).await, personal);
    assert_eq!(endpoint.calls(), 1, "only who it is was asked");
}
