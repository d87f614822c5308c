//! How a token is written.

use base64::{
    Engine,
    engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD},
};
use serde_json::json;

use super::{
    Genuine, POOL, Row, STRANGER,
    Taken::{ByPool, Everywhere, Nowhere},
    with,
};

pub(super) fn forms() -> Vec<Row> {
    let access = &POOL.tokens.access;
    let parts: Vec<_> = access.split('.').collect();
    let [header, claims, signature] = parts[..] else { panic!() };
    let whole = URL_SAFE.encode(URL_SAFE_NO_PAD.decode(signature).unwrap());
    assert!(whole.ends_with("=="));
    let last = signature.len() - 1;
    let json = json!({"payload": claims, "protected": header, "signature": signature});
    let row = |(what, token): (&str, String)| ("TOK-12", what.to_owned(), token, Nowhere);
    [
        ("one part", header.to_owned()),
        ("two parts", format!("{header}.{claims}")),
        ("four parts", format!("{access}.{signature}")),
        ("five parts, as a JWE", format!("{access}.{claims}.{signature}")),
        ("an empty fourth part", format!("{access}.")),
        ("no header", format!(".{claims}.{signature}")),
        ("no payload", format!("{header}..{signature}")),
        ("no signature", format!("{header}.{claims}.")),
        ("JSON serialization", json.to_string()),
        ("padding", format!("{header}.{claims}.{whole}")),
        ("the other alphabet", format!("{header}.{claims}.+/{}", &signature[2..])),
        ("a space", format!("{header}. {claims}.{signature}")),
        (
            "bits after the end",
            format!("{}{}", &access[..access.len() - 1], after(&signature[last..])),
        ),
        ("half a signature", format!("{header}.{claims}.{}", &signature[..last / 2])),
        (
            "another's signature",
            format!("{header}.{claims}.{}", STRANGER.tokens.access.rsplit('.').next().unwrap()),
        ),
        ("another's token", STRANGER.tokens.access.clone()),
        ("no token", "undefined".to_owned()),
    ]
    .map(row)
    .to_vec()
}

/// The next character of base64url: the last one of a signature has four bits that nobody reads.
fn after(character: &str) -> char {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let at = ALPHABET.find(character).unwrap();
    ALPHABET[at + 1..].chars().next().unwrap()
}

pub(super) fn header_members(genuine: &Genuine) -> Vec<Row> {
    let mut rows = Vec::new();
    for (name, value) in
        [("crit", json!(["x"])), ("crit", json!([])), ("zip", json!("DEF")), ("b64", json!(false))]
    {
        rows.extend(genuine.headers("TOK-13", name, vec![(value, ByPool)]));
    }
    rows.extend(genuine.headers("TOK-13", "typ", vec![(json!("JWT"), Everywhere)]));
    let kid = &genuine.header["kid"];
    for (header, taken) in [
        (format!(r#"{{"alg":"none","alg":"RS256","kid":{kid}}}"#), Nowhere),
        (format!(r#"{{"alg":"RS256","kid":{kid},"kid":{kid}}}"#), Nowhere),
        (format!(r#"{{"alg":"RS256","kid":{kid},"x":1,"x":1}}"#), ByPool),
        (format!(r#"{{"alg":"RS256","kid":{kid}}} {{}}"#), Nowhere),
        (format!(r#"[{{"alg":"RS256","kid":{kid}}}]"#), Nowhere),
        ("null".to_owned(), Nowhere),
        ("{".to_owned(), Nowhere),
        ("[".repeat(3_000), Nowhere),
    ] {
        let token = POOL.token(&header, &genuine.claims.to_string());
        rows.push(("TOK-13", format!("{header:.60}"), token, taken));
    }
    rows
}

pub(super) fn lengths(genuine: &Genuine) -> Vec<Row> {
    // A signature that holds makes nothing of it.
    let long = with(&genuine.claims, "x", json!("x".repeat(6_000)));
    let header = genuine.header.to_string();
    vec![
        (
            "TOK-14",
            "signed, above 8 KiB".to_owned(),
            POOL.token(&header, &long.to_string()),
            ByPool,
        ),
        ("TOK-14", "a long word".to_owned(), "a".repeat(9_000), Nowhere),
    ]
}
