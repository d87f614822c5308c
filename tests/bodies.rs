//! What holds of every route that takes a body; of `POST /generate` as far as it does not depend on
//! the members.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::client::{Call, Tokens, address};

/// Each route with its members.
const ROUTES: [(&str, &[&str]); 14] = [
    ("/register", &["username", "password"]),
    ("/confirm_user", &["username", "confirmation_code"]),
    ("/resend_code", &["username"]),
    ("/login", &["username", "password"]),
    ("/login/mfa", &["username", "session", "code"]),
    ("/refresh", &["refresh_token"]),
    ("/logout", &["refresh_token"]),
    ("/forgot_password", &["username"]),
    ("/reset_password", &["username", "confirmation_code", "new_password"]),
    ("/change_password", &["current_password", "new_password"]),
    ("/mfa/setup", &["password"]),
    ("/mfa/verify", &["code"]),
    ("/mfa", &["password", "code"]),
    ("/me", &["password"]),
];

/// Those of them that are for the bearer of a token.
const GUARDED: [&str; 6] =
    ["/change_password", "/mfa/setup", "/mfa/verify", "/mfa", "/me", GENERATE.0];

/// Those of them whose method is DELETE.
const DELETE: [&str; 2] = ["/mfa", "/me"];

/// The route that takes any of the generator's parameters, for a token.
const GENERATE: (&str, &[&str]) = ("/generate", &[]);

/// The largest body in bytes.
const LIMIT: usize = 16_384;

/// A request with anything as JSON, by somebody who may.
fn send(route: &str, body: impl AsRef<[u8]>) -> Call {
    let method = if DELETE.contains(&route) { "DELETE" } else { "POST" };
    let call = Call::new(method, route).header("content-type", "application/json").body(body);
    if GUARDED.contains(&route) { call.bearer(&Tokens::shared().access) } else { call }
}

/// Right values for `members`, of a user that nobody knows.
fn body(members: &[&str]) -> Map<String, Value> {
    let value = |member| match member {
        "username" => address(),
        "code" => "123456".to_owned(),
        _ => "some-text-of-no-account".to_owned(),
    };
    members.iter().map(|member| ((*member).to_owned(), value(*member).into())).collect()
}

/// The routes that take a user name.
fn of_users() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    ROUTES.into_iter().filter(|(_, members)| members.contains(&"username"))
}

/// Asserts that `body` is malformed on `route` by the members `errors`.
fn check_malformed(route: &str, body: impl AsRef<[u8]>, errors: &[(&str, &str)]) {
    let shown = String::from_utf8_lossy(body.as_ref()).chars().take(80).collect::<String>();
    let answer = send(route, body).send();
    assert_eq!(answer.outcome(), (400, "malformed_request".to_owned()), "{route} {shown}");
    let found = answer.errors();
    let found: BTreeSet<_> = found.iter().map(|(field, code)| (&**field, &**code)).collect();
    assert_eq!(found, errors.iter().copied().collect(), "{route} {shown}");
}

