//! TOK-1 to TOK-18: every token that must not pass, tried at the gateway and at the user pool's own
//! check of access tokens (`GetUser`).
//!
//! Most of them are signed with the pool's own key, which is read from its data directory, by
//! another library than the one that verifies: only so is it the one fault that is refused.

mod claims;
mod forms;
mod signatures;

use std::{io::ErrorKind, net::TcpListener, sync::LazyLock, time::Duration};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use ring::{
    rand::SystemRandom,
    rsa::{KeyPair, PublicKeyComponents},
    signature::{RSA_PKCS1_SHA256, RsaEncoding},
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    client::{Call, Tokens, confirm, get_user, log_in, register},
    stack::{Running, contents},
    tokens::{header, payload},
};

const ADA: &str = "ada@example.com";

/// A stack whose signing keys the tests have.
struct Pool {
    stack: Running,
    /// The key of access tokens.
    key: KeyPair,
    tokens: Tokens,
    _directory: TempDir,
}

static POOL: LazyLock<Pool> = LazyLock::new(Pool::start);
/// Another pool: its keys are those of somebody else.
static STRANGER: LazyLock<Pool> = LazyLock::new(Pool::start);

impl Pool {
    fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let stack = Running::on(directory.path(), Duration::ZERO);
        register(&stack, ADA);
        confirm(&stack, ADA);
        let tokens = log_in(&stack, ADA);
        let key = contents(directory.path()).iter().find_map(|file| signing_key(file)).unwrap();
        Self { stack, key, tokens, _directory: directory }
    }

    fn sign(&self, encoding: &'static dyn RsaEncoding, signed_part: &str) -> Vec<u8> {
        let mut signature = vec![0; self.key.public().modulus_len()];
        let bytes = signed_part.as_bytes();
        self.key.sign(encoding, &SystemRandom::new(), bytes, &mut signature).unwrap();
        signature
    }

    /// A token of these texts, signed as the pool does.
    fn token(&self, header: &str, claims: &str) -> String {
        let signed_part = signed_part(header, claims);
        join(&signed_part, self.sign(&RSA_PKCS1_SHA256, &signed_part))
    }

    /// The public key as JWK, and as `SubjectPublicKeyInfo`.
    fn public(&self) -> (Value, Vec<u8>) {
        let numbers = PublicKeyComponents::<Vec<u8>>::from(self.key.public());
        // RFC 5280, for a modulus of 2048 bits and the exponent 65537.
        let mut der =
            b"\x30\x82\x01\x22\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00\
            \x03\x82\x01\x0f\x00\x30\x82\x01\x0a\x02\x82\x01\x01\x00"
                .to_vec();
        der.extend(&numbers.n);
        der.extend(b"\x02\x03\x01\x00\x01");
        let encode = |number: &[u8]| URL_SAFE_NO_PAD.encode(number);
        let jwk = json!({
            "kty": "RSA", "alg": "RS256", "use": "sig", "kid": header(&self.tokens.access)["kid"],
            "n": encode(&numbers.n), "e": encode(&numbers.e),
        });
        (jwk, der)
    }
}

/// The private key of access tokens, as the file of the user pool has it (PKCS #1 in base 64).
fn signing_key(file: &[u8]) -> Option<KeyPair> {
    let label = br#""access":""#;
    let start = file.windows(label.len()).position(|window| window == label)? + label.len();
    let text = file[start..].split(|byte| *byte == b'"').next()?;
    KeyPair::from_der(&STANDARD.decode(text).ok()?).ok()
}

fn signed_part(header: &str, claims: &str) -> String {
    format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims))
}

