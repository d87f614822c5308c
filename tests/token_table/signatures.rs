//! Who signed a token, how, and with which key.

use base64::{Engine, engine::general_purpose::STANDARD};
use ring::{
    hmac,
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
        Ed25519KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256,
        RSA_PSS_SHA384, RSA_PSS_SHA512, RsaEncoding,
    },
};
use serde_json::{Value, json};

use super::{Genuine, POOL, Row, STRANGER, Taken::Nowhere, with};

pub(super) fn algorithms(genuine: &Genuine) -> Vec<Row> {
    let row = |what: String, token| ("TOK-1", what, token, Nowhere);
    let mut rows = Vec::new();
    for alg in [
        json!("none"),
        json!("None"),
        json!("nOnE"),
        json!(""),
        json!(null),
        json!(256),
        json!(["RS256"]),
        json!("rs256"),
        json!("RS256 "),
        json!("HS256"),
        json!("HS384"),
        json!("HS512"),
        json!("RS384"),
        json!("RS512"),
        json!("PS256"),
        json!("PS384"),
        json!("PS512"),
        json!("ES256"),
        json!("ES384"),
        json!("ES512"),
        json!("EdDSA"),
    ] {
        let sign = |part: &str| POOL.sign(&RSA_PKCS1_SHA256, part);
        rows.push(row(format!("alg {alg}, signed as RS256"), genuine.of(&alg, sign)));
        rows.push(row(format!("alg {alg}, unsigned"), genuine.of(&alg, |_| Vec::new())));
    }
    let encodings: [(&str, &'static dyn RsaEncoding); 5] = [
        ("RS384", &RSA_PKCS1_SHA384),
        ("RS512", &RSA_PKCS1_SHA512),
        ("PS256", &RSA_PSS_SHA256),
        ("PS384", &RSA_PSS_SHA384),
        ("PS512", &RSA_PSS_SHA512),
    ];
    for (alg, encoding) in encodings {
        for named in [alg, "RS256"] {
            let token = genuine.of(&json!(named), |part| POOL.sign(encoding, part));
            rows.push(row(format!("alg {named}, signed as {alg}"), token));
        }
    }
    let random = SystemRandom::new();
    for (alg, curve) in
        [("ES256", &ECDSA_P256_SHA256_FIXED_SIGNING), ("ES384", &ECDSA_P384_SHA384_FIXED_SIGNING)]
    {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(curve, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(curve, pkcs8.as_ref(), &random).unwrap();
        let sign = |part: &str| key.sign(&random, part.as_bytes()).unwrap().as_ref().to_vec();
        rows.push(row(format!("alg {alg}, signed so"), genuine.of(&json!(alg), sign)));
    }
    let key = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    let sign = |part: &str| key.sign(part.as_bytes()).as_ref().to_vec();
    rows.push(row("alg EdDSA, signed so".to_owned(), genuine.of(&json!("EdDSA"), sign)));
    rows
}

/// A MAC made with the public key, for verifiers that take it for a secret (RFC 8725, section 2.1).
pub(super) fn confusions(genuine: &Genuine) -> Vec<Row> {
    let (jwk, der) = POOL.public();
    let lines: Vec<_> = STANDARD.encode(&der).into_bytes().chunks(64).map(<[u8]>::to_vec).collect();
    let pem = [b"-----BEGIN PUBLIC KEY-----", &*lines.join(&b'\n'), b"-----END PUBLIC KEY-----"];
    let pem = pem.join(&b'\n');
    let mut rows = Vec::new();
    for (what, secret) in [
        ("PEM", [&*pem, b"\n"].concat()),
        ("PEM without its last newline", pem),
        ("DER", der),
        ("the JWK's n", jwk["n"].as_str().unwrap().as_bytes().to_vec()),
        ("nothing", Vec::new()),
    ] {
        for alg in ["HS256", "RS256"] {
            let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
            let mac = |part: &str| hmac::sign(&key, part.as_bytes()).as_ref().to_vec();
            let what = format!("alg {alg}, MAC with {what}");
            rows.push(("TOK-2", what, genuine.of(&json!(alg), mac), Nowhere));
        }
    }
    rows
}

/// Keys that the token brings along, or says where to get: at `place`, nobody may call.
pub(super) fn brought_keys(genuine: &Genuine, place: &str) -> Vec<Row> {
    let (jwk, der) = STRANGER.public();
    let certificate = json!([STANDARD.encode(der)]);
    let mut rows = Vec::new();
    for (name, value) in [
        ("", Value::Null),
        ("jwk", jwk),
        ("jku", json!(format!("{place}/keys.json"))),
        ("x5u", json!(format!("{place}/certificate.pem"))),
        ("x5c", certificate),
    ] {
        for kid in [&genuine.header["kid"], &json!("stranger"), &json!(format!("{place}/kid"))] {
            let header = with(&with(&genuine.header, name, value.clone()), "kid", kid.clone());
            let token = STRANGER.token(&header.to_string(), &genuine.claims.to_string());
            rows.push(("TOK-3", format!("another's key, {name:?}, kid {kid}"), token, Nowhere));
        }
    }
    rows
}

pub(super) fn key_ids(genuine: &Genuine) -> Vec<Row> {
    let kid = genuine.header["kid"].as_str().unwrap();
    let values = [
        json!(null),
        json!(7),
        json!([kid]),
        json!({"kid": kid}),
        json!(""),
        json!(kid.to_lowercase()),
        json!(format!("{kid} ")),
        json!("k".repeat(5_000)),
        json!("../../dev/null"),
        json!("' or 1=1--"),
        json!("a\r\nb"),
        json!("a\0b"),
        json!("*"),
    ];
    genuine.headers("TOK-4", "kid", values.into_iter().map(|value| (value, Nowhere)).collect())
}
