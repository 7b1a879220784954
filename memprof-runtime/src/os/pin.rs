//! Keeps the object that memprof is in loaded until the process ends.
//!
//! The system calls memprof back when a thread ends, at `fork` and at the process's end. In a library that is unloaded
//! (a plugin) these calls would jump into nothing, and each time it is loaded again another key would be used up. None of
//! them can be taken back everywhere, so the library stays. Called once, when the object is loaded.

#[cfg(any(
    target_os = "android",
    target_os = "freebsd",
    target_os = "linux",
    target_vendor = "apple"
))]
pub(crate) fn keep_loaded() {
    let mut told = std::mem::MaybeUninit::<libc::Dl_info>::zeroed();
    let here = keep_loaded as fn() as *const libc::c_void;
    // SAFETY: any address may be asked for; the place is valid.
    if unsafe { libc::dladdr(here, told.as_mut_ptr()) } == 0 {
        return;
    }
    // SAFETY: zeroed, then filled.
    let told = unsafe { told.assume_init() };
    if told.dli_fname.is_null() || is_executable(told.dli_fbase.addr()) {
        return;
    }
    // Nothing is loaded anew: where the name is not that of a loaded object, this does nothing.
    let flags = libc::RTLD_NOW | libc::RTLD_NOLOAD | libc::RTLD_NODELETE;
    // SAFETY: a string of the loader. The object that is asked for is the one that runs this, so nothing is initialised
    // by it; the handle is never closed.
    unsafe { libc::dlopen(told.dli_fname, flags) };
}

/// Whether the object that begins there is the executable, which is never unloaded.
#[cfg(any(target_os = "android", target_os = "linux"))]
fn is_executable(base: usize) -> bool {
    // SAFETY: asks for a number that the kernel gave the process.
    let headers = unsafe { libc::getauxval(libc::AT_PHDR) } as usize;
    // The program headers lie on the first page, behind the file's header.
    headers.wrapping_sub(base) < 4096
}

#[cfg(any(target_os = "freebsd", target_vendor = "apple"))]
fn is_executable(_base: usize) -> bool {
    false
}

#[cfg(windows)]
pub(crate) fn keep_loaded() {
    use std::ffi::c_void;

    const PIN: u32 = 1;
    const FROM_ADDRESS: u32 = 4;

    unsafe extern "system" {
        fn GetModuleHandleExW(flags: u32, address: *const c_void, module: *mut *mut c_void) -> i32;
    }

    let mut module = std::ptr::null_mut();
    let here = keep_loaded as fn() as *const c_void;
    // SAFETY: an address of this module, and a place for its handle.
    unsafe { GetModuleHandleExW(PIN | FROM_ADDRESS, here, &mut module) };
}

/// Elsewhere a library must not be unloaded.
#[cfg(not(any(
    target_os = "android",
    target_os = "freebsd",
    target_os = "linux",
    target_vendor = "apple",
    windows
)))]
pub(crate) fn keep_loaded() {}
