//! What a token claims.

use serde_json::{Value, json};

use super::{
    Genuine, POOL, Row, STRANGER,
    Taken::{ByGateway, ByPool, Everywhere, Nowhere},
    with,
};
use crate::{client::Tokens, tokens::payload};

pub(super) fn origins(genuine: &Genuine) -> Vec<Row> {
    let issuer = genuine.claims["iss"].as_str().unwrap();
    let values = [
        json!(null),
        json!(7),
        json!(""),
        json!(format!("{issuer}/")),
        json!(issuer.replace("https:", "http:")),
        json!(issuer.to_uppercase()),
        json!(issuer.replace("us-east-1.", "us-east-2.")),
        json!(format!("{issuer}x")),
        payload(&STRANGER.tokens.access)["iss"].clone(),
    ];
    let mut rows = genuine.claims("TOK-8", "iss", values.map(|value| (value, Nowhere)).to_vec());
    // RFC 7519 knows one issuer; the library of the pool takes a list with the right one in it.
    rows.extend(genuine.claims(
        "TOK-8",
        "iss",
        vec![(json!([issuer]), ByPool), (json!([issuer, "x"]), ByPool)],
    ));
    rows
}

/// Cognito takes the token of any client of the pool, and does not look at `aud` or `client_id`: it
/// is asked about a user, not about an API.
pub(super) fn audiences(genuine: &Genuine) -> Vec<Row> {
    let client = genuine.claims["client_id"].clone();
    let mut rows = genuine.claims(
        "TOK-9",
        "client_id",
        vec![(json!("another"), ByPool), (json!(null), ByPool), (json!([client]), ByPool)],
    );
    let other = with(&with(&genuine.claims, "client_id", json!("another")), "aud", client);
    let token = POOL.token(&genuine.header.to_string(), &other.to_string());
    rows.push(("TOK-9", "aud ours, client_id another's".to_owned(), token, ByPool));
    rows
}

pub(super) fn uses(genuine: &Genuine) -> Vec<Row> {
    let Tokens { id, refresh, .. } = &POOL.tokens;
    let mut rows = vec![
        ("TOK-10", "the ID token".to_owned(), id.clone(), Nowhere),
        ("TOK-10", "the refresh token".to_owned(), refresh.clone(), Nowhere),
    ];
    let refused = |values: Vec<Value>| values.into_iter().map(|value| (value, Nowhere)).collect();
    let uses = vec![json!("id"), json!("refresh"), json!("ACCESS"), json!(["access"]), json!(null)];
    rows.extend(genuine.claims("TOK-10", "token_use", refused(uses)));
    let scope = genuine.claims["scope"].as_str().unwrap();
    let scopes =
        vec![json!("openid"), json!(format!("{scope}.x")), json!(""), json!(null), json!([scope])];
    rows.extend(genuine.claims("TOK-10", "scope", refused(scopes)));
    let two = json!(format!("openid {scope}"));
    rows.extend(genuine.claims("TOK-10", "scope", vec![(two, Everywhere)]));
    rows
}

/// The clock of the stack stands still at `iat`. The pool does not look at `nbf` and `iat`: Cognito
/// puts the time of signing into all tokens.
pub(super) fn times(genuine: &Genuine) -> Vec<Row> {
    let now = genuine.claims["iat"].as_i64().unwrap();
    let refused = |values: Vec<Value>| values.into_iter().map(|value| (value, Nowhere)).collect();
    let mut rows = genuine.claims("TOK-11", "exp", vec![(json!(now + 1), Everywhere)]);
    let ends = vec![
        json!(now),
        json!(now - 1),
        json!(0),
        json!(-1),
        json!(null),
        json!("9999999999"),
        json!([]),
        json!({}),
        json!(true),
        json!(9_999_999_999.5),
        json!(1e300),
    ];
    rows.extend(genuine.claims("TOK-11", "exp", refused(ends)));
    rows.extend(genuine.claims("TOK-11", "exp", vec![(json!(u64::MAX), ByPool)]));
    let starts = vec![(json!(now), Everywhere), (json!(now + 1), ByPool), (json!("1"), ByPool)];
    rows.extend(genuine.claims("TOK-11", "nbf", starts));
    let issued = vec![(json!(now + 1), ByPool), (json!("1"), ByPool), (json!(null), ByPool)];
    rows.extend(genuine.claims("TOK-11", "iat", issued));
    let exp = format!("\"exp\":{}", genuine.claims["exp"]);
    for written in ["\"exp\":1e400", "\"exp\":null", "\"exp\":NaN"] {
        let claims = genuine.claims.to_string().replace(&exp, written);
        let token = POOL.token(&genuine.header.to_string(), &claims);
        rows.push(("TOK-11", written.to_owned(), token, Nowhere));
    }
    rows
}

pub(super) fn subjects(genuine: &Genuine) -> Vec<Row> {
    // Whom a token is about is for the function to know; that it is about somebody is not.
    let values = vec![(json!(null), Nowhere), (json!(7), Nowhere), (json!(""), Nowhere)];
    let mut rows = genuine.claims("TOK-18", "sub", values);
    rows.extend(genuine.claims("TOK-18", "sub", vec![(json!("another"), ByGateway)]));
    rows
}
