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
    client::{Answer, Call, Tokens, log_in_by, session_by},
    logs,
    stack::{Running, contents},
    totp::{code, wrong_code},
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
const CHANGED_PASSWORD: &str = "Canary/of+the~changed_one";
const RESET_PASSWORD: &str = "Canary/of+the~reset_one!";
const COMMON_PASSWORD: &str = "Stairwaytoheaven";
const WRONG_SESSION: &str = "canary-session-of-nobody";
const WRONG_TOKEN: &str = "canary-token-of-nobody";

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
            ("changed password", CHANGED_PASSWORD.to_owned()),
            ("reset password", RESET_PASSWORD.to_owned()),
            ("common password", COMMON_PASSWORD.to_owned()),
            ("wrong session", WRONG_SESSION.to_owned()),
            ("wrong token", WRONG_TOKEN.to_owned()),
            ("user name", NAME.to_owned()),
            ("client secret", client_secret),
        ];
        let mut life = Self { stack, secrets, problems: Vec::new() };
        life.register();
        life.confirm();
        let tokens = life.log_in();
        life.generate(&tokens);
        let tokens = life.refresh(&tokens);
        life.second_factor(&tokens);
        life.change_password(&tokens);
        life.reset_password();
        life.delete();
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
        let with_password =
            json!({"username": NAME, "confirmation_code": code, "password": PASSWORD});
        let weak = json!({"username": NAME, "confirmation_code": code, "password": WEAK_PASSWORD});
        self.refused(Call::post("/confirm_user", &weak), 400);
        assert_eq!(self.post("/confirm_user", &with_password).status, 200);
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
        self.keep_tokens(&answer)
    }

    fn keep_tokens(&mut self, answer: &Answer) -> Tokens {
        assert_eq!(answer.status, 200, "{}", answer.body);
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

    fn refresh(&mut self, tokens: &Tokens) -> Tokens {
        let body = |token: &str| json!({"refresh_token": token});
        let refreshed = self.keep_tokens(&self.post("/refresh", &body(&tokens.refresh)));
        self.refused(Call::post("/refresh", &body(WRONG_TOKEN)), 401);
        self.refused(Call::post("/refresh", &body(&format!("{WRONG_TOKEN} "))), 400);
        self.refused(Call::post("/logout", &body(&tokens.access)), 400);
        refreshed
    }

    fn second_factor(&mut self, tokens: &Tokens) {
        let of = |call: Call| call.bearer(&tokens.access);
        let set_up = |password| of(Call::post("/mfa/setup", &json!({"password": password})));
        self.refused(set_up(WRONG_PASSWORD), 401);
        let key = set_up(PASSWORD).send_to(self.stack).json();
        let secret = key["secret"].as_str().unwrap().to_owned();
        let first = code(self.stack, &secret, -1);
        let body = |code: &str| json!({"code": code});
        self.refused(of(Call::post("/mfa/verify", &body(WRONG_CODE))), 400);
        self.refused(of(Call::post("/mfa/verify", &body(&wrong_code(self.stack, &secret)))), 400);
        let verified = of(Call::post("/mfa/verify", &body(&first))).send_to(self.stack);
        assert_eq!(verified.status, 204, "{}", verified.body);
        self.refused(set_up(PASSWORD), 409);

        let session = session_by(self.stack, NAME, PASSWORD);
        let second = code(self.stack, &secret, 0);
        let body =
            |session: &str, code: &str| json!({"username": NAME, "session": session, "code": code});
        self.refused(Call::post("/login/mfa", &body(&session, &first)), 400);
        self.refused(Call::post("/login/mfa", &body(WRONG_SESSION, &second)), 401);
        let answer = self.post("/login/mfa", &body(&session, &second));
        self.keep_tokens(&answer);
        self.refused(Call::post("/login/mfa", &body(&session, &second)), 401);

        let third = code(self.stack, &secret, 1);
        let remove =
            |password| of(Call::delete("/mfa", &json!({"password": password, "code": third})));
        self.refused(remove(WRONG_PASSWORD), 401);
        let removed = remove(PASSWORD).send_to(self.stack);
        assert_eq!(removed.status, 204, "{}", removed.body);
        for (what, secret) in [
            ("key of the app", &secret),
            ("session", &session),
            ("code of the app", &first),
            ("code of the app", &second),
            ("code of the app", &third),
        ] {
            self.keep(what, secret);
        }
    }

    fn change_password(&mut self, tokens: &Tokens) {
        let change = |current: &str, new: &str| {
            let body = json!({"current_password": current, "new_password": new});
            Call::post("/change_password", &body).bearer(&tokens.access)
        };
        self.refused(change(WRONG_PASSWORD, CHANGED_PASSWORD), 401);
        for weak in [WEAK_PASSWORD, COMMON_PASSWORD, NAME] {
            self.refused(change(PASSWORD, weak), 400);
        }
        assert_eq!(change(PASSWORD, CHANGED_PASSWORD).send_to(self.stack).status, 204);
        self.refused(change(CHANGED_PASSWORD, PASSWORD), 401);
    }

    fn reset_password(&mut self) {
        assert_eq!(self.post("/forgot_password", &json!({"username": NAME})).status, 202);
        let code = self.stack.codes(NAME).swap_remove(0);
        let body = |code: &str, password: &str| json!({"username": NAME, "confirmation_code": code, "new_password": password});
        self.refused(Call::post("/reset_password", &body(WRONG_CODE, RESET_PASSWORD)), 400);
        self.refused(Call::post("/reset_password", &body(&code, COMMON_PASSWORD)), 400);
        assert_eq!(self.post("/reset_password", &body(&code, RESET_PASSWORD)).status, 200);
        self.refused(Call::post("/reset_password", &body(&code, RESET_PASSWORD)), 400);
        self.keep("reset code", &code);
    }

    fn delete(&mut self) {
        let answer = log_in_by(self.stack, NAME, RESET_PASSWORD);
        let tokens = self.keep_tokens(&answer);
        let delete = |password: &str| {
            Call::delete("/me", &json!({"password": password})).bearer(&tokens.access)
        };
        self.refused(delete(WRONG_PASSWORD), 401);
        self.refused(delete(""), 400);
        assert_eq!(delete(RESET_PASSWORD).send_to(self.stack).status, 204);
        self.refused(delete(RESET_PASSWORD), 401);
    }

    fn generate(&mut self, tokens: &Tokens) {
        let Tokens { id, access, refresh } = tokens;
        let get = |query: &str| Call::get(&format!("/generate?{query}"));
        let post = |body: &Value| Call::post("/generate", body);
        for call in [
            get("length=40"),
            get("count=3"),
            post(&json!({"length": 40, "symbols": "-_"})),
            post(&json!({"count": 3})),
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
        let mut line = logs::check(line);
        let members = line.as_object_mut().unwrap();
        assert!(members.remove("timestamp").is_some());
        if let Some(metadata) = members.get_mut("_aws") {
            assert!(metadata.as_object_mut().unwrap().remove("Timestamp").is_some());
        }
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
