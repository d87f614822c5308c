//! No secret is written anywhere but where it belongs: not in the log, not in a problem, not in the
//! data directory, in no encoding.

use std::time::Duration;

use base64::{
    Engine,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::{
    client::{Answer, Call, Tokens},
    stack::{Running, contents},
};

/// The ways in which a text may be written down: each finds it in a longer text, too.
fn forms(secret: &str) -> Vec<Vec<u8>> {
    let bytes = secret.as_bytes();
    let hex = bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    let percent = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
    let json = json!(secret).to_string();
    let mut forms = vec![
        secret.to_owned(),
        hex.to_uppercase(),
        hex,
        percent.to_lowercase(),
        percent,
        json[1..json.len() - 1].to_owned(),
    ];
    for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
        // Three bytes become four characters: what a secret becomes depends on where it begins.
        // The characters at both ends depend on the neighbours as well.
        for before in 0..3 {
            let shifted = engine.encode([&vec![0; before], bytes].concat());
            let (start, end) =
                ([0, 2, 3][before], usize::from(!(before + bytes.len()).is_multiple_of(3)));
            forms.push(shifted[start..shifted.len() - end].to_owned());
        }
    }
    forms.into_iter().map(String::into_bytes).collect()
}

/// Whether `text` holds `secret` in any form.
fn leaks(text: &[u8], secret: &str) -> bool {
    assert!(secret.len() >= 6, "a short text is found by chance");
    forms(secret).iter().any(|form| text.windows(form.len()).any(|window| window == form))
}

const NAME: &str = "canary@example.com";
const PASSWORD: &str = "Canary/of+the~password";
const WRONG_PASSWORD: &str = "Canary/of+another~one";
const WEAK_PASSWORD: &str = "Canary?weak";
const WRONG_CODE: &str = "canary-code";

/// A whole life on one stack: the secrets that came up, and the problems that were answered.
struct Life<'a> {
    stack: &'a Running,
    secrets: Vec<(&'static str, String)>,
    problems: Vec<String>,
}

impl<'a> Life<'a> {
    fn on(stack: &'a Running) -> Self {
        let client_secret = stack.stack.client_secret().expose_secret().to_owned();
        let secrets = vec![
            ("password", PASSWORD.to_owned()),
            ("wrong password", WRONG_PASSWORD.to_owned()),
            ("weak password", WEAK_PASSWORD.to_owned()),
            ("wrong code", WRONG_CODE.to_owned()),
            ("user name", NAME.to_owned()),
            ("client secret", client_secret),
        ];
        let mut life = Self { stack, secrets, problems: Vec::new() };
        life.register();
        life.confirm();
        let tokens = life.log_in();
        life.generate(&tokens);
        life
    }

    fn post(&self, path: &str, body: &Value) -> Answer {
        Call::post(path, body).send_to(self.stack)
    }

    fn refused(&mut self, call: Call, status: u16) {
        let answer = call.send_to(self.stack);
        assert_eq!(answer.status, status, "{}", answer.body);
        self.problems.push(answer.body);
    }

    fn keep(&mut self, what: &'static str, secret: &str) {
        self.secrets.push((what, secret.to_owned()));
    }

    fn register(&mut self) {
        let body = |password: &str| json!({"username": NAME, "password": password});
        self.refused(Call::post("/register", &body(WEAK_PASSWORD)), 400);
        for _ in 0..2 {
            assert_eq!(self.post("/register", &body(PASSWORD)).status, 200);
        }
        self.refused(Call::post("/login", &body(PASSWORD)), 403);
    }

    fn confirm(&mut self) {
        let old = self.stack.codes(NAME).swap_remove(0);
        assert_eq!(self.post("/resend_code", &json!({"username": NAME})).status, 202);
        let code = self.stack.codes(NAME).swap_remove(0);
        let body = |code: &str| json!({"username": NAME, "confirmation_code": code});
        self.refused(Call::post("/confirm_user", &body(WRONG_CODE)), 400);
        // Two codes are the same once in a million.
        if old != code {
            self.refused(Call::post("/confirm_user", &body(&old)), 400);
        }
        assert_eq!(self.post("/confirm_user", &body(&code)).status, 200);
        self.refused(Call::post("/confirm_user", &body(&code)), 400);
        self.keep("old code", &old);
        self.keep("code", &code);
    }

