use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::CryptoRng;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::{
    exception::{Exception, Kind},
    time::Moment,
};

/// How AWS's sessions begin: an encrypted blob of its key service.
const PREFIX: &str = "AYABe";

/// Most of the bytes that AWS's sessions have.
const RANDOM_BYTES: usize = 512;

/// A sign-in between two steps, as stored: one JSON record.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) sub: String,
    pub(crate) client_id: String,
    /// The only step that it is for.
    pub(crate) step: Step,
    pub(crate) expires: Moment,
    /// A step that succeeded uses it up; one that fails does not.
    pub(crate) used: bool,
}

/// What the user must do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Step {
    /// Answer `NEW_PASSWORD_REQUIRED`.
    NewPassword,
    /// Answer `SOFTWARE_TOKEN_MFA`.
    SoftwareToken,
    /// Associate a software token, since the pool demands one.
    Associate,
    /// Verify the software token that was associated.
    Verify,
    /// Answer `MFA_SETUP`.
    MfaSetup,
}

impl Session {
    /// A new session as callers hold it: random bytes, and which client it is of.
    pub(crate) fn token(client_id: &str, rng: &mut impl CryptoRng) -> SecretString {
        let mut bytes = vec![0; RANDOM_BYTES];
        rng.fill_bytes(&mut bytes);
        bytes.extend(client_id.as_bytes());
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)).into()
    }

    /// The session, unless it is over or for another step. Only a session that is unknown and one
    /// that is for something else look the same.
    pub(crate) fn admit(found: Option<Self>, step: Step, now: Moment) -> Result<Self, Exception> {
        let session = found.filter(|session| session.step == step).ok_or_else(invalid_session)?;
        if session.used {
            return Err(Kind::NotAuthorized
                .because("Invalid session for the user, session can only be used once."));
        }
        if now >= session.expires {
            return Err(
                Kind::NotAuthorized.because("Invalid session for the user, session is expired.")
            );
        }
        Ok(session)
    }

    /// The session after its step.
    pub(crate) fn used(self) -> Self {
        Self { used: true, ..self }
    }
}

/// The client that a session claims to be of. Nothing is verified.
pub(crate) fn addressee(token: &str) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(token.strip_prefix(PREFIX)?).ok()?;
    String::from_utf8(bytes.get(RANDOM_BYTES..)?.to_vec()).ok()
}

/// A session that does not exist, or not for this user, client or step.
pub(crate) fn invalid_session() -> Exception {
    Kind::NotAuthorized.because("Invalid session for the user.")
}
