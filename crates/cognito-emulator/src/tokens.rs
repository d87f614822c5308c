use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::CryptoRng;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{
    exception::Exception,
    ids,
    keys::SigningKeys,
    login::Login,
    settings::ClientSettings,
    time::Moment,
    user::{User, is_true},
};

/// The scope of every access token that a login of a user brings.
pub(crate) const SCOPE: &str = "aws.cognito.signin.user.admin";
/// The header of AWS's refresh tokens: `{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}`.
const REFRESH_TOKEN_HEADER: &[u8] = br#"{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}"#;
/// Bytes of the four parts after the header: a wrapped RSA key, a nonce, what it hides, a tag.
const REFRESH_TOKEN_PARTS: [usize; 4] = [256, 12, 978, 16];

/// The claims of both tokens of a user at a moment.
pub(crate) struct Claims {
    access: AccessClaims,
    id: IdClaims,
}

#[derive(Serialize)]
struct AccessClaims {
    sub: String,
    iss: String,
    client_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin_jti: Option<String>,
    event_id: String,
    token_use: &'static str,
    scope: &'static str,
    auth_time: u64,
    exp: u64,
    iat: u64,
    jti: String,
    username: String,
}

#[derive(Serialize)]
struct IdClaims {
    #[serde(skip_serializing_if = "Option::is_none")]
    origin_jti: Option<String>,
    sub: String,
    aud: String,
    event_id: String,
    token_use: &'static str,
    auth_time: u64,
    iss: String,
    #[serde(rename = "cognito:username")]
    username: String,
    exp: u64,
    iat: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    jti: Option<String>,
    #[serde(flatten)]
    attributes: BTreeMap<String, Value>,
}

impl Claims {
    /// Without `EnableTokenRevocation` AWS leaves out what revocation needs.
    pub(crate) fn new(
        user: &User,
        login: &Login,
        issuer: &str,
        client: &ClientSettings,
        now: Moment,
        rng: &mut impl CryptoRng,
    ) -> Self {
        let revocable = client.enable_token_revocation;
        let access = AccessClaims {
            sub: user.sub.clone(),
            iss: issuer.to_owned(),
            client_id: login.client_id.clone(),
            origin_jti: revocable.then(|| login.origin_jti.clone()),
            event_id: login.event_id.clone(),
            token_use: "access",
            scope: SCOPE,
            auth_time: login.auth_time.seconds(),
            exp: now.after(client.access_token_lifetime()).seconds(),
            iat: now.seconds(),
            jti: ids::uuid(rng),
            username: user.username.clone(),
        };
        let id = IdClaims {
            origin_jti: access.origin_jti.clone(),
            sub: user.sub.clone(),
            aud: login.client_id.clone(),
            event_id: login.event_id.clone(),
            token_use: "id",
            auth_time: access.auth_time,
            iss: issuer.to_owned(),
            username: user.username.clone(),
            exp: now.after(client.id_token_lifetime()).seconds(),
            iat: access.iat,
            jti: revocable.then(|| ids::uuid(rng)),
            attributes: user
                .attributes
                .iter()
                .map(|(name, value)| (name.clone(), claim(name, value)))
                .collect(),
        };
        Self { access, id }
    }

    /// The signed access token, then the signed ID token.
    pub(crate) fn sign(&self, keys: &SigningKeys) -> Result<(String, String), Exception> {
        Ok((keys.access.sign(&self.access)?, keys.id.sign(&self.id)?))
    }
}

/// The pool and the client that an access token claims to be of. Nothing is verified.
pub(crate) fn addressee(token: &str) -> Option<(String, String)> {
    #[derive(Deserialize)]
    struct Addressee {
        iss: String,
        client_id: String,
    }
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let Addressee { iss, client_id } = serde_json::from_slice(&claims).ok()?;
    Some((iss.rsplit_once('/')?.1.to_owned(), client_id))
}

/// Attributes are strings, except that the ID token says in JSON whether an address is verified.
fn claim(name: &str, value: &str) -> Value {
    if matches!(name, "email_verified" | "phone_number_verified") {
        Value::Bool(is_true(value))
    } else {
        Value::String(value.to_owned())
    }
}

/// A refresh token: random, in the shape of AWS's encrypted ones (five parts, 1750 characters).
pub(crate) fn refresh_token(rng: &mut impl CryptoRng) -> SecretString {
    let mut token = URL_SAFE_NO_PAD.encode(REFRESH_TOKEN_HEADER);
    for length in REFRESH_TOKEN_PARTS {
        let mut bytes = vec![0; length];
        rng.fill_bytes(&mut bytes);
        token.push('.');
        token.push_str(&URL_SAFE_NO_PAD.encode(bytes));
    }
    token.into()
}

/// What is kept of a refresh token or a session. It has far too many random bits to need salt or cost.
pub(crate) fn token_digest(token: &SecretString) -> [u8; 32] {
    // EXPOSE: to compute the digest that is kept instead of the token.
    Sha256::digest(token.expose_secret()).into()
}
