//! The pool's database: one redb file, or the same in memory.

mod change;
mod codes;
mod deletion;
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

use self::tables::{
    ATTEMPTS, CODES, LOGINS, META, NAMES, POOL, REFRESH_TOKENS, SESSIONS, SOFTWARE_TOKENS,
    STRANGERS, USERS,
};
pub(crate) use self::{change::Change, snapshot::Snapshot};
use crate::{
    config::{OpenError, Storage},
    exception::{Exception, Kind},
};

/// The database. A write is durable before it is answered.
pub(crate) struct Store {
    database: Arc<Database>,
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
    /// Opens the database, or creates it.
    pub(crate) fn open(storage: &Storage) -> Result<Self, OpenError> {
        let database = file::open(storage)?;
        if format::known(&database)? != Some(format::CURRENT) {
            create_tables(&database).map_err(OpenError::store)?;
        }
        Ok(Self { database: Arc::new(database) })
    }

    /// The state as of the last write.
    pub(crate) fn read(&self) -> Result<Snapshot, redb::Error> {
        Ok(Snapshot { transaction: self.database.begin_read()? })
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
        let database = Arc::clone(&self.database);
        spawn_blocking(move || commit(&database, change)).await?
    }

    /// As [`Store::write`], for the time before there are requests.
    pub(crate) fn write_now<T>(
        &self,
        change: impl FnOnce(&Change) -> Result<T, Exception>,
    ) -> Result<T, Exception> {
        commit(&self.database, change)
    }
}

fn commit<T>(
    database: &Database,
    change: impl FnOnce(&Change) -> Result<T, Exception>,
) -> Result<T, Exception> {
    let transaction = begin(database)?;
    let open = Change { transaction };
    let outcome = change(&open);
    if outcome.as_ref().is_err_and(|exception| exception.kind == Kind::InternalError) {
        return outcome;
    }
    open.transaction.commit().map_err(redb::Error::from)?;
    outcome
}

fn begin(database: &Database) -> Result<WriteTransaction, redb::Error> {
    let mut transaction = database.begin_write()?;
    transaction.set_durability(Durability::Immediate)?;
    Ok(transaction)
}

/// All tables that are not there yet, so that a reader finds each of them.
fn create_tables(database: &Database) -> Result<(), redb::Error> {
    let transaction = begin(database)?;
    transaction.open_table(META)?.insert(format::KEY, format::CURRENT)?;
    transaction.open_table(POOL)?;
    transaction.open_table(USERS)?;
    transaction.open_table(NAMES)?;
    transaction.open_table(ATTEMPTS)?;
    transaction.open_table(STRANGERS)?;
    transaction.open_table(CODES)?;
    transaction.open_table(LOGINS)?;
    transaction.open_table(REFRESH_TOKENS)?;
    transaction.open_table(SESSIONS)?;
    transaction.open_table(SOFTWARE_TOKENS)?;
    Ok(transaction.commit()?)
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
