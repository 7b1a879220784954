//! What the system knows of the process: its age and its highest resident memory.

use std::time::Duration;

/// How long the process has been running; `None` where the system does not say.
#[cfg(target_os = "linux")]
pub(crate) fn age() -> Option<Duration> {
    // Field 22 of `stat` is the start in ticks since boot; the second field is in parentheses and may hold
    // anything, so count from its end (proc(5)).
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let ticks: f64 = stat
        .rsplit_once(')')?
        .1
        .split_whitespace()
        .nth(19)?
        .parse()
        .ok()?;
    let uptime = std::fs::read_to_string("/proc/uptime").ok()?;
    let uptime: f64 = uptime.split_whitespace().next()?.parse().ok()?;
    // SAFETY: takes a number and reads a constant of the system.
    let ticks_per_second = unsafe { libc::sysconf(libc::_SC_CLK_TCK) } as f64;
    Duration::try_from_secs_f64(uptime - ticks / ticks_per_second).ok()
}

/// How long the process has been running; `None` where the system does not say.
#[cfg(not(target_os = "linux"))]
pub(crate) fn age() -> Option<Duration> {
    None
}

/// The most bytes that were resident at once; `None` where the system does not say.
#[cfg(unix)]
pub(crate) fn peak_resident_bytes() -> Option<u64> {
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: the place is valid for a `rusage`.
    if unsafe { libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr()) } != 0 {
        return None;
    }
    // SAFETY: zeroed, then filled.
    let most = unsafe { usage.assume_init() }.ru_maxrss;
    // Bytes on Apple's systems, KiB elsewhere (getrusage(2)).
    let unit = if cfg!(target_vendor = "apple") {
        1
    } else {
        1024
    };
    u64::try_from(most).ok().map(|most| most * unit)
}

/// The most bytes that were resident at once; `None` where the system does not say.
#[cfg(not(unix))]
pub(crate) fn peak_resident_bytes() -> Option<u64> {
    None
}
