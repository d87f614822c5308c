use std::{collections::BTreeMap, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use jsonwebtoken::DecodingKey;
use serde::Deserialize;
use tokio::{
    sync::{Mutex, RwLock},
    time::Instant,
};

use super::Denied;

/// Gets the key set document of the user pool; `None` if it cannot be had.
pub(crate) type FetchKeys = Box<dyn Fn() -> BoxFuture<'static, Option<Bytes>> + Send + Sync>;

/// The time from one fetch to the next: tokens with made-up key ids must not become requests.
const FETCH_INTERVAL: Duration = Duration::from_secs(10);
/// How long a fetch may take.
const FETCH_TIMEOUT: Duration = Duration::from_secs(2);
/// After this time keys are fetched anew, so that a key which the pool no longer has goes.
const MAX_AGE: Duration = Duration::from_hours(1);
/// The shortest modulus that is used (NIST SP 800-131A; RFC 7518, section 3.3).
const MIN_MODULUS_BITS: usize = 2048;

/// The signing keys of the user pool, fetched when a key id is not among those known.
///
/// If they cannot be fetched, those known stay in use: an outage neither lets a token in nor locks
/// everybody out.
pub(crate) struct KeySet {
    fetch: FetchKeys,
    held: RwLock<Held>,
    /// When the last fetch began; who holds it is the one that fetches.
    last_fetch: Mutex<Option<Instant>>,
}

#[derive(Default)]
struct Held {
    keys: BTreeMap<String, DecodingKey>,
    since: Option<Instant>,
}

impl KeySet {
    /// An empty set that will be filled by `fetch`.
    pub(crate) fn new(fetch: FetchKeys) -> Self {
        Self { fetch, held: RwLock::default(), last_fetch: Mutex::default() }
    }

    /// The key whose id is exactly `key_id`.
    pub(super) async fn get(&self, key_id: &str) -> Result<DecodingKey, Denied> {
        if let Some(key) = self.fresh(key_id).await {
            return Ok(key);
        }
        self.refresh(key_id).await;
        self.held.read().await.keys.get(key_id).cloned().ok_or(Denied::UnknownKey)
    }

    async fn fresh(&self, key_id: &str) -> Option<DecodingKey> {
        let held = self.held.read().await;
        let is_fresh = held.since.is_some_and(|since| since.elapsed() < MAX_AGE);
        held.keys.get(key_id).filter(|_| is_fresh).cloned()
    }

    async fn refresh(&self, key_id: &str) {
        let mut last_fetch = self.last_fetch.lock().await;
        let is_recent = last_fetch.is_some_and(|at| at.elapsed() < FETCH_INTERVAL);
        // Another one may have fetched while this one waited.
        if is_recent || self.fresh(key_id).await.is_some() {
            return;
        }
        *last_fetch = Some(Instant::now());
        let fetched = tokio::time::timeout(FETCH_TIMEOUT, (self.fetch)()).await;
        if let Some(keys) = fetched.ok().flatten().and_then(|document| parse(&document)) {
            *self.held.write().await = Held { keys, since: Some(Instant::now()) };
        }
    }
}

/// The usable keys of a key set document (RFC 7517); `None` if it is not one.
fn parse(document: &[u8]) -> Option<BTreeMap<String, DecodingKey>> {
    #[derive(Deserialize)]
    struct Document {
        keys: Vec<serde_json::Value>,
    }
    let document: Document = serde_json::from_slice(document).ok()?;
    let mut keys = BTreeMap::<String, Option<DecodingKey>>::new();
    for key in document.keys {
        let Ok(key) = Jwk::deserialize(key) else { continue };
        // Of two keys with one id neither is used: which one was meant cannot be known.
        keys.entry(key.kid.clone())
            .and_modify(|known| *known = None)
            .or_insert_with(|| key.usable());
    }
    Some(keys.into_iter().filter_map(|(kid, key)| Some((kid, key?))).collect())
}

#[derive(Deserialize)]
struct Jwk {
    kid: String,
    kty: String,
    r#use: String,
    alg: String,
    n: String,
    e: String,
}

impl Jwk {
    /// The key, if it is an RSA key for RS256 signatures and of a size that is safe.
    fn usable(&self) -> Option<DecodingKey> {
        let Self { kid: _, kty, r#use, alg, n, e } = self;
        if (kty.as_str(), r#use.as_str(), alg.as_str()) != ("RSA", "sig", "RS256") {
            return None;
        }
        let modulus = URL_SAFE_NO_PAD.decode(n).ok()?;
        let exponent = URL_SAFE_NO_PAD.decode(e).ok()?;
        let is_long = bits(&modulus) >= MIN_MODULUS_BITS;
        // An even exponent is none, and with 1 every text signs itself.
        let is_exponent = bits(&exponent) > 1 && exponent.last().is_some_and(|last| last % 2 == 1);
        (is_long && is_exponent).then(|| DecodingKey::from_rsa_raw_components(&modulus, &exponent))
    }
}

/// The length in bits of a number in big-endian bytes.
fn bits(number: &[u8]) -> usize {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let first = number.get(zeros).map_or(0, |byte| byte.leading_zeros() as usize);
    (number.len() - zeros) * 8 - first
}
