//! The facts of the run: what program, built how, since when.

use memprof_report::{AllocatorInfo, Run};
use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Describes the run under `name`, or under the executable's own name.
pub(super) fn describe(name: Option<&str>, allocator: AllocatorInfo, threads: u64) -> Run {
    let executable = std::env::current_exe().unwrap_or_default();
    let own_name = executable
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned());
    let duration = crate::os::process::age().unwrap_or_else(since_first_look);
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Run {
        name: name.map_or_else(|| own_name.unwrap_or_default(), str::to_owned),
        pid: std::process::id(),
        executable: executable.to_string_lossy().into_owned(),
        started_unix_ns: nanoseconds(now.saturating_sub(duration)),
        duration_ns: nanoseconds(duration),
        target: env!("MEMPROF_TARGET").to_owned(),
        profile: env!("MEMPROF_PROFILE").to_owned(),
        memprof_version: env!("CARGO_PKG_VERSION").to_owned(),
        rustc_version: Some(env!("MEMPROF_RUSTC_VERSION").to_owned())
            .filter(|version| !version.is_empty()),
        allocator,
        threads,
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// Where the system does not tell the process's age, a run begins when memprof first looks.
fn since_first_look() -> Duration {
    static FIRST_LOOK: OnceLock<Instant> = OnceLock::new();
    FIRST_LOOK.get_or_init(Instant::now).elapsed()
}
