use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::support::{ANN, ANN_PASSWORD, Answer, Bench};

/// A refusal as tests compare it.
pub(super) fn pair(kind: &str, message: &str) -> (String, String) {
    (kind.to_owned(), message.to_owned())
}

pub(super) fn not_authorized(message: &str) -> (String, String) {
    pair("NotAuthorizedException", message)
}

/// A member of an `AuthenticationResult`.
pub(super) fn token<'a>(tokens: &'a Value, name: &str) -> &'a str {
    tokens[name].as_str().unwrap()
}

impl Bench {
    /// Signs Ann in; her `AuthenticationResult`.
    pub(super) async fn log_in(&self) -> Value {
        self.sign_in(ANN, ANN_PASSWORD).await.ok()["AuthenticationResult"].clone()
    }

    /// A call with the access token of a login.
    pub(super) async fn with_token(&self, operation: &str, tokens: &Value, more: Value) -> Answer {
        let mut body = more;
        body["AccessToken"] = tokens["AccessToken"].clone();
        self.call(operation, body).await
    }

    pub(super) async fn get_user(&self, tokens: &Value) -> Answer {
        self.with_token("GetUser", tokens, json!({})).await
    }

    /// The members of a call that proves the client by its secret itself.
    fn client(&self, name: &str, tokens: &Value) -> Value {
        json!({
            "ClientId": self.emulator.client_id(),
            "ClientSecret": self.emulator.client_secret().expose_secret(),
            name: tokens["RefreshToken"],
        })
    }

    pub(super) async fn refresh(&self, tokens: &Value) -> Answer {
        self.call("GetTokensFromRefreshToken", self.client("RefreshToken", tokens)).await
    }

    /// The new tokens of a refresh that works.
    pub(super) async fn refreshed(&self, tokens: &Value) -> Value {
        self.refresh(tokens).await.ok()["AuthenticationResult"].clone()
    }

    pub(super) async fn revoke(&self, tokens: &Value) -> Answer {
        self.call("RevokeToken", self.client("Token", tokens)).await
    }

    pub(super) async fn sub(&self, username: &str) -> String {
        let user = self.admin_call("AdminGetUser", json!({ "Username": username })).await.ok();
        user["Username"].as_str().unwrap().to_owned()
    }
}
