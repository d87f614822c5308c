//! Codes that were mailed to users, but for the one of the sign-up, which the user's record has.

use redb::ReadableTable;

use super::{Change, decode, encode, tables::CODES};
use crate::code::{Purpose, StoredCode};

impl Change {
    pub(crate) fn code(
        &self,
        purpose: Purpose,
        sub: &str,
    ) -> Result<Option<StoredCode>, redb::Error> {
        let codes = self.transaction.open_table(CODES)?;
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
        self.transaction
            .open_table(CODES)?
            .insert((purpose.key(), sub), encode(code)?.as_slice())?;
        Ok(())
    }

    pub(crate) fn drop_code(&self, purpose: Purpose, sub: &str) -> Result<(), redb::Error> {
        self.transaction.open_table(CODES)?.remove((purpose.key(), sub))?;
        Ok(())
    }
}
