use std::sync::{Arc, Mutex};

use crate::{
    config::{Config, OpenError},
    exception::Exception,
    fields::Fields,
    gate::Gate,
    hashing::Hasher,
    ids,
    pool::{Pool, rng},
    record::{ClientRecord, PoolRecord},
    region::Region,
    session,
    settings::{ClientSettings, PoolSettings},
    store::Catalog,
    time::Moment,
    tokens,
};

/// All pools of the region.
pub(crate) struct Pools {
    pub(crate) region: Arc<Region>,
    declared: String,
}

impl Pools {
    /// Opens all pools, and among them makes or renews the one that is declared; gives that one.
    pub(crate) fn open(config: Config) -> Result<(Arc<Self>, Arc<Pool>), OpenError> {
        config.pool.check().and_then(|()| config.client.check()).map_err(OpenError::from)?;
        let now = Moment::from((config.clock)());
        let catalog = Catalog::open(&config.storage)?;
        let (pool, client) = declare(&catalog, &config.region, config.pool, config.client, now)?;
        for pool in catalog.pools().map_err(OpenError::store)? {
            let dropped = catalog.store_of(&pool.id).write_now(|change| {
                change.drop_expired_logins(now)?;
                Ok(change.drop_expired_sessions(now)?)
            });
            dropped.map_err(|exception| {
                OpenError::store(std::io::Error::other(exception.message.unwrap_or_default()))
            })?;
        }
        let region = Region {
            name: config.region,
            catalog,
            hasher: Arc::new(Hasher::new(&mut rng()).map_err(|_| {
                OpenError::store(std::io::Error::other("no password could be hashed"))
            })?),
            gate: Arc::new(Gate::new()),
            clock: config.clock,
            outbox: config.outbox,
            keys: Mutex::default(),
        };
        let pools = Arc::new(Self { region: Arc::new(region), declared: pool.id.clone() });
        let pool = Arc::new(Pool::new(&pools.region, pool, Some(client)));
        Ok((pools, pool))
    }

    /// The pool with this id, and of its clients the one with that id, if there is one.
    pub(crate) fn pool(
        self: &Arc<Self>,
        id: &str,
        client_id: Option<&str>,
    ) -> Result<Option<Arc<Pool>>, Exception> {
        let Some(pool) = self.region.catalog.pool(id)? else { return Ok(None) };
        let client = client_id.map(|id| self.region.catalog.client(id)).transpose()?.flatten();
        let client = client.filter(|client| client.pool_id == pool.id);
        Ok(Some(Arc::new(Pool::new(&self.region, pool, client))))
    }

    /// The pool that a request is about, by its `UserPoolId`, `ClientId`, `AccessToken` or `Session`,
    /// and the client that it names.
    ///
    /// If there is none it is another one, which refuses what names none of its own: an operation
    /// checks the form of all its input before it tells that something does not exist.
    pub(crate) fn addressed(self: &Arc<Self>, fields: &Fields) -> Result<Arc<Pool>, Exception> {
        let token = fields.peek("AccessToken").and_then(tokens::addressee);
        let of_token = token.as_ref().map(|(pool, client)| (pool.as_str(), client.as_str()));
        let of_session = fields.peek("Session").and_then(session::addressee);
        let client_id = fields
            .peek("ClientId")
            .or(of_token.map(|(_, client)| client))
            .or(of_session.as_deref());
        let of_client = client_id.map(|id| self.region.catalog.client(id)).transpose()?.flatten();
        let pool_id = fields
            .peek("UserPoolId")
            .or(of_token.map(|(pool, _)| pool))
            .or(of_client.as_ref().map(|client| client.pool_id.as_str()));
        if let Some(pool) = pool_id.map(|id| self.pool(id, client_id)).transpose()?.flatten() {
            return Ok(pool);
        }
        if let Some(pool) = self.pool(&self.declared, None)? {
            return Ok(pool);
        }
        let nowhere = PoolRecord::new(
            &self.region.name,
            PoolSettings::default(),
            self.region.now(),
            &mut rng(),
        );
        Ok(Arc::new(Pool::new(&self.region, nowhere, None)))
    }
}

/// Stores the pool and the client that are declared, with their settings; ids and secrets stay.
fn declare(
    catalog: &Catalog,
    region: &str,
    pool: PoolSettings,
    client: ClientSettings,
    now: Moment,
) -> Result<(PoolRecord, ClientRecord), OpenError> {
    let (pool_id, client_id) = catalog.declared().map_err(OpenError::store)?.unwrap_or_default();
    let pool = match catalog.pool(&pool_id).map_err(OpenError::store)? {
        Some(found) => found.with(region, pool, now)?,
        None => PoolRecord::new(region, pool, now, &mut rng()),
    };
    let found = catalog.client(&client_id).map_err(OpenError::store)?;
    let client = if let Some(found) = found.filter(|found| found.pool_id == pool.id) {
        ClientRecord { settings: client, modified: now, ..found }
    } else {
        let rng = &mut rng();
        ClientRecord::new(&pool.id, client, Some(ids::client_secret(rng)), now, rng)
    };
    catalog.declare(&pool, &client).map_err(OpenError::store)?;
    Ok((pool, client))
}
