use std::path::Path;

use redb::{
    Database, ReadableDatabase, ReadableTable, TableDefinition, TableHandle, WriteTransaction,
};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::{
    steps::mfa,
    support::{ANN, ANN_PASSWORD, Bench},
};

/// Closes a pool and makes its file what the version of format 1 or 2 would have left.
fn to_format(format: u64, bench: Bench, path: &Path) {
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
    for (name, name_of_2) in [
        ("codes", "codes"),
        ("logins", "logins"),
        ("refresh-tokens", "refresh-tokens-of-logins"),
        ("sessions", "sessions"),
        ("software-tokens", "software-tokens"),
    ] {
        let of_pool = format!("{name}/{id}");
        if format == 1 {
            assert!(transaction.delete_table(table(&of_pool)).unwrap());
        } else {
            transaction.rename_table(table(&of_pool), table(name_of_2)).unwrap();
        }
    }
    for name in ["pools", "clients", "declared"] {
        assert!(transaction.delete_table(table(name)).unwrap());
    }
    if format == 1 {
        forget_newer_members(&transaction);
    }
    // A file that was of format 1 before 2 has this one, too.
    let tokens = TableDefinition::<&[u8], &[u8]>::new("refresh-tokens");
    transaction.open_table(tokens).unwrap().insert([7; 32].as_slice(), b"{}".as_slice()).unwrap();
    let text = record.to_string();
    transaction.open_table(table("pool")).unwrap().insert("pool", text.as_bytes()).unwrap();
    let meta = TableDefinition::<&str, u64>::new("meta");
    transaction.open_table(meta).unwrap().insert("format", format).unwrap();
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
async fn a_file_of_one_pool_is_upgraded() {
    let identity = |bench: &Bench| {
        let emulator = &bench.emulator;
        let secret = emulator.client_secret().expose_secret().to_owned();
        (emulator.pool_id().to_owned(), emulator.client_id().to_owned(), secret)
    };
    for format in [1, 2] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("cognito.redb");
        let open = || Bench::at_with(&path, &mfa("OPTIONAL"), &json!({}));
        let bench = open().with_ann().await;
        for _ in 0..5 {
            bench.sign_in("nobody@example.com", "wrong").await.refusal();
        }
        let before = identity(&bench);
        let tokens = bench.log_in().await;
        if format == 2 {
            let secret = bench.associate(&tokens).await;
            bench.verify(&tokens, &secret.code(bench.now())).await.ok();
            bench.user_call("ForgotPassword", ANN, json!({})).await.ok();
        }
        let code = bench.code();
        to_format(format, bench, &path);

        // Twice: what is upgraded stays.
        for _ in 0..2 {
            let bench = open();
            assert_eq!(identity(&bench), before);
            let new = bench.log_in().await;
            bench.get_user(&new).await.ok();
            // Logins, software tokens and codes came with format 2.
            assert_eq!(bench.get_user(&tokens).await.status == 200, format == 2);
            assert_eq!(bench.refresh(&tokens).await.status == 200, format == 2);
            assert_eq!(bench.prefer(&new, true, true).await.status == 200, format == 2);
            bench.prefer(&new, false, false).await.ok();
            let locked = bench.sign_in("nobody@example.com", "wrong").await.refusal();
            assert_eq!(locked.1, "Password attempts exceeded");
        }
        if format == 2 {
            let more = json!({ "ConfirmationCode": code, "Password": ANN_PASSWORD });
            open().user_call("ConfirmForgotPassword", ANN, more).await.ok();
        }
        check_tables(&path);
    }
}

/// The file has the current format, and nothing beside the tables of that.
fn check_tables(path: &Path) {
    let database = Database::open(path).unwrap();
    let state = database.begin_read().unwrap();
    let meta = state.open_table(TableDefinition::<&str, u64>::new("meta")).unwrap();
    assert_eq!(meta.get("format").unwrap().unwrap().value(), 3);
    let tables = state.list_tables().unwrap();
    let mut of_no_pool: Vec<_> = tables.map(|table| table.name().to_owned()).collect();
    of_no_pool.retain(|name| !name.contains('/'));
    assert_eq!(of_no_pool, ["clients", "declared", "meta", "pools"]);
}

#[test]
fn what_cannot_change_cannot_change_by_an_upgrade_either() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("cognito.redb");
    to_format(2, Bench::at(&path), &path);
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
