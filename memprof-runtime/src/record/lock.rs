//! The lock that may be taken inside the allocator.
//!
//! `std::sync::Mutex` may allocate on some platforms, which here would be a call into ourselves; this lock
//! never does. It is taken on cold paths only (see `registry`, `timeline`, `stacks`), spins
//! briefly, then yields, then sleeps. It is not re-entrant: whoever holds it must not allocate through the
//! global allocator unless the thread is paused (a paused thread never comes back here).

use std::cell::UnsafeCell;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

pub(crate) struct Lock<T> {
    held: AtomicBool,
    value: UnsafeCell<T>,
}

// SAFETY: the value is reached only by the one thread that holds the lock.
unsafe impl<T: Send> Sync for Lock<T> {}

impl<T> Lock<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self {
            held: AtomicBool::new(false),
            value: UnsafeCell::new(value),
        }
    }

    pub(crate) fn lock(&self) -> Held<'_, T> {
        self.acquire();
        Held { lock: self }
    }

    /// Takes the lock unless it stays held for about a second.
    #[cfg(feature = "stacks")]
    pub(crate) fn lock_patiently(&self) -> Option<Held<'_, T>> {
        let is_taken = self.try_acquire(|tries| tries < 20_000);
        is_taken.then(|| Held { lock: self })
    }

    /// The hold if nobody else has it: for what can wait until the next time.
    pub(crate) fn try_lock(&self) -> Option<Held<'_, T>> {
        // Acquire: as in `acquire`.
        self.held
            .compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed)
            .ok()
            .map(|_| Held { lock: self })
    }

    /// Takes the lock without a guard, for a hold that spans two callbacks (before and after `fork`).
    pub(crate) fn acquire(&self) {
        self.try_acquire(|_| true);
    }

    /// `false` when the lock was held as often as `goes_on` was asked.
    #[inline]
    fn try_acquire(&self, goes_on: impl Fn(u32) -> bool) -> bool {
        let mut tries = 0_u32;
        // Acquire: sees all that the last holder wrote before its release store in `release`.
        while self
            .held
            .compare_exchange_weak(false, true, Ordering::Acquire, Ordering::Relaxed)
            .is_err()
        {
            if !goes_on(tries) {
                return false;
            }
            match tries {
                0..100 => std::hint::spin_loop(),
                100..1_000 => std::thread::yield_now(),
                _ => std::thread::sleep(Duration::from_micros(50)),
            }
            tries = tries.saturating_add(1);
        }
        true
    }

    /// Ends the hold that `acquire` began.
    pub(crate) fn release(&self) {
        // Release: partner of the acquire in `acquire`.
        self.held.store(false, Ordering::Release);
    }
}

pub(crate) struct Held<'a, T> {
    lock: &'a Lock<T>,
}

impl<T> Deref for Held<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: the lock is held for as long as `self` lives.
        unsafe { &*self.lock.value.get() }
    }
}

impl<T> DerefMut for Held<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the lock is held for as long as `self` lives, and `&mut self` is the only way in.
        unsafe { &mut *self.lock.value.get() }
    }
}

impl<T> Drop for Held<'_, T> {
    fn drop(&mut self) {
        self.lock.release();
    }
}

#[cfg(test)]
mod tests {
    use super::Lock;

    #[test]
    fn excludes_other_threads() {
        static LOCK: Lock<u64> = Lock::new(0);
        let workers: Vec<_> = (0..4)
            .map(|_| {
                std::thread::spawn(|| {
                    for _ in 0..10_000 {
                        *LOCK.lock() += 1;
                    }
                })
            })
            .collect();
        for worker in workers {
            worker.join().unwrap();
        }
        assert_eq!(*LOCK.lock(), 40_000);
    }
}
