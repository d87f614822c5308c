use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use rand::{rand_core::UnwrapErr, rngs::SysRng};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use subtle::ConstantTimeEq;
use tokio::{sync::OnceCell, task::spawn_blocking};

use crate::{
    code::{self, StoredCode},
    config::{Config, Message, OpenError},
    exception::{Exception, Kind},
    gate::Gate,
    hashing::Hasher,
    keys::{KeyRecord, SigningKeys},
    mac::hmac_sha256,
    name::{SignInName, Subject},
    record::PoolRecord,
    settings::{ClientSettings, PoolSettings},
    store::Store,
    time::Moment,
    user::User,
};

/// A pool that is open: what all operations work on.
pub(crate) struct Pool {
    pub(crate) id: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: SecretString,
    pub(crate) region: String,
    pub(crate) settings: PoolSettings,
    pub(crate) client: ClientSettings,
    pub(crate) created: Moment,
    /// When the settings came into force.
    pub(crate) opened: Moment,
    pub(crate) store: Store,
    pub(crate) hasher: Hasher,
    pub(crate) gate: Gate,
    digest_key: SecretBox<[u8; 32]>,
    keys: OnceCell<Arc<SigningKeys>>,
    clock: Arc<dyn Fn() -> SystemTime + Send + Sync>,
    outbox: Arc<dyn Fn(Message) + Send + Sync>,
}

impl Pool {
    pub(crate) fn open(config: Config) -> Result<Self, OpenError> {
        config.pool.check().and_then(|()| config.client.check()).map_err(OpenError::from)?;
        let now = Moment::from((config.clock)());
        let rng = &mut rng();
        let store = Store::open(&config.storage)?;
        let record = match store.read().and_then(|state| state.pool()).map_err(OpenError::store)? {
            Some(record) => record.unless_changed(&config)?,
            None => PoolRecord::new(&config, now, rng),
        };
        let kept = store.write_now(|change| {
            change.drop_expired_logins(now)?;
            change.drop_expired_sessions(now)?;
            Ok(change.put_pool(&record)?)
        });
        kept.map_err(|exception| {
            OpenError::store(std::io::Error::other(exception.message.unwrap_or_default()))
        })?;
        Ok(Self {
            id: record.id,
            client_id: record.client_id,
            client_secret: record.client_secret.into(),
            region: config.region,
            settings: config.pool,
            client: config.client,
            created: record.created,
            opened: now,
            store,
            hasher: Hasher::new(rng).map_err(|_| {
                OpenError::store(std::io::Error::other("no password could be hashed"))
            })?,
            gate: Gate::new(),
            digest_key: SecretBox::new(Box::new(record.digest_key)),
            keys: OnceCell::new(),
            clock: config.clock,
            outbox: config.outbox,
        })
    }

    pub(crate) fn now(&self) -> Moment {
        (self.clock)().into()
    }

    /// The `iss` of tokens, in the original form of AWS.
    pub(crate) fn issuer(&self) -> String {
        format!("https://cognito-idp.{}.amazonaws.com/{}", self.region, self.id)
    }

    /// The signing keys, made when first asked for.
    ///
    /// They are made to the end also if whoever asked gives up: on a busy machine it takes longer
    /// than a client waits, and the next one must not start anew.
    pub(crate) async fn keys(self: &Arc<Self>) -> Result<Arc<SigningKeys>, Exception> {
        if let Some(keys) = self.keys.get() {
            return Ok(Arc::clone(keys));
        }
        let pool = Arc::clone(self);
        tokio::spawn(async move { pool.keys.get_or_try_init(|| pool.load_keys()).await.cloned() })
            .await?
    }

    async fn load_keys(&self) -> Result<Arc<SigningKeys>, Exception> {
        let record = match self.store.read()?.pool()?.and_then(|pool| pool.keys) {
            Some(record) => record,
            None => self.make_keys().await?,
        };
        spawn_blocking(move || SigningKeys::read(&record).map(Arc::new)).await?
    }

    async fn make_keys(&self) -> Result<KeyRecord, Exception> {
        let record = spawn_blocking(KeyRecord::generate).await??;
        let kept = record.clone();
        self.store
            .write(move |change| {
                if let Some(mut pool) = change.pool()? {
                    pool.keys = Some(kept);
                    change.put_pool(&pool)?;
                }
                Ok(())
            })
            .await?;
        Ok(record)
    }

    /// Refuses a client id that is not this pool's.
    pub(crate) fn check_client(&self, id: &str) -> Result<(), Exception> {
        if id == self.client_id {
            return Ok(());
        }
        Err(Kind::ResourceNotFound.because(format!("User pool client {id} does not exist.")))
    }