fn join(signed_part: &str, signature: impl AsRef<[u8]>) -> String {
    format!("{signed_part}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// `base` with the member `name` set; null takes it away.
fn with(base: &Value, name: &str, value: Value) -> Value {
    let mut changed = base.clone();
    let members = changed.as_object_mut().unwrap();
    if value.is_null() {
        members.remove(name)
    } else {
        members.insert(name.to_owned(), value)
    };
    changed
}

/// Who takes a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Taken {
    Nowhere,
    Everywhere,
    /// By the user pool alone: the gateway is the stricter one.
    ByPool,
    /// By the gateway alone.
    ByGateway,
}

use Taken::{ByGateway, ByPool, Everywhere, Nowhere};

/// The line of the checklist, what was done, the token, who takes it.
type Row = (&'static str, String, String, Taken);

/// The parts of a genuine token, to be changed.
struct Genuine {
    header: Value,
    claims: Value,
}

impl Genuine {
    fn new() -> Self {
        let access = &POOL.tokens.access;
        Self { header: header(access), claims: payload(access) }
    }

    /// Each token with one claim set to each value.
    fn claims(&self, id: &'static str, name: &str, values: Vec<(Value, Taken)>) -> Vec<Row> {
        let row = |(value, taken): (Value, Taken)| {
            let claims = with(&self.claims, name, value.clone()).to_string();
            let token = POOL.token(&self.header.to_string(), &claims);
            (id, format!("{name}: {value}"), token, taken)
        };
        values.into_iter().map(row).collect()
    }

    /// Each token with one member of the header set to each value.
    fn headers(&self, id: &'static str, name: &str, values: Vec<(Value, Taken)>) -> Vec<Row> {
        let row = |(value, taken): (Value, Taken)| {
            let header = with(&self.header, name, value.clone()).to_string();
            let token = POOL.token(&header, &self.claims.to_string());
            (id, format!("{name}: {value:.60}"), token, taken)
        };
        values.into_iter().map(row).collect()
    }

    /// With the algorithm `alg` in its header, and the signature that `sign` makes.
    fn of(&self, alg: &Value, sign: impl FnOnce(&str) -> Vec<u8>) -> String {
        let signed_part = signed_part(
            &with(&self.header, "alg", alg.clone()).to_string(),
            &self.claims.to_string(),
        );
        let signature = sign(&signed_part);
        join(&signed_part, signature)
    }
}

fn table(place: &str) -> Vec<Row> {
    let genuine = Genuine::new();
    let own = POOL.token(&genuine.header.to_string(), &genuine.claims.to_string());
    let mut rows = vec![("", "genuine".to_owned(), POOL.tokens.access.clone(), Everywhere)];
    rows.push(("", "genuine, signed here".to_owned(), own, Everywhere));
    for more in [
        signatures::algorithms(&genuine),
        signatures::confusions(&genuine),
        signatures::brought_keys(&genuine, place),
        signatures::key_ids(&genuine),
        claims::origins(&genuine),
        claims::audiences(&genuine),
        claims::uses(&genuine),
        claims::times(&genuine),
        forms::forms(),
        forms::header_members(&genuine),
        forms::lengths(&genuine),
        claims::subjects(&genuine),
    ] {
        rows.extend(more);
    }
    rows
}

#[test]
fn tok_1_to_18_what_passes_and_what_does_not() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let place = format!("http://{}", listener.local_addr().unwrap());
    let refusal = Call::get("/generate").send_to(&POOL.stack);
    assert_eq!(refusal.outcome(), (401, "unauthorized".to_owned()));
    let mut wrong = Vec::new();
    for (id, what, token, taken) in table(&place) {
        let at_gateway = Call::get("/generate").bearer(&token).send_to(&POOL.stack);
        let at_pool = get_user(&POOL.stack.stack.cognito_url(), &token);
        assert!([200, 400].contains(&at_pool.status), "{id} {what}: {}", at_pool.body);
        // TOK-16: one answer, whatever is wrong.
        if at_gateway.status != 200 {
            assert_eq!(at_gateway.likeness(), refusal.likeness(), "TOK-16 {id} {what}");
        }
        let found = match (at_gateway.status, at_pool.status) {
            (200, 200) => Everywhere,
            (200, _) => ByGateway,
            (_, 200) => ByPool,
            _ => Nowhere,
        };
        if found != taken {
            wrong.push(format!("{id} {what}: taken {found:?}, not {taken:?}: {}", at_pool.body));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // TOK-3: nobody asked for the keys that tokens named.
    assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
}

/// TOK-17: the genuine token anywhere but in the one place where it counts.
#[test]
fn tok_17_a_token_counts_in_one_authorization_header_alone() {
    let access = &POOL.tokens.access;
    let bearer = format!("Bearer {access}");
    let get = || Call::get("/generate");
    let refusal = get().send_to(&POOL.stack);
    for call in [
        get().header("authorization", &format!("Basic {access}")),
        get().header("authorization", &format!("Bearer {bearer}")),
        get().header("authorization", &format!("{bearer}, {bearer}")),
        get().bearer(access).bearer(access),
        get().bearer("x").bearer(access),
        get().query("access_token", access),
        get().query("Authorization", &bearer),
        get().header("cookie", &format!("access_token={access}")),
        get().header("x-amzn-authorization", &bearer),
        get().header("proxy-authorization", &bearer),
        Call::post("/generate", &json!({"access_token": access})),
        Call::post("/generate", &json!({"Authorization": bearer})),
    ] {
        let what = format!("{call:?}");
        assert_eq!(call.send_to(&POOL.stack).likeness(), refusal.likeness(), "{what}");
    }
    assert_eq!(get().header("authorization", access).send_to(&POOL.stack).status, 200, "bare");
}
