//! Each table says what is done to a good token, and why it is then refused.

mod claims;
mod keys;
mod tokens;

use std::{
    sync::LazyLock,
    time::{Duration, UNIX_EPOCH},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{HeaderValue, header::AUTHORIZATION};
use jsonwebtoken::EncodingKey;
use rsa::{RsaPrivateKey, pkcs1::EncodeRsaPrivateKey, traits::PublicKeyParts};
use serde_json::{Value, json};

use super::*;

const ISSUER: &str = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Abcdefghi";
pub(crate) const CLIENT: &str = "1example23456789";
const SCOPE: &str = "aws.cognito.signin.user.admin";
/// Cognito's key ids have the standard alphabet of base64.
const KID: &str = "b3+d/Xample0KeyIdOfFortyFourCharactersLong0=";
/// The time of these tests, in seconds since 1970.
pub(crate) const NOW: i64 = 1_790_280_000;

struct Key {
    private: RsaPrivateKey,
    signing: EncodingKey,
}

impl Key {
    fn new(bits: usize) -> Self {
        let private = RsaPrivateKey::new(&mut rsa::rand_core::OsRng, bits).unwrap();
        let signing = EncodingKey::from_rsa_der(private.to_pkcs1_der().unwrap().as_bytes());
        Self { private, signing }
    }

    fn jwk(&self, kid: &str) -> Value {
        let encode = |number: &rsa::BigUint| URL_SAFE_NO_PAD.encode(number.to_bytes_be());
        let (n, e) = (encode(self.private.n()), encode(self.private.e()));
        json!({"kid": kid, "kty": "RSA", "use": "sig", "alg": "RS256", "n": n, "e": e})
    }

    fn sign(&self, algorithm: Algorithm, signed_part: &str) -> String {
        jsonwebtoken::crypto::sign(signed_part.as_bytes(), &self.signing, algorithm).unwrap()
    }
}

static POOL: LazyLock<Key> = LazyLock::new(|| Key::new(2048));
static STRANGER: LazyLock<Key> = LazyLock::new(|| Key::new(2048));

fn encode(text: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

fn header() -> Value {
    json!({"kid": KID, "alg": "RS256"})
}

fn access_claims() -> Value {
    json!({
        "sub": "sub-of-ada", "iss": ISSUER, "client_id": CLIENT, "token_use": "access", "scope": SCOPE,
        "auth_time": NOW - 10, "exp": NOW + 900, "iat": NOW - 10, "username": "sub-of-ada",
    })
}

fn id_claims() -> Value {
    json!({
        "sub": "sub-of-ada", "iss": ISSUER, "aud": CLIENT, "token_use": "id", "email": "ada@example.com",
        "auth_time": NOW - 10, "exp": NOW + 900, "iat": NOW - 10,
    })
}

/// `base` with `changes` merged into it; null takes a member away.
fn with(mut base: Value, changes: &Value) -> Value {
    let members = base.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            members.remove(name);
        } else {
            members.insert(name.clone(), value.clone());
        }
    }
    base
}

/// A token of the texts `header` and `claims`, signed by the pool with RS256.
fn signed(header: &str, claims: &str) -> String {
    let signed_part = format!("{}.{}", encode(header), encode(claims));
    let signature = POOL.sign(Algorithm::RS256, &signed_part);
    format!("{signed_part}.{signature}")
}

/// An access token that is good at [`NOW`].
pub(crate) fn access_token() -> String {
    signed(&header().to_string(), &access_claims().to_string())
}

fn documents(document: Value) -> FetchKeys {
    Box::new(move || {
        let document = Bytes::from(document.to_string());
        Box::pin(async move { Some(document) })
    })
}

/// An authorizer of the pool that made [`access_token`].
pub(crate) fn authorizer() -> Authorizer {
    let keys = KeySet::new(documents(json!({"keys": [POOL.jwk("another"), POOL.jwk(KID)]})));
    Authorizer { keys, issuer: ISSUER.to_owned(), client_id: CLIENT.to_owned() }
}

async fn authorize_with(
    authorizer: &Authorizer,
    values: &[&str],
    scopes: &[&str],
) -> Result<Claims, Denied> {
    let value = |value: &&str| (AUTHORIZATION, HeaderValue::from_str(value).unwrap());
    let headers = values.iter().map(value).collect();
    let scopes: Vec<_> = scopes.iter().map(ToString::to_string).collect();
    let now = UNIX_EPOCH + Duration::from_secs(NOW.cast_unsigned());
    authorizer.authorize(&headers, &scopes, now).await
}

/// Why the access token `token` is refused; `None` if it is not.
async fn denied(token: &str) -> Option<Denied> {
    authorize_with(&authorizer(), &[&format!("Bearer {token}")], &[SCOPE]).await.err()
}
