//! `GET /generate`

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};

use crate::{
    client::{Answer, Call, Tokens},
    stack::SHARED,
    tokens::{forge, header, hs256, payload},
};

/// The answer to a query, as it would stand in a URL.
fn generate(query: &str) -> Answer {
    Call::get(&format!("/generate?{query}")).bearer(&Tokens::shared().access).send()
}

/// Asserts that the query is refused with `code`, and the parameters that are named.
fn check_refused(query: &str, code: &str, parameters: &[(&str, &str)]) {
    let status = match code {
        "unsatisfiable" | "count_exceeds_space" => 422,
        _ => 400,
    };
    let answer = generate(query);
    assert_eq!(answer.outcome(), (status, code.to_owned()), "{query}");
    let errors = answer.errors();
    let named: Vec<_> = errors.iter().map(|(field, code)| (&**field, &**code)).collect();
    assert_eq!(named, parameters, "{query}");
}

#[test]
fn an_access_token_gets_a_password() {
    let answer = Call::get("/generate").bearer(&Tokens::shared().access).send();
    assert_eq!(answer.status, 200);
    let body = answer.json();
    let password = body["password"].as_str().unwrap();
    assert_eq!((password.chars().count(), &body["length"]), (20, &json!(20)));
    assert_eq!(body["kind"], "password");
    // Exact: log2 of the number of passwords that satisfy the default request.
    assert_eq!(format!("{:.2}", body["entropy_bits"].as_f64().unwrap()), "129.04");
    assert_eq!(body["warnings"], json!([]));
    let policy = &body["policy"];
    assert_eq!(policy["length"], 20);
    let alphabet = policy["alphabet"].as_str().unwrap();
    assert!(password.chars().all(|character| alphabet.contains(character)));
    for rule in policy["rules"].as_array().unwrap() {
        let characters = rule["characters"].as_str().unwrap();
        let found = password.chars().filter(|c| characters.contains(*c)).count();
        assert!(found as u64 >= rule["min"].as_u64().unwrap(), "{password} {rule}");
    }
}

#[test]
fn a_bare_token_is_taken_as_on_aws() {
    let call = Call::get("/generate").header("authorization", &Tokens::shared().access);
    assert_eq!(call.send().status, 200);
}

#[test]
fn no_two_passwords_are_the_same() {
    let mut all: Vec<_> = generate("count=100").json()["passwords"].as_array().unwrap().to_owned();
    all.push(generate("").json()["password"].clone());
    let mut texts: Vec<_> = all.iter().map(|password| password.as_str().unwrap()).collect();
    texts.sort_unstable();
    texts.dedup();
    assert_eq!(texts.len(), 101);
}

#[test]
fn parameters_shape_the_password() {
    let count = |text: &str, is: fn(char) -> bool| text.chars().filter(|c| is(*c)).count();
    let password = |query: &str| generate(query).json()["password"].as_str().unwrap().to_owned();
    let long = password("length=200&nums=40&special_chars=40&uppercase=40&lowercase=40");
    assert_eq!(long.len(), 200);
    for is in [
        |c: char| c.is_ascii_digit(),
        |c: char| c.is_ascii_punctuation(),
        |c: char| c.is_ascii_uppercase(),
        |c: char| c.is_ascii_lowercase(),
    ] {
        assert!(count(&long, is) >= 40, "{long}");
    }
    let digits = "length=64&include_symbols=FALSE&exclude_uppercase=1&include_lowercase=0";
    assert_eq!(count(&password(digits), |c| c.is_ascii_digit()), 64);
    let no_ambiguous = password("length=400&exclude_ambiguous=true&exclude=abc%26%2B");
    assert!(!no_ambiguous.contains(['l', 'I', '1', 'O', '0', 'o', '|', 'a', 'b', 'c', '&', '+']));
    let spaced = password("length=400&include_space=true");
    assert!(spaced.contains(' ') && spaced.trim() == spaced);
    let symbols = password("length=400&symbols=-._~&include_uppercase=false&nums=0");
    assert!(symbols.chars().all(|c| c.is_ascii_alphanumeric() || "-._~".contains(c)));
}

