use rand::{CryptoRng, RngExt};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::{
    config::OpenError,
    ids,
    keys::KeyRecord,
    settings::{ClientSettings, PoolSettings},
    time::Moment,
};

/// A pool as stored. It has no `Debug`, since it holds keys.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct PoolRecord {
    /// `<region>_` and nine alphanumerics.
    pub(crate) id: String,
    /// The key of everything that is kept as a digest.
    pub(crate) digest_key: [u8; 32],
    pub(crate) created: Moment,
    /// When the settings came into force.
    pub(crate) modified: Moment,
    /// Made when first needed.
    pub(crate) keys: Option<KeyRecord>,
    pub(crate) settings: PoolSettings,
}

impl PoolRecord {
    pub(crate) fn new(
        region: &str,
        settings: PoolSettings,
        now: Moment,
        rng: &mut impl CryptoRng,
    ) -> Self {
        Self {
            id: ids::pool_id(region, rng),
            digest_key: rng.random(),
            created: now,
            modified: now,
            keys: None,
            settings,
        }
    }

    /// The record with these settings, unless what it stands for would change: the region in the
    /// pool's id, or under what names users are filed.
    pub(crate) fn with(
        self,
        region: &str,
        settings: PoolSettings,
        now: Moment,
    ) -> Result<Self, OpenError> {
        if self.id.rsplit_once('_').map(|(region, _)| region) != Some(region) {
            return Err(OpenError::Immutable { property: "region" });
        }
        if self.settings.signs_in_by_email() != settings.signs_in_by_email() {
            return Err(OpenError::Immutable { property: "UsernameAttributes" });
        }
        if self.settings.case_sensitive() != settings.case_sensitive() {
            return Err(OpenError::Immutable { property: "UsernameConfiguration" });
        }
        Ok(Self { settings, modified: now, ..self })
    }
}

/// An app client as stored. It has no `Debug`, since it holds secrets.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct ClientRecord {
    pub(crate) id: String,
    pub(crate) pool_id: String,
    pub(crate) settings: ClientSettings,
    /// The oldest first. A client that was never meant to have a secret may have one, too: it is
    /// not asked for.
    pub(crate) secrets: Vec<ClientSecret>,
    pub(crate) created: Moment,
    /// When the settings came into force.
    pub(crate) modified: Moment,
}

impl ClientRecord {
    /// A new client, with its original secret if it has one.
    pub(crate) fn new(
        pool_id: &str,
        settings: ClientSettings,
        secret: Option<String>,
        now: Moment,
        rng: &mut impl CryptoRng,
    ) -> Self {
        let id = ids::client_id(rng);
        let original = secret.map(|value| ClientSecret {
            original: true,
            ..ClientSecret::new(&id, value, now, &[])
        });
        Self {
            id,
            pool_id: pool_id.to_owned(),
            settings,
            secrets: original.into_iter().collect(),
            created: now,
            modified: now,
        }
    }

    /// The secret that the client was made with, until it is deleted.
    pub(crate) fn original_secret(&self) -> Option<&ClientSecret> {
        self.active_secrets().iter().find(|secret| secret.original)
    }

    /// The secrets that prove this client; none if it is open to everybody.
    pub(crate) fn active_secrets(&self) -> &[ClientSecret] {
        if self.settings.generate_secret { &self.secrets } else { &[] }
    }

    /// Adds a secret and gives it back.
    pub(crate) fn add_secret(&mut self, value: String, now: Moment) -> &ClientSecret {
        let secret = ClientSecret::new(&self.id, value, now, &self.secrets);
        self.secrets.push_mut(secret)
    }
}

/// A secret of an app client. It is kept readable, since secret hashes are made with it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct ClientSecret {
    pub(crate) id: String,
    pub(crate) value: String,
    pub(crate) created: Moment,
    /// Whether the client was made with it. No other secret is ever shown again.
    pub(crate) original: bool,
}

impl ClientSecret {
    /// A secret with an id that none of `others` has: the client's id and the time in milliseconds.
    fn new(client_id: &str, value: String, now: Moment, others: &[Self]) -> Self {
        let mut millis = now.0;
        while others.iter().any(|other| other.id == Self::id(client_id, millis)) {
            millis += 1;
        }
        Self { id: Self::id(client_id, millis), value, created: now, original: false }
    }

    fn id(client_id: &str, millis: u64) -> String {
        format!("{client_id}--{millis}")
    }

    pub(crate) fn secret(&self) -> SecretString {
        self.value.clone().into()
    }
}
