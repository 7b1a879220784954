//! The peak's composition: what lived, path by path, when the process's live bytes were at their highest.
//!
//! Exact in every moment it would cost every event something. So one is taken whenever a fold finds the live
//! bytes further above the last one than a 128th: the number of compositions grows with the logarithm of the
//! peak, and the last one is within 1 % of it. A thread that is alone folds when it could pass that mark, so none is missed;
//! with several the process's live bytes are known to the sum of their rooms.
//!
//! What is summed up holds still meanwhile, but for what each thread may do within its room: whoever would free more waits
//! (`Thread::begin_steady_change`; with very many threads, whoever would free more at once). So does whoever would take the
//! next composition, with what it allocated being there already. The thread whose allocation may be the mark says so
//! before it folds, so nothing that is in the live bytes which it finds is freed before they are summed up.
//!
//! Taken inside the allocator. The registry's lock is let go of now and then, so that threads that start or end do not wait
//! long; a path is summed up in one hold, and what an ended thread had on it is there either way.

use super::live;
use super::lock::{Held, Lock};
use super::memory::Array;
use super::registry::{self, Registry};
use super::rooms::{self, MOST_BYTES};
use super::row::Events;
use super::switches::follows_peak;
use super::thread::Thread;
use crate::os::{self, parking};
use std::ops::Range;
use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering, fence};

/// The part of the live bytes by which they must pass those of the last composition.
const STEP_PART: i64 = 128;
/// With more threads than this the part is larger, for each of them costs something, and at most one in `LEAST_STEP_PART`.
const MANY_THREADS: i64 = 128;
const LEAST_STEP_PART: i64 = 16;
/// Below this much more nothing is taken.
const LEAST_STEP_BYTES: i64 = 16;

/// Live bytes above which the next composition is due. Relaxed: a late look takes it at the next fold.
static NEXT_BYTES: AtomicI64 = AtomicI64::new(0);

/// With several threads, which may have to wait for it, all compositions together take this part of the time, once they took so
/// much. Where they are dear, what lived is summed up less often.
const TIME_PART: u64 = 32;
const FREE_NS: u64 = 250_000_000;

/// One that takes longer than this is given up.
const MOST_NS: u64 = 100_000_000;

/// The time that compositions took.
static SPENT_NS: AtomicU64 = AtomicU64::new(0);

/// About how many rows are read in one hold of the registry's lock: a millisecond or two.
const ROWS_PER_HOLD: usize = 8_192;

/// The last one. Taken before the registry's lock.
static LATEST: Lock<Composition> = Lock::new(Composition::new());

/// What lived at a moment, by the number of its path.
pub(crate) struct Composition {
    bytes: Array<i64>,
    /// Where the next one is taken.
    spare: Array<i64>,
}

/// Threads that take a composition or wait for their turn. SeqCst: partner of the fence in `begin_steady_change`.
static UNDER_WAY: AtomicU32 = AtomicU32::new(0);
/// Threads that wait until there is none of them. SeqCst: who comes to wait either finds none, or is found by the last.
static WAITING: AtomicU32 = AtomicU32::new(0);

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
        && is_affordable()
}

/// Whether there are so few threads that it is worth while to wait for each.
#[inline]
pub(super) fn are_few_threads() -> bool {
    i64::from(rooms::threads()) <= MANY_THREADS
}

#[inline]
pub(super) fn is_under_way() -> bool {
    UNDER_WAY.load(Ordering::SeqCst) != 0
}

/// Whether compositions have taken so little of the time that there may be one more. A lone thread, which nobody waits for,
/// takes all.
fn is_affordable() -> bool {
    // Relaxed: a sum that nothing else is inferred from.
    let spent = SPENT_NS.load(Ordering::Relaxed);
    spent <= FREE_NS || rooms::threads() <= 1 || spent <= FREE_NS + age_ns() / TIME_PART
}

fn age_ns() -> u64 {
    u64::try_from(os::process::age().as_nanos()).unwrap_or(u64::MAX)
}

