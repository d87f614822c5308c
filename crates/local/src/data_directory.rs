use std::{
    fs::{DirBuilder, File, OpenOptions, Permissions, TryLockError},
    io,
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use nix::{fcntl::OFlag, unistd::geteuid};

/// Nobody but the owner may look into the directory or at its files.
const DIRECTORY_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;
/// What group and others may do, in a mode.
const OTHERS: u32 = 0o077;
/// Whether everybody may rename what is in a directory, unless it is sticky. The group may: on many
/// systems each user has one of their own, and a work tree is open to it.
const OTHERS_WRITE: u32 = 0o002;
const STICKY: u32 = 0o1000;

/// The directory that holds what must outlive the process, for this process alone.
///
/// Directory and files are made for their owner only, and an empty directory of this user's becomes so.
/// What is there already is used if it belongs to this user and nobody else may look at it; its mode is
/// not changed, and no link is followed.
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
    /// It, or a file in it, is a symbolic link.
    #[error("{} is a symbolic link: replace it by what it leads to, or choose another directory with --data-dir", path.display())]
    Link {
        /// The directory or file.
        path: PathBuf,
    },
    /// It, or a file in it, belongs to another user.
    #[error("{} belongs to another user (uid {owner}): choose another directory with --data-dir", path.display())]
    NotOurs {
        /// The directory or file.
        path: PathBuf,
        /// Whose it is.
        owner: u32,
    },
    /// Others than its owner could read passwords' hashes and signing keys.
    #[error("{path} is open to other users: run chmod {mode:o} {path}, or choose another directory with --data-dir", path = path.display())]
    OpenToOthers {
        /// The directory or file.
        path: PathBuf,
        /// The mode that it should have.
        mode: u32,
    },
    /// Others could put a directory of theirs in its place.
    #[error("other users may write to {}: choose a directory elsewhere with --data-dir", path.display())]
    Replaceable {
        /// The directory above the data directory.
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
        // Behind a slash at its end a link would be followed.
        let path = path.components().as_path();
        let unusable = |source| DataError::Unusable { path: path.to_owned(), source };
        let made = DirBuilder::new().recursive(true).mode(DIRECTORY_MODE).create(path);
        // A link that leads nowhere is in the way as well.
        made.or_else(|source| if path.is_symlink() { Ok(()) } else { Err(unusable(source)) })?;
        check_parent(path)?;
        let directory = open(path, OpenOptions::new().read(true), OFlag::O_DIRECTORY)?;
        if path.read_dir().map_err(unusable)?.next().is_none() {
            let private = Permissions::from_mode(DIRECTORY_MODE);
            directory.set_permissions(private).map_err(unusable)?;
        }
        check_private(path, &directory, DIRECTORY_MODE)?;
        let lock = open_file(&path.join("lock"), OpenOptions::new().write(true).create(true))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => DataError::InUse { path: path.to_owned() },
            TryLockError::Error(source) => unusable(source),
        })?;
        let directory = Self { path: path.to_owned(), _lock: lock };
        directory.check_user_pool()?;
        Ok(directory)
    }

    /// The file of the user pool.
    pub(crate) fn user_pool(&self) -> PathBuf {
        self.path.join("user-pool.redb")
    }

    /// Checks the file that the user pool will open. Nobody else can replace it in between, since the
    /// directory is ours and nobody else may rename it.
    fn check_user_pool(&self) -> Result<(), DataError> {
        let file = self.user_pool();
        if !file.is_symlink() && !file.exists() {
            return Ok(());
        }
        open_file(&file, OpenOptions::new().read(true)).map(drop)
    }
}

/// Refuses a `path` that others may rename, with what it contains.
fn check_parent(path: &Path) -> Result<(), DataError> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or(Path::new("."));
    let unusable = |source| DataError::Unusable { path: path.to_owned(), source };
    let mode = parent.metadata().map_err(unusable)?.mode();
    if mode & OTHERS_WRITE == 0 || mode & STICKY != 0 {
        Ok(())
    } else {
        Err(DataError::Replaceable { path: parent.to_owned() })
    }
}

/// Opens the file `path`, which must be a regular file, ours, and private.
fn open_file(path: &Path, options: &mut OpenOptions) -> Result<File, DataError> {
    // Without O_NONBLOCK a FIFO would wait for its other end.
    let file = open(path, options.truncate(false).mode(FILE_MODE), OFlag::O_NONBLOCK)?;
    let unusable = |source| DataError::Unusable { path: path.to_owned(), source };
    if !file.metadata().map_err(unusable)?.is_file() {
        return Err(unusable(io::Error::other("it is not a regular file")));
    }
    check_private(path, &file, FILE_MODE)?;
    Ok(file)
}

