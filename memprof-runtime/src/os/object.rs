//! Which executable or library an address of code is in.

use std::path::PathBuf;

/// A loaded executable or library.
pub(crate) struct Object {
    pub(crate) path: PathBuf,
    /// Where in memory it begins.
    pub(crate) base: usize,
}

/// The object that `address` is in; `None` where the system does not say.
#[cfg(unix)]
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

#[cfg(not(unix))]
pub(crate) fn of(_address: usize) -> Option<Object> {
    None
}
