//! Codes that were mailed to users, but for the one of the sign-up, which the user's record has.

use redb::ReadableTable;
use secrecy::SecretString;

use super::{Change, decode, encode, tables::CODES};
use crate::{
    code::{Purpose, StoredCode, Verdict},
    exception::{Exception, code_expired, code_mismatch},
    time::Moment,
};

impl Change {
    fn code(&self, purpose: Purpose, sub: &str) -> Result<Option<StoredCode>, redb::Error> {
        let codes = self.open(&CODES)?;
        let found = codes.get((purpose.key(), sub))?;
        found.map(|record| decode(record.value())).transpose()
    }

    /// Keeps a code, in the place of the one before it.
    pub(crate) fn put_code(
        &self,
        purpose: Purpose,
        sub: &str,
        code: &StoredCode,
    ) -> Result<(), redb::Error> {
        self.open(&CODES)?.insert((purpose.key(), sub), encode(code)?.as_slice())?;
        Ok(())
    }

    /// Uses a code up, unless it is not the right one.
    pub(crate) fn spend_code(
        &self,
        key: &[u8],
        purpose: Purpose,
        sub: &str,
        sent: &SecretString,
        now: Moment,
    ) -> Result<(), Exception> {
        let stored = self.code(purpose, sub)?;
        let judge = |stored: &StoredCode| stored.judge(key, sub, sent, now);
        match stored.as_ref().map_or(Verdict::Expired, judge) {
            Verdict::Right => Ok(self.drop_code(purpose, sub)?),
            Verdict::Wrong => Err(code_mismatch()),
            Verdict::Expired => Err(code_expired()),
        }
    }

    pub(crate) fn drop_code(&self, purpose: Purpose, sub: &str) -> Result<(), redb::Error> {
        self.open(&CODES)?.remove((purpose.key(), sub))?;
        Ok(())
    }
}
