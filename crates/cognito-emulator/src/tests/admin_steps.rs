//! What administrators begin and users finish, and the other way round.

use serde_json::{Value, json};

use super::{
    steps::{not_authorized, pair},
    support::{ANN, ANN_PASSWORD, Answer, Bench, with},
};

const CHALLENGE: &str = "NEW_PASSWORD_REQUIRED";
const NEW_PASSWORD: &str = "another-long-password";
const TEMPORARY: &str = "a-temporary-password";

/// A client that both users and administrators may use, with Ann as an administrator made her.
async fn created() -> Bench {
    let flows =
        ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
    let bench = Bench::with(&json!({}), &json!({ "ExplicitAuthFlows": flows }));
    let user = json!({ "Username": ANN, "TemporaryPassword": TEMPORARY });
    bench.admin_call("AdminCreateUser", user).await.ok();
    bench
}

impl Bench {
    async fn admin_initiate(&self, flow: &str, parameters: Value) -> Answer {
        let body = json!({
            "AuthFlow": flow, "AuthParameters": parameters, "ClientId": self.emulator.client_id(),
        });
        self.admin_call("AdminInitiateAuth", body).await
    }

    async fn admin_sign_in(&self, password: &str) -> Answer {
        let hash = self.secret_hash(ANN);
        let parameters = json!({ "USERNAME": ANN, "PASSWORD": password, "SECRET_HASH": hash });
        self.admin_initiate("ADMIN_USER_PASSWORD_AUTH", parameters).await
    }

    /// A new password for Ann, by an administrator.
    async fn admin_respond(&self, session: &str, more: &Value) -> Answer {
        let responses = json!({
            "USERNAME": ANN, "NEW_PASSWORD": NEW_PASSWORD, "SECRET_HASH": self.secret_hash(ANN),
        });
        let body = json!({
            "ChallengeName": CHALLENGE, "ChallengeResponses": responses,
            "ClientId": self.emulator.client_id(), "Session": session,
        });
        self.admin_call("AdminRespondToAuthChallenge", with(body, more)).await
    }
}

fn session(answer: &Value) -> &str {
    answer["Session"].as_str().unwrap()
}

#[tokio::test]
async fn a_created_user_sets_a_password_by_either_way_of_signing_in() {
    for by_administrator in [false, true] {
        let bench = created().await;
        let begun = if by_administrator {
            bench.admin_sign_in(TEMPORARY).await
        } else {
            bench.sign_in(ANN, TEMPORARY).await
        };
        let begun = begun.ok();
        assert_eq!(begun["ChallengeName"], CHALLENGE);
        let done = if by_administrator {
            bench.admin_respond(session(&begun), &json!({})).await
        } else {
            bench
                .respond(CHALLENGE, session(&begun), ANN, json!({ "NEW_PASSWORD": NEW_PASSWORD }))
                .await
        };
        bench.get_user(&done.ok()["AuthenticationResult"]).await.ok();
        bench.sign_in(ANN, NEW_PASSWORD).await.ok();
        let told = bench.admin_call("AdminGetUser", json!({ "Username": ANN })).await.ok();
        assert_eq!(told["UserStatus"], "CONFIRMED");
    }
}

#[tokio::test]
async fn the_secret_hash_of_an_invited_users_answer_is_over_the_name_that_comes_with_it() {
    let bench = created().await;
    let begun = bench.sign_in(ANN, TEMPORARY).await.ok();
    let id = begun["ChallengeParameters"]["USER_ID_FOR_SRP"].as_str().unwrap();
    let respond = async |username: &str, hash: &str| {
        let responses =
            json!({ "USERNAME": username, "NEW_PASSWORD": NEW_PASSWORD, "SECRET_HASH": hash });
        let body = json!({
            "ChallengeName": CHALLENGE, "ChallengeResponses": responses,
            "ClientId": bench.emulator.client_id(), "Session": session(&begun),
        });
        bench.call("RespondToAuthChallenge", body).await
    };
    let client = bench.emulator.client_id();
    let wrong = not_authorized(&format!("Unable to verify secret hash for client {client}"));
    assert_eq!(respond(id, &bench.secret_hash(ANN)).await.refusal(), wrong);
    assert_eq!(respond(ANN, &bench.secret_hash(id)).await.refusal(), wrong);
    respond(id, &bench.secret_hash(id)).await.ok();
}

#[tokio::test]
async fn what_does_not_fit_an_administrators_answer_is_refused() {
    let bench = created().await;
    let begun = bench.admin_sign_in(TEMPORARY).await.ok();
    let id = bench.emulator.client_id();
    let no_session = json!({ "Session": "12345678901234567890" });
    for (more, refusal) in [
        (
            json!({ "UserPoolId": "eu-west-1_other" }),
            pair("ResourceNotFoundException", "User pool eu-west-1_other does not exist."),
        ),
        (
            json!({ "ClientId": "nobody" }),
            pair("ResourceNotFoundException", "User pool client nobody does not exist."),
        ),
        (no_session, not_authorized("Invalid session for the user.")),
        (
            json!({ "ChallengeResponses": { "USERNAME": ANN, "NEW_PASSWORD": NEW_PASSWORD } }),
            not_authorized(&format!(
                "Client {id} is configured with secret but SECRET_HASH was not received"
            )),
        ),
    ] {
        assert_eq!(bench.admin_respond(session(&begun), &more).await.refusal(), refusal, "{more}");
    }
    bench.admin_respond(session(&begun), &json!({})).await.ok();
}

