//! The lock that may be taken inside the allocator.
//!
//! `std::sync::Mutex` may allocate on some platforms, which here would be a call into ourselves; this lock
//! never does. It is taken on cold paths only (see `registry`, `timeline`, `stacks`). Whoever waits parks: thousands of
//! waiting threads cost the holder nothing. It is not re-entrant: whoever holds it must not allocate through the
//! global allocator unless the thread is paused. A paused thread comes back here in a signal handler alone, which finds out
//! that its thread is here already (`Thread::is_at_lock`).

use super::own::current;
use crate::os::parking;
use std::cell::UnsafeCell;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU32, Ordering};

const FREE: u32 = 0;
const HELD: u32 = 1;
/// Held, and somebody may be parked.
const AWAITED: u32 = 2;

/// A hold is short, so whoever finds the lock held looks so often before it parks.
const SPINS: u32 = 100;

/// How many threads hold one of the locks or wait for one. Only where threads are killed at the end of the process.
#[cfg(windows)]
static AT_LOCKS: AtomicU32 = AtomicU32::new(0);

/// Whether anybody holds one of the locks or waits for one.
#[cfg(windows)]
pub(crate) fn is_any_held() -> bool {
    // Relaxed: asked by the only thread that is left.
    AT_LOCKS.load(Ordering::Relaxed) != 0
}

/// The calling thread is about to take a lock. Before it does, so that no signal handler finds the lock held by its own thread
/// without notice.
fn come() {
    current(|thread| thread.locks.add(1));
    #[cfg(windows)]
    // Acquire: the lock is not taken before. No partner: who is killed is interrupted between two instructions.
    AT_LOCKS.fetch_add(1, Ordering::Acquire);
}

/// It has let go of it, or could not have it.
fn go() {
    #[cfg(windows)]
    // Release: the lock is not let go of later. No partner, as above.
    AT_LOCKS.fetch_sub(1, Ordering::Release);
    current(|thread| thread.locks.sub(1));
}

pub(crate) struct Lock<T> {
    state: AtomicU32,
    value: UnsafeCell<T>,
}

// SAFETY: the value is reached only by the one thread that holds the lock.
unsafe impl<T: Send> Sync for Lock<T> {}

impl<T> Lock<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self {
            state: AtomicU32::new(FREE),
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
        const TRIES: u32 = 20_000;
        for _ in 0..TRIES {
            if let Some(held) = self.try_lock() {
                return Some(held);
            }
            std::thread::sleep(std::time::Duration::from_micros(50));
        }
        None
    }

    /// The hold if nobody else has it: for what can wait until the next time.
    pub(crate) fn try_lock(&self) -> Option<Held<'_, T>> {
        come();
        if !self.try_acquire() {
            go();
            return None;
        }
        Some(Held { lock: self })
    }

    /// Takes the lock without a guard, for a hold that spans two callbacks (before and after `fork`).
    pub(crate) fn acquire(&self) {
        come();
        if !self.try_acquire() {
            self.acquire_held();
        }
    }

    #[inline]
    fn try_acquire(&self) -> bool {
        // Acquire: sees all that the last holder wrote before its release swap in `release`.
        self.state
            .compare_exchange(FREE, HELD, Ordering::Acquire, Ordering::Relaxed)
            .is_ok()
    }

    #[cold]
    fn acquire_held(&self) {
        for _ in 0..SPINS {
            std::hint::spin_loop();
            if self.state.load(Ordering::Relaxed) == FREE && self.try_acquire() {
                return;
            }
        }
        // Acquire: as in `try_acquire`. Others may be parked too, so this holder has to wake one of them.
        while self.state.swap(AWAITED, Ordering::Acquire) != FREE {
            parking::wait(&self.state, AWAITED);
        }
    }

    /// Ends the hold that `acquire` began.
    pub(crate) fn release(&self) {
        // Release: partner of the acquires above.
        if self.state.swap(FREE, Ordering::Release) == AWAITED {
            parking::wake_one(&self.state);
        }
        go();
    }
}

pub(crate) struct Held<'a, T> {
    lock: &'a Lock<T>,
}

impl<T> Held<'_, T> {
    /// Lets go of the lock for those who wait for it, and takes it again.
    pub(crate) fn give_way(&mut self) {
        /// Longer than it takes to wake a thread.
        const SPINS: u32 = 10_000;
        let lock = self.lock;
        if lock.state.load(Ordering::Relaxed) != AWAITED {
            return;
        }
        lock.release();
        // Who was woken has to come first: a lock that is free goes to whoever is awake.
        for _ in 0..SPINS {
            if lock.state.load(Ordering::Relaxed) != FREE {
                break;
            }
            std::hint::spin_loop();
        }
        lock.acquire();
    }
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
