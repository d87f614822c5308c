use std::{
    fs::{File, OpenOptions},
    io,
    path::Path,
};

use redb::{Database, DatabaseError, backends::InMemoryBackend};

use super::format;
use crate::config::{OpenError, Storage};

/// The users of one machine fit; redb's default is 1 GiB.
const CACHE_BYTES: usize = 16 << 20;

pub(super) fn open(storage: &Storage) -> Result<Database, OpenError> {
    let mut builder = Database::builder();
    builder.set_cache_size(CACHE_BYTES);
    let database = match storage {
        Storage::File(path) => {
            // Opening for writing already writes, so the format is looked at before. A file that
            // was not closed properly cannot be opened so: it is repaired first.
            if let Ok(database) = builder.open_read_only(path) {
                format::check(&database)?;
            }
            builder.create_file(private_file(path).map_err(OpenError::store)?)
        }
        Storage::Memory => builder.create_with_backend(InMemoryBackend::new()),
    };
    database.map_err(|error| match error {
        DatabaseError::DatabaseAlreadyOpen => OpenError::InUse,
        other => OpenError::store(other),
    })
}

/// The file at `path`, which is made for its owner only. The mode of one that is there is left as it is.
fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
