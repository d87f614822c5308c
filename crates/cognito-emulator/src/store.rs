//! The database of all pools: one redb file, or the same in memory.

mod catalog;
mod change;
mod codes;
mod deletion;
mod entries;
mod file;
mod format;
mod logins;
mod lookup;
mod mfa;
mod snapshot;
mod tables;

use std::sync::Arc;

use redb::{Database, Durability, ReadableDatabase, WriteTransaction};
use serde::{Serialize, de::DeserializeOwned};
use tokio::task::spawn_blocking;

pub(crate) use self::{catalog::Catalog, change::Change, snapshot::Snapshot};
use crate::exception::{Exception, Kind, no_such_pool};

/// One pool's part of the database. A write is durable before it is answered.
#[derive(Clone)]
pub(crate) struct Store {
    database: Arc<Database>,
    pool_id: String,
}

/// The counters of [`Attempts`] that a subject has.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Counter {
    AttributeCodes,
    AttributeConfirmations,
    Confirmations,
    FailedOneTimeCodes,
    FailedPasswords,
    PasswordChanges,
    PasswordResetConfirmations,
    PasswordResets,
    Resends,
}

impl Counter {
    pub(crate) const ALL: [Self; 9] = [
        Self::AttributeCodes,
        Self::AttributeConfirmations,
        Self::Confirmations,
        Self::FailedOneTimeCodes,
        Self::FailedPasswords,
        Self::PasswordChanges,
        Self::PasswordResetConfirmations,
        Self::PasswordResets,
        Self::Resends,
    ];

    fn key(self) -> &'static str {
        match self {
            Self::AttributeCodes => "attribute-codes",
            Self::AttributeConfirmations => "attribute-confirmations",
            Self::Confirmations => "confirmations",
            Self::FailedOneTimeCodes => "failed-one-time-codes",
            Self::FailedPasswords => "failed-passwords",
            Self::PasswordChanges => "password-changes",
            Self::PasswordResetConfirmations => "password-reset-confirmations",
            Self::PasswordResets => "password-resets",
            Self::Resends => "resends",
        }
    }
}

impl Store {
    /// The state as of the last write; an exception if the pool has been deleted.
    pub(crate) fn read(&self) -> Result<Snapshot, Exception> {
        let transaction = self.database.begin_read().map_err(redb::Error::from)?;
        let snapshot = Snapshot { transaction, pool_id: self.pool_id.clone() };
        match snapshot.pool()? {
            Some(_) => Ok(snapshot),
            None => Err(no_such_pool(&self.pool_id)),
        }
    }

    /// Runs a change to its durable end, off the threads that answer requests.
    ///
    /// The change is committed also when it ends in an exception, so that an answer takes as long
    /// whether or not there was something to write; only a fault of the store itself undoes it.
    pub(crate) async fn write<T, F>(&self, change: F) -> Result<T, Exception>
    where
        T: Send + 'static,
        F: FnOnce(&Change) -> Result<T, Exception> + Send + 'static,
    {
        let store = self.clone();
        spawn_blocking(move || store.write_now(change)).await?
    }

    /// As [`Store::write`], for the time before there are requests.
    pub(crate) fn write_now<T>(
        &self,
        change: impl FnOnce(&Change) -> Result<T, Exception>,
    ) -> Result<T, Exception> {
        let open = Change { transaction: begin(&self.database)?, pool_id: self.pool_id.clone() };
        if open.pool()?.is_none() {
            return Err(no_such_pool(&self.pool_id));
        }
        let outcome = change(&open);
        if outcome.as_ref().is_err_and(|exception| exception.kind == Kind::InternalError) {
            return outcome;
        }
        open.transaction.commit().map_err(redb::Error::from)?;
        outcome
    }
}

fn begin(database: &Database) -> Result<WriteTransaction, redb::Error> {
    let mut transaction = database.begin_write()?;
    transaction.set_durability(Durability::Immediate)?;
    Ok(transaction)
}

fn encode(record: &impl Serialize) -> Result<Vec<u8>, redb::Error> {
    serde_json::to_vec(record).map_err(|error| unreadable(&error))
}

fn decode<T: DeserializeOwned>(record: &[u8]) -> Result<T, redb::Error> {
    serde_json::from_slice(record).map_err(|error| unreadable(&error))
}

/// The parser's own message could quote a secret.
fn unreadable(error: &serde_json::Error) -> redb::Error {
    redb::Error::Corrupted(format!("a record is unreadable at column {}", error.column()))
}
