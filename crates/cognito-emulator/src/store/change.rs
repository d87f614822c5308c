use redb::WriteTransaction;

use super::{
    Counter, encode, lookup,
    tables::{ATTEMPTS, NAMES, POOL, POOL_KEY, STRANGERS, USERS},
};
use crate::{
    attempts::Attempts,
    name::{SignInName, Subject},
    record::PoolRecord,
    user::User,
};

/// A change under way: it sees its own writes, and there is only one at a time.
pub(crate) struct Change {
    pub(super) transaction: WriteTransaction,
}

impl Change {
    pub(crate) fn pool(&self) -> Result<Option<PoolRecord>, redb::Error> {
        lookup::pool(&self.transaction.open_table(POOL)?)
    }

    pub(crate) fn put_pool(&self, record: &PoolRecord) -> Result<(), redb::Error> {
        self.transaction.open_table(POOL)?.insert(POOL_KEY, encode(record)?.as_slice())?;
        Ok(())
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

    /// Stores a user who was found before.
    pub(crate) fn put_user(&self, user: &User) -> Result<(), redb::Error> {
        self.transaction.open_table(USERS)?.insert(user.sub.as_str(), encode(user)?.as_slice())?;
        Ok(())
    }

    /// Stores a user under a name that nobody has.
    pub(crate) fn add_user(&self, name: &SignInName, user: &User) -> Result<(), redb::Error> {
        self.transaction.open_table(NAMES)?.insert(name.folded(), user.sub.as_str())?;
        self.put_user(user)
    }

    /// Files a user under another name, which nobody else may have.
    pub(crate) fn rename_user(
        &self,
        old: &SignInName,
        new: &SignInName,
        sub: &str,
    ) -> Result<(), redb::Error> {
        let mut names = self.transaction.open_table(NAMES)?;
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
            Subject::User(sub) => {
                lookup::user_attempts(&self.transaction.open_table(ATTEMPTS)?, counter, sub)
            }
            Subject::Stranger(tag) => {
                lookup::stranger_attempts(&self.transaction.open_table(STRANGERS)?, counter, tag)
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
                self.transaction
                    .open_table(ATTEMPTS)?
                    .insert((counter.key(), sub.as_str()), value)?;
            }
            Subject::Stranger(tag) => {
                let value = (*tag, attempts.count, attempts.at.0);
                self.transaction
                    .open_table(STRANGERS)?
                    .insert((counter.key(), lookup::slot(tag)), value)?;
            }
        }
        Ok(())
    }
}