/// Opens `path`, which must be no link and ours.
fn open(path: &Path, options: &mut OpenOptions, flags: OFlag) -> Result<File, DataError> {
    let unusable = |source| DataError::Unusable { path: path.to_owned(), source };
    let opened = options.custom_flags((OFlag::O_NOFOLLOW | flags).bits()).open(path);
    let file = opened.map_err(|source| {
        if path.is_symlink() { DataError::Link { path: path.to_owned() } } else { unusable(source) }
    })?;
    let owner = file.metadata().map_err(unusable)?.uid();
    if owner == geteuid().as_raw() {
        Ok(file)
    } else {
        Err(DataError::NotOurs { path: path.to_owned(), owner })
    }
}

/// Refuses `opened`, which is at `path`, if its group or others may do anything with it.
fn check_private(path: &Path, opened: &File, mode: u32) -> Result<(), DataError> {
    let unusable = |source| DataError::Unusable { path: path.to_owned(), source };
    if opened.metadata().map_err(unusable)?.mode() & OTHERS == 0 {
        Ok(())
    } else {
        Err(DataError::OpenToOthers { path: path.to_owned(), mode })
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{chown, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().permissions().mode() & 0o777
    }

    fn chmod(path: &Path, mode: u32) {
        std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    fn refused(path: &Path) -> String {
        DataDirectory::take(path).unwrap_err().to_string()
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
        let error = refused(root.path());
        assert!(error.contains(&format!("chmod 700 {}", root.path().display())), "{error}");
        assert_eq!(mode(root.path()), 0o750);
    }

    #[test]
    fn a_file_that_is_open_to_others_is_refused_and_left_alone() {
        for name in ["lock", "user-pool.redb"] {
            let root = tempfile::tempdir().unwrap();
            chmod(root.path(), 0o700);
            let file = root.path().join(name);
            std::fs::write(&file, "content").unwrap();
            chmod(&file, 0o644);
            let error = refused(root.path());
            assert!(error.contains(&format!("chmod 600 {}", file.display())), "{error}");
            assert_eq!((mode(&file), std::fs::read(&file).unwrap()), (0o644, b"content".to_vec()));
        }
    }

    #[test]
    fn no_link_is_followed() {
        let root = tempfile::tempdir().unwrap();
        let (target, data) = (root.path().join("target"), root.path().join("data"));
        let missing = root.path().join("missing");
        std::fs::write(&target, "content").unwrap();
        chmod(&target, 0o600);
        for name in ["lock", "user-pool.redb"] {
            for to in [&target, &missing] {
                DirBuilder::new().mode(0o700).create(&data).unwrap();
                symlink(to, data.join(name)).unwrap();
                let error = refused(&data);
                assert!(error.contains(&format!("{name} is a symbolic link")), "{error}");
                std::fs::remove_dir_all(&data).unwrap();
            }
        }
        let directory = root.path().join("directory");
        DirBuilder::new().mode(0o700).create(&directory).unwrap();
        for to in [&directory, &target, &missing] {
            symlink(to, &data).unwrap();
            for path in [data.clone(), data.join("")] {
                let error = refused(&path);
                assert!(error.contains("data is a symbolic link"), "{error}");
            }
            std::fs::remove_file(&data).unwrap();
        }
        assert_eq!(directory.read_dir().unwrap().count(), 0);
        assert_eq!(std::fs::read(&target).unwrap(), b"content");
        assert!(!missing.exists());
    }

    #[test]
    fn what_belongs_to_somebody_else_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let data = root.path().join("data");
        DirBuilder::new().mode(0o700).create(&data).unwrap();
        // Only the superuser can give something away; whoever is not has a directory of theirs to try.
        let is_given = chown(&data, Some(12_345), None).is_ok();
        let error = refused(if is_given { &data } else { Path::new("/") });
        assert!(error.contains("belongs to another user (uid "), "{error}");
        assert_eq!(data.read_dir().unwrap().count(), 0);
        if is_given {
            let data = root.path().join("other");
            drop(DataDirectory::take(&data).unwrap());
            chown(data.join("lock"), Some(12_345), None).unwrap();
            assert!(refused(&data).contains("lock belongs to another user (uid 12345)"));
        }
    }

    #[test]
    fn a_directory_that_others_may_replace_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let parent = root.path().join("parent");
        DirBuilder::new().create(&parent).unwrap();
        for (mode, is_refused) in
            [(0o777, true), (0o757, true), (0o1777, false), (0o775, false), (0o755, false)]
        {
            chmod(&parent, mode);
            let taken = DataDirectory::take(&parent.join("data"));
            let is_replaceable = matches!(taken, Err(DataError::Replaceable { .. }));
            assert_eq!(is_replaceable, is_refused, "{mode:o}: {taken:?}");
        }
    }

    #[test]
    fn a_pipe_is_refused_and_not_waited_for() {
        use nix::{sys::stat::Mode, unistd::mkfifo};
        for name in ["lock", "user-pool.redb"] {
            let root = tempfile::tempdir().unwrap();
            chmod(root.path(), 0o700);
            mkfifo(&root.path().join(name), Mode::from_bits_truncate(FILE_MODE)).unwrap();
            assert!(matches!(DataDirectory::take(root.path()), Err(DataError::Unusable { .. })));
        }
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
