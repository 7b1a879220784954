//! Notice of `fork`: the registry's lock is held across it, so the child starts with a whole registry.

#[cfg(unix)]
pub(crate) fn install() {
    use crate::{collect, record};
    use std::sync::atomic::{AtomicBool, Ordering};

    static IS_INSTALLED: AtomicBool = AtomicBool::new(false);

    extern "C" fn prepare() {
        collect::before_fork();
        record::before_fork();
    }
    extern "C" fn parent() {
        record::after_fork_in_parent();
        collect::after_fork();
    }
    extern "C" fn child() {
        record::after_fork_in_child();
        collect::after_fork();
    }

    // Relaxed: only one thread may see `false`; nothing else hangs on it.
    if !IS_INSTALLED.load(Ordering::Relaxed) && !IS_INSTALLED.swap(true, Ordering::Relaxed) {
        // SAFETY: three functions of this program that take no argument. Without memory for them a child
        // of a multi-threaded fork may wait for the lock; nothing can be done about it here.
        unsafe { libc::pthread_atfork(Some(prepare), Some(parent), Some(child)) };
    }
}

/// Elsewhere there is no `fork`, and nobody who calls what prepares for one.
#[cfg(not(unix))]
pub(crate) fn install() {
    use crate::{collect, record};

    const _: [fn(); 5] = [
        collect::before_fork,
        record::before_fork,
        record::after_fork_in_parent,
        record::after_fork_in_child,
        collect::after_fork,
    ];
}
