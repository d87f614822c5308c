//! What the log tells of each outcome, as SECURITY.md has it, and the form of every line.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use local::metrics;
use serde_json::{Value, json};

use crate::{
    administrator::{invite, take_password},
    client::{
        Answer, Call, PASSWORD, TEMPORARY, Tokens, address, confirmed, confirmed_on, log_in,
        log_in_by, register, session, set_up_mfa,
    },
    contract::repository,
    stack::{ORIGIN, Running, SHARED},
    totp::{STEP, code, wrong_code},
};

const NEW: &str = "another-horse-battery";
const WRONG: &str = "incorrect-horse-battery";
const WRONG_CODE: &str = "0-0-0";
/// Wrong passwords, or codes of an app, that lock an account.
const LOCK: usize = 5;
/// The most that one of the user pool's limits by account allows in an hour.
const MOST: usize = 20;

/// What a line tells of an outcome: its event, if there is one, and what it counts.
type Told = (Option<String>, BTreeMap<String, u64>);

/// A stack, and which rows of the table its lines were held against.
struct Watched {
    stack: Running,
    table: BTreeMap<(String, String), (Option<String>, BTreeSet<String>)>,
    seen: BTreeSet<(String, String)>,
}

impl Watched {
    fn on(stack: Running) -> Self {
        Self { stack, table: table(), seen: BTreeSet::new() }
    }

    /// Sends a request, which is one line, and holds that against the row of `request` and
    /// `outcome`; each metric counts 1.
    fn row(&mut self, request: &str, outcome: &str, call: Call) -> Answer {
        self.counted(request, outcome, 1, call)
    }

    fn counted(&mut self, request: &str, outcome: &str, count: u64, call: Call) -> Answer {
        let before = self.stack.log().len();
        let answer = call.send_to(&self.stack);
        let lines = self.stack.log();
        let what = format!("{request}, {outcome}: {:?}", &lines[before..]);
        assert_eq!(lines.len(), before + 1, "{what}");
        let line = check(&lines[before]);
        if request != "any" {
            let route = [&line["method"], &line["route"]].map(|text| text.as_str().unwrap());
            assert_eq!(route.join(" "), request, "{what}");
        }
        let key = (request.to_owned(), outcome.to_owned());
        let (event, counts) = self.table.get(&key).unwrap_or_else(|| panic!("no row: {what}"));
        let counts = counts.iter().map(|name| (name.clone(), count)).collect();
        assert_eq!(told(&line), (event.clone(), counts), "{what}");
        self.seen.insert(key);
        answer
    }

    /// Sends the same request until it is answered otherwise, or told otherwise.
    fn wear_out(&self, call: &Call) {
        let first = told(&check(&self.told_of(call)));
        let tries = (0..=MOST).find(|_| told(&check(&self.told_of(call))) != first);
        assert!(tries.is_some(), "{call:?} has no limit");
    }

    fn told_of(&self, call: &Call) -> String {
        call.clone().send_to(&self.stack);
        self.stack.log().pop().unwrap()
    }

    fn log_in(&self) -> (String, Tokens) {
        let address = confirmed_on(&self.stack);
        let tokens = log_in(&self.stack, &address);
        (address, tokens)
    }
}

/// The table of SECURITY.md.
fn table() -> BTreeMap<(String, String), (Option<String>, BTreeSet<String>)> {
    let text = repository("SECURITY.md");
    let start = "| request | outcome | event | counts |\n|---|---|---|---|\n";
    let (_, rows) = text.split_once(start).unwrap();
    let rows = rows.lines().take_while(|line| line.starts_with('|')).map(|line| {
        let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [request, outcome, event, counts] = cells[..] else { panic!("{line}") };
        let bare = |text: &str| text.trim().trim_matches('`').to_owned();
        let names = |text: &str| {
            text.split(',').map(bare).filter(|name| !name.is_empty()).collect::<BTreeSet<_>>()
        };
        ((bare(request), outcome.to_owned()), (names(event).pop_first(), names(counts)))
    });
    rows.collect()
}

