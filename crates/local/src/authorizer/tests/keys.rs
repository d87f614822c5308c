use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use super::*;

#[tokio::test]
async fn tok_15_only_sound_keys_are_used() {
    let short = Key::new(1024);
    let good = POOL.jwk(KID);
    for (keys, expected) in [
        (json!([good]), None),
        (json!([{"kty": "EC"}, 7, good]), None),
        (json!([with(good.clone(), &json!({"kty": "EC"}))]), Some(Denied::UnknownKey)),
        (json!([with(good.clone(), &json!({"use": "enc"}))]), Some(Denied::UnknownKey)),
        (json!([with(good.clone(), &json!({"use": null}))]), Some(Denied::UnknownKey)),
        (json!([with(good.clone(), &json!({"alg": "RS512"}))]), Some(Denied::UnknownKey)),
        (json!([with(good.clone(), &json!({"e": "AQ"}))]), Some(Denied::UnknownKey)),
        (json!([with(good.clone(), &json!({"e": "AAAB"}))]), Some(Denied::UnknownKey)),
        (json!([with(good.clone(), &json!({"e": "Ag"}))]), Some(Denied::UnknownKey)),
        (json!([with(good.clone(), &json!({"e": ""}))]), Some(Denied::UnknownKey)),
        (json!([with(good.clone(), &json!({"n": "=="}))]), Some(Denied::UnknownKey)),
        (json!([with(good.clone(), &json!({"kid": 7}))]), Some(Denied::UnknownKey)),
        (json!([short.jwk(KID)]), Some(Denied::UnknownKey)),
        (json!([good, STRANGER.jwk(KID)]), Some(Denied::UnknownKey)),
        (json!([good, good]), Some(Denied::UnknownKey)),
        (json!({}), Some(Denied::UnknownKey)),
    ] {
        let keys = KeySet::new(documents(json!({"keys": keys})));
        let authorizer = Authorizer { keys, ..authorizer() };
        let outcome = authorize_with(&authorizer, &[&access_token()], &[SCOPE]).await.err();
        assert_eq!(outcome, expected);
    }
}

/// A pool whose answers the test changes, and that counts how often it was asked.
#[derive(Clone, Default)]
struct Pool {
    asked: Arc<AtomicUsize>,
    answer: Arc<Mutex<Option<Value>>>,
    hangs: Arc<AtomicBool>,
}

impl Pool {
    fn key_set(&self) -> KeySet {
        let pool = self.clone();
        KeySet::new(Box::new(move || {
            let pool = pool.clone();
            Box::pin(async move {
                pool.asked.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(100)).await;
                if pool.hangs.load(Ordering::SeqCst) {
                    std::future::pending::<()>().await;
                }
                pool.answer.lock().unwrap().as_ref().map(|keys| Bytes::from(keys.to_string()))
            })
        }))
    }

    fn serve(&self, kids: &[&str]) {
        let keys: Vec<_> = kids.iter().map(|kid| POOL.jwk(kid)).collect();
        *self.answer.lock().unwrap() = Some(json!({"keys": keys}));
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

#[tokio::test(start_paused = true)]
async fn tok_5_made_up_key_ids_are_one_fetch_in_ten_seconds() {
    let pool = Pool::default();
    pool.serve(&["a"]);
    let keys = Arc::new(pool.key_set());
    let tries = (0..1_000).map(|n| {
        let keys = Arc::clone(&keys);
        async move { keys.get(&format!("made up {n}")).await.is_err() }
    });
    assert!(futures_util::future::join_all(tries).await.into_iter().all(|refused| refused));
    assert_eq!(pool.asked(), 1);
    assert!(keys.get("a").await.is_ok());
    tokio::time::advance(Duration::from_secs(9)).await;
    assert!(keys.get("made up").await.is_err());
    assert_eq!(pool.asked(), 1);
    tokio::time::advance(Duration::from_secs(1)).await;
    assert!(keys.get("made up").await.is_err());
    assert_eq!(pool.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn tok_6_keys_come_and_go_without_a_restart() {
    let pool = Pool::default();
    pool.serve(&["a"]);
    let keys = pool.key_set();
    assert!(keys.get("a").await.is_ok());
    pool.serve(&["a", "b"]);
    tokio::time::advance(Duration::from_secs(10)).await;
    assert!(keys.get("b").await.is_ok() && keys.get("a").await.is_ok());
    assert_eq!(pool.asked(), 2);
    pool.serve(&["b"]);
    tokio::time::advance(Duration::from_hours(1)).await;
    assert_eq!(keys.get("a").await.err(), Some(Denied::UnknownKey));
    assert!(keys.get("b").await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn tok_7_an_outage_lets_nobody_in_and_locks_nobody_out() {
    let pool = Pool::default();
    pool.serve(&["a"]);
    let keys = pool.key_set();
    assert!(keys.get("a").await.is_ok());
    for document in [None, Some(json!("nonsense")), Some(json!({"keys": {}}))] {
        *pool.answer.lock().unwrap() = document;
        tokio::time::advance(Duration::from_secs(10)).await;
        assert_eq!(keys.get("b").await.err(), Some(Denied::UnknownKey));
        assert!(keys.get("a").await.is_ok());
    }
    pool.hangs.store(true, Ordering::SeqCst);
    tokio::time::advance(Duration::from_hours(1)).await;
    let start = tokio::time::Instant::now();
    assert_eq!(keys.get("b").await.err(), Some(Denied::UnknownKey));
    assert!(start.elapsed() <= Duration::from_secs(3));
    assert!(keys.get("a").await.is_ok());
}
