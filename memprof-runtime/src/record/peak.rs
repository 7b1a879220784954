//! The peak's composition: what lived, path by path, when the process's live bytes were at their highest.
//!
//! Exact in every moment it would cost every event something. So one is taken whenever a fold finds the live
//! bytes further above the last one than a 128th: the number of compositions grows with the logarithm of the
//! peak, and the last one is within 1 % of it. A thread folds when it could pass that mark, so with one
//! thread none is missed; with several the process's live bytes are known to `threads × DRIFT_BYTES`.
//!
//! Taken inside the allocator: under the registry's lock if that is free, else at the next fold; in memory
//! that was taken when the paths were met.

use super::memory::Array;
use super::registry::{self, Registry};
use super::row::Events;
use super::switches::follows_peak;
use super::thread::DRIFT_BYTES;
use super::timeline;
use std::sync::atomic::{AtomicI64, Ordering};

/// The share of the live bytes by which they must pass those of the last composition.
const STEP_SHARE: i64 = 128;
/// Below this much more nothing is taken.
const LEAST_STEP_BYTES: i64 = 16;

/// Live bytes above which the next composition is due. Relaxed: a late look takes it at the next fold.
static NEXT_BYTES: AtomicI64 = AtomicI64::new(0);

/// What lived at a moment, by the number of its path.
pub(crate) struct Composition {
    bytes: Array<i64>,
    /// Where the next one is taken.
    spare: Array<i64>,
    /// How many of them were taken, and their sum.
    paths: usize,
    total: i64,
}

/// How far a thread's level may rise before it must fold, with so many live bytes of the process.
pub(super) fn room(live: i64) -> i64 {
    match NEXT_BYTES.load(Ordering::Relaxed).saturating_sub(live) {
        gap if gap > 0 => gap.min(DRIFT_BYTES),
        _ => DRIFT_BYTES,
    }
}

/// A fold has found so many live bytes.
pub(super) fn folded(live: i64) {
    if !follows_peak() {
        return;
    }
    timeline::folded(live);
    // Without ownership nobody knows whose blocks live.
    if live > NEXT_BYTES.load(Ordering::Relaxed)
        && registry::is_owning()
        && let Some(mut registry) = registry::try_lock()
    {
        registry.compose(live);
    }
}

impl Registry {
    /// Makes room for the paths that there are, so that `compose` needs no memory.
    pub(super) fn reserve_composition(&mut self) {
        // Without memory the paths beyond are left out.
        let paths = self.paths.nodes().len();
        self.at_peak.bytes.grow_to(paths);
        self.at_peak.spare.grow_to(paths);
    }

    fn compose(&mut self, live: i64) {
        // Apart from the registry, which is read meanwhile.
        let mut taken = std::mem::replace(&mut self.at_peak.spare, Array::new());
        let sums = taken.as_mut_slice();
        sums.fill(0);
        self.add_freed(sums);
        let is_whole = self.add_allocated(sums).is_some();
        let paths = sums.len();
        let total = sums.iter().map(|bytes| (*bytes).max(0)).sum();
        if !is_whole {
            self.at_peak.spare = taken;
            return;
        }
        self.at_peak.spare = std::mem::replace(&mut self.at_peak.bytes, taken);
        self.at_peak.paths = paths;
        self.at_peak.total = total;
        let step = (live / STEP_SHARE).max(LEAST_STEP_BYTES);
        NEXT_BYTES.store(live.saturating_add(step), Ordering::Relaxed);
    }

    /// What was freed comes first, so that no path has less than nothing of what threads do meanwhile.
    fn add_freed(&self, sums: &mut [i64]) {
        for (sum, freed) in sums.iter_mut().zip(self.retired_freed.as_slice()) {
            *sum -= freed.bytes as i64;
        }
        self.each_thread(|thread| {
            // SAFETY: the lock is held.
            for freed in unsafe { thread.freed_tables() }.all() {
                for (sum, freed) in sums.iter_mut().zip(freed) {
                    *sum -= freed.bytes.get() as i64;
                }
            }
        });
    }

    /// `None` when a thread was in the middle of a change.
    fn add_allocated(&self, sums: &mut [i64]) -> Option<()> {
        let allocated = |events: Events| {
            events
                .net_bytes
                .wrapping_add(events.deallocated_bytes as i64)
        };
        for (path, sum) in sums.iter_mut().enumerate() {
            if let Some(row) = self.known_retired_row(path) {
                *sum += allocated(Events::of_row(row));
            }
        }
        let mut is_whole = true;
        self.each_thread(|thread| {
            // SAFETY: the lock is held.
            let rows = unsafe { thread.rows() };
            for (sum, row) in sums.iter_mut().zip(rows) {
                // SAFETY: null, or a row, which stays while the lock is held.
                let Some(row) = (unsafe { row.as_ref() }) else {
                    continue;
                };
                match thread.soon_consistent(|thread| thread.events_of(row)) {
                    Some(events) => *sum += allocated(events),
                    None => is_whole = false,
                }
            }
        });
        is_whole.then_some(())
    }
}

impl Composition {
    pub(super) const fn new() -> Self {
        Self {
            bytes: Array::new(),
            spare: Array::new(),
            paths: 0,
            total: 0,
        }
    }

    /// The bytes of each path, or nothing where no composition was taken.
    pub(crate) fn bytes(&self) -> &[i64] {
        self.bytes.as_slice().get(..self.paths).unwrap_or(&[])
    }

    /// The sum of all paths.
    pub(crate) fn total(&self) -> i64 {
        self.total
    }
}
