//! What the system knows of a running function.

use std::{fs, time::Duration};

use nix::{time::clock_getcpuclockid, unistd::Pid};

use crate::Error;

/// The CPU time that all threads of a process have used so far, those that have ended included.
///
/// # Errors
/// If there is no such process.
pub fn cpu_time(pid: u32) -> Result<Duration, Error> {
    let clock = clock_getcpuclockid(Pid::from_raw(pid.cast_signed()));
    let time = clock.and_then(nix::time::ClockId::now).map_err(std::io::Error::from);
    Ok(time.map_err(|error| Error::Process(pid, error))?.into())
}

/// The most memory that a process has had at once, in KiB: `VmHWM` of proc(5).
///
/// # Errors
/// If there is no such process.
pub fn peak_memory(pid: u32) -> Result<u32, Error> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"));
    let status = status.map_err(|error| Error::Process(pid, error))?;
    high_water_mark(&status)
        .ok_or_else(|| Error::Process(pid, std::io::ErrorKind::InvalidData.into()))
}

fn high_water_mark(status: &str) -> Option<u32> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_high_water_mark_is_found() {
        let status = "Name:\tcat\nVmPeak:\t    3012 kB\nVmHWM:\t    1536 kB\nVmRSS:\t 12 kB\n";
        assert_eq!(high_water_mark(status), Some(1536));
        for status in ["", "VmHWM:\n", "VmHWM: 1536", "VmHWM: 1536 MB", "Name: VmHWM: 12 kB"] {
            assert_eq!(high_water_mark(status), None, "{status}");
        }
    }

    #[test]
    fn this_process_has_used_time_and_memory() {
        assert!(cpu_time(std::process::id()).unwrap() > Duration::ZERO);
        assert!(peak_memory(std::process::id()).unwrap() > 100);
        // Linux gives no process a number above 2²².
        assert!(peak_memory(u32::MAX >> 1).is_err());
    }
}