fn told(line: &Value) -> Told {
    let event = line["event"].as_str().map(str::to_owned);
    let counted = metrics::NAMES
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), line.get(name)?.as_u64().unwrap())));
    (event, counted.collect())
}

fn named(path: &str, name: &str, member: (&str, &str)) -> Call {
    Call::post(path, &json!({"username": name, member.0: member.1}))
}

/// The members of a line on one machine, beside those of embedded metrics: all that there may be,
/// and whether a line must have it.
const KEYS: [(&str, bool); 16] = [
    ("cause", false),
    ("code", false),
    ("duration_ms", true),
    ("event", false),
    ("extended_request_id", false),
    ("function_name", true),
    ("level", true),
    ("message", true),
    ("method", false),
    ("request_id", false),
    ("route", false),
    ("service", true),
    ("status", true),
    ("timestamp", true),
    ("user_sub_hash", false),
    ("_aws", false),
];
/// The largest event of CloudWatch Logs in bytes.
const LINE_LIMIT: usize = 256 * 1024;

/// Asserts that a line has the form of all lines, and gives it back.
pub(crate) fn check(text: &str) -> Value {
    assert!(text.len() <= LINE_LIMIT && !text.contains('\n'), "{text}");
    let line: Value = serde_json::from_str(text).unwrap();
    let members = line.as_object().unwrap();
    for (key, required) in KEYS {
        assert!(!required || members.contains_key(key), "{key}: {text}");
    }
    for key in members.keys() {
        let known = KEYS.iter().any(|(known, _)| known == key);
        assert!(known || metrics::NAMES.contains(&key.as_str()), "{key}: {text}");
    }
    assert!(members.values().all(|value| !value.is_null()), "{text}");
    assert!(["INFO", "WARN", "ERROR"].contains(&line["level"].as_str().unwrap()), "{text}");
    assert_eq!(line["service"], "passmint");
    assert!(line["status"].is_u64() && line["duration_ms"].is_f64(), "{text}");
    // RFC 3339 in UTC, to the millisecond.
    let shape = |byte: u8| if byte.is_ascii_digit() { '0' } else { char::from(byte) };
    let shape: String = line["timestamp"].as_str().unwrap().bytes().map(shape).collect();
    assert_eq!(shape, "0000-00-00T00:00:00.000Z");
    if let Some(hash) = line.get("user_sub_hash") {
        let hash = hash.as_str().unwrap();
        assert!(hash.len() == 16 && u64::from_str_radix(hash, 16).is_ok(), "{text}");
    }
    check_metrics(&line);
    line
}

/// Asserts the rules of "Specification: Embedded metric format" in the `CloudWatch` user guide, and
/// that a metric is there exactly if it is declared.
fn check_metrics(line: &Value) {
    let present = metrics::NAMES.into_iter().filter(|name| line.get(name).is_some());
    let present: BTreeSet<_> = present.collect();
    let Some(metadata) = line.get("_aws") else {
        assert_eq!(present, BTreeSet::new(), "{line}");
        return;
    };
    assert_eq!(members(metadata), ["CloudWatchMetrics", "Timestamp"], "{line}");
    assert!(metadata["Timestamp"].as_u64().unwrap() > 1_700_000_000_000, "milliseconds: {line}");
    let [directive] = &metadata["CloudWatchMetrics"].as_array().unwrap()[..] else {
        panic!("{line}")
    };
    assert_eq!(members(directive), ["Dimensions", "Metrics", "Namespace"], "{line}");
    assert_eq!(directive["Namespace"], "Passmint");
    assert_eq!(metrics::NAMESPACE, "Passmint");
    assert_eq!(directive["Dimensions"], json!([["function_name", "service"]]));
    for dimension in metrics::DIMENSIONS {
        let value = line[dimension].as_str().unwrap();
        assert!((1..=1024).contains(&value.len()), "{line}");
    }
    let declared = directive["Metrics"].as_array().unwrap();
    assert!((1..=100).contains(&declared.len()), "{line}");
    let mut names = BTreeSet::new();
    for definition in declared {
        assert_eq!(members(definition), ["Name", "Unit"], "{line}");
        assert_eq!(definition["Unit"], "Count");
        let name = definition["Name"].as_str().unwrap();
        assert!(line[name].as_u64().is_some_and(|count| count > 0), "{name}: {line}");
        assert!(names.insert(name), "{name} twice: {line}");
    }
    assert_eq!(names, present, "{line}");
}

