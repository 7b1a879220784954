//! `errno` as the program left it: allocating must not change it where it succeeds.

/// Does `work`, and sets `errno` back to what it was.
#[cfg(any(
    target_os = "android",
    target_os = "freebsd",
    target_os = "linux",
    target_vendor = "apple"
))]
pub(crate) fn kept<R>(work: impl FnOnce() -> R) -> R {
    #[cfg(target_os = "android")]
    use libc::__errno as place;
    #[cfg(target_os = "linux")]
    use libc::__errno_location as place;
    #[cfg(any(target_os = "freebsd", target_vendor = "apple"))]
    use libc::__error as place;

    // SAFETY: the place is the calling thread's own and lives as long as the thread.
    let before = unsafe { *place() };
    let result = work();
    // SAFETY: as above.
    unsafe { *place() = before };
    result
}

/// On Windows what `GetLastError` gives.
#[cfg(windows)]
pub(crate) fn kept<R>(work: impl FnOnce() -> R) -> R {
    unsafe extern "system" {
        fn GetLastError() -> u32;
        fn SetLastError(code: u32);
    }

    // SAFETY: a number of the calling thread's own.
    let before = unsafe { GetLastError() };
    let result = work();
    // SAFETY: as above.
    unsafe { SetLastError(before) };
    result
}

/// Elsewhere memprof calls nothing that sets it, or there is none.
#[cfg(not(any(
    windows,
    target_os = "android",
    target_os = "freebsd",
    target_os = "linux",
    target_vendor = "apple"
)))]
pub(crate) fn kept<R>(work: impl FnOnce() -> R) -> R {
    work()
}
