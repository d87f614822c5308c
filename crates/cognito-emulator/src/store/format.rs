use redb::{ReadableDatabase, ReadableTable, TableDefinition, WriteTransaction};
use serde::Deserialize;

use super::{
    decode,
    entries::{create_tables_of, declare, put_client, put_pool},
    tables::{self, META},
};
use crate::{
    config::OpenError,
    keys::KeyRecord,
    record::{ClientRecord, ClientSecret, PoolRecord},
    settings::{ClientSettings, PoolSettings},
    time::Moment,
};

/// The format of the tables that this version reads and writes.
///
/// 1: one pool with one client, its tables without the pool's id in their names. 2: the same, with
/// sign-ins of several steps and refresh tokens that can be used. 3: many pools.
pub(super) const CURRENT: u64 = 3;
/// The first format with more than one pool.
pub(super) const MANY_POOLS: u64 = 3;
/// Where a database keeps its format.
pub(super) const KEY: &str = "format";

/// The format of a database, nothing if it is new, an error if it is newer than this version knows.
pub(super) fn known(database: &impl ReadableDatabase) -> Result<Option<u64>, OpenError> {
    match found(database).map_err(OpenError::store)? {
        Some(found) if found > CURRENT => Err(OpenError::NewerFormat { found, known: CURRENT }),
        older => Ok(older),
    }
}

fn found(database: &impl ReadableDatabase) -> Result<Option<u64>, redb::Error> {
    match database.begin_read()?.open_table(META) {
        Ok(meta) => Ok(meta.get(KEY)?.map(|format| format.value())),
        Err(redb::TableError::TableDoesNotExist(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The tables of the one pool that are as they were, with the names they have of a pool. Format 1 has
/// the first four.
const KEPT: [(&str, &str); 9] = [
    ("users", "users"),
    ("names", "names"),
    ("attempts", "attempts"),
    ("strangers", "strangers"),
    ("codes", "codes"),
    ("logins", "logins"),
    ("refresh-tokens-of-logins", "refresh-tokens"),
    ("sessions", "sessions"),
    ("software-tokens", "software-tokens"),
];
/// What format 1 had of refresh tokens, which could not be used then: their users sign in anew.
const UNUSABLE_TOKENS: TableDefinition<&[u8], &[u8]> = TableDefinition::new("refresh-tokens");
/// The table of the one pool with a single record, under its own name.
const POOL: TableDefinition<&str, &[u8]> = TableDefinition::new("pool");

/// That record: the pool, its client and the client's secret in one.
#[derive(Deserialize)]
struct OnlyPool {
    id: String,
    client_id: String,
    client_secret: String,
    digest_key: [u8; 32],
    created: Moment,
    signs_in_by_email: bool,
    case_sensitive: bool,
    keys: Option<KeyRecord>,
}

/// Makes a database of one pool one of the current format. Of the settings it knows only those that
/// cannot change; the others come from whoever opens it.
pub(super) fn upgrade_from_one_pool(transaction: &WriteTransaction) -> Result<(), redb::Error> {
    let only: Option<OnlyPool> = {
        let pools = transaction.open_table(POOL)?;
        let record = pools.get("pool")?;
        record.map(|record| decode(record.value())).transpose()?
    };
    transaction.delete_table(POOL)?;
    transaction.delete_table(UNUSABLE_TOKENS)?;
    transaction.open_table(META)?.insert(KEY, CURRENT)?;
    let Some(only) = only else { return Ok(()) };
    for (before, now) in KEPT {
        rename(transaction, before, &tables::name(now, &only.id))?;
    }
    let secret = ClientSecret::new(&only.client_id, only.client_secret, only.created, &[]);
    put_client(
        transaction,
        &ClientRecord {
            id: only.client_id.clone(),
            pool_id: only.id.clone(),
            settings: ClientSettings::default(),
            secrets: vec![secret],
            created: only.created,
            modified: only.created,
        },
    )?;
    declare(transaction, &only.id, &only.client_id)?;
    let record = PoolRecord {
        settings: PoolSettings::identified_by(only.signs_in_by_email, only.case_sensitive),
        id: only.id,
        digest_key: only.digest_key,
        created: only.created,
        modified: only.created,
        keys: only.keys,
    };
    put_pool(transaction, &record)?;
    create_tables_of(transaction, &record.id)
}

/// The types of a table do not matter to its name.
fn rename(transaction: &WriteTransaction, from: &str, to: &str) -> Result<(), redb::Error> {
    let table = |name| TableDefinition::<&str, &str>::new(name);
    match transaction.rename_table(table(from), table(to)) {
        Ok(()) | Err(redb::TableError::TableDoesNotExist(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