#[test]
fn http_6_what_is_not_one_json_object_is_malformed() {
    let deep = "[".repeat(8_000);
    let deep_in_member = format!(r#"{{"username":{}"#, "[".repeat(8_000));
    let closed = format!("{}{}", "[".repeat(8_000), "]".repeat(8_000));
    let bodies: [&[u8]; 20] = [
        b"",
        b" ",
        b"{",
        b"}",
        b"[]",
        b"null",
        b"true",
        b"1",
        b"\"username\"",
        b"username=ada",
        b"{username:\"ada\"}",
        b"{'username':'ada'}",
        b"{\"username\":\"ada\",}",
        b"{\"username\":NaN}",
        b"{\"username\":\"\\ud800\"}",
        b"{\"username\":\"ada\"} x",
        b"{} {}",
        b"\xef\xbb\xbf{}",
        b"{\"username\":\"\xff\"}",
        b"{\"username\":\"a\nb\"}",
    ];
    for (route, _) in ROUTES.into_iter().chain([GENERATE]) {
        for body in
            bodies.into_iter().chain([&deep, &deep_in_member, &closed].map(String::as_bytes))
        {
            check_malformed(route, body, &[]);
        }
    }
}

#[test]
fn a_missing_member_is_named() {
    for (route, members) in ROUTES {
        for member in members {
            let mut body = body(members);
            body.remove(*member);
            let either = ["code", "new_password"].map(|member| (member, "missing"));
            let is_either = (route, *member) == ("/login/mfa", "code");
            let missing = if is_either { &either[..] } else { &[(*member, "missing")] };
            check_malformed(route, Value::from(body).to_string(), missing);
        }
    }
}

#[test]
fn a_member_of_another_type_is_named() {
    for (route, members) in ROUTES {
        for member in members {
            for value in [json!(null), json!(true), json!(1), json!(["a"]), json!({"a": "b"})] {
                let mut body = body(members);
                body.insert((*member).to_owned(), value);
                check_malformed(route, Value::from(body).to_string(), &[(member, "wrong_type")]);
            }
        }
    }
}

#[test]
fn a_repeated_member_is_named() {
    for (route, members) in ROUTES {
        for member in members {
            let body = Value::from(body(members)).to_string();
            let twice = format!("{{{:?}:\"x\",{}", member, body.trim_start_matches('{'));
            let answer = send(route, twice).send();
            assert_eq!(answer.outcome(), (400, "malformed_request".to_owned()), "{route}");
            let repeated = ((*member).to_owned(), "repeated".to_owned());
            assert!(answer.errors().contains(&repeated), "{route}: {}", answer.body);
        }
    }
}

#[test]
fn an_unknown_member_is_named() {
    for (route, members) in ROUTES {
        for name in ["sub", "Username", "user name", "__proto__", ""] {
            let mut body = body(members);
            body.insert(name.to_owned(), "x".into());
            check_malformed(route, Value::from(body).to_string(), &[(name, "unknown")]);
        }
        let mut body = body(members);
        body.insert("ß".repeat(300), "x".into());
        check_malformed(route, Value::from(body).to_string(), &[(&"ß".repeat(64), "unknown")]);
    }
}

#[test]
fn every_fault_is_named_at_once() {
    check_malformed(
        "/login",
        r#"{"username":7,"user":"ada","scope":null}"#,
        &[
            ("username", "wrong_type"),
            ("password", "missing"),
            ("user", "unknown"),
            ("scope", "unknown"),
        ],
    );
}

/// Names that another one could be mistaken for are refused and never repaired.
#[test]
fn user_names_that_no_account_can_have_are_refused() {
    let rows = [
        ("", "not_an_email"),
        ("ada", "not_an_email"),
        ("@example.com", "not_an_email"),
        ("ada@", "not_an_email"),
        ("ada@example@com", "not_an_email"),
        (" ada@example.com", "forbidden_character"),
        ("ada@example.com\n", "forbidden_character"),
        ("ada\r\nX-Injected: 1@example.com", "forbidden_character"),
        ("ada\0@example.com", "forbidden_character"),
        ("ada\u{200b}@example.com", "forbidden_character"),
        ("ada\u{202e}@example.com", "forbidden_character"),
        ("stra\u{df}e@example.com", "forbidden_character"),
        ("\u{130}da@example.com", "forbidden_character"),
        ("\u{fb01}@example.com", "forbidden_character"),
        ("zoe\u{308}@example.com", "not_normalized"),
        ("\u{b2}@example.com", "not_normalized"),
        ("\u{ff21}da@example.com", "not_normalized"),
        (&format!("{}@example.com", "a".repeat(117)), "too_long"),
    ];
    for (route, members) in of_users() {
        for (name, code) in rows {
            let mut body = body(members);
            body.insert("username".to_owned(), name.into());
            check_malformed(route, Value::from(body).to_string(), &[("username", code)]);
        }
    }
}

/// What these names lead to is each route's own; that it is an answer is everybody's, which the
/// client asserts.
#[test]
fn strange_user_names_never_break_anything() {
    let long = format!("{}@example.com", "a".repeat(116));
    let names = [
        "a@b",
        "a@b.c",
        "a@-",
        "a@.",
        "a@b..c",
        "'or'1'='1@example.com",
        "../../etc/passwd@example.com",
        "${jndi:ldap://x}@example.com",
        "%0d%0a@example.com",
        "<script>@example.com",
        "{\"a\":1}@example.com",
        "Value@example.com",
        "用户@例子.公司",
        "дина@пример.рф",
        "zo\u{eb}@example.com",
        "😀@example.com",
        &long,
    ];
    for (route, members) in of_users() {
        for name in names {
            let mut body = body(members);
            body.insert("username".to_owned(), name.into());
            let answer = Call::post(route, &body.into()).send();
            assert!([200, 202, 400, 401, 403].contains(&answer.status), "{route} {name}");
        }
    }
}

#[test]
fn http_7_a_body_that_is_not_declared_as_json_is_refused() {
    let refused: [&[&str]; 9] = [
        &[],
        &["text/plain"],
        &["text/json"],
        &["application/jsonx"],
        &["application/x-www-form-urlencoded"],
        &["multipart/form-data; boundary=x"],
        &["application/json; charset=utf-16"],
        &["application/json; charset=iso-8859-1"],
        &["application/json", "application/json"],
    ];
    for (route, members) in ROUTES.into_iter().chain([GENERATE]) {
        let body = Value::from(body(members)).to_string();
        for types in refused {
            let mut call = send(route, &body).without("content-type");
            for name in types {
                call = call.header("content-type", name);
            }
            let expected = (415, "unsupported_media_type".to_owned());
            assert_eq!(call.send().outcome(), expected, "{route} {types:?}");
        }
        let call = send(route, &body).without("content-type");
        let answer = call.header("content-type", "Application/JSON; charset=\"UTF-8\"").send();
        assert!(![413, 415].contains(&answer.status), "{route}");
    }
}

#[test]
fn http_7_who_takes_no_json_is_not_served() {
    for (route, members) in ROUTES.into_iter().chain([GENERATE]) {
        let call = send(route, Value::from(body(members)).to_string());
        for accept in ["text/html", "application/json;q=0", "application/json;q=0, */*"] {
            let expected = (406, "not_acceptable".to_owned());
            assert_eq!(call.clone().header("accept", accept).send().outcome(), expected, "{route}");
        }
        for accept in ["application/json", "*/*;q=0.1", "text/html, application/*"] {
            assert_ne!(call.clone().header("accept", accept).send().status, 406, "{route}");
        }
    }
    let get = Call::get("/generate").header("accept", "text/html");
    assert_eq!(get.clone().send().status, 401, "the token comes first");
    assert_eq!(get.bearer(&Tokens::shared().access).send().status, 406);
}

#[test]
fn http_5_the_limit_of_a_body_is_exact() {
    for (route, _) in ROUTES.into_iter().chain([GENERATE]) {
        // Nothing is missing from a request to the generator.
        let taken = if route == GENERATE.0 { (200, "") } else { (400, "malformed_request") };
        for (length, outcome) in [(LIMIT, taken), (LIMIT + 1, (413, "payload_too_large"))] {
            let body = format!("{{{}}}", " ".repeat(length - 2));
            let call = send(route, &body);
            for call in [call.clone(), call.chunked()] {
                let (status, code) = call.send().outcome();
                assert_eq!((status, &*code), outcome, "{route} {length}");
            }
        }
    }
}

#[test]
fn a_body_far_above_the_limit_is_refused_too() {
    for call in [
        Call::post_text("/login", " ".repeat(900_000)),
        Call::post_text("/login", " ".repeat(900_000)).chunked(),
    ] {
        assert_eq!(call.send().outcome(), (413, "payload_too_large".to_owned()));
    }
}
