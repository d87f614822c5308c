use redb::ReadableDatabase;

use super::tables::META;
use crate::config::OpenError;

/// The format of the tables that this version reads and writes. It grows with every change of what
/// a file holds; no file of another format is read.
pub(super) const CURRENT: u64 = 4;
/// Where a database keeps its format.
pub(super) const KEY: &str = "format";

/// Refuses a database of another format. A new one has none yet.
pub(super) fn check(database: &impl ReadableDatabase) -> Result<(), OpenError> {
    match found(database).map_err(OpenError::store)? {
        Some(found) if found != CURRENT => Err(OpenError::OtherFormat { found, known: CURRENT }),
        Some(_) | None => Ok(()),
    }
}

fn found(database: &impl ReadableDatabase) -> Result<Option<u64>, redb::Error> {
    match database.begin_read()?.open_table(META) {
        Ok(meta) => Ok(meta.get(KEY)?.map(|format| format.value())),
        Err(redb::TableError::TableDoesNotExist(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
