use rand::{CryptoRng, RngExt};
use serde::{Deserialize, Serialize};

use crate::{
    config::{Config, OpenError},
    ids,
    keys::KeyRecord,
    time::Moment,
};

/// What is decided once, when a pool is created.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct PoolRecord {
    pub(crate) id: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    /// The key of everything that is kept as a digest.
    pub(crate) digest_key: [u8; 32],
    pub(crate) created: Moment,
    pub(crate) signs_in_by_email: bool,
    pub(crate) case_sensitive: bool,
    /// Made when first needed.
    pub(crate) keys: Option<KeyRecord>,
}

impl PoolRecord {
    pub(crate) fn new(config: &Config, now: Moment, rng: &mut impl CryptoRng) -> Self {
        Self {
            id: ids::pool_id(&config.region, rng),
            client_id: ids::client_id(rng),
            client_secret: ids::client_secret(rng),
            digest_key: rng.random(),
            created: now,
            signs_in_by_email: config.pool.signs_in_by_email(),
            case_sensitive: config.pool.case_sensitive(),
            keys: None,
        }
    }

    /// The record, unless what it stands for would change: the region in the pool's id, or under
    /// what names users are filed.
    pub(crate) fn unless_changed(self, config: &Config) -> Result<Self, OpenError> {
        if self.id.rsplit_once('_').map(|(region, _)| region) != Some(&config.region) {
            return Err(OpenError::Immutable { property: "region" });
        }
        if self.signs_in_by_email != config.pool.signs_in_by_email() {
            return Err(OpenError::Immutable { property: "UsernameAttributes" });
        }
        if self.case_sensitive != config.pool.case_sensitive() {
            return Err(OpenError::Immutable { property: "UsernameConfiguration" });
        }
        Ok(self)
    }
}
