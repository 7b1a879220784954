//! What was allocated while a thread panicked: with `RUST_BACKTRACE`, the standard library then reads the program's symbols and
//! keeps them, tens of MiB, which counts for the operation that panicked.
//!
//! Looked at where the level is folded, so small amounts are missed.

use super::paths::ROOT;
use super::thread::Thread;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

static BYTES: AtomicU64 = AtomicU64::new(0);
static PATH: AtomicU32 = AtomicU32::new(ROOT);

/// Bytes by which levels rose while their threads panicked, at least; and the path where they last did.
pub(crate) fn risen_in_panics() -> (u64, u32) {
    (BYTES.load(Ordering::Relaxed), PATH.load(Ordering::Relaxed))
}

impl Thread {
    /// The level has risen by so much since it was last folded.
    #[inline]
    pub(super) fn note_panicking(&self, risen: i64) {
        if std::thread::panicking() {
            BYTES.fetch_add(risen.unsigned_abs(), Ordering::Relaxed);
            PATH.store(self.origin.get(), Ordering::Relaxed);
        }
    }
}