    /// Refuses the id of another pool.
    pub(crate) fn check_pool(&self, id: &str) -> Result<(), Exception> {
        if id == self.id {
            return Ok(());
        }
        Err(Kind::ResourceNotFound.because(format!("User pool {id} does not exist.")))
    }

    /// Refuses a caller who does not know the client's secret. The hash is over the user name
    /// exactly as sent.
    pub(crate) fn check_secret_hash(
        &self,
        username: &str,
        sent: Option<&SecretString>,
    ) -> Result<(), Exception> {
        let id = &self.client_id;
        let right = match (self.client.generate_secret, sent) {
            (false, None) => true,
            (true, None) => {
                return Err(Kind::NotAuthorized.because(format!(
                    "Client {id} is configured with secret but SECRET_HASH was not received"
                )));
            }
            (false, Some(_)) => false,
            // EXPOSE: to compare the hash with the one that the secret makes.
            (true, Some(sent)) => {
                self.secret_hash(username).as_bytes().ct_eq(sent.expose_secret().as_bytes()).into()
            }
        };
        if right {
            return Ok(());
        }
        Err(Kind::NotAuthorized.because(format!("Unable to verify secret hash for client {id}")))
    }

    /// Refuses a caller who does not know the client's secret, where it is sent as it is.
    pub(crate) fn check_client_secret(&self, sent: Option<&SecretString>) -> Result<(), Exception> {
        if self.is_client_secret(sent) {
            return Ok(());
        }
        let id = &self.client_id;
        Err(Kind::NotAuthorized.because(match sent {
            None => format!("Client {id} is configured for secret but secret was not received"),
            Some(_) => format!("Unable to verify secret for client {id}"),
        }))
    }

    /// Whether this is the client's secret; for a client without one, whether there is none.
    pub(crate) fn is_client_secret(&self, sent: Option<&SecretString>) -> bool {
        match (self.client.generate_secret, sent) {
            (false, None) => true,
            (true, None) | (false, Some(_)) => false,
            (true, Some(sent)) => {
                // EXPOSE: to compare the two.
                let (own, sent) = (self.client_secret.expose_secret(), sent.expose_secret());
                own.as_bytes().ct_eq(sent.as_bytes()).into()
            }
        }
    }

    fn secret_hash(&self, username: &str) -> String {
        // EXPOSE: the secret is the key of the hash.
        let key = self.client_secret.expose_secret().as_bytes();
        STANDARD.encode(hmac_sha256(key, &[username.as_bytes(), self.client_id.as_bytes()]))
    }

    pub(crate) fn name(&self, sent: &str) -> SignInName {
        SignInName::new(sent, self.settings.case_sensitive())
    }

    /// The name that a user is filed under.
    pub(crate) fn name_of(&self, user: &User) -> SignInName {
        let by_email = user.email().filter(|_| self.settings.signs_in_by_email());
        self.name(by_email.unwrap_or(&user.username))
    }

    /// Whom attempts under this name are counted for.
    pub(crate) fn subject(&self, name: &SignInName, user: Option<&User>) -> Subject {
        name.subject(user, self.digest_key())
    }

    /// The user as far as this client may see one: with `PreventUserExistenceErrors` a disabled
    /// user is none.
    pub(crate) fn visible(&self, user: Option<User>) -> Option<User> {
        user.filter(|user| user.enabled || !self.client.hides_existence())
    }

    pub(crate) fn digest_key(&self) -> &[u8] {
        // EXPOSE: to compute digests of codes and names.
        self.digest_key.expose_secret()
    }

    /// A new sign-up code and what is kept of it.
    pub(crate) fn new_sign_up_code(&self, sub: &str, now: Moment) -> (SecretString, StoredCode) {
        self.new_code(sub, code::SIGN_UP_LIFETIME, now)
    }

    /// A new code for a user and what is kept of it.
    pub(crate) fn new_code(
        &self,
        sub: &str,
        lifetime: Duration,
        now: Moment,
    ) -> (SecretString, StoredCode) {
        let code = code::generate(&mut rng());
        let stored = StoredCode::new(self.digest_key(), sub, &code, now.after(lifetime));
        (code, stored)
    }

    /// Hands a code to the outbox. Call it when the code is durable.
    pub(crate) fn mail(&self, to: String, code: SecretString) {
        // EXPOSE: the mail is where the code goes.
        let (subject, body) = self.settings.verification_mail(code.expose_secret());
        (self.outbox)(Message { to, subject, body, code, sent_at: (self.clock)() });
    }
}

/// Randomness of the operating system. Where that fails there is nothing left to do but to stop the
/// request.
pub(crate) fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}