/// `GetRandomPassword` has 32 characters of all printable ASCII, each class at least once.
#[test]
fn a_request_in_the_words_of_aws_is_read_as_aws_would() {
    let body = generate("RequireEachIncludedType=true").json();
    assert_eq!(body["length"], 32);
    assert_eq!(body["policy"]["alphabet"].as_str().unwrap().len(), 94);
    assert_eq!(generate("PasswordLength=4").json()["length"], 4);
}

#[test]
fn entropy_is_exact_and_a_weak_password_says_so() {
    let digits = "length=8&include_symbols=false&include_uppercase=false&include_lowercase=false";
    let body = generate(digits).json();
    assert_eq!(body["entropy_bits"], 26.575_425);
    assert_eq!(body["warnings"][0]["code"], "under_64_bits");
    let two = generate(&format!("{digits}&count=2")).json();
    assert_eq!(two["entropy_bits"], 53.150_85);
    assert_eq!(generate("length=12").json()["warnings"][0]["code"], "under_128_bits");
}

#[test]
fn a_typo_is_named_and_never_ignored() {
    check_refused("lenght=24", "unknown_parameter", &[("lenght", "unknown_parameter")]);
    let answer = generate("lenght=24");
    assert!(answer.json()["detail"].as_str().unwrap().contains("did you mean length"));
    for name in ["Length", "LENGTH", "num", "passwordlength", "", "toString"] {
        check_refused(&format!("{name}=1"), "unknown_parameter", &[(name, "unknown_parameter")]);
    }
}

#[test]
fn a_parameter_is_given_once() {
    for query in ["length=24&length=24", "length=24&length=32", "nums=1&length=24&length=x"] {
        check_refused(query, "duplicate_parameter", &[("length", "duplicate_parameter")]);
    }
}

#[test]
fn contradictions_are_refused() {
    let rows = [
        ("length=24&PasswordLength=32", "length"),
        ("exclude=a&exclude_characters=b", "exclude_characters"),
        ("include_numbers=true&exclude_numbers=true", "include_numbers"),
        ("include_numbers=false&nums=2", "nums"),
        ("ExcludePunctuation=true&symbols=url", "symbols"),
    ];
    for (query, parameter) in rows {
        let named = [(parameter, "conflicting_parameters")];
        check_refused(query, "conflicting_parameters", &named);
    }
    for query in ["length=24&PasswordLength=24", "include_numbers=1&exclude_numbers=FALSE"] {
        assert_eq!(generate(query).status, 200, "{query}");
    }
}

#[test]
fn values_out_of_range_are_refused() {
    let rows = [
        (
            "length",
            "7 4097 0 -1 1.5 1e2 0x10 abc 99999999999999999999 %2B20 %2020 20%20 %EF%BC%92%EF%BC%90 %00",
        ),
        ("PasswordLength", "0 4097 x"),
        ("nums", "21 -1 x"),
        ("special_chars", "21 x"),
        ("uppercase", "4097 x"),
        ("lowercase", "99999999999 x"),
        ("count", "0 101 x"),
        ("include_numbers", "yes no 2 t on null"),
        ("exclude_punctuation", "x"),
        ("include_space", "x"),
        ("require_each_included_type", "x"),
        ("exclude_ambiguous", "x"),
        ("symbols", "abc %C3%A9 URL all%2Curl 1"),
    ];
    for (name, values) in rows {
        for value in values.split(' ').chain([""]) {
            let query = format!("{name}={value}");
            check_refused(&query, "invalid_parameter", &[(name, "invalid_parameter")]);
        }
    }
    check_refused("length=4096&count=17", "invalid_parameter", &[("count", "invalid_parameter")]);
    assert_eq!(generate("length=4096&count=16").status, 200);
}

