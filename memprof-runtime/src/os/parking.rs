//! Parking: a thread sleeps until a number changes, without allocating. What the program finds in `errno` stays.

use super::errno;
use std::sync::atomic::AtomicU32;

/// Sleeps while `number` is `value`; may wake without a reason.
pub(crate) fn wait(number: &AtomicU32, value: u32) {
    errno::kept(|| imp::wait(number, value));
}

/// Wakes one of those that sleep on `number`, if there is one.
pub(crate) fn wake_one(number: &AtomicU32) {
    errno::kept(|| imp::wake_one(number));
}

/// Wakes all of them.
pub(crate) fn wake_all(number: &AtomicU32) {
    errno::kept(|| imp::wake_all(number));
}

/// A futex, or what the system has in its place.
#[cfg(any(
    target_os = "android",
    target_os = "freebsd",
    target_os = "linux",
    target_os = "macos",
    windows
))]
mod imp {
    pub(super) use atomic_wait::{wait, wake_all, wake_one};
}

/// Elsewhere whoever waits looks again after a moment.
#[cfg(not(any(
    target_os = "android",
    target_os = "freebsd",
    target_os = "linux",
    target_os = "macos",
    windows
)))]
mod imp {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    pub(super) fn wait(number: &AtomicU32, value: u32) {
        // Relaxed: a hint; whoever waits takes the lock by an operation of its own.
        if number.load(Ordering::Relaxed) == value {
            std::thread::sleep(Duration::from_micros(50));
        }
    }

    pub(super) fn wake_one(_: &AtomicU32) {}

    pub(super) fn wake_all(_: &AtomicU32) {}
}
