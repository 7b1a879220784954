//! The peak's composition: what lived, path by path, when the process's live bytes were at their highest.
//!
//! Exact in every moment it would cost every event something. So one is taken whenever a fold finds the live
//! bytes further above the last one than a 128th: the number of compositions grows with the logarithm of the
//! peak, and the last one is within 1 % of it. A thread that is alone folds when it could pass that mark, so none is missed;
//! with several the process's live bytes are known to the sum of their rooms.
//!
//! What is summed up holds still meanwhile, but for what each thread may do within its room: whoever would free more waits
//! (`Thread::begin_steady_change`), and so does whoever would take the next composition, with what it allocated being
//! there already. The thread whose allocation may be the mark says so before it folds, so nothing that is in the live bytes
//! which it finds is freed before they are summed up.
//!
//! Taken inside the allocator, under the registry's lock, in memory that was taken when the paths were met.

use super::live;
use super::memory::Array;
use super::registry::{self, Registry};
use super::rooms::MOST_BYTES;
use super::row::Events;
use super::switches::follows_peak;
use super::thread::Thread;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering, fence};

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

/// Threads that take a composition or wait for their turn. SeqCst: partner of the fence in `begin_steady_change`.
static UNDER_WAY: AtomicU32 = AtomicU32::new(0);

/// How far live bytes may rise before the next composition is due.
pub(super) fn gap(live: i64) -> i64 {
    match NEXT_BYTES.load(Ordering::Relaxed).saturating_sub(live) {
        gap if gap > 0 => gap.min(MOST_BYTES),
        _ => MOST_BYTES,
    }
}

/// Whether one is due when the live bytes have `risen` by so much more. Without ownership nobody knows whose blocks live.
#[inline]
pub(super) fn is_due(risen: i64) -> bool {
    risen >= 0
        && live::now().saturating_add(risen) > NEXT_BYTES.load(Ordering::Relaxed)
        && follows_peak()
        && registry::is_owning()
}

#[inline]
pub(super) fn is_under_way() -> bool {
    UNDER_WAY.load(Ordering::SeqCst) != 0
}

/// Waits for those who take one.
#[cold]
pub(super) fn wait() {
    drop(registry::lock());
    std::thread::yield_now();
}

/// In the child of a fork those who took one are not there any more.
pub(super) fn after_fork_in_child() {
    UNDER_WAY.store(0, Ordering::SeqCst);
}

/// Folds the thread's level into the live bytes and takes a composition if it is due; the live bytes then.
#[cold]
#[inline(never)]
pub(super) fn fold_and_compose(thread: &Thread, level: i64) -> i64 {
    UNDER_WAY.fetch_add(1, Ordering::SeqCst);
    let mut registry = registry::lock();
    // Partner: the fence in `begin_steady_change`. Whoever does not see that this is under way is seen to change.
    fence(Ordering::SeqCst);
    let is_steady = registry.await_steady_changes();
    let live = thread.fold_in(level);
    if is_steady && live > NEXT_BYTES.load(Ordering::Relaxed) {
        registry.compose(live);
    }
    drop(registry);
    UNDER_WAY.fetch_sub(1, Ordering::SeqCst);
    live
}

impl Registry {
    /// Makes room for the paths that there are, so that `compose` needs no memory.
    pub(super) fn reserve_composition(&mut self) {
        // Without memory the paths beyond are left out.
        let paths = self.paths.nodes().len();
        self.at_peak.bytes.grow_to(paths);
        self.at_peak.spare.grow_to(paths);
    }

    /// Waits until no thread changes its figures; `false` when one goes on for too long, put aside by the system, say.
    fn await_steady_changes(&self) -> bool {
        let mut is_steady = true;
        self.each_thread(|thread| {
            let mut looks = 0..1_000;
            is_steady &= looks.any(|look| {
                if look > 100 {
                    std::thread::yield_now();
                }
                !thread.is_changing()
            });
        });
        is_steady
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
        // All of it lived at this moment, also what others allocated and have still to fold.
        live::see(total);
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
                match thread.long_consistent(|thread| thread.events_of(row)) {
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
