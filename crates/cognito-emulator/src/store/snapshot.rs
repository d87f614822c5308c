use redb::{ReadTransaction, ReadableTableMetadata};

use super::{
    Counter, decode, lookup,
    tables::{ATTEMPTS, NAMES, POOL, STRANGERS, USERS},
};
use crate::{
    attempts::Attempts,
    name::{SignInName, Subject},
    record::PoolRecord,
    user::User,
};

/// A state of the store that does not change while it is read.
pub(crate) struct Snapshot {
    pub(super) transaction: ReadTransaction,
}

impl Snapshot {
    pub(crate) fn pool(&self) -> Result<Option<PoolRecord>, redb::Error> {
        lookup::pool(&self.transaction.open_table(POOL)?)
    }

    pub(crate) fn find(&self, name: &SignInName) -> Result<Option<User>, redb::Error> {
        lookup::find(
            &self.transaction.open_table(NAMES)?,
            &self.transaction.open_table(USERS)?,
            name,
        )
    }

    /// A user by `sub`.
    pub(crate) fn user(&self, sub: &str) -> Result<Option<User>, redb::Error> {
        lookup::user(&self.transaction.open_table(USERS)?, sub)
    }

    pub(crate) fn attempts(
        &self,
        counter: Counter,
        subject: &Subject,
    ) -> Result<Attempts, redb::Error> {
        match subject {
            Subject::User(sub) => {
                lookup::user_attempts(&self.transaction.open_table(ATTEMPTS)?, counter, sub)
            }
            Subject::Stranger(tag) => {
                lookup::stranger_attempts(&self.transaction.open_table(STRANGERS)?, counter, tag)
            }
        }
    }

    /// How many users there are.
    pub(crate) fn user_count(&self) -> Result<u64, redb::Error> {
        Ok(self.transaction.open_table(USERS)?.len()?)
    }

    /// At most so many users who pass the test, in order of their `sub`, from after the one given.
    pub(crate) fn users(
        &self,
        after: &str,
        limit: usize,
        test: impl Fn(&User) -> bool,
    ) -> Result<Vec<User>, redb::Error> {
        let mut found = Vec::new();
        for entry in self.transaction.open_table(USERS)?.range(after..)? {
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