    fn log_in(&mut self) -> Tokens {
        for (body, status) in [
            (json!({"username": NAME, "password": WRONG_PASSWORD}), 401),
            (json!({"username": NAME, "password": [WRONG_PASSWORD]}), 400),
            (json!({"username": NAME, "passwort": WRONG_PASSWORD}), 400),
        ] {
            self.refused(Call::post("/login", &body), status);
        }
        self.refused(Call::post_text("/login", format!("{{\"password\":\"{PASSWORD}\"")), 400);
        self.refused(Call::new("PUT", "/login").body(PASSWORD), 405);
        let answer = self.post("/login", &json!({"username": NAME, "password": PASSWORD}));
        let tokens = Tokens::read(&answer.json());
        for token in [&tokens.id, &tokens.access, &tokens.refresh] {
            self.keep("token", token);
            // The first part is the same for all tokens of a key.
            for part in token.split('.').skip(1).filter(|part| !part.is_empty()) {
                self.keep("part of a token", part);
            }
        }
        tokens
    }

    fn generate(&mut self, tokens: &Tokens) {
        let Tokens { id, access, refresh } = tokens;
        let get = |query: &str| Call::get(&format!("/generate?{query}"));
        let post = |body: &Value| Call::post("/generate", body);
        for call in [
            get("length=40"),
            get("count=3"),
            get("strength=true"),
            post(&json!({"length": 40, "symbols": "-_"})),
            post(&json!({"count": 3})),
            post(&json!({"count": 3, "strength": true})),
        ] {
            let body = call.bearer(access).send_to(self.stack).json();
            let several = body["passwords"].as_array().into_iter().flatten();
            for password in several.chain(body.get("password")) {
                self.keep("generated password", password.as_str().unwrap());
            }
        }
        for token in [id, refresh, &format!("{access}x")] {
            self.refused(get("").bearer(token), 401);
            self.refused(post(&json!({})).bearer(token), 401);
        }
        self.refused(get("").query("access_token", access), 401);
        self.refused(get("").bearer(access).query("access_token", access), 400);
        for body in [
            json!({"access_token": access}),
            json!({"length": access}),
            json!({"length": [access]}),
        ] {
            self.refused(post(&body).bearer(access), 400);
        }
        self.refused(Call::post_text("/generate", format!("{{{access:?}")).bearer(access), 400);
        self.refused(Call::get(&format!("/{access}")), 404);
    }
}

/// The lines without their times, whose many digits are a code by chance.
fn log(stack: &Running) -> String {
    let lines = stack.log();
    assert!(lines.len() > 20, "the run was logged");
    let without_time = lines.iter().map(|line| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        assert!(line.as_object_mut().unwrap().remove("timestamp").is_some());
        line.to_string()
    });
    without_time.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_whole_run_leaves_no_secret_behind() {
    let directory = tempfile::tempdir().unwrap();
    let stack = Running::on(directory.path(), Duration::ZERO);
    let Life { secrets, problems, .. } = Life::on(&stack);
    let (log, problems) = (log(&stack), problems.join("\n"));
    let open = contents(directory.path());
    stack.shut_down();
    let closed = contents(directory.path());
    assert!(closed.iter().any(|file| file.len() > 10_000), "users are there");
    for (what, secret) in &secrets {
        assert!(!leaks(log.as_bytes(), secret), "{what} in the log");
        assert!(!leaks(problems.as_bytes(), secret), "{what} in a problem");
        // These two are what a user pool is there to keep.
        if !["client secret", "user name"].contains(what) {
            for file in open.iter().chain(&closed) {
                assert!(!leaks(file, secret), "{what} in the data directory");
            }
        }
    }
}

/// What finds nothing must be able to find something.
#[test]
fn a_planted_secret_is_found_in_every_form() {
    let secret = "Canary/of+the~\"pass\\word?";
    for form in forms(secret) {
        let planted = [b"before\0", &*form, b"\xffafter"].concat();
        assert!(leaks(&planted, secret), "{}", String::from_utf8_lossy(&form));
    }
    for padding in 0..3 {
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            let inside = engine.encode(format!("{}{secret} and more", "x".repeat(padding)));
            assert!(leaks(inside.as_bytes(), secret), "{inside}");
        }
    }
    assert!(!leaks(b"Canary/of+the~\"pass\\worx? and much more of other text", secret));

    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("file"), format!("x{secret}x")).unwrap();
    assert!(contents(directory.path()).iter().any(|file| leaks(file, secret)));
}
