//! What the database holds of pools and clients, within a transaction.

use redb::{ReadableTable, WriteTransaction};
use serde::de::DeserializeOwned;

use super::{
    decode, encode,
    tables::{
        ATTEMPTS, CLIENTS, CODES, DECLARED, DECLARED_CLIENT, DECLARED_POOL, LOGINS, NAMES, POOLS,
        REFRESH_TOKENS, SESSIONS, SOFTWARE_TOKENS, STRANGERS, USERS,
    },
};
use crate::record::{ClientRecord, PoolRecord};

/// Makes the tables of a pool that are not there yet.
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
