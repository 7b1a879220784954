//! Whole pages for what must be taken also inside a signal handler, and before anything of memprof is there.

#[cfg(unix)]
pub(crate) use unix::{give_back, take};

#[cfg(unix)]
mod unix {
    use crate::os::errno;
    use std::ffi::c_void;
    use std::ptr::{NonNull, null_mut};

    /// Zeroed pages for so many bytes; `None` when there are none.
    pub(crate) fn take(bytes: usize) -> Option<NonNull<c_void>> {
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANON;
        // SAFETY: a new mapping, of which nobody knows.
        let start =
            errno::kept(|| unsafe { libc::mmap(null_mut(), bytes, protection, flags, -1, 0) });
        if start == libc::MAP_FAILED {
            return None;
        }
        NonNull::new(start)
    }

    /// # Safety
    /// They were taken for just so many bytes, and nobody uses them any more.
    pub(crate) unsafe fn give_back(start: *mut c_void, bytes: usize) {
        // SAFETY: by the caller's promise.
        errno::kept(|| unsafe { libc::munmap(start, bytes) });
    }
}

#[cfg(not(unix))]
pub(crate) use elsewhere::{give_back, take};

/// No signal handlers: the system's heap will do.
#[cfg(not(unix))]
mod elsewhere {
    use std::alloc::{GlobalAlloc, Layout, System};
    use std::ffi::c_void;
    use std::ptr::NonNull;

    fn layout(bytes: usize) -> Option<Layout> {
        Layout::from_size_align(bytes, 64)
            .ok()
            .filter(|layout| layout.size() != 0)
    }

    /// Zeroed memory for so many bytes, aligned to a cache line; `None` when there is none.
    pub(crate) fn take(bytes: usize) -> Option<NonNull<c_void>> {
        // SAFETY: the size is not zero.
        NonNull::new(unsafe { System.alloc_zeroed(layout(bytes)?) }.cast())
    }

    /// # Safety
    /// It was taken for just so many bytes, and nobody uses it any more.
    pub(crate) unsafe fn give_back(start: *mut c_void, bytes: usize) {
        if let Some(layout) = layout(bytes) {
            // SAFETY: by the caller's promise.
            unsafe { System.dealloc(start.cast(), layout) };
        }
    }
}
