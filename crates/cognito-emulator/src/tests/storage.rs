use std::{sync::Arc, time::SystemTime};

use bytes::Bytes;
use http::Request;
use redb::{Database, TableDefinition};
use secrecy::ExposeSecret;
use serde_json::json;

use super::support::{ANN, ANN_PASSWORD, Bench, client_settings, pool_settings, with};
use crate::{ClientSettings, Config, Emulator, OpenError, PoolSettings, Storage};

/// The format that files have now.
const CURRENT: u64 = 4;

async fn jwks(bench: &Bench) -> String {
    let path = format!("/{}/.well-known/jwks.json", bench.emulator.pool_id());
    bench.send(Request::get(path).body(Bytes::new()).unwrap()).await.text
}

#[tokio::test]
async fn everything_survives_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("cognito.redb");
    let identity = |bench: &Bench| {
        let emulator = &bench.emulator;
        let secret = emulator.client_secret().expose_secret().to_owned();
        (emulator.pool_id().to_owned(), emulator.client_id().to_owned(), secret, emulator.issuer())
    };

    let bench = Bench::at(&path);
    bench.sign_up(ANN, ANN_PASSWORD).await.ok();
    let (code, keys, before) = (bench.code(), jwks(&bench).await, identity(&bench));
    drop(bench);

    let bench = Bench::at(&path);
    assert_eq!(identity(&bench), before);
    assert_eq!(jwks(&bench).await, keys);
    bench.confirm(ANN, &code).await.ok();
    drop(bench);

    let bench = Bench::at(&path);
    bench.sign_in(ANN, ANN_PASSWORD).await.ok();
}

#[tokio::test]
async fn pools_have_ids_of_their_own() {
    let (one, two) = (Bench::new().emulator, Bench::new().emulator);
    assert_ne!(one.pool_id(), two.pool_id());
    assert_ne!(one.client_id(), two.client_id());
    assert_ne!(one.client_secret().expose_secret(), two.client_secret().expose_secret());
    assert!(one.pool_id().starts_with("eu-west-1_"));
}

#[tokio::test]
async fn keys_are_made_when_first_needed() {
    let directory = tempfile::tempdir().unwrap();
    let bench = Bench::at(&directory.path().join("cognito.redb"));
    bench.sign_up(ANN, ANN_PASSWORD).await.ok();
    let kept = |bench: &Bench| {
        bench.emulator.pool.store.read().unwrap().pool().unwrap().unwrap().keys.is_some()
    };
    assert!(!kept(&bench));
    jwks(&bench).await;
    assert!(kept(&bench));
}

#[test]
fn new_settings_take_the_place_of_old_ones() {
    let directory = tempfile::tempdir().unwrap();
    let storage = Storage::File(directory.path().join("cognito.redb"));
    let open = |pool, client| {
        Bench::open(storage.clone(), with(pool_settings(), &pool), with(client_settings(), &client))
            .map(|bench| bench.emulator)
    };
    let first = open(json!({}), json!({})).unwrap().client_id().to_owned();
    let changed = open(json!({ "Policies": {} }), json!({ "RefreshTokenValidity": 5 })).unwrap();
    assert_eq!(changed.client_id(), first);
    assert_eq!(changed.pool.client.refresh_token_lifetime().as_secs(), 5 * 24 * 60 * 60);
    drop(changed);

    for (change, expected) in [
        (json!({ "UsernameAttributes": [] }), "UsernameAttributes"),
        (json!({ "UsernameConfiguration": { "CaseSensitive": true } }), "UsernameConfiguration"),
    ] {
        let refused = open(change, json!({})).unwrap_err();
        assert!(
            matches!(refused, OpenError::Immutable { property } if property == expected),
            "{refused}"
        );
    }
}

#[test]
fn a_pool_stays_in_its_region() {
    let directory = tempfile::tempdir().unwrap();
    let open = |region: &str| {
        Emulator::open(Config {
            storage: Storage::File(directory.path().join("cognito.redb")),
            region: region.to_owned(),
            pool: PoolSettings::default(),
            client: ClientSettings::default(),
            clock: Arc::new(|| SystemTime::UNIX_EPOCH),
            outbox: Arc::new(|_| {}),
        })
    };
    drop(open("eu-west-1").unwrap());
    let refused = open("us-east-1").unwrap_err();
    assert_eq!(refused.to_string(), "the region of a user pool cannot change after it is created");
    open("eu-west-1").unwrap();
}

