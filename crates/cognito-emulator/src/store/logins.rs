//! Logins and their refresh tokens.

use redb::ReadableTable;

use super::{
    Change, Snapshot, decode, encode, lookup,
    tables::{LOGINS, REFRESH_TOKENS, USERS},
};
use crate::{
    login::{IssuedToken, Login, Presented, REMEMBERED},
    time::Moment,
};

impl Change {
    pub(crate) fn put_login(&self, login: &Login) -> Result<(), redb::Error> {
        self.open(&LOGINS)?
            .insert((login.sub.as_str(), login.event_id.as_str()), encode(login)?.as_slice())?;
        Ok(())
    }

    /// Keeps a new refresh token of a login.
    pub(crate) fn add_refresh_token(
        &self,
        digest: &[u8; 32],
        login: &Login,
    ) -> Result<(), redb::Error> {
        self.put_refresh_token(digest, login, None)
    }

    /// Notes that a refresh token was exchanged, unless it was exchanged before.
    pub(crate) fn replace_refresh_token(
        &self,
        digest: &[u8; 32],
        login: &Login,
        now: Moment,
    ) -> Result<(), redb::Error> {
        let replaced = self.refresh_token(digest)?.and_then(|token| token.replaced);
        self.put_refresh_token(digest, login, Some(replaced.unwrap_or(now)))
    }

    fn put_refresh_token(
        &self,
        digest: &[u8; 32],
        login: &Login,
        replaced: Option<Moment>,
    ) -> Result<(), redb::Error> {
        let replaced = replaced.map(|moment| moment.0);
        let row = (login.sub.as_str(), login.event_id.as_str(), replaced, login.expires.0);
        self.open(&REFRESH_TOKENS)?.insert(digest.as_slice(), row)?;
        Ok(())
    }

    pub(crate) fn login(&self, sub: &str, event_id: &str) -> Result<Option<Login>, redb::Error> {
        lookup::login(&self.open(&LOGINS)?, sub, event_id)
    }

    pub(crate) fn refresh_token(
        &self,
        digest: &[u8; 32],
    ) -> Result<Option<IssuedToken>, redb::Error> {
        lookup::refresh_token(&self.open(&REFRESH_TOKENS)?, digest)
    }

    /// A refresh token with what it belongs to.
    pub(crate) fn presented(&self, digest: &[u8; 32]) -> Result<Presented, redb::Error> {
        lookup::presented(
            &self.open(&REFRESH_TOKENS)?,
            &self.open(&LOGINS)?,
            &self.open(&USERS)?,
            digest,
        )
    }

    /// Ends every login of a user: their refresh tokens and access tokens stop to work.
    pub(crate) fn revoke_logins(&self, sub: &str) -> Result<(), redb::Error> {
        let mut logins = Vec::new();
        for entry in self.open(&LOGINS)?.range((sub, "")..)? {
            let (key, record) = entry?;
            if key.value().0 != sub {
                break;
            }
            logins.push(decode::<Login>(record.value())?);
        }
        for login in logins {
            self.put_login(&Login { revoked: true, ..login })?;
        }
        Ok(())
    }

    /// Forgets the logins that have expired, as soon as no token of theirs can be valid.
    pub(crate) fn drop_expired_logins(&self, now: Moment) -> Result<(), redb::Error> {
        let remembered = |expires: Moment| now < expires.after(REMEMBERED);
        self.open(&REFRESH_TOKENS)?.retain(|_, (.., expires)| remembered(Moment(expires)))?;
        self.open(&LOGINS)?.retain(|_, record| {
            decode::<Login>(record).is_ok_and(|login| remembered(login.expires))
        })?;
        Ok(())
    }
}

impl Snapshot {
    pub(crate) fn login(&self, sub: &str, event_id: &str) -> Result<Option<Login>, redb::Error> {
        lookup::login(&self.open(&LOGINS)?, sub, event_id)
    }

    /// A refresh token with what it belongs to.
    pub(crate) fn presented(&self, digest: &[u8; 32]) -> Result<Presented, redb::Error> {
        lookup::presented(
            &self.open(&REFRESH_TOKENS)?,
            &self.open(&LOGINS)?,
            &self.open(&USERS)?,
            digest,
        )
    }
}
