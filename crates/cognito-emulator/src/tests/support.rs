use std::{
    path::Path,
    sync::{
        Arc, LazyLock, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use jiff::Timestamp;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    ACCESS_KEY_ID, Config, Emulator, Message, SECRET_ACCESS_KEY, Storage, keys::KeyRecord,
    mac::hmac_sha256, user::User,
};

/// 2026-09-24T20:16:35Z
pub(super) const START: u64 = 1_790_280_995;
pub(super) const REGION: &str = "eu-west-1";
pub(super) const ANN: &str = "Ann@example.com";
pub(super) const ANN_PASSWORD: &str = "a-long-enough-password";

/// Keys take a second to make; all test pools but those about keys share two.
static KEYS: LazyLock<KeyRecord> = LazyLock::new(|| KeyRecord::generate().unwrap());

/// A pool, its clock and its mail.
pub(super) struct Bench {
    pub(super) emulator: Emulator,
    seconds: Arc<AtomicU64>,
    mail: Arc<Mutex<Vec<Message>>>,
}

#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    /// The success, or a panic that tells the refusal.
    pub(super) fn ok(self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text);
        self.json()
    }

    /// Type and message of a refusal.
    pub(super) fn refusal(&self) -> (String, String) {
        assert_ne!(self.status, StatusCode::OK, "{}", self.text);
        let body = self.json();
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        let message = if body["Message"].is_string() { text("Message") } else { text("message") };
        (text("__type"), message)
    }
}

/// As in the template of the product.
pub(super) fn pool_settings() -> Value {
    json!({
        "UserPoolName": "passmint",
        "UsernameAttributes": ["email"],
        "UsernameConfiguration": { "CaseSensitive": false },
        "AutoVerifiedAttributes": ["email"],
        "Policies": { "PasswordPolicy": { "MinimumLength": 15 } },
        "DeletionProtection": "ACTIVE",
    })
}

pub(super) fn client_settings() -> Value {
    json!({
        "GenerateSecret": true,
        "PreventUserExistenceErrors": "ENABLED",
        "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"],
        "AccessTokenValidity": 15,
        "IdTokenValidity": 20,
        "TokenValidityUnits": { "AccessToken": "minutes", "IdToken": "minutes" },
    })
}

/// `base` with the members of `changes` put in its place.
pub(super) fn with(mut base: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        base[name] = value.clone();
    }
    base
}

impl Bench {
    pub(super) fn new() -> Self {
        Self::with(&json!({}), &json!({}))
    }

    pub(super) fn with(pool: &Value, client: &Value) -> Self {
        let bench = Self::open(
            Storage::Memory,
            with(pool_settings(), pool),
            with(client_settings(), client),
        )
        .unwrap();
        bench.share_keys();
        bench
    }

    pub(super) fn at(path: &Path) -> Self {
        Self::open(Storage::File(path.to_owned()), pool_settings(), client_settings()).unwrap()
    }

    /// At a path with settings, and with the shared keys.
    pub(super) fn at_with(path: &Path, pool: &Value, client: &Value) -> Self {
        let storage = Storage::File(path.to_owned());
        let bench =
            Self::open(storage, with(pool_settings(), pool), with(client_settings(), client))
                .unwrap();
        bench.share_keys();
        bench
    }

    pub(super) fn open(
        storage: Storage,
        pool: Value,
        client: Value,
    ) -> Result<Self, crate::OpenError> {
        let seconds = Arc::new(AtomicU64::new(START));
        let mail = Arc::new(Mutex::new(Vec::new()));
        let (clock, outbox) = (Arc::clone(&seconds), Arc::clone(&mail));
        let emulator = Emulator::open(Config {
            storage,
            region: REGION.to_owned(),
            pool: serde_json::from_value(pool).unwrap(),
            client: serde_json::from_value(client).unwrap(),
            clock: Arc::new(move || {
                SystemTime::UNIX_EPOCH + Duration::from_secs(clock.load(Ordering::SeqCst))
            }),
            outbox: Arc::new(move |message| outbox.lock().unwrap().push(message)),
        })?;
        Ok(Self { emulator, seconds, mail })
    }

    pub(super) fn share_keys(&self) {
        self.share_keys_with(self.emulator.pool_id());
    }

    /// Gives a pool the keys that all test pools share.
    pub(super) fn share_keys_with(&self, pool_id: &str) {
        let shared = self.emulator.pools.region.catalog.store_of(pool_id).write_now(|change| {
            let mut pool = change.pool()?.unwrap();
            pool.keys = Some(KEYS.clone());
            Ok(change.put_pool(&pool)?)
        });
        shared.unwrap();
    }

    pub(super) fn now(&self) -> u64 {
        self.seconds.load(Ordering::SeqCst)
    }

    pub(super) fn wait(&self, seconds: u64) {
        self.seconds.fetch_add(seconds, Ordering::SeqCst);
    }

    pub(super) fn mail(&self) -> Vec<Message> {
        self.mail.lock().unwrap().clone()
    }

    /// The newest code.
    pub(super) fn code(&self) -> String {
        self.mail().last().unwrap().code.expose_secret().to_owned()
    }

    pub(super) fn hashes(&self) -> usize {
        self.emulator.pool.hasher.computed.load(Ordering::SeqCst)
    }

    pub(super) fn secret_hash(&self, username: &str) -> String {
        let secret = self.emulator.client_secret();
        hash_with(secret.expose_secret(), self.emulator.client_id(), username)
    }

    /// A request of an operation, not signed.
    pub(super) fn request(operation: &str, body: &Value) -> Request<Bytes> {
        Request::post("http://127.0.0.1:9229/")
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", format!("AWSCognitoIdentityProviderService.{operation}"))
            .body(body.to_string().into())
            .unwrap()
    }