#[test]
fn properties_that_cannot_be_honoured_are_refused() {
    for (pool, client, expected) in [
        (json!({ "UsernameAttributes": ["phone_number"] }), json!({}), "UsernameAttributes"),
        (json!({ "LambdaConfig": { "PreSignUp": "arn" } }), json!({}), "LambdaConfig"),
        (json!({ "Schema": [] }), json!({}), "Schema"),
        (
            json!({ "AutoVerifiedAttributes": ["phone_number"] }),
            json!({}),
            "AutoVerifiedAttributes",
        ),
        (
            json!({ "AutoVerifiedAttributes": [], "UserAttributeUpdateSettings": {
                "AttributesRequireVerificationBeforeUpdate": ["email"],
            } }),
            json!({}),
            "AttributesRequireVerificationBeforeUpdate",
        ),
        (
            json!({ "Policies": { "PasswordPolicy": { "MinimumLength": 5 } } }),
            json!({}),
            "MinimumLength",
        ),
        (
            json!({ "Policies": { "PasswordPolicy": { "MinimumLength": 100 } } }),
            json!({}),
            "MinimumLength",
        ),
        (json!({}), json!({ "AccessTokenValidity": 4 }), "AccessTokenValidity"),
        (json!({}), json!({ "IdTokenValidity": 1441 }), "IdTokenValidity"),
        (json!({}), json!({ "RefreshTokenValidity": 3651 }), "RefreshTokenValidity"),
    ] {
        let opened = Bench::open(
            Storage::Memory,
            with(pool_settings(), &pool),
            with(client_settings(), &client),
        );
        let refused = opened.map(|bench| bench.emulator).unwrap_err();
        assert!(
            matches!(refused, OpenError::BadProperty { property, .. } if property == expected),
            "{refused}"
        );
    }
}

#[test]
fn a_file_in_use_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("cognito.redb");
    let first = Bench::at(&path);
    let second = Bench::open(Storage::File(path.clone()), pool_settings(), client_settings());
    let refused = second.map(|bench| bench.emulator).unwrap_err();
    assert_eq!(refused.to_string(), "the user pool is in use by another process");
    drop(first);
    Bench::at(&path);
}

#[test]
fn a_file_of_another_format_is_refused_and_left_alone() {
    for format in [1, 3, CURRENT + 1] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("cognito.redb");
        drop(Bench::at(&path));
        let database = Database::open(&path).unwrap();
        let transaction = database.begin_write().unwrap();
        let meta = TableDefinition::<&str, u64>::new("meta");
        transaction.open_table(meta).unwrap().insert("format", format).unwrap();
        transaction.commit().unwrap();
        drop(database);
        let before = std::fs::read(&path).unwrap();

        let opened = Bench::open(Storage::File(path.clone()), pool_settings(), client_settings());
        let refused = opened.map(|bench| bench.emulator).unwrap_err();
        assert!(
            matches!(refused, OpenError::OtherFormat { found, known: CURRENT } if found == format),
            "{refused}"
        );
        assert!(refused.to_string().contains("delete the file to start without users"));
        assert!(std::fs::read(&path).unwrap() == before, "the file was changed");
    }
}

#[cfg(unix)]
#[test]
fn a_new_file_is_private_and_the_mode_of_another_is_left_alone() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("cognito.redb");
    let mode = || std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
    drop(Bench::at(&path));
    assert_eq!(mode(), 0o600);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    drop(Bench::at(&path));
    assert_eq!(mode(), 0o644);
}

#[tokio::test]
async fn expired_logins_are_forgotten_at_the_next_start() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("cognito.redb");
    let bench = Bench::at(&path).with_ann().await;
    let result = bench.sign_in(ANN, ANN_PASSWORD).await.ok();
    let token = result["AuthenticationResult"]["RefreshToken"].as_str().unwrap();
    let digest = crate::tokens::token_digest(&token.into());
    let kept = |bench: &Bench| {
        bench
            .emulator
            .pool
            .store
            .write_now(|change| Ok(change.refresh_token(&digest)?.is_some()))
            .unwrap()
    };
    assert!(kept(&bench));
    // An access token of the last moment may be valid for one more day.
    for (days, still) in [(31, true), (31, false)] {
        let seconds = super::support::START + days * 24 * 60 * 60 - u64::from(still);
        let then = crate::time::Moment(seconds * 1000);
        bench
            .emulator
            .pool
            .store
            .write_now(|change| Ok(change.drop_expired_logins(then)?))
            .unwrap();
        assert_eq!(kept(&bench), still);
    }
}

#[tokio::test]
async fn the_file_holds_no_password_and_no_token() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("cognito.redb");
    let bench = Bench::at(&path).with_ann().await;
    let mut hidden = vec![ANN_PASSWORD.to_owned()];
    for _ in 0..2 {
        let result = bench.sign_in(ANN, ANN_PASSWORD).await.ok()["AuthenticationResult"].clone();
        for token in ["AccessToken", "IdToken", "RefreshToken"] {
            hidden.extend(result[token].as_str().unwrap().split('.').map(str::to_owned));
        }
    }
    drop(bench);
    let file = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
    assert!(file.contains(ANN), "the file is read as it is");
    for text in hidden {
        assert!(!file.contains(&text), "{text}");
    }
}
