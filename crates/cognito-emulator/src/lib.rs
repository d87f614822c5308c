//! Amazon Cognito user pools for one machine.
//!
//! [`Emulator`] answers requests as the regional endpoint of Cognito does, error for error: AWS
//! JSON 1.1 on `POST /`, the key set and the discovery document of each pool on `GET`. It is no
//! server: [`Emulator::handle`] takes a request and gives a response, so that it can stand behind a
//! port or be called in place of one. Users live in one file; what was answered is on disk.
//!
//! What is emulated and where the facts come from: see the crate's README.

mod attempts;
mod attributes;
mod bearer;
mod code;
mod config;
mod constraint;
mod discovery;
mod exception;
mod fields;
mod filter;
mod gate;
mod hashing;
mod ids;
mod keys;
mod login;
mod mac;
mod name;
mod operations;
mod password_policy;
mod pool;
mod pools;
mod record;
mod region;
mod schema;
mod session;
mod settings;
mod sigv4;
mod software_token;
mod store;
#[cfg(test)]
mod tests;
mod time;
mod tokens;
mod totp;
mod user;
mod wire;

use std::{fmt, sync::Arc};

use bytes::Bytes;
use http::{Request, Response};
use secrecy::SecretString;

pub use crate::{
    config::{Config, Message, OpenError, Storage},
    settings::{ClientSettings, PoolSettings},
    sigv4::{ACCESS_KEY_ID, SECRET_ACCESS_KEY},
    wire::MAX_BODY_BYTES,
};

/// The user pools of a region: one that is declared with its app client, and those that
/// administrators make. Clones are the same pools.
#[derive(Clone)]
pub struct Emulator {
    pools: Arc<pools::Pools>,
    /// The declared one, as it was opened.
    pool: Arc<pool::Pool>,
}

impl Emulator {
    /// Opens the declared pool, which the first time makes its ids and the client's secret, and all
    /// others that its storage holds. Ids, secrets, users and signing keys stay; the settings of the
    /// declared pool and client are those given now, those of the others are as stored.
    ///
    /// # Errors
    ///
    /// If the file is in use, has another format or cannot be read, or if a property is refused;
    /// see [`OpenError`].
    pub fn open(config: Config) -> Result<Self, OpenError> {
        let (pools, pool) = pools::Pools::open(config)?;
        Ok(Self { pools, pool })
    }

    /// Answers a request, whatever it is. Must be called within a Tokio runtime: hashing and
    /// writing happen on its blocking threads.
    pub async fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        wire::answer(&self.pools, request).await
    }

    /// The declared pool's id, `<region>_` and nine alphanumerics.
    #[must_use]
    pub fn pool_id(&self) -> &str {
        &self.pool.id
    }

    /// The declared app client's id.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.pool.client_id
    }

    /// The declared app client's secret: of several the oldest, which is the original unless that was
    /// deleted; empty if the client was deleted. A client without `GenerateSecret` has one too, but
    /// never asks for it.
    #[must_use]
    pub fn client_secret(&self) -> SecretString {
        let client = self.pools.region.catalog.client(&self.pool.client_id).ok().flatten();
        client
            .and_then(|client| client.secrets.first().map(record::ClientSecret::secret))
            .unwrap_or_default()
    }

    /// The `iss` of the declared pool's tokens: `https://cognito-idp.<region>.amazonaws.com/<pool id>`.
    #[must_use]
    pub fn issuer(&self) -> String {
        self.pool.issuer()
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Emulator")
            .field("pool_id", &self.pool.id)
            .field("client_id", &self.pool.client_id)
            .finish_non_exhaustive()
    }
}
