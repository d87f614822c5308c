//! What a password began ends with it: sign-ins under way, and mailed codes to reset it.

use serde_json::{Value, json};

use super::{
    steps::{not_authorized, pair},
    support::{ANN, ANN_PASSWORD, Bench, with},
};
use crate::user::UserStatus;

const NEW_PASSWORD: &str = "another-long-password";
const TEMPORARY: &str = "a-temporary-password";

/// The ways to another password.
const WAYS: [&str; 4] =
    ["ChangePassword", "ConfirmForgotPassword", "AdminSetUserPassword", "NEW_PASSWORD_REQUIRED"];

impl Bench {
    /// Gives Ann another password, with the tokens of a login and the code of the newest mail.
    async fn replace_password(&self, way: &str, tokens: &Value, present: &str) {
        match way {
            "ChangePassword" => {
                let more = json!({ "PreviousPassword": present, "ProposedPassword": NEW_PASSWORD });
                self.with_token(way, tokens, more).await.ok();
            }
            "ConfirmForgotPassword" => {
                let more = json!({ "ConfirmationCode": self.code(), "Password": NEW_PASSWORD });
                self.user_call(way, ANN, more).await.ok();
            }
            "AdminSetUserPassword" => {
                let more = json!({ "Password": NEW_PASSWORD, "Permanent": true });
                self.admin_call(way, with(json!({ "Username": ANN }), &more)).await.ok();
            }
            _ => {
                let session = self.challenged(ANN, present, way).await;
                let more = json!({ "NEW_PASSWORD": NEW_PASSWORD });
                self.respond(way, &session, ANN, more).await.ok();
            }
        }
    }

    async fn forgot_by_ann(&self) -> String {
        self.user_call("ForgotPassword", ANN, json!({})).await.ok();
        self.code()
    }
}

#[tokio::test]
async fn a_sign_in_cannot_be_finished_after_the_password_was_replaced() {
    for way in WAYS {
        let bench = Bench::optional_mfa().await;
        let tokens = bench.log_in().await;
        let secret = bench.enrol().await;
        bench.forgot_by_ann().await;
        let (challenge, present) = if way == "NEW_PASSWORD_REQUIRED" {
            let body = json!({ "Username": ANN, "Password": TEMPORARY });
            bench.admin_call("AdminSetUserPassword", body).await.ok();
            (way, TEMPORARY)
        } else {
            ("SOFTWARE_TOKEN_MFA", ANN_PASSWORD)
        };
        let session = bench.challenged(ANN, present, challenge).await;
        bench.replace_password(way, &tokens, present).await;
        let code = secret.code(bench.now());
        let more = json!({ "SOFTWARE_TOKEN_MFA_CODE": code, "NEW_PASSWORD": "a-thiefs-password" });
        let refusal = bench.respond(challenge, &session, ANN, more.clone()).await.refusal();
        assert_eq!(refusal, not_authorized("Invalid session for the user."), "{way}");

        let session = bench.challenged(ANN, NEW_PASSWORD, "SOFTWARE_TOKEN_MFA").await;
        bench.respond("SOFTWARE_TOKEN_MFA", &session, ANN, more).await.ok();
    }
}

#[tokio::test]
async fn a_code_mailed_before_the_password_was_replaced_resets_nothing() {
    for way in ["ChangePassword", "AdminSetUserPassword", "NEW_PASSWORD_REQUIRED"] {
        let bench = Bench::new().with_ann().await;
        let tokens = bench.log_in().await;
        let code = bench.forgot_by_ann().await;
        if way == "NEW_PASSWORD_REQUIRED" {
            bench.change_user(ANN, |user| user.status = UserStatus::ForceChangePassword);
        }
        bench.replace_password(way, &tokens, ANN_PASSWORD).await;
        let more = json!({ "ConfirmationCode": code, "Password": "a-thiefs-password" });
        let refusal = bench.user_call("ConfirmForgotPassword", ANN, more).await.refusal();
        let expired = "Invalid code provided, please request a code again.";
        assert_eq!(refusal, pair("ExpiredCodeException", expired), "{way}");
        bench.sign_in(ANN, NEW_PASSWORD).await.ok();
    }
}

#[tokio::test]
async fn a_sign_in_with_the_password_of_an_invitation_ends_with_the_next_invitation() {
    let bench = Bench::new();
    let invite =
        |more: Value| with(json!({ "Username": ANN, "TemporaryPassword": TEMPORARY }), &more);
    bench.admin_call("AdminCreateUser", invite(json!({}))).await.ok();
    let session = bench.challenged(ANN, TEMPORARY, "NEW_PASSWORD_REQUIRED").await;
    let again = json!({ "MessageAction": "RESEND", "TemporaryPassword": "another-temporary-one" });
    bench.admin_call("AdminCreateUser", invite(again)).await.ok();
    let more = json!({ "NEW_PASSWORD": NEW_PASSWORD });
    let refusal = bench.respond("NEW_PASSWORD_REQUIRED", &session, ANN, more).await.refusal();
    assert_eq!(refusal, not_authorized("Invalid session for the user."));
}