#[test]
fn what_no_password_can_satisfy_is_refused_with_the_rule() {
    let none = "include_symbols=false&include_uppercase=false&include_lowercase=false";
    for (query, reason) in [
        ("length=8&nums=5&uppercase=5", "the minimums add up to 12, more than the length 8"),
        ("nums=2&exclude=0123456789", "nums requires characters of which none is left"),
        (&format!("{none}&include_numbers=false"), "no character is left to choose from"),
    ] {
        check_refused(query, "unsatisfiable", &[]);
        let body = generate(query).json();
        assert!(body["detail"].as_str().unwrap().ends_with(reason), "{query}: {body}");
    }
    let one = format!("{none}&exclude=012345678");
    assert_eq!(generate(&one).json()["password"], "9".repeat(20));
    check_refused(&format!("{one}&count=2"), "count_exceeds_space", &[]);
}

#[test]
fn every_fault_is_named_at_once() {
    let faults = [
        ("count", "invalid_parameter"),
        ("lenght", "unknown_parameter"),
        ("length", "duplicate_parameter"),
        ("nums", "invalid_parameter"),
    ];
    let answer = generate("nums=x&length=24&length=24&lenght=1&count=0");
    let mut errors = answer.errors();
    assert_eq!(answer.outcome(), (400, errors[0].1.clone()), "the code is of the first");
    errors.sort_unstable();
    let named: Vec<_> = errors.iter().map(|(field, code)| (&**field, &**code)).collect();
    assert_eq!(named, faults);
}

#[test]
fn strange_queries_never_break_anything() {
    for query in [
        "&",
        "=",
        "&&&=&",
        "length",
        "%zz=1",
        "%=1",
        "length=%",
        "length=%FF",
        "%FF=%FE",
        "a[]=1",
        "length[$gt]=1",
        "length=20;nums=1",
        "?length=20",
        "length=20%0d%0aX-Injected:1",
        "exclude=%00%01%02",
        "exclude=%F0%9F%98%80",
        "exclude=%E2%80%AE",
        "nums=1&&uppercase=1",
    ] {
        let status = generate(query).status;
        assert!(status == 200 || status == 400, "{query}: {status}");
    }
    for name in ["x".repeat(1_000), "length".repeat(100)] {
        let named = name.chars().take(64).collect::<String>();
        let query = format!("{name}=1");
        check_refused(&query, "unknown_parameter", &[(&named, "unknown_parameter")]);
    }
}

/// A path and query of 2,048 bytes are taken, one byte more is not.
#[test]
fn the_limit_of_a_url_is_exact() {
    let query =
        |length: usize| format!("exclude={}", "a".repeat(length - "/generate?exclude=".len()));
    assert_eq!(generate(&query(2_048)).status, 200);
    assert_eq!(generate(&query(2_049)).outcome(), (414, "uri_too_long".to_owned()));
}

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
    calls.extend([
        Call::get("/generate").header("authorization", "Basic YWRhOnBhc3N3b3Jk"),
        Call::get("/generate").header("authorization", &format!("Basic {access}")),
        Call::get("/generate").header("authorization", &format!("Bearer Bearer {access}")),
        Call::get("/generate").bearer(access).bearer(access),
        Call::get("/generate").bearer("x").bearer(access),
        // A token counts in one place only.
        Call::get("/generate").query("access_token", access),
        Call::get("/generate").query("Authorization", &format!("Bearer {access}")),
        Call::get("/generate").header("cookie", &format!("access_token={access}")),
        Call::get("/generate").header("x-amzn-authorization", &format!("Bearer {access}")),
    ]);
    for (index, call) in calls.into_iter().enumerate() {
        assert_eq!(call.send().likeness(), none.likeness(), "call {index}");
    }
    assert_eq!(Call::get("/generate").bearer(access).send().status, 200);
}

/// Who may not call learns nothing of the parameters.
#[test]
fn the_token_is_asked_for_before_the_parameters() {
    assert_eq!(Call::get("/generate?length=x").send().status, 401);
}
