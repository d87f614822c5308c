use std::sync::Arc;

use redb::{Database, ReadableDatabase, ReadableTable, WriteTransaction};
use serde::de::DeserializeOwned;

use super::{
    Store, begin, decode, encode, file, format,
    tables::{
        ATTEMPTS, CLIENTS, CODES, DECLARED, DECLARED_CLIENT, DECLARED_POOL, LOGINS, META, NAMES,
        POOLS, REFRESH_TOKENS, SESSIONS, SOFTWARE_TOKENS, STRANGERS, USERS,
    },
};
use crate::{
    config::{OpenError, Storage},
    record::{ClientRecord, PoolRecord},
};

/// The database: which pools and clients there are.
pub(crate) struct Catalog {
    database: Arc<Database>,
}

impl Catalog {
    /// Opens the database, creates it, or brings it to the current format.
    pub(crate) fn open(storage: &Storage) -> Result<Self, OpenError> {
        let database = file::open(storage)?;
        let found = format::known(&database)?;
        prepare(&database, found).map_err(OpenError::store)?;
        Ok(Self { database: Arc::new(database) })
    }

    /// What belongs to one pool.
    pub(crate) fn store_of(&self, pool_id: &str) -> Store {
        Store { database: Arc::clone(&self.database), pool_id: pool_id.to_owned() }
    }

    pub(crate) fn pool(&self, id: &str) -> Result<Option<PoolRecord>, redb::Error> {
        record(&self.database.begin_read()?.open_table(POOLS)?, id)
    }

    pub(crate) fn client(&self, id: &str) -> Result<Option<ClientRecord>, redb::Error> {
        record(&self.database.begin_read()?.open_table(CLIENTS)?, id)
    }

    /// All pools in order of their ids.
    pub(crate) fn pools(&self) -> Result<Vec<PoolRecord>, redb::Error> {
        let pools = self.database.begin_read()?.open_table(POOLS)?;
        pools.iter()?.map(|entry| decode(entry?.1.value())).collect()
    }

    /// The ids of the pool and the client that the emulator was opened with last.
    pub(crate) fn declared(&self) -> Result<Option<(String, String)>, redb::Error> {
        let declared = self.database.begin_read()?.open_table(DECLARED)?;
        let id = |key| -> Result<_, redb::Error> {
            Ok(declared.get(key)?.map(|id| id.value().to_owned()))
        };
        Ok(id(DECLARED_POOL)?.zip(id(DECLARED_CLIENT)?))
    }

    /// Stores the pool and the client that the emulator is opened with.
    pub(crate) fn declare(
        &self,
        pool: &PoolRecord,
        client: &ClientRecord,
    ) -> Result<(), redb::Error> {
        let transaction = begin(&self.database)?;
        declare(&transaction, &pool.id, &client.id)?;
        put_pool(&transaction, pool)?;
        create_tables_of(&transaction, &pool.id)?;
        put_client(&transaction, client)?;
        Ok(transaction.commit()?)
    }

    /// Stores a new pool.
    pub(crate) fn add_pool(&self, pool: &PoolRecord) -> Result<(), redb::Error> {
        let transaction = begin(&self.database)?;
        put_pool(&transaction, pool)?;
        create_tables_of(&transaction, &pool.id)?;
        Ok(transaction.commit()?)
    }
}

/// Makes all tables at once, so that a reader finds each of them; also those that pools made by an
/// earlier version lack.
fn prepare(database: &Database, found: Option<u64>) -> Result<(), redb::Error> {
    let transaction = begin(database)?;
    if found.is_some_and(|format| format < format::MANY_POOLS) {
        format::upgrade_from_one_pool(&transaction)?;
    }
    transaction.open_table(META)?.insert(format::KEY, format::CURRENT)?;
    transaction.open_table(CLIENTS)?;
    transaction.open_table(DECLARED)?;
    let mut ids = Vec::new();
    for entry in transaction.open_table(POOLS)?.iter()? {
        ids.push(entry?.0.value().to_owned());
    }
    for id in ids {
        create_tables_of(&transaction, &id)?;
    }
    Ok(transaction.commit()?)
}

pub(super) fn create_tables_of(
    transaction: &WriteTransaction,
    pool_id: &str,
) -> Result<(), redb::Error> {
    USERS.open(pool_id, |table| transaction.open_table(table).map(drop))?;
    NAMES.open(pool_id, |table| transaction.open_table(table).map(drop))?;
    ATTEMPTS.open(pool_id, |table| transaction.open_table(table).map(drop))?;
    STRANGERS.open(pool_id, |table| transaction.open_table(table).map(drop))?;
    CODES.open(pool_id, |table| transaction.open_table(table).map(drop))?;
    LOGINS.open(pool_id, |table| transaction.open_table(table).map(drop))?;
    REFRESH_TOKENS.open(pool_id, |table| transaction.open_table(table).map(drop))?;
    SESSIONS.open(pool_id, |table| transaction.open_table(table).map(drop))?;
    SOFTWARE_TOKENS.open(pool_id, |table| transaction.open_table(table).map(drop))?;
    Ok(())
}

pub(super) fn declare(
    transaction: &WriteTransaction,
    pool_id: &str,
    client_id: &str,
) -> Result<(), redb::Error> {
    let mut declared = transaction.open_table(DECLARED)?;
    declared.insert(DECLARED_POOL, pool_id)?;
    declared.insert(DECLARED_CLIENT, client_id)?;
    Ok(())
}

pub(super) fn put_pool(
    transaction: &WriteTransaction,
    pool: &PoolRecord,
) -> Result<(), redb::Error> {
    transaction.open_table(POOLS)?.insert(pool.id.as_str(), encode(pool)?.as_slice())?;
    Ok(())
}

pub(super) fn put_client(
    transaction: &WriteTransaction,
    client: &ClientRecord,
) -> Result<(), redb::Error> {
    transaction.open_table(CLIENTS)?.insert(client.id.as_str(), encode(client)?.as_slice())?;
    Ok(())
}

/// The record of this id in a table of JSON records.
pub(super) fn record<T: DeserializeOwned>(
    table: &impl ReadableTable<&'static str, &'static [u8]>,
    id: &str,
) -> Result<Option<T>, redb::Error> {
    table.get(id)?.map(|record| decode(record.value())).transpose()
}
