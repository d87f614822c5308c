//! The headers of every answer, whoever made it.

use serde_json::json;

use crate::{
    client::{Answer, Call, PASSWORD, Tokens, address, confirmed, log_in, registered},
    stack::{ORIGIN, OTHER_ORIGIN, SHARED},
};

/// Each route with its method.
const ROUTES: [(&str, &str); 17] = [
    ("POST", "/register"),
    ("POST", "/confirm_user"),
    ("POST", "/resend_code"),
    ("POST", "/login"),
    ("POST", "/login/mfa"),
    ("POST", "/refresh"),
    ("POST", "/logout"),
    ("POST", "/forgot_password"),
    ("POST", "/reset_password"),
    ("POST", "/change_password"),
    ("POST", "/mfa/setup"),
    ("POST", "/mfa/verify"),
    ("DELETE", "/mfa"),
    ("GET", "/me"),
    ("DELETE", "/me"),
    ("GET", "/generate"),
    ("POST", "/generate"),
];

/// The methods of `path`, as `Allow` has them.
fn methods(path: &str) -> Vec<&'static str> {
    let own = ROUTES.iter().filter(|(_, of)| *of == path).map(|(method, _)| *method);
    let mut methods: Vec<_> = own.chain(["OPTIONS"]).collect();
    methods.sort_unstable();
    methods
}

