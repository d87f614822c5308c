use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::{CryptoRng, RngExt};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::{
    exception::{Exception, Kind},
    time::Moment,
};

/// How AWS's sessions begin: an encrypted blob of its key service.
const PREFIX: &str = "AYABe";

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
    /// A new session as callers hold it: 512 random bytes, most of what AWS's have.
    pub(crate) fn token(rng: &mut impl CryptoRng) -> SecretString {
        let mut bytes = [0_u8; 512];
        rng.fill(&mut bytes);
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

/// A session that does not exist, or not for this user, client or step.
pub(crate) fn invalid_session() -> Exception {
    Kind::NotAuthorized.because("Invalid session for the user.")
}
