//! Which executable or library an address of code is in.

#[cfg(feature = "stacks")]
use std::path::PathBuf;

/// A loaded executable or library.
#[cfg(feature = "stacks")]
pub(crate) struct Object {
    pub(crate) path: PathBuf,
    /// Where in memory it begins.
    pub(crate) base: usize,
}

/// The object that `address` is in; `None` where the system does not say.
#[cfg(all(unix, feature = "stacks"))]
pub(crate) fn of(address: usize) -> Option<Object> {
    use std::ffi::{CStr, OsStr};
    use std::os::unix::ffi::OsStrExt;

    let told = tell(address)?;
    let base = told.dli_fbase as usize;
    // Of the executable the system may know only what it was called by.
    let is_ours = tell(of as fn(usize) -> Option<Object> as usize)
        .is_some_and(|ours| ours.dli_fbase == told.dli_fbase);
    let name = if told.dli_fname.is_null() {
        PathBuf::new()
    } else {
        // SAFETY: a string of the loader, which stays while the object is loaded.
        let name = unsafe { CStr::from_ptr(told.dli_fname) };
        PathBuf::from(OsStr::from_bytes(name.to_bytes()))
    };
    let path = if name.is_absolute() || !is_ours {
        name
    } else {
        std::env::current_exe().unwrap_or(name)
    };
    Some(Object { path, base })
}

#[cfg(unix)]
fn tell(address: usize) -> Option<libc::Dl_info> {
    let mut told = std::mem::MaybeUninit::<libc::Dl_info>::zeroed();
    // SAFETY: any address may be asked for; the place is valid.
    let is_told = unsafe { libc::dladdr(address as *const _, told.as_mut_ptr()) } != 0;
    // SAFETY: zeroed, then filled.
    is_told.then(|| unsafe { told.assume_init() })
}

/// Whether the standard library is another object than memprof is in, as with `-C prefer-dynamic`: it then has an allocator of
/// its own. `false` where the system does not say.
#[cfg(unix)]
pub(crate) fn is_std_elsewhere() -> bool {
    let base = |address| tell(address).map(|told| told.dli_fbase as usize);
    let theirs = base(std::process::abort as fn() -> ! as usize);
    let ours = base(is_std_elsewhere as fn() -> bool as usize);
    theirs
        .zip(ours)
        .is_some_and(|(theirs, ours)| theirs != ours)
}

#[cfg(not(unix))]
pub(crate) fn is_std_elsewhere() -> bool {
    false
}

#[cfg(all(not(unix), feature = "stacks"))]
pub(crate) fn of(_address: usize) -> Option<Object> {
    None
}
