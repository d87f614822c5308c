//! How a caller proves to be the app client: by one of its secrets, or by a hash made with one.

use base64::{Engine, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret, SecretString};
use subtle::{Choice, ConstantTimeEq};

use super::Pool;
use crate::{
    exception::{Exception, Kind},
    mac::hmac_sha256,
};

impl Pool {
    /// Refuses a caller who knows none of the client's secrets. The hash is over the user name
    /// exactly as sent.
    pub(crate) fn check_secret_hash(
        &self,
        username: &str,
        sent: Option<&SecretString>,
    ) -> Result<(), Exception> {
        if self.proves(sent, |secret, sent| self.is_hash(secret, username, sent)) {
            return Ok(());
        }
        let id = &self.client_id;
        Err(Kind::NotAuthorized.because(match sent {
            None => {
                format!("Client {id} is configured with secret but SECRET_HASH was not received")
            }
            Some(_) => format!("Unable to verify secret hash for client {id}"),
        }))
    }

    /// Refuses a caller who knows none of the client's secrets, where one is sent as it is.
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

    /// Whether this is one of the client's secrets; for a client without one, whether there is none.
    pub(crate) fn is_client_secret(&self, sent: Option<&SecretString>) -> bool {
        self.proves(sent, |secret, sent| {
            // EXPOSE: to compare the two.
            secret.expose_secret().as_bytes().ct_eq(sent.expose_secret().as_bytes())
        })
    }

    /// Whether what was sent is right for any of the secrets. A client without one asks for nothing,
    /// and takes nothing.
    fn proves(
        &self,
        sent: Option<&SecretString>,
        is_right: impl Fn(&SecretString, &SecretString) -> Choice,
    ) -> bool {
        match (self.client.generate_secret, sent) {
            (false, None) => true,
            (true, None) | (false, Some(_)) => false,
            (true, Some(sent)) => self
                .client_secrets
                .iter()
                .fold(Choice::from(0), |right, secret| right | is_right(secret, sent))
                .into(),
        }
    }

    fn is_hash(&self, secret: &SecretString, username: &str, sent: &SecretString) -> Choice {
        // EXPOSE: the secret is the key of the hash.
        let key = secret.expose_secret().as_bytes();
        let hash = hmac_sha256(key, &[username.as_bytes(), self.client_id.as_bytes()]);
        // EXPOSE: to compare the hash with the one that the secret makes.
        STANDARD.encode(hash).as_bytes().ct_eq(sent.expose_secret().as_bytes())
    }
}
