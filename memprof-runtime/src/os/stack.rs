//! Where the calling thread's stack lies.

/// The lowest address of the stack and the one past its highest; `None` where the system does not say.
/// May allocate from the system, so the caller is paused.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) fn limits() -> Option<(usize, usize)> {
    let mut attributes = std::mem::MaybeUninit::<libc::pthread_attr_t>::uninit();
    // SAFETY: the place is valid for the attributes, which are initialised when this succeeds.
    if unsafe { libc::pthread_getattr_np(libc::pthread_self(), attributes.as_mut_ptr()) } != 0 {
        return None;
    }
    let (mut low, mut length) = (std::ptr::null_mut(), 0);
    // SAFETY: initialised above; both places are valid.
    let said = unsafe { libc::pthread_attr_getstack(attributes.as_ptr(), &mut low, &mut length) };
    // SAFETY: initialised above, not used any more.
    unsafe { libc::pthread_attr_destroy(attributes.as_mut_ptr()) };
    let low = low as usize;
    (said == 0 && length > 0).then(|| (low, low.saturating_add(length)))
}

#[cfg(target_vendor = "apple")]
pub(crate) fn limits() -> Option<(usize, usize)> {
    // SAFETY: the calling thread exists.
    let (high, length) = unsafe {
        let this = libc::pthread_self();
        (
            libc::pthread_get_stackaddr_np(this) as usize,
            libc::pthread_get_stacksize_np(this),
        )
    };
    Some((high.checked_sub(length)?, high))
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
pub(crate) fn limits() -> Option<(usize, usize)> {
    None
}
