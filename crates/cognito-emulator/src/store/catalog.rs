use std::sync::Arc;

use redb::{Database, ReadableDatabase, ReadableTable};

use super::{
    Store, begin, decode,
    entries::{create_tables_of, declare, put_client, put_pool, record},
    file, format,
    tables::{CLIENTS, DECLARED, DECLARED_CLIENT, DECLARED_POOL, META, POOLS},
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
    /// Opens the database or creates it.
    pub(crate) fn open(storage: &Storage) -> Result<Self, OpenError> {
        let database = file::open(storage)?;
        format::check(&database)?;
        prepare(&database).map_err(OpenError::store)?;
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

/// Makes the tables that no pool owns, so that a reader finds each of them.
fn prepare(database: &Database) -> Result<(), redb::Error> {
    let transaction = begin(database)?;
    transaction.open_table(META)?.insert(format::KEY, format::CURRENT)?;
    transaction.open_table(CLIENTS)?;
    transaction.open_table(DECLARED)?;
    transaction.open_table(POOLS)?;
    Ok(transaction.commit()?)
}
