use std::future::Future;

use secrecy::SecretString;
use tokio::sync::Mutex;

use crate::Error;

/// The app client's secret, read from Cognito when it is first needed and then kept.
///
/// Cognito holds up to two secrets of a client, so a new one comes before the old one goes. When the
/// kept one is refused, it is read again: a rotation needs no new deployment and fails no login.
#[derive(Default)]
pub(crate) struct ClientSecret(Mutex<Option<Reading>>);

/// A secret, and the how manieth reading it is from.
#[derive(Clone)]
pub(crate) struct Reading {
    pub(crate) secret: SecretString,
    pub(crate) number: u64,
}

impl Reading {
    /// The number of no reading: before the first one.
    pub(crate) const NONE: u64 = 0;
}

impl ClientSecret {
    /// The secret of a later reading than number `seen`: the kept one, or that which `read` gets.
    /// Calls that ask at once share one reading.
    ///
    /// # Errors
    /// Those of `read`; nothing is kept then.
    pub(crate) async fn later_than(
        &self,
        seen: u64,
        read: impl Future<Output = Result<SecretString, Error>>,
    ) -> Result<Reading, Error> {
        let mut kept = self.0.lock().await;
        if let Some(reading) = kept.as_ref().filter(|reading| reading.number > seen) {
            return Ok(reading.clone());
        }
        let number = kept.as_ref().map_or(Reading::NONE, |reading| reading.number) + 1;
        let reading = Reading { secret: read.await?, number };
        *kept = Some(reading.clone());
        Ok(reading)
    }
}
