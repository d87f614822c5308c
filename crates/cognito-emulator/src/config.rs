use std::{error::Error, fmt, path::PathBuf, sync::Arc, time::SystemTime};

use secrecy::SecretString;

use crate::settings::{BadSetting, ClientSettings, PoolSettings};

/// Everything an [`Emulator`](crate::Emulator) is opened with.
pub struct Config {
    /// Where users live.
    pub storage: Storage,
    /// The AWS region that the pool claims to be in; the pool's id begins with it.
    pub region: String,
    /// The pool's properties.
    pub pool: PoolSettings,
    /// The app client's properties.
    pub client: ClientSettings,
    /// What time it is.
    pub clock: Arc<dyn Fn() -> SystemTime + Send + Sync>,
    /// Takes each mail, once what it tells of is durable. Called from within a request: it must not
    /// block.
    pub outbox: Arc<dyn Fn(Message) + Send + Sync>,
}

impl fmt::Debug for Config {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Config")
            .field("storage", &self.storage)
            .field("region", &self.region)
            .field("pool", &self.pool)
            .field("client", &self.client)
            .finish_non_exhaustive()
    }
}

/// Where a pool keeps its users.
#[derive(Debug, Clone)]
pub enum Storage {
    /// In this file, which is created with mode 0600 if absent. Its directory must exist.
    File(PathBuf),
    /// In memory, until the last clone of the emulator is dropped.
    Memory,
}

/// A mail to a user. The pool keeps no copy.
#[derive(Clone)]
pub struct Message {
    /// The address.
    pub to: String,
    /// The subject line.
    pub subject: String,
    /// The text, with the code in it.
    pub body: String,
    /// The code alone: six digits, or in an invitation the temporary password.
    pub code: SecretString,
    /// When it was sent.
    pub sent_at: SystemTime,
}

impl fmt::Debug for Message {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Message").field("sent_at", &self.sent_at).finish_non_exhaustive()
    }
}

/// Why a pool could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has the file open.
    #[error("the user pool is in use by another process")]
    InUse,
    /// The file was written by another version of this crate. It was not changed.
    #[error(
        "the user pool's file has format {found}, and this version reads format {known} only: \
         delete the file to start without users, or use the version that wrote it"
    )]
    OtherFormat {
        /// The format of the file.
        found: u64,
        /// The format that this version reads and writes.
        known: u64,
    },
    /// A property that AWS refuses too, or that this pool cannot honour.
    #[error("the property {property} {reason}")]
    BadProperty {
        /// The name in `CloudFormation`.
        property: &'static str,
        /// What it must be.
        reason: &'static str,
    },
    /// Something that cannot change after a pool is created; on AWS a new pool would replace it.
    #[error("the {property} of a user pool cannot change after it is created")]
    Immutable {
        /// The name in `CloudFormation`, or `region`.
        property: &'static str,
    },
    /// The store failed.
    #[error("the user pool could not be opened")]
    Store(#[source] Box<dyn Error + Send + Sync>),
}

impl OpenError {
    pub(crate) fn store(error: impl Error + Send + Sync + 'static) -> Self {
        Self::Store(Box::new(error))
    }
}

impl From<BadSetting> for OpenError {
    fn from(BadSetting { property, reason }: BadSetting) -> Self {
        Self::BadProperty { property, reason }
    }
}