#[tokio::test]
async fn an_administrator_makes_new_tokens_of_a_refresh_token() {
    let bench = created().await;
    let begun = bench.admin_sign_in(TEMPORARY).await.ok();
    let done = bench.admin_respond(session(&begun), &json!({})).await.ok();
    let sub = bench.sub(ANN).await;
    let parameters = json!({
        "REFRESH_TOKEN": done["AuthenticationResult"]["RefreshToken"],
        "SECRET_HASH": bench.secret_hash(&sub),
    });
    for flow in ["REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"] {
        let answer = bench.admin_initiate(flow, parameters.clone()).await.ok();
        bench.get_user(&answer["AuthenticationResult"]).await.ok();
    }
    for (client, refusal) in [
        (
            json!({ "ExplicitAuthFlows": ["ALLOW_ADMIN_USER_PASSWORD_AUTH"] }),
            pair(
                "InvalidParameterException",
                "REFRESH_TOKEN_AUTH flow not enabled for this client",
            ),
        ),
        (
            json!({ "RefreshTokenRotation": { "Feature": "ENABLED" } }),
            pair(
                "UnsupportedOperationException",
                "This API does not support refresh token rotation",
            ),
        ),
    ] {
        let body = with(client, &json!({ "ClientId": bench.emulator.client_id() }));
        bench.admin_call("UpdateUserPoolClient", body).await.ok();
        let answer = bench.admin_initiate("REFRESH_TOKEN_AUTH", parameters.clone()).await;
        assert_eq!(answer.refusal(), refusal);
    }
}

#[tokio::test]
async fn the_code_of_a_reset_sets_another_password() {
    let bench = Bench::new().with_ann().await;
    let reset = async |code: &str| {
        let more = json!({ "ConfirmationCode": code, "Password": NEW_PASSWORD });
        bench.user_call("ConfirmForgotPassword", ANN, more).await
    };
    let ann = json!({ "Username": ANN });
    bench.admin_call("AdminResetUserPassword", ann.clone()).await.ok();
    let first = bench.code();
    bench.admin_call("AdminResetUserPassword", ann.clone()).await.ok();
    assert_eq!(
        bench.sign_in(ANN, ANN_PASSWORD).await.refusal().0,
        "PasswordResetRequiredException"
    );
    assert_eq!(reset(&first).await.refusal().0, "CodeMismatchException");
    assert_eq!(reset(&bench.code()).await.text, "{}");
    bench.sign_in(ANN, NEW_PASSWORD).await.ok();

    bench.admin_call("AdminResetUserPassword", ann.clone()).await.ok();
    let set = with(ann, &json!({ "Password": ANN_PASSWORD, "Permanent": true }));
    bench.admin_call("AdminSetUserPassword", set).await.ok();
    assert_eq!(reset(&bench.code()).await.refusal().0, "ExpiredCodeException");
    bench.sign_in(ANN, ANN_PASSWORD).await.ok();
}

#[tokio::test]
async fn a_password_that_an_administrator_ends_ends_the_sign_in_it_began() {
    let permanent = json!({ "Password": NEW_PASSWORD, "Permanent": true });
    for (operation, more) in
        [("AdminSetUserPassword", permanent), ("AdminResetUserPassword", json!({}))]
    {
        let bench = Bench::optional_mfa().await;
        let secret = bench.enrol().await;
        let session = bench.challenged(ANN, ANN_PASSWORD, "SOFTWARE_TOKEN_MFA").await;
        bench.admin_call(operation, with(json!({ "Username": ANN }), &more)).await.ok();
        let refusal = bench.answer(&session, &secret.code(bench.now())).await.refusal();
        assert_eq!(refusal, not_authorized("Invalid session for the user."), "{operation}");
    }
}

#[tokio::test]
async fn tokens_of_a_disabled_user_are_refused_for_good() {
    let bench = Bench::new().with_ann().await;
    let tokens = bench.log_in().await;
    let ann = json!({ "Username": ANN });
    bench.admin_call("AdminDisableUser", ann.clone()).await.ok();
    for answer in [bench.get_user(&tokens).await, bench.refresh(&tokens).await] {
        assert_eq!(answer.refusal(), not_authorized("User is disabled."));
    }
    bench.admin_call("AdminEnableUser", ann).await.ok();
    let access = not_authorized("Access Token has been revoked");
    assert_eq!(bench.get_user(&tokens).await.refusal(), access);
    let refresh = not_authorized("Refresh Token has been revoked");
    assert_eq!(bench.refresh(&tokens).await.refusal(), refresh);
    bench.get_user(&bench.log_in().await).await.ok();
}

#[tokio::test]
async fn tokens_end_when_an_administrator_signs_out_or_deletes_the_user() {
    for (operation, message) in [
        ("AdminUserGlobalSignOut", "Access Token has been revoked"),
        ("AdminDeleteUser", "User does not exist."),
    ] {
        let bench = Bench::new().with_ann().await;
        let tokens = bench.log_in().await;
        bench.admin_call(operation, json!({ "Username": ANN })).await;
        assert_eq!(bench.get_user(&tokens).await.refusal().1, message);
    }
}

#[tokio::test]
async fn an_empty_value_takes_an_attribute_away() {
    let bench = Bench::new().with_ann().await;
    for (value, attributes) in [("Ann", 4), ("", 3)] {
        let list = json!([{ "Name": "name", "Value": value }]);
        let body = json!({ "Username": ANN, "UserAttributes": list });
        bench.admin_call("AdminUpdateUserAttributes", body).await.ok();
        let told = bench.admin_call("AdminGetUser", json!({ "Username": ANN })).await.ok();
        assert_eq!(told["UserAttributes"].as_array().unwrap().len(), attributes);
    }
}
