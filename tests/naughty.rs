//! Texts that break programs, everywhere a client can write (UNI-2).

use serde_json::{Value, json};

use crate::client::{Answer, Call, Tokens, confirmed};

/// Texts by what they try.
const TEXTS: [&str; 100] = [
    // Nothing, and what is read as nothing.
    "",
    " ",
    "\t",
    "\n",
    "\r\n",
    "null",
    "undefined",
    "nil",
    "None",
    "NaN",
    "Infinity",
    "-0",
    "true",
    // Numbers that are none.
    "0",
    "-1",
    "1e400",
    "0x7f",
    "9223372036854775808",
    "1_000",
    "\u{661}\u{662}\u{663}",
    "1,5",
    // Control characters and ends of texts.
    "\0",
    "a\0b",
    "\u{1}",
    "\u{7f}",
    "\u{85}",
    "\u{1b}[31mred",
    "\u{8}\u{8}",
    "a\r\nSet-Cookie: a=b",
    // White space of other kinds, and none at all.
    "\u{a0}",
    "\u{2003}",
    "\u{3000}",
    "\u{2028}",
    "\u{2029}",
    "\u{200b}",
    "\u{200d}",
    "\u{feff}",
    "\u{ad}",
    // Directions.
    "\u{202e}moc.live",
    "\u{2066}a\u{2069}",
    "\u{200f}",
    "\u{5d0}\u{5d1}1\u{5d2}",
    "\u{61c}",
    // Spellings of one text.
    "zo\u{eb}",
    "zoe\u{308}",
    "\u{fb01}n",
    "\u{ff21}\u{ff22}",
    "stra\u{df}e",
    "STRASSE",
    "\u{130}",
    "\u{131}",
    "\u{3c2}\u{3c3}",
    "p\u{430}ypal",
    "\u{212b}",
    "\u{2126}",
    "\u{1e9e}",
    "\u{390}",
    // Marks in heaps, and beyond the first plane.
    "Z\u{351}\u{36b}\u{343}\u{32a}\u{302}a\u{334}",
    "\u{301}\u{301}\u{301}",
    "\u{1f600}",
    "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
    "\u{1f1e9}\u{1f1ea}",
    "\u{1f44d}\u{1f3fd}",
    "\u{20000}",
    "\u{10ffff}",
    "\u{fffe}",
    "\u{ffff}",
    "\u{e000}",
    "\u{fffd}",
    "\u{e0001}",
    "\u{1d400}",
    "\u{ac00}\u{11a8}",
    // Formats, paths and commands.
    "%s%s%s%n",
    "%00",
    "%2e%2e%2f",
    "%",
    "%zz",
    "{}",
    "{0}",
    "${jndi:ldap://127.0.0.1/a}",
    "{{7*7}}",
    "#{1}",
    "../../etc/passwd",
    "C:\\con\\con",
    "file:///dev/zero",
    "$(reboot)",
    "`id`",
    "; ls",
    "|| true",
    "& dir",
    // Languages in languages.
    "' OR 1=1--",
    "\"; DROP TABLE users;--",
    "*)(uid=*",
    "<script>alert(1)</script>",
    "\"><img src=x onerror=a()>",
    "]]>",
    "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///\">]>",
    "=1+1",
    "__proto__",
    "\\u0000",
];

/// What JSON can say, and no text can be.
const ESCAPES: [&str; 8] = [
    r"\ud800",
    r"\udc00",
    r"\ud800\ud800",
    r"\udc00\ud800",
    r"\u0000",
    r"\uD83D\uDE00",
    r"\u00",
    r"\x00",
];

/// All texts, plain and within an address, and those that are long.
fn texts() -> Vec<String> {
    let long = ["a", "\u{1f600}", "\u{301}", "\u{feff}", "\"", "\\"].map(|part| part.repeat(1500));
    let plain = TEXTS.into_iter().map(str::to_owned).chain(long);
    plain.flat_map(|text| [format!("{text}@example.com"), text]).collect()
}

