//! The peak watch has somebody look at the process now and then while its live bytes are at a new peak.
//!
//! One may be set, once. It is called inside the allocator, on whichever thread reached the peak, after folds only,
//! and never twice at a time; it says from which peak on it wants to look again. Unset, a fold pays one load.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, Ordering};

/// Looks at the process, whose live bytes are given, and returns from which live bytes on to look again. It must
/// neither allocate through the global allocator nor wait for a lock under which anybody does.
pub(crate) type Look = fn(i64) -> i64;

const NEVER: i64 = i64::MAX;

pub(crate) static PEAK_WATCH: PeakWatch = PeakWatch::new();

pub(crate) struct PeakWatch {
    look: OnceLock<Look>,
    /// From which peak on to look. `NEVER` also while somebody does.
    next: AtomicI64,
}

impl PeakWatch {
    const fn new() -> Self {
        Self {
            look: OnceLock::new(),
            next: AtomicI64::new(NEVER),
        }
    }

    /// Has `look` called from `bytes` on. Only the first is taken.
    pub(crate) fn set(&self, look: Look, bytes: i64) {
        if self.look.set(look).is_ok() {
            // Release: whoever reads this with acquire in `look` finds `look` set.
            self.next.store(bytes, Ordering::Release);
        }
    }

    /// A fold saw this new peak of live bytes.
    #[inline]
    pub(super) fn new_peak(&self, live: i64) {
        // Relaxed: what is read is confirmed by the exchange in `look`.
        let next = self.next.load(Ordering::Relaxed);
        if live >= next {
            self.look(live, next);
        }
    }

    #[cold]
    #[inline(never)]
    fn look(&self, live: i64, next: i64) {
        // One thread wins. Acquire: sees all of `set` and of the last look before their release stores.
        let claim = self
            .next
            .compare_exchange(next, NEVER, Ordering::Acquire, Ordering::Relaxed);
        if let (Ok(_), Some(look)) = (claim, self.look.get()) {
            // A child that is forked meanwhile looks no more.
            self.next.store(look(live), Ordering::Release);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{NEVER, PeakWatch};
    use std::sync::Mutex;
    use std::sync::atomic::Ordering;

    #[test]
    fn looks_from_the_bytes_on_that_it_asked_for() {
        static WATCH: PeakWatch = PeakWatch::new();
        static SEEN: Mutex<Vec<i64>> = Mutex::new(Vec::new());
        let look = |live| {
            assert_eq!(WATCH.next.load(Ordering::Relaxed), NEVER);
            // A peak within: nobody looks twice at a time.
            WATCH.new_peak(live + 1);
            SEEN.lock().expect("no panic").push(live);
            live + 10
        };
        WATCH.new_peak(NEVER - 1);
        WATCH.set(look, 100);
        for live in [99, 100, 109, 110, 130, 139] {
            WATCH.new_peak(live);
        }
        // A second one is not taken.
        WATCH.set(|_| panic!("not asked for"), 0);
        WATCH.new_peak(140);
        assert_eq!(*SEEN.lock().expect("no panic"), [100, 110, 130, 140]);
    }
}
