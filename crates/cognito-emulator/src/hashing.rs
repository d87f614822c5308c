use std::{sync::Arc, thread};

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version,
    password_hash::{self, phc::PasswordHash},
};
use rand::{CryptoRng, RngExt};
use secrecy::{ExposeSecret, SecretString};
use tokio::{sync::Semaphore, task::spawn_blocking};

use crate::exception::{Exception, Kind};

/// Memory of one hash in KiB: with the two numbers below, the first choice of the OWASP Password
/// Storage Cheat Sheet.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Computes Argon2id hashes of passwords, at most one per core at a time so that their memory stays
/// bounded.
pub(crate) struct Hasher {
    places: Arc<Semaphore>,
    /// Stands in for the hash of a user who does not exist. Nobody knows its password.
    dummy: String,
    #[cfg(test)]
    pub(crate) computed: std::sync::atomic::AtomicUsize,
}

impl Hasher {
    pub(crate) fn new(rng: &mut impl CryptoRng) -> Result<Self, password_hash::Error> {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        Ok(Self {
            places: Arc::new(Semaphore::new(cores)),
            dummy: hash(&rng.random::<[u8; 32]>())?,
            #[cfg(test)]
            computed: std::sync::atomic::AtomicUsize::new(0),
        })
    }

    /// Hashes a password under a new salt, into the PHC string format.
    pub(crate) async fn hash(&self, password: SecretString) -> Result<String, Exception> {
        // EXPOSE: the hash is computed over the password.
        self.compute(move || hash(password.expose_secret().as_bytes())).await?.map_err(failed)
    }

    /// Compares a password with a stored hash, at the same cost if there is none.
    pub(crate) async fn verify(
        &self,
        password: SecretString,
        stored: Option<String>,
    ) -> Result<bool, Exception> {
        let exists = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.dummy.clone());
        // EXPOSE: the hash is computed over the password.
        let outcome =
            self.compute(move || verify(password.expose_secret().as_bytes(), &stored)).await?;
        match outcome {
            Ok(()) => Ok(exists),
            Err(password_hash::Error::PasswordInvalid) => Ok(false),
            Err(error) => Err(failed(error)),
        }
    }

    async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Exception> {
        #[cfg(test)]
        self.computed.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let place = Arc::clone(&self.places).acquire_owned().await;
        // The place goes with the work, which goes on if the caller does not wait for it.
        Ok(spawn_blocking(move || {
            let outcome = work();
            drop(place);
            outcome
        })
        .await?)
    }
}

fn hash(password: &[u8]) -> Result<String, password_hash::Error> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    Ok(argon2.hash_password(password)?.to_string())
}

fn verify(password: &[u8], stored: &str) -> Result<(), password_hash::Error> {
    // The stored string brings its own parameters.
    Argon2::default().verify_password(password, &PasswordHash::new(stored)?)
}

fn failed(_: password_hash::Error) -> Exception {
    Kind::InternalError.because("a password could not be hashed")
}
