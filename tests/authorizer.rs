//! Who may not call `GET /generate` and `POST /generate`: everybody without an access token that holds.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};

use crate::{
    client::{Call, Tokens},
    stack::SHARED,
    tokens::{forge, header, hs256, payload},
};

/// The modulus of the key that signed `token`, from the pool's key set.
fn modulus(token: &str) -> Vec<u8> {
    let issuer = payload(token)["iss"].as_str().unwrap().to_owned();
    let pool = issuer.rsplit('/').next().unwrap();
    let url = format!("{}/{pool}/.well-known/jwks.json", SHARED.stack.cognito_url());
    let keys: Value = serde_json::from_str(&crate::client::fetch(&url)).unwrap();
    let kid = &header(token)["kid"];
    let key = keys["keys"].as_array().unwrap().iter().find(|key| key["kid"] == *kid).unwrap();
    URL_SAFE_NO_PAD.decode(key["n"].as_str().unwrap()).unwrap()
}

/// The forms of an RSA key that a MAC could be made with, if a verifier mixed up HS256 and RS256
/// (RFC 8725, section 2.1).
fn public_keys(token: &str) -> [Vec<u8>; 4] {
    let modulus = modulus(token);
    // SubjectPublicKeyInfo (RFC 5280) of a modulus of 2048 bits and the exponent 65537.
    let mut der = b"\x30\x82\x01\x22\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00\
        \x03\x82\x01\x0f\x00\x30\x82\x01\x0a\x02\x82\x01\x01\x00"
        .to_vec();
    der.extend(&modulus);
    der.extend(b"\x02\x03\x01\x00\x01");
    let lines: Vec<_> = STANDARD.encode(&der).into_bytes().chunks(64).map(<[u8]>::to_vec).collect();
    let pem = [b"-----BEGIN PUBLIC KEY-----", &*lines.join(&b'\n'), b"-----END PUBLIC KEY-----"];
    let pem = pem.join(&b'\n');
    let with_end = [&*pem, b"\n"].concat();
    [pem, with_end, der, URL_SAFE_NO_PAD.encode(modulus).into_bytes()]
}

/// The genuine token anywhere but in the one place where it counts.
fn misplaced(access: &str) -> [Call; 12] {
    let get = || Call::get("/generate");
    let post = || Call::post_text("/generate", "{}");
    let bearer = format!("Bearer {access}");
    [
        get().header("authorization", "Basic YWRhOnBhc3N3b3Jk"),
        get().header("authorization", &format!("Basic {access}")),
        get().header("authorization", &format!("Bearer {bearer}")),
        get().bearer(access).bearer(access),
        get().bearer("x").bearer(access),
        get().query("access_token", access),
        get().query("Authorization", &bearer),
        get().header("cookie", &format!("access_token={access}")),
        get().header("x-amzn-authorization", &bearer),
        post().query("access_token", access),
        Call::post("/generate", &json!({"access_token": access})),
        Call::post("/generate", &json!({"Authorization": bearer})),
    ]
}

#[test]
fn without_a_token_that_holds_there_is_one_answer() {
    let Tokens { id, access, refresh } = Tokens::shared();
    let (head, claims) = (header(access), payload(access));
    let (signed, signature) = access.rsplit_once('.').unwrap();
    let (_, id_signature) = id.rsplit_once('.').unwrap();
    let with = |value: &Value, name: &str, new: Value| {
        let mut value = value.clone();
        value[name] = new;
        value
    };
    let other = |first: &str| if first.starts_with('A') { "B" } else { "A" };
    let unsigned = |alg: &str| forge(&with(&head, "alg", json!(alg)), &claims, |_| Vec::new());
    let longer = with(&claims, "exp", json!(4_102_444_800_u64));
    let genuine = |_: &[u8]| URL_SAFE_NO_PAD.decode(signature).unwrap();
    let mut forged = vec![
        String::new(),
        "x".to_owned(),
        "a.b.c".to_owned(),
        "undefined".to_owned(),
        id.clone(),
        refresh.clone(),
        format!("{signed}."),
        signed.to_owned(),
        format!("{signed}.{}{}", other(signature), &signature[1..]),
        format!("{signed}.{id_signature}"),
        format!("{access}."),
        format!("{access}.{signature}"),
        format!("{access}="),
        format!("{access}A"),
        unsigned("none"),
        unsigned("None"),
        unsigned(""),
        forge(&with(&head, "alg", json!("none")), &claims, genuine),
        forge(&head, &longer, genuine),
        forge(&head, &with(&claims, "sub", json!("x")), genuine),
        forge(&with(&head, "kid", json!("../../dev/null")), &claims, genuine),
        forge(&with(&head, "kid", Value::Null), &claims, genuine),
        "x".repeat(9_000),
    ];
    let hs = with(&head, "alg", json!("HS256"));
    forged.extend(public_keys(access).iter().map(|key| forge(&hs, &longer, hs256(key))));

    let none = Call::get("/generate").send();
    assert_eq!(none.outcome(), (401, "unauthorized".to_owned()));
    assert_eq!(none.headers["www-authenticate"], "Bearer");
    let mut calls: Vec<_> = forged.iter().map(|it| Call::get("/generate").bearer(it)).collect();
    calls.extend(forged.iter().map(|it| Call::post_text("/generate", "{}").bearer(it)));
    calls.push(Call::post_text("/generate", "{}"));
    calls.extend(misplaced(access));
    for (index, call) in calls.into_iter().enumerate() {
        assert_eq!(call.send().likeness(), none.likeness(), "call {index}");
    }
    assert_eq!(Call::get("/generate").bearer(access).send().status, 200);
    assert_eq!(Call::post_text("/generate", "{}").bearer(access).send().status, 200);
}

/// Who may not call learns nothing of the parameters.
#[test]
fn the_token_is_asked_for_before_the_parameters() {
    assert_eq!(Call::get("/generate?length=x").send().status, 401);
    for body in ["", "{", "[]", r#"{"length":null}"#, r#"{"length":"x"}"#] {
        assert_eq!(Call::post_text("/generate", body).send().status, 401, "{body}");
        assert_eq!(Call::new("POST", "/generate").body(body).send().status, 401, "{body}");
    }
}
