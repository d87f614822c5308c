use redb::{Key, ReadOnlyTable, ReadTransaction, ReadableTable, ReadableTableMetadata, Value};

use super::{
    Counter, decode, entries, lookup,
    tables::{ATTEMPTS, CLIENTS, NAMES, POOLS, PoolTable, STRANGERS, USERS},
};
use crate::{
    attempts::Attempts,
    name::{SignInName, Subject},
    record::{ClientRecord, PoolRecord},
    user::User,
};

/// A state of a pool that does not change while it is read.
pub(crate) struct Snapshot {
    pub(super) transaction: ReadTransaction,
    pub(super) pool_id: String,
}

impl Snapshot {
    pub(super) fn open<K: Key + 'static, V: Value + 'static>(
        &self,
        table: &PoolTable<K, V>,
    ) -> Result<ReadOnlyTable<K, V>, redb::Error> {
        Ok(table.open(&self.pool_id, |table| self.transaction.open_table(table))?)
    }

    pub(crate) fn pool(&self) -> Result<Option<PoolRecord>, redb::Error> {
        entries::record(&self.transaction.open_table(POOLS)?, &self.pool_id)
    }

    /// A client of this pool.
    pub(crate) fn client(&self, id: &str) -> Result<Option<ClientRecord>, redb::Error> {
        let found = entries::record(&self.transaction.open_table(CLIENTS)?, id)?;
        Ok(found.filter(|client: &ClientRecord| client.pool_id == self.pool_id))
    }

    /// All clients of this pool in order of their ids.
    pub(crate) fn clients(&self) -> Result<Vec<ClientRecord>, redb::Error> {
        let mut clients = Vec::new();
        for entry in self.transaction.open_table(CLIENTS)?.iter()? {
            let client: ClientRecord = decode(entry?.1.value())?;
            if client.pool_id == self.pool_id {
                clients.push(client);
            }
        }
        Ok(clients)
    }

    pub(crate) fn find(&self, name: &SignInName) -> Result<Option<User>, redb::Error> {
        lookup::find(&self.open(&NAMES)?, &self.open(&USERS)?, name)
    }

    /// A user by `sub`.
    pub(crate) fn user(&self, sub: &str) -> Result<Option<User>, redb::Error> {
        lookup::user(&self.open(&USERS)?, sub)
    }

    pub(crate) fn attempts(
        &self,
        counter: Counter,
        subject: &Subject,
    ) -> Result<Attempts, redb::Error> {
        match subject {
            Subject::User(sub) => lookup::user_attempts(&self.open(&ATTEMPTS)?, counter, sub),
            Subject::Stranger(tag) => {
                lookup::stranger_attempts(&self.open(&STRANGERS)?, counter, tag)
            }
        }
    }

    /// How many users there are.
    pub(crate) fn user_count(&self) -> Result<u64, redb::Error> {
        Ok(self.open(&USERS)?.len()?)
    }

    /// At most so many users who pass the test, in order of their `sub`, from after the one given.
    pub(crate) fn users(
        &self,
        after: &str,
        limit: usize,
        test: impl Fn(&User) -> bool,
    ) -> Result<Vec<User>, redb::Error> {
        let mut found = Vec::new();
        for entry in self.open(&USERS)?.range(after..)? {
            let (sub, record) = entry?;
            if found.len() == limit {
                break;
            }
            if sub.value() != after {
                let user = decode(record.value())?;
                if test(&user) {
                    found.push(user);
                }
            }
        }
        Ok(found)
    }
}
