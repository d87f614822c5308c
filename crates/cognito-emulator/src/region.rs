use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use tokio::{sync::OnceCell, task::spawn_blocking};

use crate::{
    config::Message, exception::Exception, gate::Gate, hashing::Hasher, keys::SigningKeys,
    record::PoolRecord, store::Catalog, time::Moment,
};

/// The signing keys of a pool, once they are there.
pub(crate) type Keys = Arc<OnceCell<Arc<SigningKeys>>>;

/// The one region that is emulated: what all its pools share.
pub(crate) struct Region {
    pub(crate) name: String,
    pub(crate) catalog: Catalog,
    pub(crate) hasher: Arc<Hasher>,
    pub(crate) gate: Arc<Gate>,
    pub(crate) clock: Arc<dyn Fn() -> SystemTime + Send + Sync>,
    pub(crate) outbox: Arc<dyn Fn(Message) + Send + Sync>,
    /// By pool id, since requests find their pools anew.
    pub(crate) keys: Mutex<HashMap<String, Keys>>,
}

impl Region {
    pub(crate) fn now(&self) -> Moment {
        (self.clock)().into()
    }

    /// Hands a mail to the outbox. Call it when what the mail tells of is durable.
    pub(crate) fn send(&self, mail: Message) {
        (self.outbox)(mail);
    }

    /// Stores a new pool.
    pub(crate) async fn add(self: &Arc<Self>, pool: PoolRecord) -> Result<(), Exception> {
        let region = Arc::clone(self);
        Ok(spawn_blocking(move || region.catalog.add_pool(&pool)).await??)
    }

    /// The keys of a pool: always the same cell.
    pub(crate) fn keys_of(&self, pool_id: &str) -> Keys {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(keys.entry(pool_id.to_owned()).or_default())
    }

    /// Lets go of the keys of a pool that has been deleted.
    pub(crate) fn forget_keys_of(&self, pool_id: &str) {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner).remove(pool_id);
    }
}
