//! Sign-ins between two steps, and the software tokens that a step may ask for.

use std::time::Duration;

use super::{
    Change, Snapshot, decode, encode, lookup,
    tables::{SESSIONS, SOFTWARE_TOKENS},
};
use crate::{code::Purpose, session::Session, software_token::SoftwareToken, time::Moment};

/// How long an expired session can still be told from one that never was.
const REMEMBERED: Duration = Duration::from_hours(1);

impl Change {
    pub(crate) fn session(&self, digest: &[u8; 32]) -> Result<Option<Session>, redb::Error> {
        lookup::session(&self.open(&SESSIONS)?, digest)
    }

    pub(crate) fn put_session(
        &self,
        digest: &[u8; 32],
        session: &Session,
    ) -> Result<(), redb::Error> {
        self.open(&SESSIONS)?.insert(digest.as_slice(), encode(session)?.as_slice())?;
        Ok(())
    }

    /// Forgets the sessions that expired some time ago.
    pub(crate) fn drop_expired_sessions(&self, now: Moment) -> Result<(), redb::Error> {
        self.open(&SESSIONS)?.retain(|_, record| {
            decode::<Session>(record).is_ok_and(|session| now < session.expires.after(REMEMBERED))
        })?;
        Ok(())
    }

    /// Ends what a user's password before began: sign-ins that are under way, and a mailed code to
    /// reset it.
    pub(crate) fn forget_old_password(&self, sub: &str) -> Result<(), redb::Error> {
        self.drop_code(Purpose::PasswordReset, sub)?;
        self.drop_sessions(sub)
    }

    /// Ends the sign-ins of a user that are under way.
    pub(crate) fn drop_sessions(&self, sub: &str) -> Result<(), redb::Error> {
        self.open(&SESSIONS)?.retain(|_, record| {
            decode::<Session>(record).is_ok_and(|session| session.sub != sub)
        })?;
        Ok(())
    }

    pub(crate) fn software_token(&self, sub: &str) -> Result<Option<SoftwareToken>, redb::Error> {
        lookup::software_token(&self.open(&SOFTWARE_TOKENS)?, sub)
    }

    /// Keeps a user's software token, in the place of the one before it.
    pub(crate) fn put_software_token(
        &self,
        sub: &str,
        token: &SoftwareToken,
    ) -> Result<(), redb::Error> {
        self.open(&SOFTWARE_TOKENS)?.insert(sub, encode(token)?.as_slice())?;
        Ok(())
    }

    pub(crate) fn delete_software_token(&self, sub: &str) -> Result<(), redb::Error> {
        self.open(&SOFTWARE_TOKENS)?.remove(sub)?;
        Ok(())
    }
}

impl Snapshot {
    pub(crate) fn session(&self, digest: &[u8; 32]) -> Result<Option<Session>, redb::Error> {
        lookup::session(&self.open(&SESSIONS)?, digest)
    }

    pub(crate) fn software_token(&self, sub: &str) -> Result<Option<SoftwareToken>, redb::Error> {
        lookup::software_token(&self.open(&SOFTWARE_TOKENS)?, sub)
    }
}