    pub(super) async fn send(&self, request: Request<Bytes>) -> Answer {
        let (parts, body) = self.emulator.handle(request).await.into_parts();
        let text = String::from_utf8(body.to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, text }
    }

    pub(super) async fn call(&self, operation: &str, body: Value) -> Answer {
        self.send(Self::request(operation, &body)).await
    }

    /// A call of an operation of users: client id and, by user name, secret hash are added.
    pub(super) async fn user_call(&self, operation: &str, username: &str, more: Value) -> Answer {
        let body = json!({
            "ClientId": self.emulator.client_id(),
            "SecretHash": self.secret_hash(username),
            "Username": username,
        });
        self.call(operation, with(body, &more)).await
    }

    /// A signed call of an operation of administrators; the pool id is added.
    pub(super) async fn admin_call(&self, operation: &str, more: Value) -> Answer {
        let body = with(json!({ "UserPoolId": self.emulator.pool_id() }), &more);
        self.send(sign(Self::request(operation, &body), self.now())).await
    }

    /// Makes a pool beside the declared one; gives its id.
    pub(super) async fn new_pool(&self, more: &Value) -> String {
        let body = with(json!({ "PoolName": "other" }), more);
        let pool = self.admin_call("CreateUserPool", body).await.ok();
        pool["UserPool"]["Id"].as_str().unwrap().to_owned()
    }

    /// Makes a client of a pool, as it is described.
    pub(super) async fn new_client(&self, pool_id: &str, more: &Value) -> Value {
        let body = with(json!({ "UserPoolId": pool_id, "ClientName": "other" }), more);
        self.admin_call("CreateUserPoolClient", body).await.ok()["UserPoolClient"].take()
    }

    /// Calls of an operation of administrators, each with its refusal.
    pub(super) async fn refusals(&self, operation: &str, cases: &[(Value, &str, &str)]) {
        for (body, exception, message) in cases {
            let refusal = self.admin_call(operation, body.clone()).await.refusal();
            assert_eq!(
                (refusal.0.as_str(), refusal.1.as_str()),
                (*exception, *message),
                "{operation} {body}"
            );
        }
    }

    pub(super) async fn sign_up(&self, username: &str, password: &str) -> Answer {
        self.user_call("SignUp", username, json!({ "Password": password })).await
    }

    pub(super) async fn confirm(&self, username: &str, code: &str) -> Answer {
        self.user_call("ConfirmSignUp", username, json!({ "ConfirmationCode": code })).await
    }

    pub(super) async fn sign_in(&self, username: &str, password: &str) -> Answer {
        let parameters = json!({ "USERNAME": username, "PASSWORD": password, "SECRET_HASH": self.secret_hash(username) });
        self.initiate_auth("USER_PASSWORD_AUTH", parameters).await
    }

    pub(super) async fn initiate_auth(&self, flow: &str, parameters: Value) -> Answer {
        let id = self.emulator.client_id();
        self.call(
            "InitiateAuth",
            json!({ "AuthFlow": flow, "ClientId": id, "AuthParameters": parameters }),
        )
        .await
    }

    /// Signs Ann up and confirms her.
    pub(super) async fn with_ann(self) -> Self {
        self.sign_up(ANN, ANN_PASSWORD).await.ok();
        self.confirm(ANN, &self.code()).await.ok();
        self
    }

    /// Changes a user behind the back of the API.
    pub(super) fn change_user(&self, username: &str, change: impl FnOnce(&mut User)) {
        let pool = &self.emulator.pool;
        let changed = pool.store.write_now(|store| {
            let mut user = store.find(&pool.name(username))?.unwrap();
            change(&mut user);
            Ok(store.put_user(&user)?)
        });
        changed.unwrap();
    }
}

/// The secret hash that a client's secret makes.
pub(super) fn hash_with(secret: &str, client_id: &str, username: &str) -> String {
    STANDARD.encode(hmac_sha256(secret.as_bytes(), &[username.as_bytes(), client_id.as_bytes()]))
}

/// Signs for the pool's own region.
pub(super) fn sign(request: Request<Bytes>, at: u64) -> Request<Bytes> {
    sign_for(REGION, request, at)
}

/// Signs as an SDK does, on an implementation apart from the one under test.
pub(super) fn sign_for(region: &str, mut request: Request<Bytes>, at: u64) -> Request<Bytes> {
    let date = Timestamp::from_second(i64::try_from(at).unwrap())
        .unwrap()
        .strftime("%Y%m%dT%H%M%SZ")
        .to_string();
    let hex =
        |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    let day = date.split_at(8).0;
    let scope = format!("{day}/{region}/cognito-idp/aws4_request");
    let target = request.headers()["x-amz-target"].to_str().unwrap();
    let canonical = format!(
        "POST\n/\n\nhost:127.0.0.1:9229\nx-amz-date:{date}\nx-amz-target:{target}\n\nhost;x-amz-date;x-amz-target\n{}",
        hex(&Sha256::digest(request.body()))
    );
    let to_sign = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{}", hex(&Sha256::digest(canonical)));
    let mut key = format!("AWS4{SECRET_ACCESS_KEY}").into_bytes();
    for part in [day, region, "cognito-idp", "aws4_request", &to_sign] {
        key = hmac_sha256(&key, &[part.as_bytes()]).to_vec();
    }
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={ACCESS_KEY_ID}/{scope}, SignedHeaders=host;x-amz-date;x-amz-target, Signature={}",
        hex(&key)
    );
    request.headers_mut().insert("authorization", authorization.parse().unwrap());
    request.headers_mut().insert("x-amz-date", date.parse().unwrap());
    request
}
