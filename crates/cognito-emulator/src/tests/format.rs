use std::path::Path;

use redb::{
    Database, ReadableDatabase, ReadableTable, TableDefinition, TableHandle, WriteTransaction,
};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::support::Bench;

/// Closes a pool and makes its file what the version of format 1 would have left.
fn to_format_1(bench: Bench, path: &Path) {
    let emulator = &bench.emulator;
    let id = emulator.pool_id().to_owned();
    let pool = emulator.pool.store.read().unwrap().pool().unwrap().unwrap();
    let record = json!({
        "id": id,
        "client_id": emulator.client_id(),
        "client_secret": emulator.client_secret().expose_secret(),
        "digest_key": pool.digest_key,
        "created": pool.created,
        "signs_in_by_email": true,
        "case_sensitive": false,
        "keys": pool.keys,
    });
    drop(bench);
    let database = Database::open(path).unwrap();
    let transaction = database.begin_write().unwrap();
    for name in ["users", "names", "attempts", "strangers"] {
        let of_pool = format!("{name}/{id}");
        transaction.rename_table(table(&of_pool), table(name)).unwrap();
    }
    for name in ["codes", "logins", "refresh-tokens", "sessions", "software-tokens"] {
        assert!(transaction.delete_table(table(&format!("{name}/{id}"))).unwrap());
    }
    for name in ["pools", "clients", "declared"] {
        assert!(transaction.delete_table(table(name)).unwrap());
    }
    forget_newer_members(&transaction);
    let tokens = TableDefinition::<&[u8], &[u8]>::new("refresh-tokens");
    transaction.open_table(tokens).unwrap().insert([7; 32].as_slice(), b"{}".as_slice()).unwrap();
    let text = record.to_string();
    transaction.open_table(table("pool")).unwrap().insert("pool", text.as_bytes()).unwrap();
    let meta = TableDefinition::<&str, u64>::new("meta");
    transaction.open_table(meta).unwrap().insert("format", 1).unwrap();
    transaction.commit().unwrap();
}

/// The users of format 1 knew of no temporary passwords.
fn forget_newer_members(transaction: &WriteTransaction) {
    let mut users = transaction.open_table(table("users")).unwrap();
    let Some((sub, mut record)) = users.first().unwrap().map(|(sub, record)| {
        let record: Value = serde_json::from_slice(record.value()).unwrap();
        (sub.value().to_owned(), record)
    }) else {
        return;
    };
    assert!(record.as_object_mut().unwrap().remove("temporary_password_expires").is_some());
    users.insert(sub.as_str(), record.to_string().as_bytes()).unwrap();
}

fn table(name: &str) -> TableDefinition<'_, &'static str, &'static [u8]> {
    TableDefinition::new(name)
}

#[tokio::test]
async fn a_file_of_format_1_is_upgraded() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("cognito.redb");
    let identity = |bench: &Bench| {
        let emulator = &bench.emulator;
        let secret = emulator.client_secret().expose_secret().to_owned();
        (emulator.pool_id().to_owned(), emulator.client_id().to_owned(), secret)
    };
    let bench = Bench::at(&path).with_ann().await;
    for _ in 0..5 {
        bench.sign_in("nobody@example.com", "wrong").await.refusal();
    }
    let before = identity(&bench);
    to_format_1(bench, &path);

    // Twice: what is upgraded stays.
    for _ in 0..2 {
        let bench = Bench::at(&path);
        assert_eq!(identity(&bench), before);
        let tokens = bench.log_in().await;
        bench.get_user(&tokens).await.ok();
        let locked = bench.sign_in("nobody@example.com", "wrong").await.refusal();
        assert_eq!(locked.1, "Password attempts exceeded");
    }
    let database = Database::open(&path).unwrap();
    let meta = TableDefinition::<&str, u64>::new("meta");
    let format = database.begin_read().unwrap().open_table(meta).unwrap();
    assert_eq!(format.get("format").unwrap().unwrap().value(), 2);
    let state = database.begin_read().unwrap();
    let tables = state.list_tables().unwrap();
    let mut of_no_pool: Vec<_> = tables.map(|table| table.name().to_owned()).collect();
    of_no_pool.retain(|name| !name.contains('/'));
    assert_eq!(of_no_pool, ["clients", "declared", "meta", "pools"]);
}

#[test]
fn what_cannot_change_cannot_change_by_an_upgrade_either() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("cognito.redb");
    to_format_1(Bench::at(&path), &path);
    let opened = Bench::open(
        crate::Storage::File(path.clone()),
        json!({ "UsernameAttributes": ["email"] }),
        json!({}),
    );
    let refused = opened.map(|bench| bench.emulator).unwrap_err();
    assert!(
        matches!(refused, crate::OpenError::Immutable { property: "UsernameConfiguration" }),
        "{refused}"
    );
}
