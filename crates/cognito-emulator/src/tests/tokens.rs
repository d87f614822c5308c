use std::time::Duration;

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use bytes::Bytes;
use http::Request;
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use serde_json::{Value, json};

use super::support::{ANN, ANN_PASSWORD, Bench, START, client_settings, pool_settings};
use crate::{Storage, name::SignInName};

async fn document(bench: &Bench, file: &str) -> super::support::Answer {
    let path = format!("/{}/.well-known/{file}", bench.emulator.pool_id());
    bench.send(Request::get(path).body(Bytes::new()).unwrap()).await
}

/// Checks the signature with the key that the header names; gives that key's place in the set and
/// the claims as text.
fn verified(token: &str, jwks: &Value) -> (usize, String) {
    let (message, signature) = token.rsplit_once('.').unwrap();
    let [header, claims] = [0, 1].map(|part| {
        String::from_utf8(URL_SAFE_NO_PAD.decode(token.split('.').nth(part).unwrap()).unwrap())
            .unwrap()
    });
    let keys = jwks["keys"].as_array().unwrap();
    let place = keys
        .iter()
        .position(|key| header == format!(r#"{{"kid":{},"alg":"RS256"}}"#, key["kid"]))
        .unwrap();
    let text = |name: &str| keys[place][name].as_str().unwrap();
    let key = DecodingKey::from_rsa_components(text("n"), text("e")).unwrap();
    assert!(crypto::verify(signature, message.as_bytes(), &key, Algorithm::RS256).unwrap());
    (place, claims)
}

/// The names of the members of a flat JSON object, in the order written.
fn names(claims: &str) -> Vec<String> {
    let values: Value = serde_json::from_str(claims).unwrap();
    let mut names: Vec<_> = values.as_object().unwrap().keys().cloned().collect();
    names.sort_by_key(|name| claims.find(&format!("\"{name}\":")).unwrap());
    names
}

/// Signs Ann in; gives the claims of her access token and of her ID token.
async fn claims(bench: &Bench) -> [String; 2] {
    let jwks = document(bench, "jwks.json").await.ok();
    let result = bench.sign_in(ANN, ANN_PASSWORD).await.ok()["AuthenticationResult"].clone();
    let (access_key, access) = verified(result["AccessToken"].as_str().unwrap(), &jwks);
    let (id_key, id) = verified(result["IdToken"].as_str().unwrap(), &jwks);
    assert_eq!((id_key, access_key), (0, 1), "each kind of token has its own key");
    [access, id]
}

#[tokio::test]
async fn claims_are_written_in_the_order_of_aws() {
    let [access, id] = claims(&Bench::new().with_ann().await).await;
    assert_eq!(
        names(&access).join(" "),
        "sub iss client_id origin_jti event_id token_use scope auth_time exp iat jti username"
    );
    assert_eq!(
        names(&id).join(" "),
        "origin_jti sub aud event_id token_use auth_time iss cognito:username exp iat jti email email_verified"
    );
}

#[tokio::test]
async fn claims_tell_user_client_and_times() {
    let bench = Bench::new().with_ann().await;
    bench.wait(7);
    let [access, id]: [Value; 2] =
        claims(&bench).await.map(|claims| serde_json::from_str(&claims).unwrap());
    let user = bench.admin_call("AdminGetUser", json!({ "Username": ANN })).await.ok();
    let now = START + 7;
    for (claims, name, value) in [
        (&access, "sub", user["Username"].clone()),
        (&access, "username", user["Username"].clone()),
        (&access, "iss", json!(bench.emulator.issuer())),
        (&access, "client_id", json!(bench.emulator.client_id())),
        (&access, "token_use", json!("access")),
        (&access, "scope", json!("aws.cognito.signin.user.admin")),
        (&access, "auth_time", json!(now)),
        (&access, "iat", json!(now)),
        (&access, "exp", json!(now + 15 * 60)),
        (&id, "sub", user["Username"].clone()),
        (&id, "cognito:username", user["Username"].clone()),
        (&id, "aud", json!(bench.emulator.client_id())),
        (&id, "iss", json!(bench.emulator.issuer())),
        (&id, "token_use", json!("id")),
        (&id, "auth_time", json!(now)),
        (&id, "iat", json!(now)),
        (&id, "exp", json!(now + 20 * 60)),
        (&id, "origin_jti", access["origin_jti"].clone()),
        (&id, "event_id", access["event_id"].clone()),
        (&id, "email", json!(ANN)),
        (&id, "email_verified", json!(true)),
    ] {
        assert_eq!(claims[name], value, "{name}");
    }
    assert_ne!(access["jti"], id["jti"]);
    let issuer =
        format!("https://cognito-idp.eu-west-1.amazonaws.com/{}", bench.emulator.pool_id());
    assert_eq!(bench.emulator.issuer(), issuer);
}

#[tokio::test]
async fn without_revocation_the_id_token_has_no_ids() {
    let bench =
        Bench::with(&json!({}), &json!({ "EnableTokenRevocation": false })).with_ann().await;
    let [_, id] = claims(&bench).await;
    assert!(!names(&id).iter().any(|name| name.ends_with("jti")), "{id}");
}

#[tokio::test]
async fn a_refresh_token_looks_encrypted_and_only_its_digest_is_stored() {
    let bench = Bench::new().with_ann().await;
    let result = bench.sign_in(ANN, ANN_PASSWORD).await.ok()["AuthenticationResult"].clone();
    let token = result["RefreshToken"].as_str().unwrap();
    assert_eq!((token.len(), token.split('.').count()), (1750, 5));
    assert!(
        token.starts_with("eyJjdHkiOiJKV1QiLCJlbmMiOiJBMjU2R0NNIiwiYWxnIjoiUlNBLU9BRVAifQ."),
        "{token}"
    );

    let digest = crate::tokens::token_digest(&token.into());
    let pool = &bench.emulator.pool;
    let (login, user) = pool
        .store
        .write_now(|change| {
            let token = change.refresh_token(&digest)?.unwrap();
            Ok((
                change.login(&token.sub, &token.event_id)?.unwrap(),
                change.find(&SignInName::new(ANN, false))?.unwrap(),
            ))
        })
        .unwrap();
    assert_eq!((login.sub, login.client_id.as_str()), (user.sub, bench.emulator.client_id()));
    assert_eq!(login.expires.seconds(), START + 30 * 24 * 60 * 60);
    let hex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let of_abc = crate::tokens::token_digest(&"abc".into());
    assert_eq!(of_abc.map(|byte| format!("{byte:02x}")).concat(), hex, "SHA-256 of FIPS 180-2");
}

#[tokio::test]
async fn the_key_set_has_the_shape_of_aws() {
    let bench = Bench::new();
    let answer = document(&bench, "jwks.json").await;
    assert_eq!(answer.headers["content-type"], "application/json");
    assert_eq!(answer.headers["access-control-allow-origin"], "*");
    let keys = answer.ok()["keys"].clone();
    assert_eq!(keys.as_array().unwrap().len(), 2);
    assert_ne!(keys[0]["kid"], keys[1]["kid"]);
    for key in keys.as_array().unwrap() {
        let text = |name: &str| key[name].as_str().unwrap();
        assert_eq!(names(&key.to_string()), ["alg", "e", "kid", "kty", "n", "use"]);
        assert_eq!(
            (text("alg"), text("e"), text("kty"), text("use")),
            ("RS256", "AQAB", "RSA", "sig")
        );
        assert_eq!((text("kid").len(), STANDARD.decode(text("kid")).unwrap().len()), (44, 32));
        assert_eq!(URL_SAFE_NO_PAD.decode(text("n")).unwrap().len(), 256);
    }
}

#[tokio::test]
async fn the_discovery_document_names_the_issuer_and_the_keys() {
    let bench = Bench::new();
    let found = document(&bench, "openid-configuration").await.ok();
    assert_eq!(found["issuer"], bench.emulator.issuer());
    assert_eq!(found["jwks_uri"], format!("{}/.well-known/jwks.json", bench.emulator.issuer()));
    assert_eq!(found["id_token_signing_alg_values_supported"], json!(["RS256"]));
}

#[tokio::test]
async fn the_discovery_document_says_where_the_caller_finds_the_keys() {
    let bench = Bench::new();
    let path = format!("/{}/.well-known/openid-configuration", bench.emulator.pool_id());
    let by_header = Request::get(path.as_str()).header("host", "cognito:9229");
    let by_target = Request::get(format!("http://127.0.0.1:9229{path}"));
    for (request, host) in [(by_header, "cognito:9229"), (by_target, "127.0.0.1:9229")] {
        let found = bench.send(request.body(Bytes::new()).unwrap()).await.ok();
        let keys_at = format!("http://{host}/{}/.well-known/jwks.json", bench.emulator.pool_id());
        assert_eq!(found["jwks_uri"], keys_at);
        assert_eq!(found["issuer"], bench.emulator.issuer());
        let keys = bench.send(Request::get(&keys_at).body(Bytes::new()).unwrap()).await.ok();
        assert_eq!(keys, document(&bench, "jwks.json").await.ok());
    }
}

#[tokio::test]
async fn another_pool_has_no_documents_here() {
    let bench = Bench::new();
    for file in ["jwks.json", "openid-configuration"] {
        let request = Request::get(format!("/eu-west-1_other/.well-known/{file}"))
            .body(Bytes::new())
            .unwrap();
        let refusal = bench.send(request).await.refusal();
        assert_eq!(refusal.1, "User pool eu-west-1_other does not exist.");
    }
}

#[tokio::test]
async fn keys_are_made_to_the_end_also_if_nobody_waits() {
    let bench = Bench::open(Storage::Memory, pool_settings(), client_settings()).unwrap();
    let path = format!("/{}/.well-known/jwks.json", bench.emulator.pool_id());
    tokio::select! {
        biased;
        _ = bench.emulator.handle(Request::get(path).body(Bytes::new()).unwrap()) => panic!("no keys yet"),
        () = std::future::ready(()) => {}
    }
    let stored = async {
        while bench.emulator.pool.store.read().unwrap().pool().unwrap().unwrap().keys.is_none() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), stored).await.unwrap();
}