/// Waits for those who take one.
#[cold]
pub(super) fn wait() {
    WAITING.fetch_add(1, Ordering::SeqCst);
    loop {
        match UNDER_WAY.load(Ordering::SeqCst) {
            0 => break,
            some => parking::wait(&UNDER_WAY, some),
        }
    }
    WAITING.fetch_sub(1, Ordering::SeqCst);
}

fn end() {
    let is_last = UNDER_WAY.fetch_sub(1, Ordering::SeqCst) == 1;
    if is_last && WAITING.load(Ordering::SeqCst) > 0 {
        parking::wake_all(&UNDER_WAY);
    }
}

/// What lived when the last one was taken, by path, those of later paths being left out; nothing where none was.
pub(super) fn copy() -> Vec<i64> {
    LATEST.lock().bytes.as_slice().to_vec()
}

/// By which part of the peak the last one may be off from it, beyond the error of the peak.
pub(crate) fn step_part() -> i64 {
    part(rooms::most_threads())
}

/// Held across `fork`, so that the child does not wait for a thread that it has not.
pub(super) fn before_fork() {
    LATEST.acquire();
}

pub(super) fn after_fork() {
    LATEST.release();
}

/// Those who took one, or waited, are not there any more: in the child of a fork, or where they were killed.
pub(super) fn forget_others() {
    UNDER_WAY.store(0, Ordering::SeqCst);
    WAITING.store(0, Ordering::SeqCst);
}

/// In a forked child: what lived at its parent's peak is none of its own.
pub(super) fn begin_anew() {
    LATEST.lock().bytes.as_mut_slice().fill(0);
    NEXT_BYTES.store(live::now(), Ordering::Relaxed);
}

/// Folds the thread's level into the live bytes and takes a composition if it is due; the live bytes then.
#[cold]
#[inline(never)]
pub(super) fn fold_and_compose(thread: &Thread, level: i64) -> i64 {
    UNDER_WAY.fetch_add(1, Ordering::SeqCst);
    let mut latest = LATEST.lock();
    let mut registry = registry::lock();
    // Partner: the fence in `begin_steady_change`. Whoever does not see that this is under way is seen to change.
    fence(Ordering::SeqCst);
    // From here on, so that the time of those who were before is not counted twice.
    let mut patience = Patience::new();
    let is_steady = registry.await_steady_changes(&mut patience);
    let live = thread.fold_in(level);
    // Those who waited for their turn ask again.
    if live > NEXT_BYTES.load(Ordering::Relaxed) && is_affordable() {
        let is_done = is_steady && latest.take(&mut registry, &mut patience);
        // After a failure the next attempt is soon, but not at every fold.
        let step = if is_done { step(live) } else { step(live) / 8 };
        NEXT_BYTES.store(live.saturating_add(step), Ordering::Relaxed);
    }
    if rooms::threads() > 1 {
        SPENT_NS.fetch_add(patience.age_ns(), Ordering::Relaxed);
    }
    drop((registry, latest));
    end();
    live
}

/// How far live bytes must rise above a composition until the next one.
fn step(live: i64) -> i64 {
    (live / part(rooms::threads())).max(LEAST_STEP_BYTES)
}

fn part(threads: u32) -> i64 {
    let threads = i64::from(threads).max(MANY_THREADS);
    (STEP_PART * MANY_THREADS / threads).max(LEAST_STEP_PART)
}

/// What is left of the waiting for threads that the system has put aside in the midst of a change, with the lock held. Where
/// there are many threads their turn may be far away.
struct Patience {
    yields: u32,
    begun_ns: u64,
}

impl Patience {
    fn new() -> Self {
        Self {
            yields: if are_few_threads() { 256 } else { 0 },
            begun_ns: age_ns(),
        }
    }

    fn age_ns(&self) -> u64 {
        age_ns().saturating_sub(self.begun_ns)
    }

