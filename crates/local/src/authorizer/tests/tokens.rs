use base64::engine::general_purpose::STANDARD;
use rsa::pkcs8::{EncodePublicKey, LineEnding};

use super::*;
use crate::authorizer::token::TOKEN_LIMIT;

#[tokio::test]
async fn a_good_token_is_taken_after_bearer_or_bare() {
    let token = access_token();
    for value in [format!("Bearer {token}"), token] {
        let claims = authorize_with(&authorizer(), &[&value], &["other", SCOPE]).await.unwrap();
        assert_eq!(claims.for_event()["sub"], "sub-of-ada");
    }
}

#[tokio::test]
async fn a_token_comes_in_one_authorization_header() {
    let token = access_token();
    let bearer = format!("Bearer {token}");
    for (values, reason) in [
        (&[][..], Denied::Absent),
        (&[bearer.as_str(), bearer.as_str()], Denied::Repeated),
        (&[bearer.as_str(), ""], Denied::Repeated),
        (&[""], Denied::NotCompact),
        (&["Bearer"], Denied::NotCompact),
        (&["Bearer "], Denied::NotCompact),
        (&[&format!("Bearer  {token}")], Denied::NotCompact),
        (&[&format!("Bearer\t{token}")], Denied::NotCompact),
        (&[&format!("Basic {token}")], Denied::NotCompact),
        (&[&format!("Bearer {token}, Bearer {token}")], Denied::NotCompact),
        (&[&format!("Bearer {token} ")], Denied::NotCompact),
    ] {
        assert_eq!(
            authorize_with(&authorizer(), values, &[SCOPE]).await.err(),
            Some(reason),
            "{values:?}"
        );
    }
}

#[tokio::test]
async fn the_algorithm_is_rs256_whatever_the_token_says() {
    let claims = access_claims().to_string();
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
        let header = with(header(), &json!({"alg": alg}));
        assert_eq!(
            denied(&signed(&header.to_string(), &claims)).await,
            Some(Denied::Algorithm),
            "{alg}"
        );
    }
    let unsigned = signed(r#"{"alg":"none"}"#, &claims);
    let (unsigned, _) = unsigned.rsplit_once('.').unwrap();
    assert_eq!(denied(&format!("{unsigned}.")).await, Some(Denied::NotCompact));
}

#[tokio::test]
async fn a_signature_of_another_algorithm_does_not_hold() {
    let signed_part =
        format!("{}.{}", encode(header().to_string()), encode(access_claims().to_string()));
    for algorithm in [Algorithm::RS384, Algorithm::RS512, Algorithm::PS256, Algorithm::PS384] {
        let token = format!("{signed_part}.{}", POOL.sign(algorithm, &signed_part));
        assert_eq!(denied(&token).await, Some(Denied::Signature), "{algorithm:?}");
    }
}

#[tokio::test]
async fn the_public_key_is_no_shared_secret() {
    let public = POOL.private.to_public_key();
    let pem = public.to_public_key_pem(LineEnding::LF).unwrap();
    let der = public.to_public_key_der().unwrap();
    let n = POOL.jwk(KID)["n"].as_str().unwrap().to_owned();
    for secret in [pem.as_bytes(), pem.trim_end().as_bytes(), der.as_bytes(), n.as_bytes()] {
        for (alg, reason) in [("HS256", Denied::Algorithm), ("RS256", Denied::Signature)] {
            let header = with(header(), &json!({"alg": alg})).to_string();
            let signed_part = format!("{}.{}", encode(header), encode(access_claims().to_string()));
            let key = EncodingKey::from_secret(secret);
            let mac =
                jsonwebtoken::crypto::sign(signed_part.as_bytes(), &key, Algorithm::HS256).unwrap();
            assert_eq!(denied(&format!("{signed_part}.{mac}")).await, Some(reason));
        }
    }
}

#[tokio::test]
async fn keys_come_from_the_pool_alone() {
    let jwk = STRANGER.jwk(KID);
    for extra in [
        json!({}),
        json!({"jwk": jwk}),
        json!({"jku": "http://127.0.0.1:1/keys.json"}),
        json!({"x5u": "http://127.0.0.1:1/cert.pem"}),
        json!({"x5c": [STANDARD.encode(STRANGER.private.to_public_key().to_public_key_der().unwrap().as_bytes())]}),
    ] {
        let header = with(header(), &extra).to_string();
        let signed_part = format!("{}.{}", encode(header), encode(access_claims().to_string()));
        let token = format!("{signed_part}.{}", STRANGER.sign(Algorithm::RS256, &signed_part));
        assert_eq!(denied(&token).await, Some(Denied::Signature), "{extra}");
    }
}