/// Every public route with `text` in one member and fine ones beside it.
fn calls(text: &Value) -> Vec<(&'static str, Value)> {
    const NAME: &str = "nobody@example.com";
    const LONG: &str = "a-fine-password-of-length";
    vec![
        ("/register", json!({"username": text, "password": "short"})),
        ("/register", json!({"username": "no address", "password": text})),
        ("/login", json!({"username": text, "password": "short"})),
        ("/login", json!({"username": NAME, "password": text})),
        ("/login/mfa", json!({"username": text, "session": "s".repeat(20), "code": "123456"})),
        ("/login/mfa", json!({"username": NAME, "session": text, "code": "123456"})),
        ("/login/mfa", json!({"username": NAME, "session": "s".repeat(20), "code": text})),
        ("/confirm_user", json!({"username": text, "confirmation_code": "123456"})),
        ("/confirm_user", json!({"username": NAME, "confirmation_code": text})),
        (
            "/confirm_user",
            json!({"username": NAME, "confirmation_code": "123456", "password": text}),
        ),
        ("/resend_code", json!({"username": text})),
        ("/forgot_password", json!({"username": text})),
        (
            "/reset_password",
            json!({"username": NAME, "confirmation_code": "1", "new_password": text}),
        ),
        (
            "/reset_password",
            json!({"username": NAME, "confirmation_code": text, "new_password": LONG}),
        ),
        ("/refresh", json!({"refresh_token": text})),
        ("/logout", json!({"refresh_token": text})),
    ]
}

/// A fine answer, or a problem that blames the client: `send` has held it against the contract and
/// against 5xx.
fn answered(answer: &Answer, what: &str) {
    assert!([200, 202, 204, 400, 401, 403, 413, 414, 429].contains(&answer.status), "{what}");
}

#[test]
fn uni_2_naughty_members_are_answered() {
    for text in texts() {
        for (path, body) in calls(&json!(text)) {
            answered(&Call::post(path, &body).send(), &format!("{path} {text:?}"));
        }
    }
}

/// No string of Rust has them, so they are written into the body.
#[test]
fn uni_2_escapes_of_what_is_no_text_are_refused_or_read() {
    for escape in ESCAPES {
        for (path, body) in calls(&json!("HERE")) {
            let body = body.to_string().replace("HERE", escape);
            let answer = Call::post_text(path, body).send();
            answered(&answer, &format!("{path} {escape}"));
            let broken = !["\\u0000", "\\uD83D\\uDE00"].contains(&escape);
            assert!(
                !broken || answer.outcome() == (400, "malformed_request".to_owned()),
                "{escape}"
            );
        }
    }
}

#[test]
fn uni_2_naughty_parameters_and_options_are_answered() {
    let Tokens { access, .. } = Tokens::shared();
    for text in texts() {
        for name in ["length", "symbols", "ExcludeCharacters", "separator", "policy", &text] {
            let call = Call::get("/generate").query(name, &text).bearer(access);
            answered(&call.send(), &format!("{name} {text:?}"));
            let call = Call::post("/generate", &json!({name: text})).bearer(access);
            answered(&call.send(), &format!("{name} {text:?}"));
        }
    }
}

/// What was taken is the very text: it logs in, and nothing like it does.
#[test]
fn uni_2_a_password_that_is_taken_is_used_as_it_is() {
    for part in
        ["zo\u{eb}", "zoe\u{308}", "\u{1f468}\u{200d}\u{1f469}", "%00{}", "' OR 1=1--", "\u{202e}"]
    {
        let address = confirmed();
        let password = format!("{part}-of-a-naughty-list");
        assert_eq!(
            Call::post("/forgot_password", &json!({"username": address})).send().status,
            202
        );
        let code = crate::stack::SHARED.codes(&address).swap_remove(0);
        let body =
            json!({"username": address, "confirmation_code": code, "new_password": password});
        assert_eq!(Call::post("/reset_password", &body).send().status, 200, "{password:?}");
        let log_in = |password: &str| {
            Call::post("/login", &json!({"username": address, "password": password})).send().status
        };
        assert_eq!(log_in(&password), 200, "{password:?}");
        assert_eq!(log_in(&format!("{password} ")), 401, "{password:?}");
        assert_eq!(log_in(&password.replace("-of-", "-0f-")), 401, "{password:?}");
    }
}
