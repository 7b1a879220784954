//! A thread's room: how far its level may move, either way, until it folds.
//!
//! The only thread that there ever was knows its peak exactly; its room is what makes folds rare. Several threads share a
//! small part of the process's peak, so that what lives is known to that part (`live`). A thread takes its room anew at
//! its first fold after the share of each has changed: threads started or ended, or the peak is twice what it was.
//!
//! A thread whose level moves much beside what all hold would fold at every event, and threads that fold at the same time
//! wait for each other's cache lines. Such a thread has its room doubled until its folds cost little beside its events: the
//! error that the report states grows, the program's time does not.

use super::live;
use super::thread::Thread;
use super::word::{Count, Level, Small};
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

/// The most that a thread has; all that a lone one has.
pub(crate) const MOST_BYTES: i64 = 64 * 1024;

/// All rooms together are to be no more than this part of the peak,
const BUDGET_PART: i64 = 50;
/// of which threads that fold do not take all: some have more, from a time when there were fewer.
const SHARED_PART: i64 = 100;
/// Below this peak it is no less.
const LEAST_PEAK_BYTES: i64 = 64 * 1024;
/// With more threads than these each has at least `LEAST_BYTES`, whatever the peak.
const FEW_THREADS: u64 = 128;
const LEAST_BYTES: i64 = 4_096;

/// A fold is to cost little beside the events since the last one. So many allocations pay for it, and for one that met another
/// thread's.
const PRICE: i64 = 16;
const PRICE_OF_MEETING: i64 = 64;
/// What a thread may owe until its room is doubled, and what it must have saved until it goes back by half.
const MOST_OWED: i64 = 8_192;
const ENOUGH_SAVED: i64 = 65_536;

/// The room of each thread. Relaxed, as the next three: a thread that sees it late has a room that is counted.
static SHARE_BYTES: AtomicI64 = AtomicI64::new(MOST_BYTES);
/// All rooms together may be so much.
static BUDGET_BYTES: AtomicI64 = AtomicI64::new(i64::MAX);
/// From this peak on the share is twice as large.
static NEXT_PEAK_BYTES: AtomicI64 = AtomicI64::new(i64::MAX);
static THREADS: AtomicU32 = AtomicU32::new(0);
static MOST_THREADS: AtomicU32 = AtomicU32::new(0);
/// Rises when the share has changed: release, partner of the acquire load in `Thread::take_room`.
static GENERATION: AtomicU32 = AtomicU32::new(1);

/// The sum of all rooms. Added to before a room is used, so that who folds later counts it; `live::fold` orders the two.
static SUM_BYTES: AtomicI64 = AtomicI64::new(0);

/// The sum of all rooms in force.
#[inline]
pub(super) fn sum() -> i64 {
    SUM_BYTES.load(Ordering::Relaxed)
}

/// How many threads there are.
#[inline]
pub(super) fn threads() -> u32 {
    THREADS.load(Ordering::Relaxed)
}

/// How many there were at most at a time.
pub(super) fn most_threads() -> u32 {
    MOST_THREADS.load(Ordering::Relaxed)
}

/// So many threads are there, of so many that ever were. The registry's lock is held.
pub(super) fn threads_changed(alive: u64, started: u64) {
    let threads = u32::try_from(alive).unwrap_or(u32::MAX);
    THREADS.store(threads, Ordering::Relaxed);
    MOST_THREADS.fetch_max(threads, Ordering::Relaxed);
    if started > 1 {
        share(live::peak().bytes, alive);
    }
}

/// The process has this new peak.
#[inline]
pub(super) fn peak_risen(peak: i64) {
    if peak >= NEXT_PEAK_BYTES.load(Ordering::Relaxed) {
        share(peak, threads().into());
    }
}