/// What every answer has, exactly.
const SECURITY: [(&str, &str); 8] = [
    ("cache-control", "no-store"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("cross-origin-resource-policy", "same-origin"),
    ("referrer-policy", "no-referrer"),
    ("strict-transport-security", "max-age=31536000; includeSubDomains"),
    ("vary", "Origin"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
];

/// Origins that look like an allowed one, and are not.
const FOREIGN: [&[&str]; 12] = [
    &["https://app.example.com.evil.example"],
    &["https://evilapp.example.com"],
    &["http://app.example.com"],
    &["https://app.example.com:8443"],
    &["HTTPS://APP.EXAMPLE.COM"],
    &["https://app.example.com."],
    &["https://app.example.com/"],
    &["https://sub.app.example.com"],
    &["null"],
    &["*"],
    &["https://app.example.com, http://localhost:5173"],
    &["https://app.example.com", "https://app.example.com"],
];

/// One request for each answer that there is, with the status it must have.
fn outcomes() -> Vec<(u16, Call)> {
    let post = |path: &str, name: &str, second: (&str, &str)| {
        Call::post(path, &json!({"username": name, second.0: second.1}))
    };
    let waiting = registered();
    let code = SHARED.codes(&waiting).swap_remove(0);
    let token = &Tokens::shared().access;
    let another = log_in(&SHARED, &confirmed()).access;
    let mut all = vec![
        (200, post("/register", &address(), ("password", PASSWORD))),
        (400, post("/register", &address(), ("password", "short"))),
        (400, post("/confirm_user", &address(), ("confirmation_code", "123456"))),
        (202, Call::post("/resend_code", &json!({"username": address()}))),
        (401, post("/login", &address(), ("password", PASSWORD))),
        (403, post("/login", &registered(), ("password", PASSWORD))),
        (200, post("/login", &confirmed(), ("password", PASSWORD))),
        (200, post("/confirm_user", &waiting, ("confirmation_code", &code))),
        (202, Call::post("/forgot_password", &json!({"username": address()}))),
        (204, Call::post("/logout", &json!({"refresh_token": "x"}))),
        (401, Call::post("/refresh", &json!({"refresh_token": "x"}))),
        (200, Call::get("/me").bearer(token)),
        (401, Call::delete("/me", &json!({"password": "x"})).bearer(&another)),
        (409, Call::post("/mfa/verify", &json!({"code": "123456"})).bearer(token)),
        (200, Call::get("/generate").bearer(token)),
        (400, Call::get("/generate?length=x").bearer(token)),
        (422, Call::get("/generate?length=8&nums=8").bearer(token)),
        (200, Call::post_text("/generate", "{}").bearer(token)),
        (400, Call::post_text("/generate", r#"{"length":null}"#).bearer(token)),
        (422, Call::post_text("/generate", r#"{"length":8,"nums":8}"#).bearer(token)),
        (401, Call::get("/generate")),
        (401, Call::post_text("/generate", "{")),
        (401, Call::get("/generate").bearer("x")),
        (404, Call::get("/")),
        (404, Call::get("/generate/")),
        (404, Call::get("/v1/generate")),
        (404, Call::new("OPTIONS", "/nothing")),
    ];
    for (method, path) in ROUTES {
        all.push((405, Call::new("PUT", path)));
        all.push((406, Call::new(method, path).header("accept", "text/html").bearer(token)));
        all.push((414, Call::new(method, &format!("{path}?{}", "a".repeat(2_048)))));
        all.push((413, Call::new(method, path).body(" ".repeat(16_385))));
        all.push((421, Call::new(method, path).header("host", "passmint.example")));
        all.push((431, Call::new(method, path).header("x", &"x".repeat(10_240))));
        all.push((200, Call::new("OPTIONS", path)));
        if method != "GET" {
            // The authorizer stands before the body; the other routes take no notice of a token.
            let json = Call::new(method, path).header("content-type", "application/json");
            all.push((400, json.body("{").bearer(token)));
            all.push((415, Call::new(method, path).body("{}").bearer(token)));
        }
    }
    all
}

fn check_security(answer: &Answer, what: &str) {
    for (name, value) in SECURITY {
        let values: Vec<_> = answer.headers.get_all(name).iter().collect();
        assert_eq!(values, [value], "{what}: {name}");
    }
    for name in ["server", "x-powered-by", "access-control-allow-credentials", "set-cookie"] {
        assert!(!answer.headers.contains_key(name), "{what}: {name}");
    }
    let content_type = answer.headers["content-type"].to_str().unwrap();
    let media_type = content_type.split(';').next().unwrap();
    let expected =
        if answer.status < 400 { "application/json" } else { "application/problem+json" };
    assert_eq!(media_type, expected, "{what}");
    assert!(answer.headers.contains_key("x-amzn-requestid"), "{what}");
}

#[test]
fn http_1_2_4_every_answer_has_them_and_names_an_allowed_origin() {
    for origin in [ORIGIN, OTHER_ORIGIN] {
        for (status, call) in outcomes() {
            let what = format!("{call:?}");
            let answer = call.header("origin", origin).send();
            assert_eq!(answer.status, status, "{what}");
            check_security(&answer, &what);
            let named: Vec<_> =
                answer.headers.get_all("access-control-allow-origin").iter().collect();
            assert_eq!(named, [origin], "{what}");
            assert_eq!(
                answer.headers["access-control-expose-headers"],
                "ETag, Retry-After, x-amzn-RequestId",
                "{what}"
            );
        }
    }
}

#[test]
fn no_origin_is_named_to_a_request_without_one() {
    for (status, call) in outcomes() {
        let what = format!("{call:?}");
        let answer = call.send();
        assert_eq!(answer.status, status, "{what}");
        check_security(&answer, &what);
        assert!(!answer.headers.contains_key("access-control-allow-origin"), "{what}");
    }
}

#[test]
fn http_1_a_foreign_origin_is_never_named() {
    let token = &Tokens::shared().access;
    // Each maker of answers once: functions with a success and a problem, authorizer, router,
    // limits, preflight.
    let calls = [
        Call::get("/generate").bearer(token),
        Call::post_text("/login", "{"),
        Call::get("/generate"),
        Call::get("/nothing"),
        Call::get("/login"),
        Call::post_text("/login", " ".repeat(16_385)),
        Call::new("OPTIONS", "/login"),
    ];
    for origins in FOREIGN {
        for call in calls.clone() {
            let what = format!("{origins:?} {call:?}");
            let call = origins.iter().fold(call, |call, origin| call.header("origin", origin));
            let answer = call.send();
            check_security(&answer, &what);
            assert!(!answer.headers.contains_key("access-control-allow-origin"), "{what}");
        }
    }
}

#[test]
fn http_3_a_preflight_needs_no_token_and_lists_the_methods_of_its_path() {
    for (method, path) in ROUTES {
        let preflight = Call::new("OPTIONS", path)
            .header("origin", ORIGIN)
            .header("access-control-request-method", method)
            .header("access-control-request-headers", "authorization,content-type");
        let answer = preflight.send();
        assert_eq!(answer.status, 200);
        let list = |name: &str| -> Vec<String> {
            let value = answer.headers[name].to_str().unwrap().to_ascii_lowercase();
            value.split(',').map(|item| item.trim().to_owned()).collect()
        };
        let methods: Vec<_> = methods(path).iter().map(|name| name.to_ascii_lowercase()).collect();
        assert_eq!(list("access-control-allow-methods"), methods, "{path}");
        assert_eq!(list("access-control-allow-headers"), ["authorization", "content-type"]);
        let age: u32 = answer.headers["access-control-max-age"].to_str().unwrap().parse().unwrap();
        assert!(age <= 7_200);
    }
}

#[test]
fn http_8_a_wrong_method_is_told_the_right_ones() {
    for (_, path) in ROUTES {
        let allowed = methods(path);
        let all = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "TRACE", "FOO"];
        for other in all.into_iter().filter(|method| !allowed.contains(method)) {
            let answer = Call::new(other, path).send();
            assert_eq!(answer.status, 405, "{other} {path}");
            assert_eq!(answer.headers["allow"], allowed.join(", "), "{other} {path}");
        }
    }
}

#[test]
fn http_8_other_paths_are_not_found() {
    for path in
        ["/", "/v1/login", "/login/", "/Login", "//login", "/login/x", "/%6Cogin", "/_local/", "/x"]
    {
        for method in ["GET", "POST", "OPTIONS"] {
            let outcome = Call::new(method, path).send().outcome();
            assert_eq!(outcome, (404, "not_found".to_owned()), "{method} {path}");
        }
    }
}
