mod client_proof;

use std::{sync::Arc, time::Duration};

use rand::{rand_core::UnwrapErr, rngs::SysRng};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use tokio::task::spawn_blocking;

use crate::{
    code::{self, StoredCode},
    config::Message,
    exception::{Exception, no_such_client, no_such_pool},
    gate::Gate,
    hashing::Hasher,
    keys::{KeyRecord, SigningKeys},
    name::{SignInName, Subject},
    record::{ClientRecord, ClientSecret, PoolRecord},
    region::{Keys, Region},
    settings::{ClientSettings, PoolSettings},
    store::Store,
    time::Moment,
    user::User,
};

/// A pool and the app client of a request: what all operations work on.
pub(crate) struct Pool {
    pub(crate) id: String,
    pub(crate) region: Arc<Region>,
    pub(crate) settings: PoolSettings,
    /// Empty, as no client's id is, if the request names none of this pool.
    pub(crate) client_id: String,
    pub(crate) client: ClientSettings,
    pub(crate) store: Store,
    pub(crate) hasher: Arc<Hasher>,
    pub(crate) gate: Arc<Gate>,
    /// Each of them proves the client; none if nothing needs to.
    client_secrets: Vec<SecretString>,
    digest_key: SecretBox<[u8; 32]>,
    keys: Keys,
}

impl Pool {
    pub(crate) fn new(
        region: &Arc<Region>,
        record: PoolRecord,
        client: Option<ClientRecord>,
    ) -> Self {
        let secrets = client.as_ref().map(ClientRecord::active_secrets).unwrap_or_default();
        let client_secrets = secrets.iter().map(ClientSecret::secret).collect();
        let (client_id, client) =
            client.map(|client| (client.id, client.settings)).unwrap_or_default();
        Self {
            region: Arc::clone(region),
            settings: record.settings,
            client_id,
            client,
            store: region.catalog.store_of(&record.id),
            hasher: Arc::clone(&region.hasher),
            gate: Arc::clone(&region.gate),
            client_secrets,
            digest_key: SecretBox::new(Box::new(record.digest_key)),
            keys: region.keys_of(&record.id),
            id: record.id,
        }
    }

    pub(crate) fn now(&self) -> Moment {
        self.region.now()
    }

    /// The `iss` of tokens, in the original form of AWS.
    pub(crate) fn issuer(&self) -> String {
        format!("https://cognito-idp.{}.amazonaws.com/{}", self.region.name, self.id)
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

    /// Refuses the id of a client that does not exist or is another pool's.
    pub(crate) fn check_client(&self, id: &str) -> Result<(), Exception> {
        if id == self.client_id { Ok(()) } else { Err(no_such_client(id)) }
    }

    /// Refuses the id of a pool that does not exist.
    pub(crate) fn check_pool(&self, id: &str) -> Result<(), Exception> {
        if id == self.id { Ok(()) } else { Err(no_such_pool(id)) }
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

    /// When a temporary password that is set now stops to work.
    pub(crate) fn temporary_until(&self, now: Moment) -> Moment {
        let days = self.settings.password_policy().temporary_password_validity_days;
        now.after(Duration::from_hours(24 * u64::from(days)))
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
        self.region.send(Message { to, subject, body, code, sent_at: self.now().into() });
    }

    /// Hands a temporary password to the outbox. Call it when the password is set.
    pub(crate) fn invite(&self, to: String, username: &str, password: SecretString) {
        // EXPOSE: the mail is where the password goes.
        let (subject, body) = self.settings.invitation(username, password.expose_secret());
        let sent_at = self.now().into();
        self.region.send(Message { to, subject, body, code: password, sent_at });
    }
}

/// Randomness of the operating system. Where that fails there is nothing left to do but to stop the
/// request.
pub(crate) fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}
