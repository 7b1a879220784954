//! What is known of the process: since when it runs, and its highest resident memory.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

static FIRST_EVENT: OnceLock<Instant> = OnceLock::new();

/// Notes the first event of the program, which is before `main`. Neither allocates nor blocks.
pub(crate) fn note_start() {
    let _ = FIRST_EVENT.set(Instant::now());
}

/// How long ago the first event was. Not the age of the process: `cargo run` builds in it before it becomes
/// the program.
pub(crate) fn age() -> Duration {
    FIRST_EVENT.get_or_init(Instant::now).elapsed()
}

/// The most bytes that were resident at once; `None` where the system does not say.
#[cfg(target_os = "linux")]
pub(crate) fn peak_resident_bytes() -> Option<u64> {
    // Of this program alone, whereas `getrusage` goes on counting from before `exec` (proc(5)).
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

/// The most bytes that were resident at once; `None` where the system does not say.
#[cfg(all(unix, not(target_os = "linux")))]
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
    u64::try_from(most).ok()?.checked_mul(unit)
}

/// The most bytes that were resident at once; `None` where the system does not say.
#[cfg(windows)]
pub(crate) fn peak_resident_bytes() -> Option<u64> {
    use std::ffi::c_void;

    /// `PROCESS_MEMORY_COUNTERS`
    #[repr(C)]
    struct Counters {
        own_size: u32,
        page_faults: u32,
        peak_working_set: usize,
        rest: [usize; 7],
    }

    unsafe extern "system" {
        fn GetCurrentProcess() -> *mut c_void;
        fn K32GetProcessMemoryInfo(process: *mut c_void, to: *mut Counters, size: u32) -> i32;
    }

    let size = size_of::<Counters>() as u32;
    let mut counters = Counters {
        own_size: size,
        page_faults: 0,
        peak_working_set: 0,
        rest: [0; 7],
    };
    // SAFETY: the process is this one, and the place is valid for so many bytes.
    let is_told = unsafe { K32GetProcessMemoryInfo(GetCurrentProcess(), &mut counters, size) } != 0;
    // No process has none: some systems answer so where they do not tell.
    (is_told && counters.peak_working_set != 0).then_some(counters.peak_working_set as u64)
}

/// The most bytes that were resident at once; `None` where the system does not say.
#[cfg(not(any(unix, windows)))]
pub(crate) fn peak_resident_bytes() -> Option<u64> {
    None
}
