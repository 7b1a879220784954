//! Keeps the objects that memprof and its sites are in loaded until the process ends.
//!
//! The system calls memprof back when a thread ends, at `fork` and at the process's end. In a library that is unloaded
//! (a plugin) these calls would jump into nothing, and each time it is loaded again another key would be used up. None of
//! them can be taken back everywhere, so the library stays. So does one with tracked functions whose memprof is in another
//! library (`-C prefer-dynamic`): paths lead to its sites.

#[cfg(target_vendor = "apple")]
pub(crate) use apple::keep_loaded;
#[cfg(any(target_os = "android", target_os = "freebsd", target_os = "linux"))]
pub(crate) use elf::keep_loaded;
#[cfg(windows)]
pub(crate) use windows::keep_loaded;

/// Keeps memprof's own object loaded.
pub(super) fn keep_own_loaded() {
    keep_loaded((keep_own_loaded as fn()) as usize);
}

#[cfg(any(target_os = "android", target_os = "freebsd", target_os = "linux"))]
mod elf {
    use std::ffi::{c_char, c_int, c_void};
    use std::ops::Range;
    use std::sync::atomic::{AtomicU64, Ordering};

    /// The object that was kept last, packed in one word: its first page, and how many it has. Most sites are in it.
    static LATEST: AtomicU64 = AtomicU64::new(0);

    const PAGE: usize = 4_096;
    /// Bits for the number of pages, up to two gigabytes.
    const LENGTH_BITS: u32 = 19;

    /// Keeps the object loaded in which `address` lies. Called while it is being loaded.
    pub(crate) fn keep_loaded(address: usize) {
        // Relaxed: all there is to know is in the word.
        if unpack(LATEST.load(Ordering::Relaxed)).contains(&address) {
            return;
        }
        let mut search = Search {
            address,
            found: None,
        };
        // SAFETY: the callback is called with what it expects, meanwhile.
        unsafe { libc::dl_iterate_phdr(Some(see), (&raw mut search).cast()) };
        let Some((extent, name)) = search.found else {
            return;
        };
        // The executable, which is never unloaded, has no name.
        // SAFETY: null, or a string of the loader; the object is in use.
        let is_named = !name.is_null() && unsafe { *name } != 0;
        if is_named {
            // Nothing is loaded anew: where the name is not that of a loaded object, this does nothing.
            let flags = libc::RTLD_NOW | libc::RTLD_NOLOAD | libc::RTLD_NODELETE;
            // SAFETY: as above. The object is being loaded or is in use, so nothing is initialised by it; the handle is never
            // closed.
            if unsafe { libc::dlopen(name, flags) }.is_null() {
                return;
            }
        }
        LATEST.store(pack(&extent), Ordering::Relaxed);
    }

    struct Search {
        address: usize,
        found: Option<(Range<usize>, *const c_char)>,
    }

    /// Ends the walk at the object in which the address lies.
    unsafe extern "C" fn see(
        info: *mut libc::dl_phdr_info,
        _size: libc::size_t,
        search: *mut c_void,
    ) -> c_int {
        // SAFETY: the loader's description of an object, valid during the call, and what was passed to it.
        let (info, search) = unsafe { (&*info, &mut *search.cast::<Search>()) };
        if info.dlpi_phdr.is_null() {
            return 0;
        }
        // SAFETY: so many headers lie there.
        let headers =
            unsafe { std::slice::from_raw_parts(info.dlpi_phdr, usize::from(info.dlpi_phnum)) };
        let base = info.dlpi_addr as usize;
        let loaded = headers.iter().filter(|it| it.p_type == libc::PT_LOAD);
        let ends = loaded.map(|it| {
            let begin = base.wrapping_add(it.p_vaddr as usize);
            (begin, begin.wrapping_add(it.p_memsz as usize))
        });
        let Some((begin, end)) = ends.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))
        else {
            return 0;
        };
        if !(begin..end).contains(&search.address) {
            return 0;
        }
        search.found = Some((begin..end, info.dlpi_name));
        1
    }

    /// The whole pages of an object; less of a very large one.
    fn pack(extent: &Range<usize>) -> u64 {
        let first = extent.start.div_ceil(PAGE) as u64;
        let pages = ((extent.end / PAGE) as u64).saturating_sub(first);
        first << LENGTH_BITS | pages.min((1 << LENGTH_BITS) - 1)
    }

    fn unpack(word: u64) -> Range<usize> {
        let begin = (word >> LENGTH_BITS) as usize * PAGE;
        let pages = (word & ((1 << LENGTH_BITS) - 1)) as usize;
        begin..begin + pages * PAGE
    }
}

#[cfg(target_vendor = "apple")]
mod apple {
    /// As on Linux.
    pub(crate) fn keep_loaded(address: usize) {
        let mut told = std::mem::MaybeUninit::<libc::Dl_info>::zeroed();
        let here = std::ptr::without_provenance::<libc::c_void>(address);
        // SAFETY: any address may be asked for; the place is valid.
        if unsafe { libc::dladdr(here, told.as_mut_ptr()) } == 0 {
            return;
        }
        // SAFETY: zeroed, then filled.
        let told = unsafe { told.assume_init() };
        if told.dli_fname.is_null() {
            return;
        }
        // Nothing is loaded anew: where the name is not that of a loaded object, this does nothing.
        let flags = libc::RTLD_NOW | libc::RTLD_NOLOAD | libc::RTLD_NODELETE;
        // SAFETY: a string of the loader. The object is being loaded or is in use; the handle is never closed.
        unsafe { libc::dlopen(told.dli_fname, flags) };
    }
}

#[cfg(windows)]
mod windows {
    use std::ffi::c_void;

    const PIN: u32 = 1;
    const FROM_ADDRESS: u32 = 4;

    unsafe extern "system" {
        fn GetModuleHandleExW(flags: u32, address: *const c_void, module: *mut *mut c_void) -> i32;
    }

    /// As on Linux.
    pub(crate) fn keep_loaded(address: usize) {
        let mut module = std::ptr::null_mut();
        let address = std::ptr::without_provenance(address);
        // SAFETY: an address of a module, and a place for its handle.
        unsafe { GetModuleHandleExW(PIN | FROM_ADDRESS, address, &mut module) };
    }
}

/// Elsewhere a library must not be unloaded.
#[cfg(not(any(
    target_os = "android",
    target_os = "freebsd",
    target_os = "linux",
    target_vendor = "apple",
    windows
)))]
pub(crate) fn keep_loaded(_address: usize) {}
