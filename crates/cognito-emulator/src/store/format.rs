use redb::ReadableDatabase;

use super::tables::META;
use crate::config::OpenError;

/// The format of the tables that this version reads and writes.
pub(super) const CURRENT: u64 = 2;
/// Where a database keeps its format.
pub(super) const KEY: &str = "format";

/// The format of a database, nothing if it is new, an error if it is newer than this version knows.
pub(super) fn known(database: &impl ReadableDatabase) -> Result<Option<u64>, OpenError> {
    match found(database).map_err(OpenError::store)? {
        Some(found) if found > CURRENT => Err(OpenError::NewerFormat { found, known: CURRENT }),
        older => Ok(older),
    }
}

fn found(database: &impl ReadableDatabase) -> Result<Option<u64>, redb::Error> {
    match database.begin_read()?.open_table(META) {
        Ok(meta) => Ok(meta.get(KEY)?.map(|format| format.value())),
        Err(redb::TableError::TableDoesNotExist(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
