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

    /// A pool whose users may have a second factor, with Ann in it.
    pub(super) async fn optional_mfa() -> Self {
        Self::with(&mfa("OPTIONAL"), &json!({})).with_ann().await
    }

    /// Gives Ann a new software token, which is not verified yet.
    pub(super) async fn associate(&self, tokens: &Value) -> Secret {
        let answer = self.with_token("AssociateSoftwareToken", tokens, json!({})).await.ok();
        Secret::read(&answer)
    }

    pub(super) async fn verify(&self, tokens: &Value, code: &str) -> Answer {
        self.with_token("VerifySoftwareToken", tokens, json!({ "UserCode": code })).await
    }

    pub(super) async fn prefer(&self, tokens: &Value, enabled: bool, preferred: bool) -> Answer {
        let settings = json!({ "Enabled": enabled, "PreferredMfa": preferred });
        let more = json!({ "SoftwareTokenMfaSettings": settings });
        self.with_token("SetUserMFAPreference", tokens, more).await
    }

    /// Sets multi-factor authentication up for Ann; the step of the code it took is over.
    pub(super) async fn enrol(&self) -> Secret {
        let tokens = self.log_in().await;
        let secret = self.associate(&tokens).await;
        self.verify(&tokens, &secret.code(self.now())).await.ok();
        self.prefer(&tokens, true, true).await.ok();
        self.wait(30);
        secret
    }

    /// The session of a sign-in that stops at a challenge.
    pub(super) async fn challenged(&self, username: &str, password: &str, name: &str) -> String {
        let answer = self.sign_in(username, password).await.ok();
        assert_eq!(answer["ChallengeName"], name);
        answer["Session"].as_str().unwrap().to_owned()
    }

    pub(super) async fn respond(
        &self,
        challenge: &str,
        session: &str,
        username: &str,
        more: Value,
    ) -> Answer {
        let mut responses = more;
        responses["USERNAME"] = json!(username);
        responses["SECRET_HASH"] = json!(self.secret_hash(username));
        let body = json!({
            "ChallengeName": challenge,
            "ChallengeResponses": responses,
            "ClientId": self.emulator.client_id(),
            "Session": session,
        });
        self.call("RespondToAuthChallenge", body).await
    }

    /// Answers Ann's challenge with a code.
    pub(super) async fn answer(&self, session: &str, code: &str) -> Answer {
        let more = json!({ "SOFTWARE_TOKEN_MFA_CODE": code });
        self.respond("SOFTWARE_TOKEN_MFA", session, ANN, more).await
    }
}

/// The settings of a pool with software tokens.
pub(super) fn mfa(configuration: &str) -> Value {
    json!({ "MfaConfiguration": configuration, "EnabledMfas": ["SOFTWARE_TOKEN_MFA"] })
}

/// What an authenticator app keeps.
pub(super) struct Secret(Vec<u8>);

impl Secret {
    pub(super) fn read(answer: &Value) -> Self {
        let code = answer["SecretCode"].as_str().unwrap();
        Self(data_encoding::BASE32_NOPAD.decode(code.as_bytes()).unwrap())
    }

    /// The code at a second.
    pub(super) fn code(&self, second: u64) -> String {
        crate::totp::code(&self.0, second / crate::totp::STEP_SECONDS)
    }

    /// Six digits that are no code at this second or near it.
    pub(super) fn wrong(&self, second: u64) -> String {
        let near: Vec<_> = (0..5).map(|step| self.code(second + 30 * step - 60)).collect();
        (0..10).map(|number| format!("{number:06}")).find(|code| !near.contains(code)).unwrap()
    }
}
