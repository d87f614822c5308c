//! The share of a CPU that Lambda gives a function of a certain memory size, by Linux's control groups.
//!
//! "At 1,769 MB, a function has the equivalent of one vCPU" (AWS Lambda developer guide, "Configure
//! Lambda function memory"); less memory, less of it, in slices of 20 ms. During INIT there is no
//! such limit.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use crate::Error;

/// The memory size with one vCPU, in MB.
const ONE_CPU: u32 = 1_769;
const PERIOD: Duration = Duration::from_millis(20);
/// Where version 1 and version 2 of control groups are mounted.
const V1: &str = "/sys/fs/cgroup/cpu";
const V2: &str = "/sys/fs/cgroup";

/// A control group whose processes share what a function of a certain size gets. It is removed in the
/// end; the processes in it must be gone by then.
pub struct Quota {
    folder: PathBuf,
}

impl Quota {
    /// Makes a group for functions with `memory` MB.
    ///
    /// # Errors
    /// If this machine does not let the bench make groups.
    pub fn new(memory: u32) -> Result<Self, Error> {
        let folder = format!("passmint-bench-{}", std::process::id());
        let (parent, is_v1) = if Path::new(V1).join("cpu.cfs_quota_us").exists() {
            (Path::new(V1), true)
        } else {
            (Path::new(V2), false)
        };
        let quota = Self { folder: parent.join(folder) };
        fs::create_dir(&quota.folder).map_err(Error::Quota)?;
        let (quota_us, period_us) = (share(memory).as_micros(), PERIOD.as_micros());
        let settings = if is_v1 {
            vec![
                ("cpu.cfs_period_us", period_us.to_string()),
                ("cpu.cfs_quota_us", quota_us.to_string()),
            ]
        } else {
            vec![("cpu.max", format!("{quota_us} {period_us}"))]
        };
        for (file, value) in settings {
            // Version 2 shows the file only if the parent's cgroup.subtree_control names `cpu`.
            write(&quota.folder.join(file), &value).map_err(Error::Quota)?;
        }
        Ok(quota)
    }

    /// Puts a process with all its threads into the group.
    ///
    /// # Errors
    /// If there is no such process.
    pub fn hold(&self, pid: u32) -> Result<(), Error> {
        write(&self.folder.join("cgroup.procs"), &pid.to_string()).map_err(Error::Quota)
    }
}

impl Drop for Quota {
    fn drop(&mut self) {
        // There is nobody left to tell; an empty group does no harm.
        drop(fs::remove_dir(&self.folder));
    }
}

/// Writes into a file that is there, in one piece.
fn write(file: &Path, text: &str) -> io::Result<()> {
    use io::Write;

    fs::OpenOptions::new().write(true).open(file)?.write_all(text.as_bytes())
}

/// The CPU time of one period.
fn share(memory: u32) -> Duration {
    PERIOD * memory / ONE_CPU
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_those_of_lambda() {
        assert_eq!(share(128).as_micros(), 1_447);
        assert_eq!(share(1_769), PERIOD);
        assert_eq!(share(3_538), 2 * PERIOD);
    }
}
