use redb::{Key, Table, Value, WriteTransaction};

use super::{
    Counter, decode, encode, entries, lookup,
    tables::{self, ATTEMPTS, CLIENTS, NAMES, POOLS, PoolTable, STRANGERS, USERS},
};
use crate::{
    attempts::Attempts,
    name::{SignInName, Subject},
    record::{ClientRecord, PoolRecord},
    user::User,
};

/// A change of a pool under way: it sees its own writes, and there is only one at a time.
pub(crate) struct Change {
    pub(super) transaction: WriteTransaction,
    pub(super) pool_id: String,
}

impl Change {
    pub(super) fn open<K: Key + 'static, V: Value + 'static>(
        &self,
        table: &PoolTable<K, V>,
    ) -> Result<Table<'_, K, V>, redb::Error> {
        Ok(table.open(&self.pool_id, |table| self.transaction.open_table(table))?)
    }

    pub(crate) fn pool(&self) -> Result<Option<PoolRecord>, redb::Error> {
        entries::record(&self.transaction.open_table(POOLS)?, &self.pool_id)
    }

    pub(crate) fn put_pool(&self, record: &PoolRecord) -> Result<(), redb::Error> {
        entries::put_pool(&self.transaction, record)
    }

    /// Deletes the pool with all that belongs to it.
    pub(crate) fn delete_pool(&self) -> Result<(), redb::Error> {
        self.transaction.open_table(CLIENTS)?.retain(|_, record| {
            !decode::<ClientRecord>(record).is_ok_and(|client| client.pool_id == self.pool_id)
        })?;
        for table in tables::OF_A_POOL {
            let name = tables::name(table, &self.pool_id);
            self.transaction.delete_table(redb::TableDefinition::<&str, &str>::new(&name))?;
        }
        self.transaction.open_table(POOLS)?.remove(self.pool_id.as_str())?;
        Ok(())
    }

    /// A client of this pool.
    pub(crate) fn client(&self, id: &str) -> Result<Option<ClientRecord>, redb::Error> {
        let found = entries::record(&self.transaction.open_table(CLIENTS)?, id)?;
        Ok(found.filter(|client: &ClientRecord| client.pool_id == self.pool_id))
    }

    pub(crate) fn put_client(&self, client: &ClientRecord) -> Result<(), redb::Error> {
        entries::put_client(&self.transaction, client)
    }

    pub(crate) fn delete_client(&self, id: &str) -> Result<(), redb::Error> {
        self.transaction.open_table(CLIENTS)?.remove(id)?;
        Ok(())
    }

    pub(crate) fn find(&self, name: &SignInName) -> Result<Option<User>, redb::Error> {
        lookup::find(&self.open(&NAMES)?, &self.open(&USERS)?, name)
    }

    /// A user by `sub`.
    pub(crate) fn user(&self, sub: &str) -> Result<Option<User>, redb::Error> {
        lookup::user(&self.open(&USERS)?, sub)
    }

    /// Stores a user who was found before.
    pub(crate) fn put_user(&self, user: &User) -> Result<(), redb::Error> {
        self.open(&USERS)?.insert(user.sub.as_str(), encode(user)?.as_slice())?;
        Ok(())
    }

    /// Stores a user under a name that nobody has.
    pub(crate) fn add_user(&self, name: &SignInName, user: &User) -> Result<(), redb::Error> {
        self.open(&NAMES)?.insert(name.folded(), user.sub.as_str())?;
        self.put_user(user)
    }

    /// Files a user under another name, which nobody else may have.
    pub(crate) fn rename_user(
        &self,
        old: &SignInName,
        new: &SignInName,
        sub: &str,
    ) -> Result<(), redb::Error> {
        let mut names = self.open(&NAMES)?;
        names.remove(old.folded())?;
        names.insert(new.folded(), sub)?;
        Ok(())
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

    pub(crate) fn put_attempts(
        &self,
        counter: Counter,
        subject: &Subject,
        attempts: Attempts,
    ) -> Result<(), redb::Error> {
        match subject {
            Subject::User(sub) => {
                let value = (attempts.count, attempts.at.0);
                self.open(&ATTEMPTS)?.insert((counter.key(), sub.as_str()), value)?;
            }
            Subject::Stranger(tag) => {
                let value = (*tag, attempts.count, attempts.at.0);
                self.open(&STRANGERS)?.insert((counter.key(), lookup::slot(tag)), value)?;
            }
        }
        Ok(())
    }
}