#[tokio::test]
async fn a_key_id_is_an_exact_name() {
    let long = "k".repeat(5_000);
    for (kid, reason) in [
        (json!(null), Denied::KeyId),
        (json!(7), Denied::KeyId),
        (json!([KID]), Denied::KeyId),
        (json!({"kid": KID}), Denied::KeyId),
        (json!(""), Denied::UnknownKey),
        (json!(KID.to_lowercase()), Denied::UnknownKey),
        (json!(format!("{KID} ")), Denied::UnknownKey),
        (json!(long), Denied::UnknownKey),
        (json!("../../dev/null"), Denied::UnknownKey),
        (json!("' or 1=1--"), Denied::UnknownKey),
        (json!("a\r\nb"), Denied::UnknownKey),
        (json!("a\0b"), Denied::UnknownKey),
    ] {
        let header = with(header(), &json!({"kid": kid})).to_string();
        assert_eq!(
            denied(&signed(&header, &access_claims().to_string())).await,
            Some(reason),
            "{kid}"
        );
    }
    // The same key under its other id.
    let header = with(header(), &json!({"kid": "another"})).to_string();
    assert_eq!(denied(&signed(&header, &access_claims().to_string())).await, None);
}

#[tokio::test]
async fn headers_that_mean_something_else_are_refused() {
    let claims = access_claims().to_string();
    let alg_and_kid = format!(r#""alg":"RS256","kid":"{KID}""#);
    for (header, reason) in [
        (format!(r#"{{{alg_and_kid},"crit":["x"]}}"#), Denied::HeaderMember("crit")),
        (format!(r#"{{{alg_and_kid},"crit":[]}}"#), Denied::HeaderMember("crit")),
        (format!(r#"{{{alg_and_kid},"zip":"DEF"}}"#), Denied::HeaderMember("zip")),
        (format!(r#"{{{alg_and_kid},"b64":false}}"#), Denied::HeaderMember("b64")),
        (format!(r#"{{"alg":"none",{alg_and_kid}}}"#), Denied::Header),
        (format!(r#"{{{alg_and_kid},"kid":"{KID}"}}"#), Denied::Header),
        (format!(r#"{{{alg_and_kid},"x":1,"x":1}}"#), Denied::Header),
        (format!(r"{{{alg_and_kid}}} {{}}"), Denied::Header),
        (format!(r"[{{{alg_and_kid}}}]"), Denied::Header),
        (format!("\u{feff}{{{alg_and_kid}}}"), Denied::Header),
        ("null".to_owned(), Denied::Header),
        ("\"".to_owned(), Denied::Header),
        ("[".repeat(5_000), Denied::Header),
    ] {
        assert_eq!(denied(&signed(&header, &claims)).await, Some(reason), "{header}");
    }
    let harmless = format!(r#"{{{alg_and_kid},"typ":"JWT"}}"#);
    assert_eq!(denied(&signed(&harmless, &claims)).await, None);
}

#[tokio::test]
async fn only_three_parts_of_base64url_are_a_token() {
    let token = access_token();
    let [header, claims, signature] = token.split('.').collect::<Vec<_>>()[..] else { panic!() };
    let (start, end) = signature.split_at(signature.len() - 4);
    let swapped = format!("{header}.{claims}.{end}{start}");
    for (token, reason) in [
        (header.to_owned(), Denied::NotCompact),
        (format!("{header}.{claims}"), Denied::NotCompact),
        (format!("{token}.{signature}"), Denied::NotCompact),
        (format!("{token}.a.b"), Denied::NotCompact),
        (format!("{token}."), Denied::NotCompact),
        (format!(".{claims}.{signature}"), Denied::NotCompact),
        (format!("{header}..{signature}"), Denied::NotCompact),
        (format!("{header}.{claims}."), Denied::NotCompact),
        (format!("{token}="), Denied::NotCompact),
        (format!("{header}=.{claims}.{signature}"), Denied::NotCompact),
        (format!("{header}.{claims}.+{signature}"), Denied::NotCompact),
        (format!("{header}.{claims}./{signature}"), Denied::NotCompact),
        (format!("{header}. {claims}.{signature}"), Denied::NotCompact),
        (format!("{header}.{claims}.{signature}\t"), Denied::NotCompact),
        (format!(r#"{{"payload":"{claims}"}}"#), Denied::NotCompact),
        (swapped, Denied::Signature),
        (format!("{header}.{claims}.{start}"), Denied::Signature),
        (format!("{header}.{claims}.A"), Denied::Signature),
        (format!("{header}.{}.{signature}", encode("{}")), Denied::Signature),
        (format!("{}.{claims}.{signature}", encode(r#"{"alg":"RS256"}"#)), Denied::KeyId),
        (format!("A.{claims}.{signature}"), Denied::Header),
    ] {
        assert_eq!(denied(&token).await, Some(reason), "{token}");
    }
}

#[tokio::test]
async fn tok_14_a_long_token_is_refused_unread() {
    for length in [TOKEN_LIMIT + 1, 1_000_000] {
        assert_eq!(denied(&"a".repeat(length)).await, Some(Denied::TooLong));
    }
    assert_eq!(denied(&"a".repeat(TOKEN_LIMIT)).await, Some(Denied::NotCompact));
}
