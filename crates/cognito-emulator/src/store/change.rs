use redb::{Key, ReadableTable, Table, Value, WriteTransaction};

use super::{
    Counter, catalog, decode, encode, lookup,
    tables::{self, ATTEMPTS, CLIENTS, NAMES, POOLS, PoolTable, REFRESH_TOKENS, STRANGERS, USERS},
};
use crate::{
    attempts::Attempts,
    name::{SignInName, Subject},
    record::{ClientRecord, PoolRecord},
    time::Moment,
    tokens::Login,
    user::User,
};

/// A change of a pool under way: it sees its own writes, and there is only one at a time.
pub(crate) struct Change {
    pub(super) transaction: WriteTransaction,
    pub(super) pool_id: String,
}

impl Change {
    fn open<K: Key + 'static, V: Value + 'static>(
        &self,
        table: &PoolTable<K, V>,
    ) -> Result<Table<'_, K, V>, redb::Error> {
        Ok(table.open(&self.pool_id, |table| self.transaction.open_table(table))?)
    }

    pub(crate) fn pool(&self) -> Result<Option<PoolRecord>, redb::Error> {
        catalog::record(&self.transaction.open_table(POOLS)?, &self.pool_id)
    }

    pub(crate) fn put_pool(&self, record: &PoolRecord) -> Result<(), redb::Error> {
        catalog::put_pool(&self.transaction, record)
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
        let found = catalog::record(&self.transaction.open_table(CLIENTS)?, id)?;
        Ok(found.filter(|client: &ClientRecord| client.pool_id == self.pool_id))
    }

    pub(crate) fn put_client(&self, client: &ClientRecord) -> Result<(), redb::Error> {
        catalog::put_client(&self.transaction, client)
    }

    pub(crate) fn delete_client(&self, id: &str) -> Result<(), redb::Error> {
        self.transaction.open_table(CLIENTS)?.remove(id)?;
        Ok(())
    }

    pub(crate) fn find(&self, name: &SignInName) -> Result<Option<User>, redb::Error> {
        lookup::find(&self.open(&NAMES)?, &self.open(&USERS)?, name)
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

    /// Files a user under another name, and under no other.
    pub(crate) fn rename_user(&self, name: &SignInName, sub: &str) -> Result<(), redb::Error> {
        let mut names = self.open(&NAMES)?;
        names.retain(|_, owner| owner != sub)?;
        names.insert(name.folded(), sub)?;
        Ok(())
    }

    /// Deletes a user. The logins stay: a refresh token can be told from an invented one.
    pub(crate) fn delete_user(&self, sub: &str) -> Result<(), redb::Error> {
        self.open(&NAMES)?.retain(|_, owner| owner != sub)?;
        self.open(&ATTEMPTS)?.retain(|(_, owner), _| owner != sub)?;
        self.open(&USERS)?.remove(sub)?;
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

    pub(crate) fn put_login(
        &self,
        token_digest: &[u8; 32],
        login: &Login,
    ) -> Result<(), redb::Error> {
        self.open(&REFRESH_TOKENS)?.insert(token_digest.as_slice(), encode(login)?.as_slice())?;
        Ok(())
    }

    /// Ends every login of a user.
    pub(crate) fn revoke_logins(&self, sub: &str) -> Result<(), redb::Error> {
        let mut revoked = Vec::new();
        for entry in self.open(&REFRESH_TOKENS)?.iter()? {
            let (digest, record) = entry?;
            let login: Login = decode(record.value())?;
            if login.sub == sub {
                revoked.push((digest.value().to_owned(), Login { revoked: true, ..login }));
            }
        }
        let mut logins = self.open(&REFRESH_TOKENS)?;
        for (digest, login) in revoked {
            logins.insert(digest.as_slice(), encode(&login)?.as_slice())?;
        }
        Ok(())
    }

    /// The login of a refresh token.
    #[cfg(test)]
    pub(crate) fn login(&self, token_digest: &[u8; 32]) -> Result<Option<Login>, redb::Error> {
        let logins = self.open(&REFRESH_TOKENS)?;
        let record = logins.get(token_digest.as_slice())?;
        record.map(|record| decode(record.value())).transpose()
    }

    /// Forgets the refresh tokens that have expired.
    pub(crate) fn drop_expired_logins(&self, now: Moment) -> Result<(), redb::Error> {
        let mut logins = self.open(&REFRESH_TOKENS)?;
        logins
            .retain(|_, record| decode::<Login>(record).is_ok_and(|login| now < login.expires))?;
        Ok(())
    }
}