fn members(value: &Value) -> Vec<&str> {
    let mut names: Vec<_> = value.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

/// From a registration to a login.
fn new_account(watched: &mut Watched) {
    let name = address();
    let register = || named("/register", &name, ("password", PASSWORD));
    watched.row("POST /register", "a new account", register());
    watched.row("POST /register", "an address that has one", register());
    let log_in = |password| named("/login", &name, ("password", password));
    let waiting = "the right password of an account that waits for its code";
    watched.row("POST /login", waiting, log_in(PASSWORD));
    for address in [&name, &address()] {
        let resend = Call::post("/resend_code", &json!({"username": address}));
        watched.row("POST /resend_code", "whatever the address", resend);
    }
    let confirm = |code: &str| named("/confirm_user", &name, ("confirmation_code", code));
    watched.row("POST /confirm_user", "a code that is not right", confirm(WRONG_CODE));
    let code = watched.stack.codes(&name).swap_remove(0);
    watched.row("POST /confirm_user", "confirmed", confirm(&code));
    watched.row("POST /confirm_user", "a code that is not right", confirm(&code));
    watched.row("POST /login", "logged in", log_in(PASSWORD));
    for (name, password) in [(&name, WRONG), (&address(), PASSWORD)] {
        let call = named("/login", name, ("password", password));
        watched.row("POST /login", "a wrong password, an unknown user", call);
    }
}

/// Limits of the user pool by account: more of the same, and it is told otherwise.
fn limits(watched: &mut Watched) {
    let waiting = address();
    register(&watched.stack, &waiting);
    let resend = Call::post("/resend_code", &json!({"username": waiting}));
    watched.wear_out(&resend);
    watched.row("POST /resend_code", "too many mails", resend);
    let wrong = named("/confirm_user", &waiting, ("confirmation_code", WRONG_CODE));
    watched.wear_out(&wrong);
    watched.row("POST /confirm_user", "too many codes", wrong);

    let (name, tokens) = watched.log_in();
    let forgot = Call::post("/forgot_password", &json!({"username": name}));
    watched.wear_out(&forgot);
    watched.row("POST /forgot_password", "too many mails", forgot);
    let wrong = reset(&name, WRONG_CODE);
    watched.wear_out(&wrong);
    watched.row("POST /reset_password", "too many codes", wrong);
    let wrong = change(&tokens, WRONG);
    watched.wear_out(&wrong);
    watched.row("POST /change_password", "too many passwords", wrong);
}

fn reset(name: &str, code: &str) -> Call {
    let body = json!({"username": name, "confirmation_code": code, "new_password": NEW});
    Call::post("/reset_password", &body)
}

fn change(tokens: &Tokens, current: &str) -> Call {
    let body = json!({"current_password": current, "new_password": NEW});
    Call::post("/change_password", &body).bearer(&tokens.access)
}

fn locks(watched: &mut Watched) {
    let (name, tokens) = watched.log_in();
    let log_in = |password| named("/login", &name, ("password", password));
    for _ in 0..LOCK {
        watched.row("POST /login", "a wrong password, an unknown user", log_in(WRONG));
    }
    // Whatever the password.
    watched.row("POST /login", "a locked account", log_in(PASSWORD));
    let delete = Call::delete("/me", &json!({"password": PASSWORD})).bearer(&tokens.access);
    watched.row("DELETE /me", "a locked account", delete);
    let set_up = Call::post("/mfa/setup", &json!({"password": PASSWORD})).bearer(&tokens.access);
    watched.row("POST /mfa/setup", "a locked account", set_up);
    let unknown = named("/login", &address(), ("password", WRONG));
    watched.wear_out(&unknown);
    watched.row("POST /login", "a locked account", unknown);
}

fn logins(watched: &mut Watched) {
    let (_, tokens) = watched.log_in();
    let refresh = |token: &str| Call::post("/refresh", &json!({"refresh_token": token}));
    let answer = watched.row("POST /refresh", "new tokens", refresh(&tokens.refresh));
    let newer = Tokens::read(&answer.json());
    watched.stack.advance(Duration::from_secs(STEP + 1));
    let reused = watched.row(
        "POST /refresh",
        "a token that another one has replaced",
        refresh(&tokens.refresh),
    );
    for token in [&*newer.refresh, "x"] {
        let over = watched.row("POST /refresh", "a token of no use", refresh(token));
        assert_eq!(over.likeness(), reused.likeness());
    }
    let (_, tokens) = watched.log_in();
    let me = || Call::get("/me").bearer(&tokens.access);
    watched.row("GET /me", "given", me());
    let log_out = Call::post("/logout", &json!({"refresh_token": tokens.refresh}));
    watched.row("POST /logout", "the login is over", log_out);
    watched.row("GET /me", "a revoked token", me());
}

fn second_factor(watched: &mut Watched) {
    let (name, tokens) = watched.log_in();
    let token = &tokens.access;
    let set_up = |password| Call::post("/mfa/setup", &json!({"password": password})).bearer(token);
    let verify = |code: &str| Call::post("/mfa/verify", &json!({"code": code})).bearer(token);
    watched.row("POST /mfa/verify", "no app was set up", verify("123456"));
    watched.row("DELETE /mfa", "no app was set up", remove(token, PASSWORD, "123456"));
    watched.row("POST /mfa/setup", "a wrong password", set_up(WRONG));
    let key = watched.row("POST /mfa/setup", "a key", set_up(PASSWORD)).json();
    let secret = key["secret"].as_str().unwrap();
    let wrong = wrong_code(&watched.stack, secret);
    watched.row("POST /mfa/verify", "a code that is not right", verify(&wrong));
    let first = code(&watched.stack, secret, -1);
    watched.row("POST /mfa/verify", "switched on", verify(&first));
    watched.row("POST /mfa/setup", "an app is in use", set_up(PASSWORD));

    let log_in = named("/login", &name, ("password", PASSWORD));
    let outcome = "the right password, a code still to come";
    let session = watched.row("POST /login", outcome, log_in).json()["session"].clone();
    let finish = |code: &str| {
        Call::post("/login/mfa", &json!({"username": name, "session": session, "code": code}))
    };
    watched.row("POST /login/mfa", "a code that is not right", finish(&wrong));
    let second = code(&watched.stack, secret, 0);
    watched.row("POST /login/mfa", "logged in", finish(&second));
    watched.row("POST /login/mfa", "a session that is over", finish(&second));

    let third = code(&watched.stack, secret, 1);
    watched.row("DELETE /mfa", "a wrong password", remove(token, WRONG, &third));
    watched.row("DELETE /mfa", "a code that is not right", remove(token, PASSWORD, &wrong));
    watched.row("DELETE /mfa", "switched off", remove(token, PASSWORD, &third));
}

fn temporary_passwords(watched: &mut Watched) {
    let log_in = |watched: &mut Watched, name: &str| {
        let call = named("/login", name, ("password", TEMPORARY));
        let outcome = "a temporary password, one of the user's own still to come";
        watched.row("POST /login", outcome, call).json()["session"].clone()
    };
    let choose = |name: &str, session: &Value, password: &str| {
        let body = json!({"username": name, "session": session, "new_password": password});
        Call::post("/login/mfa", &body)
    };
    let name = address();
    invite(&watched.stack, &name, TEMPORARY);
    let session = log_in(watched, &name);
    watched.row("any", "malformed", choose(&name, &session, "short"));
    watched.row("POST /login/mfa", "logged in", choose(&name, &session, NEW));
    watched.row("POST /login/mfa", "a session that is over", choose(&name, &session, NEW));

    let (name, tokens) = watched.log_in();
    set_up_mfa(&watched.stack, &tokens.access);
    take_password(&watched.stack, &name, TEMPORARY);
    let session = log_in(watched, &name);
    let outcome = "a new password, a code still to come";
    watched.row("POST /login/mfa", outcome, choose(&name, &session, NEW));
}

fn remove(token: &str, password: &str, code: &str) -> Call {
    Call::delete("/mfa", &json!({"password": password, "code": code})).bearer(token)
}

fn locks_of_the_second_factor(watched: &mut Watched) {
    let (name, tokens) = watched.log_in();
    let secret = set_up_mfa(&watched.stack, &tokens.access);
    let session = session(&watched.stack, &name);
    let wrong = wrong_code(&watched.stack, &secret);
    let body = json!({"username": name, "session": session, "code": wrong});
    let finish = Call::post("/login/mfa", &body);
    watched.wear_out(&finish);
    watched.row("POST /login/mfa", "a locked account", finish);
    let remove = remove(&tokens.access, PASSWORD, &wrong);
    watched.row("DELETE /mfa", "a locked account", remove);
}

fn passwords_of_accounts(watched: &mut Watched) {
    let (name, tokens) = watched.log_in();
    watched.row("POST /change_password", "a wrong password", change(&tokens, WRONG));
    watched.row("POST /change_password", "replaced", change(&tokens, PASSWORD));
    for address in [&name, &address()] {
        let forgot = Call::post("/forgot_password", &json!({"username": address}));
        watched.row("POST /forgot_password", "whatever the address", forgot);
    }
    watched.row("POST /reset_password", "a code that is not right", reset(&name, WRONG_CODE));
    let code = watched.stack.codes(&name).swap_remove(0);
    watched.row("POST /reset_password", "replaced", reset(&name, &code));
    let log_in = named("/login", &name, ("password", NEW));
    let tokens = Tokens::read(&watched.row("POST /login", "logged in", log_in).json());
    let delete =
        |password| Call::delete("/me", &json!({"password": password})).bearer(&tokens.access);
    watched.row("DELETE /me", "a wrong password", delete(WRONG));
    watched.row("DELETE /me", "deleted", delete(NEW));
}

fn generated(watched: &mut Watched) {
    let (_, Tokens { access, .. }) = watched.log_in();
    for (query, count) in [("", 1), ("?count=3", 3)] {
        let get = Call::get(&format!("/generate{query}")).bearer(&access);
        watched.counted("GET /generate", "passwords", count, get);
    }
    let post = Call::post("/generate", &json!({"count": 7})).bearer(&access);
    watched.counted("POST /generate", "passwords", 7, post);
    for call in [
        Call::get("/generate?length=x"),
        Call::get("/generate?length=8&nums=8&lower=8"),
        Call::post_text("/generate", "{"),
        Call::new("POST", "/generate").body("{}"),
        Call::get("/generate").header("accept", "text/html"),
    ] {
        watched.row("any", "malformed", call.bearer(&access));
    }
}

fn whatever_the_route(watched: &mut Watched) {
    for call in [
        named("/register", &address(), ("password", "short")),
        named("/login", &address(), ("passwort", PASSWORD)),
        Call::post("/login", &json!({"username": address(), "password": ["secret"]})),
        Call::get(&format!("/generate?{}", "a".repeat(2_048))),
        Call::new("POST", "/login").body(" ".repeat(16_385)),
        Call::get("/me").header("host", "passmint.example"),
    ] {
        watched.row("any", "malformed", call);
    }
    for call in [Call::get("/"), Call::get("/nowhere/secret"), Call::new("PUT", "/login")] {
        watched.row("any", "no such path, no such method", call);
    }
    for call in [Call::get("/me"), Call::get("/generate").bearer("x"), Call::new("DELETE", "/mfa")]
    {
        watched.row("any", "no access token that holds", call);
    }
    let preflight = |origin| Call::new("OPTIONS", "/login").header("origin", origin);
    let foreign = preflight("https://evil.example");
    watched.row("any", "a preflight of a page that may not call", foreign);
    assert_eq!(told(&check(&watched.told_of(&preflight(ORIGIN)))), (None, BTreeMap::new()));
}

/// Each outcome is told as the table says, and the table has no other row.
#[test]
fn every_outcome_has_its_event_and_metrics() {
    let mut watched = Watched::on(Running::in_memory());
    let flows: [fn(&mut Watched); 10] = [
        new_account,
        logins,
        second_factor,
        locks_of_the_second_factor,
        temporary_passwords,
        passwords_of_accounts,
        locks,
        limits,
        generated,
        whatever_the_route,
    ];
    for flow in flows {
        flow(&mut watched);
    }
    for line in watched.stack.log() {
        check(&line);
    }
    assert_eq!(watched.seen, table().into_keys().collect());
}

/// The line of the request that `answer` is to, on the stack that tests share.
fn line_of(answer: &Answer) -> Value {
    let id = answer.headers["x-amz-apigw-id"].to_str().unwrap();
    let lines = SHARED.log();
    let mut lines = lines.iter().map(|line| check(line));
    lines.find(|line| line["extended_request_id"] == id).unwrap()
}

/// The lines of one caller can be joined, and nobody else's with them.
#[test]
fn a_caller_has_one_name_in_the_log() {
    let names: Vec<_> = (0..2)
        .map(|_| {
            let tokens = log_in(&SHARED, &confirmed());
            let me = Call::get("/me").bearer(&tokens.access).send();
            let generated = Call::get("/generate").bearer(&tokens.access).send();
            let name = line_of(&me)["user_sub_hash"].clone();
            assert_eq!(line_of(&generated)["user_sub_hash"], name);
            assert!(!SHARED.log().concat().contains(me.json()["sub"].as_str().unwrap()));
            name
        })
        .collect();
    assert!(names[0].is_string() && names[0] != names[1]);
    let nobody = Call::post("/resend_code", &json!({"username": address()})).send();
    assert_eq!(line_of(&nobody).get("user_sub_hash"), None);
}

/// What finds nothing must be able to find something.
#[test]
fn a_line_of_another_form_is_found() {
    let line = line_of(&log_in_by(&SHARED, &confirmed(), PASSWORD));
    assert_eq!(line["LoginOk"], 1);
    let broken: [fn(&mut Value); 9] = [
        |line| line["password"] = "secret".into(),
        |line| line["cause"] = Value::Null,
        |line| line["timestamp"] = "2026-01-01".into(),
        |line| line["LoginFail"] = 1.into(),
        |line| line["LoginOk"] = "1".into(),
        |line| drop(line.as_object_mut().unwrap().remove("_aws")),
        |line| drop(line.as_object_mut().unwrap().remove("LoginOk")),
        |line| line["_aws"]["CloudWatchMetrics"][0]["Namespace"] = "Other".into(),
        |line| line["_aws"]["CloudWatchMetrics"][0]["Metrics"][0]["Unit"] = "Sum".into(),
    ];
    for (number, fault) in broken.into_iter().enumerate() {
        let mut line = line.clone();
        fault(&mut line);
        let caught = std::panic::catch_unwind(|| check(&line.to_string()));
        assert!(caught.is_err(), "{number}: {line}");
    }
}
