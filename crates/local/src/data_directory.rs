use std::{
    fs::{DirBuilder, File, OpenOptions, Permissions, TryLockError},
    io,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

/// Nobody but the owner may look into the directory or at its files.
const DIRECTORY_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;
/// What group and others may do, in a mode.
const OTHERS: u32 = 0o077;

/// The directory that holds what must outlive the process, for this process alone.
#[derive(Debug)]
pub(crate) struct DataDirectory {
    path: PathBuf,
    /// The lock lasts as long as the file is open; a killed process leaves none behind.
    _lock: File,
}

/// Why a data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// It cannot be made or read.
    #[error("the data directory {} cannot be used", path.display())]
    Unusable {
        /// The directory.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// Others than its owner could read passwords' hashes and signing keys.
    #[error("the data directory {path} is open to other users: run chmod 700 {path}, or choose another one with --data-dir", path = path.display())]
    OpenToOthers {
        /// The directory.
        path: PathBuf,
    },
    /// Another process has it.
    #[error("the data directory {} is in use by another passmint: stop that one, or choose another one with --data-dir", path.display())]
    InUse {
        /// The directory.
        path: PathBuf,
    },
}

impl DataDirectory {
    /// Takes the directory `path`, which is made if it is not there.
    pub(crate) fn take(path: &Path) -> Result<Self, DataError> {
        let unusable = |source| DataError::Unusable { path: path.to_owned(), source };
        if !is_private(path).map_err(unusable)? {
            return Err(DataError::OpenToOthers { path: path.to_owned() });
        }
        let mut options = OpenOptions::new();
        let lock = options
            .write(true)
            .create(true)
            .truncate(false)
            .mode(FILE_MODE)
            .open(path.join("lock"));
        let lock = lock.map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(DataError::InUse { path: path.to_owned() }),
            Err(TryLockError::Error(source)) => Err(unusable(source)),
        }
    }

    /// The file of the user pool.
    pub(crate) fn user_pool(&self) -> PathBuf {
        self.path.join("user-pool.redb")
    }
}

/// Whether only its owner may look into the directory. One that is not there is made so, whatever
/// the umask is, and an empty one becomes so; one with something in it is left alone.
fn is_private(path: &Path) -> io::Result<bool> {
    let is_new = !path.try_exists()?;
    if is_new {
        DirBuilder::new().recursive(true).mode(DIRECTORY_MODE).create(path)?;
    }
    if is_new || path.read_dir()?.next().is_none() {
        std::fs::set_permissions(path, Permissions::from_mode(DIRECTORY_MODE))?;
    }
    Ok(path.metadata()?.permissions().mode() & OTHERS == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().permissions().mode() & 0o777
    }

    fn chmod(path: &Path, mode: u32) {
        std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_new_directory_is_its_owners_alone() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a/b");
        let directory = DataDirectory::take(&path).unwrap();
        assert_eq!((mode(&path), mode(&path.join("lock"))), (0o700, 0o600));
        assert!(directory.user_pool().starts_with(&path));
    }

    #[test]
    fn an_empty_directory_becomes_private_and_a_full_one_is_refused() {
        let root = tempfile::tempdir().unwrap();
        chmod(root.path(), 0o755);
        drop(DataDirectory::take(root.path()).unwrap());
        assert_eq!(mode(root.path()), 0o700);
        chmod(root.path(), 0o750);
        let error = DataDirectory::take(root.path()).unwrap_err().to_string();
        assert!(error.contains("chmod 700"), "{error}");
        assert_eq!(mode(root.path()), 0o750);
    }

    #[test]
    fn one_at_a_time() {
        let root = tempfile::tempdir().unwrap();
        let first = DataDirectory::take(root.path()).unwrap();
        let error = DataDirectory::take(root.path()).unwrap_err();
        assert!(matches!(&error, DataError::InUse { .. }));
        assert!(error.to_string().contains(&root.path().display().to_string()));
        drop(first);
        assert!(DataDirectory::take(root.path()).is_ok());
    }

    #[test]
    fn what_is_no_directory_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert!(matches!(DataDirectory::take(&file), Err(DataError::Unusable { .. })));
    }
}