    /// Whether others, who may wait, have waited for too long.
    fn is_over(&self) -> bool {
        self.age_ns() > MOST_NS && rooms::threads() > 1
    }

    /// Lets others go on; `false` when there is no patience left.
    fn wait(&mut self) -> bool {
        let has_some = self.yields > 0;
        if has_some {
            self.yields -= 1;
            std::thread::yield_now();
        }
        has_some
    }
}

impl Registry {
    /// Waits until no thread changes its figures; `false` when one goes on for too long.
    fn await_steady_changes(&self, patience: &mut Patience) -> bool {
        let mut is_steady = true;
        self.each_thread(|thread| {
            let mut looks = 0;
            while is_steady && thread.is_changing() {
                looks += 1;
                is_steady = looks < 100 || patience.wait();
            }
        });
        is_steady
    }

    /// Adds up what lives of some paths; `false` when a thread was in the midst of a change for too long.
    fn add_live(&self, paths: Range<usize>, sums: &mut [i64], patience: &mut Patience) -> bool {
        let allocated = |events: Events| {
            events
                .net_bytes
                .wrapping_add(events.deallocated_bytes as i64)
        };
        // What was freed comes first, so that no path has less than nothing of what threads do meanwhile.
        for (sum, path) in sums.iter_mut().zip(paths.clone()) {
            let freed = self.retired_freed.as_slice().get(path);
            *sum -= freed.map_or(0, |freed| freed.bytes as i64);
        }
        self.each_thread(|thread| {
            // SAFETY: the lock is held.
            for freed in unsafe { thread.freed_tables() }.all() {
                for (sum, freed) in sums.iter_mut().zip(freed.iter().skip(paths.start)) {
                    *sum -= freed.bytes.get() as i64;
                }
            }
        });
        for (sum, path) in sums.iter_mut().zip(paths.clone()) {
            if let Some(row) = self.known_retired_row(path) {
                *sum += allocated(Events::of_row(row));
            }
        }
        let mut is_whole = true;
        self.each_thread(|thread| {
            // SAFETY: the lock is held.
            let rows = unsafe { thread.rows() };
            for (sum, row) in sums.iter_mut().zip(rows.iter().skip(paths.start)) {
                // SAFETY: null, or a row, which stays while the lock is held.
                let Some(row) = (unsafe { row.as_ref() }) else {
                    continue;
                };
                let read = || thread.soon_consistent(|thread| thread.events_of(row));
                let mut events = read();
                while is_whole && events.is_none() && patience.wait() {
                    events = read();
                }
                match events {
                    Some(events) => *sum += allocated(events),
                    None => is_whole = false,
                }
            }
        });
        is_whole
    }
}

impl Composition {
    const fn new() -> Self {
        Self {
            bytes: Array::new(),
            spare: Array::new(),
        }
    }

    /// Takes one; `false` when a thread was in the midst of a change for too long, or there is no memory.
    fn take(&mut self, registry: &mut Held<'_, Registry>, patience: &mut Patience) -> bool {
        let paths = registry.paths.nodes().len();
        if !self.spare.grow_to(paths) {
            return false;
        }
        let sums = self.spare.as_mut_slice();
        sums.fill(0);
        let at_once = (ROWS_PER_HOLD / (rooms::threads() as usize + 1)).max(1);
        for first in (0..paths).step_by(at_once) {
            let range = first..paths.min(first + at_once);
            let is_whole = registry.add_live(range.clone(), &mut sums[range], patience);
            if !is_whole || patience.is_over() {
                return false;
            }
            registry.give_way();
        }
        if are_few_threads() {
            // So much lived at least, also of what others allocated and have still to fold. What each may have freed meanwhile,
            // twice its room, counts as living.
            let sum: i64 = sums.iter().map(|bytes| (*bytes).max(0)).sum();
            live::see(sum.saturating_sub(2 * rooms::sum()));
        }
        std::mem::swap(&mut self.bytes, &mut self.spare);
        true
    }
}