#[cold]
fn share(peak: i64, threads: u64) {
    let peak = peak.max(LEAST_PEAK_BYTES);
    let each = SHARED_PART * i64::try_from(threads.clamp(1, FEW_THREADS)).unwrap_or(1);
    let mut share = floor(peak / each);
    let mut budget = peak / BUDGET_PART;
    if threads > FEW_THREADS {
        share = share.max(LEAST_BYTES);
        budget = i64::MAX;
    }
    BUDGET_BYTES.store(budget, Ordering::Relaxed);
    let next = match share {
        MOST_BYTES => i64::MAX,
        _ => 2 * share * each,
    };
    NEXT_PEAK_BYTES.store(next, Ordering::Relaxed);
    if SHARE_BYTES.swap(share, Ordering::Relaxed) != share {
        GENERATION.fetch_add(1, Ordering::Release);
    }
}

/// The highest power of two that is not above `bytes`, within what rooms may be: it changes seldom.
fn floor(bytes: i64) -> i64 {
    match u64::try_from(bytes).ok().and_then(u64::checked_ilog2) {
        Some(log) => 1 << log.min(MOST_BYTES.ilog2()),
        None => 0,
    }
}

/// What a thread's room rests on.
pub(crate) struct Folds {
    /// The generation of the share that the room was taken of.
    generation: Small,
    /// The room that folds are affordable with; 0 where the share is enough.
    least_room: Level,
    /// Allocations of the thread at the last fold.
    allocations: Count,
    /// Allocations that paid for folds, less what these cost.
    saved: Level,
}

impl Folds {
    pub(crate) const fn new() -> Self {
        Self {
            generation: Small::new(0),
            least_room: Level::new(0),
            allocations: Count::new(0),
            saved: Level::new(0),
        }
    }

    /// Whether the room is that of the present share.
    #[inline]
    pub(super) fn is_current(&self) -> bool {
        self.generation.get() == GENERATION.load(Ordering::Relaxed)
    }

    /// Has the thread take its room anew.
    pub(super) fn forget_room(&self) {
        self.generation.set(0);
    }

    /// A fold after so many `allocations` of the thread in all, which has this `room`, has met another one, or none.
    #[inline]
    pub(super) fn note(&self, allocations: u64, has_met: bool, room: i64) {
        // Fewer than at the last one after a context was left.
        let since = allocations.saturating_sub(self.allocations.get());
        self.allocations.set(allocations);
        let price = if has_met { PRICE_OF_MEETING } else { PRICE };
        let saved = self.saved.get().saturating_add_unsigned(since) - price;
        self.saved.set(saved);
        if !(-MOST_OWED..=ENOUGH_SAVED).contains(&saved) {
            self.change(saved < 0, room);
        }
    }

    #[cold]
    fn change(&self, is_more: bool, room: i64) {
        /// The least that doubling helps at.
        const LEAST: i64 = 32;
        self.saved.set(0);
        let least = match is_more {
            true => (2 * room).clamp(LEAST, MOST_BYTES),
            false if self.least_room.get() <= LEAST => 0,
            false => self.least_room.get() / 2,
        };
        if self.least_room.get() != least {
            self.least_room.set(least);
            self.forget_room();
        }
    }
}

impl Thread {
    /// The thread's room, which is that of the present share. Its level is what is folded.
    #[inline]
    pub(super) fn renew_room(&self) -> i64 {
        match self.folds.is_current() {
            true => self.room.get(),
            false => self.take_room(),
        }
    }

    #[cold]
    fn take_room(&self) -> i64 {
        self.settle_lone_room();
        let folds = &self.folds;
        let generation = GENERATION.load(Ordering::Acquire);
        let others = sum().wrapping_sub(self.room.get());
        let left = BUDGET_BYTES.load(Ordering::Relaxed).saturating_sub(others);
        // Whoever comes later has something left too.
        let share = SHARE_BYTES.load(Ordering::Relaxed).min(floor(left / 4));
        let room = share.max(folds.least_room.get());
        self.set_room(room);
        folds.generation.set(generation);
        room
    }

    /// Gives the thread a room, or takes it; by the thread itself or under the registry's lock.
    pub(super) fn set_room(&self, room: i64) {
        let more = room.wrapping_sub(self.room.swap(room));
        SUM_BYTES.fetch_add(more, Ordering::Relaxed);
        if more > 0 {
            live::see_rooms();
        }
    }
}
