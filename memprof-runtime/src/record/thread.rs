//! A thread's counters: the words that the allocator and the scopes of one thread write.
//!
//! The thread alone writes them; a reader (a snapshot) holds the registry's lock, which also keeps the thread from ending
//! under it. Where they are, `record::own` says.
//!
//! Life of the words: `NEW` until the first event, then `LIVE` (known to the registry) until the thread
//! ends, then `ENDED`: what happens still later goes straight to the registry's retired rows.
//! In `NEW` and `ENDED` the limits below are such that every event takes the cold path.

use super::detail::Flows;
use super::frames::{Frame, NO_FRAMES};
use super::freed::Freed;
use super::interrupted::{Owed, nowhere};
use super::memory::Array;
use super::pending::Pending;
use super::rooms::Folds;
use super::row::Row;
use super::site::Site;
use super::stacks::Sampler;
use super::temporary::Recent;
use super::word::{Count, Level, Pointer, Shared, Small};
use std::cell::UnsafeCell;
use std::mem::ManuallyDrop;
use std::sync::atomic::{Ordering, fence};

/// The origin of memprof's own memory: above every path's number, and not what a block that was written past
/// its end is likely to show (zeroes, ones, text).
pub(crate) const OVERHEAD: u32 = 0xC5A1_8E3D;

/// So much less than any limit is that each event passes it.
pub(crate) const CLOSED: i64 = i64::MAX / 2;

/// As `CLOSED`, for a moment in which there is less room than this.
///
/// PERF: it fits into an instruction.
pub(crate) const SHUT: i64 = 1 << 30;

/// A fold's ceiling below every level, far enough from the least number that differences do not wrap.
pub(crate) const NO_FOLD_YET: i64 = i64::MIN / 2;

pub(crate) const NEW: u32 = 0;
pub(crate) const LIVE: u32 = 1;
pub(crate) const ENDED: u32 = 2;

/// The words of one thread.
///
/// *level*: bytes that this thread allocated minus those that it freed; `ceiling - headroom`.
#[repr(C)]
pub(crate) struct Thread {
    /// Always the same: a row begins with two such words, and a hidden row is the thread itself (see
    /// `record::interrupted`).
    no_site: Pointer<Site>,
    is_hidden: Small,

    // Hot: written at each event.
    /// Bytes that the level may still rise until the cold path must look: at a new peak, or at a fold.
    pub(crate) headroom: Level,
    /// Events since the last boundary of a scope.
    pub(crate) pending: Pending,
    /// Bytes that may still be freed until the next fold; `credit_base - credit` is all that was freed.
    pub(crate) credit: Level,
    /// The origin that new blocks get: the current path.
    pub(crate) origin: Small,
    /// Blocks of origins below this are booked in `freed` at once; 0 where each free must take the cold path.
    pub(crate) freed_length: Small,
    /// The longest of the freed tables.
    pub(crate) freed: Pointer<Freed>,

    // Warm: written on the cold path and at boundaries.
    /// The level at which `headroom` is used up: the lesser of `peak` and `fold_ceiling`.
    pub(crate) ceiling: Level,
    /// The highest level since the current scope was entered.
    pub(crate) peak: Level,
    /// Above it the thread must fold; `NO_FOLD_YET` while every event must take the cold path.
    pub(crate) fold_ceiling: Level,
    pub(crate) credit_base: Level,
    /// The part of the level that the process's live bytes already hold.
    pub(crate) folded: Shared,
    /// How far the level may be from it, and what that rests on.
    pub(super) room: Shared,
    pub(super) folds: Folds,
    /// Level and freed bytes at the last boundary: what came since belongs to `row`.
    pub(crate) level_mark: Level,
    pub(crate) freed_mark: Level,
    /// `mark_of` these; what it is now differs when anything happened since.
    pub(super) mark: Level,
    /// Events of all paths; allocations and deallocations up to the last boundary only.
    pub(crate) counts: Counts,
    /// The row of the current path; hidden during boundaries and cold paths, the one of nowhere unless live and not paused.
    pub(crate) row: Pointer<Row>,
    /// During cold paths the row that is hidden; otherwise null.
    pub(super) work_row: Pointer<Row>,
    /// Odd while a boundary moves figures from the words above into a row.
    pub(crate) version: Count,
    pub(crate) state: Small,

    /// When the next call stack is taken.
    pub(crate) sampler: Sampler,

    // The stack of open scopes. Below its first frame always lies one that is never left. `frames` leads to that one: a
    // pointer into the middle of a block alone would make leak checkers call the block lost.
    pub(crate) frames: Pointer<Frame>,
    pub(crate) frames_top: Pointer<Frame>,
    pub(crate) frames_end: Pointer<Frame>,
    pub(crate) serial: Count,
    /// Not zero once a context was left in which the level changed: levels before and after then differ
    /// by what it did, and the thread's own highest level is not known any more.
    pub(crate) shifts: Count,

    // Pausing.
    pub(crate) pauses: Small,
    /// How many of memprof's locks the thread holds or waits for.
    pub(super) locks: Small,
    pub(crate) saved: Saved,
    pub(super) owed: Owed,

    /// Who freed whose blocks, where that is asked for.
    pub(crate) flows: Flows,
    pub(crate) recent: Recent,
    /// The row of the root path, here so that registering cannot fail; the head of the list of rows.
    pub(crate) root: Row,
    /// The registry's list.
    pub(crate) next: Pointer<Thread>,
    pub(crate) previous: Pointer<Thread>,
    /// Which one it is of all that were ever known, from one on.
    pub(super) number: Count,
    /// How often the system has told of the thread's end.
    #[cfg(not(words_in_place))]
    pub(super) notices: Small,

    /// The row of each path, or null. Changed by the thread under the registry's lock; read by the thread,
    /// and by whoever holds that lock.
    rows: UnsafeCell<ManuallyDrop<Array<*mut Row>>>,
    /// Emptied when the thread is retired; `ManuallyDrop` because a destructor here would put a check of
    /// "already destroyed?" before every event.
    owned: UnsafeCell<ManuallyDrop<Owned>>,
}

/// The words that a pause puts aside.
pub(crate) struct Saved {
    pub(crate) headroom: Level,
    pub(crate) pending: Pending,
    pub(crate) credit: Level,
    pub(crate) origin: Small,
    pub(crate) row: Pointer<Row>,
}

/// What the thread alone may touch, or who retires the thread.
pub(crate) struct Owned {
    /// Open addressing over (chain, site).
    pub(crate) children: Array<Child>,
    pub(crate) children_used: usize,
    /// One for each attached context: the thread's counts before it.
    pub(crate) counts_before: Array<CountsCopy>,
    /// The calls of spans that the thread is in.
    #[cfg(feature = "tracing")]
    pub(crate) visits: Array<super::visit::Visit>,
}

/// Events of a thread, whatever the path.
pub(crate) struct Counts {
    pub(crate) allocations: Count,
    pub(crate) deallocations: Count,
    pub(crate) reallocations: Count,
    pub(crate) reallocated_old_bytes: Count,
    pub(crate) reallocated_new_bytes: Count,
}

#[derive(Clone, Copy)]
pub(crate) struct CountsCopy {
    allocations: u64,
    deallocations: u64,
    reallocations: u64,
    reallocated_old_bytes: u64,
    reallocated_new_bytes: u64,
}

#[derive(Clone, Copy)]
pub(crate) struct Child {
    pub(crate) site: *const super::site::Site,
    pub(crate) chain: u32,
    pub(crate) row: *mut Row,
}

const _: () = assert!(!std::mem::needs_drop::<Thread>());

/// What a value of the user's program points to that is bound to its thread: a `Thread`, under a name that tells nothing of it.
/// A description of a thread's words would be in the debug information of each unit that has such a value.
pub(crate) struct ThisThread(());

impl Counts {
    const fn new() -> Self {
        Self {
            allocations: Count::new(0),
            deallocations: Count::new(0),
            reallocations: Count::new(0),
            reallocated_old_bytes: Count::new(0),
            reallocated_new_bytes: Count::new(0),
        }
    }

    pub(crate) fn copy(&self) -> CountsCopy {
        CountsCopy {
            allocations: self.allocations.get(),
            deallocations: self.deallocations.get(),
            reallocations: self.reallocations.get(),
            reallocated_old_bytes: self.reallocated_old_bytes.get(),
            reallocated_new_bytes: self.reallocated_new_bytes.get(),
        }
    }

    pub(crate) fn set(&self, copy: CountsCopy) {
        self.allocations.set(copy.allocations);
        self.deallocations.set(copy.deallocations);
        self.reallocations.set(copy.reallocations);
        self.reallocated_old_bytes.set(copy.reallocated_old_bytes);
        self.reallocated_new_bytes.set(copy.reallocated_new_bytes);
    }
}

impl Thread {
    pub(super) const fn new() -> Self {
        Self {
            no_site: Pointer::null(),
            is_hidden: Small::new(1),
            headroom: Level::new(0),
            pending: Pending::new(),
            credit: Level::new(0),
            origin: Small::new(0),
            freed_length: Small::new(0),
            freed: Pointer::null(),
            ceiling: Level::new(0),
            peak: Level::new(0),
            fold_ceiling: Level::new(NO_FOLD_YET),
            credit_base: Level::new(0),
            folded: Shared::new(0),
            room: Shared::new(0),
            folds: Folds::new(),
            level_mark: Level::new(0),
            freed_mark: Level::new(0),
            mark: Level::new(0),
            counts: Counts::new(),
            row: Pointer::to(nowhere()),
            work_row: Pointer::null(),
            version: Count::new(0),
            state: Small::new(NEW),
            sampler: Sampler::new(),
            frames: Pointer::to(&NO_FRAMES[0]),
            frames_top: Pointer::to(&NO_FRAMES[1]),
            frames_end: Pointer::to(&NO_FRAMES[1]),
            serial: Count::new(0),
            shifts: Count::new(0),
            pauses: Small::new(0),
            locks: Small::new(0),
            saved: Saved {
                headroom: Level::new(0),
                pending: Pending::new(),
                credit: Level::new(0),
                origin: Small::new(0),
                row: Pointer::null(),
            },
            owed: Owed::new(),
            flows: Flows::new(),
            recent: Recent::new(),
            root: Row::new(),
            next: Pointer::null(),
            previous: Pointer::null(),
            number: Count::new(0),
            #[cfg(not(words_in_place))]
            notices: Small::new(0),
            rows: UnsafeCell::new(ManuallyDrop::new(Array::new())),
            owned: UnsafeCell::new(ManuallyDrop::new(Owned {
                children: Array::new(),
                children_used: 0,
                counts_before: Array::new(),
                #[cfg(feature = "tracing")]
                visits: Array::new(),
            })),
        }
    }

    /// As one that has ended.
    #[cfg(not(words_in_place))]
    pub(super) const fn ended() -> Self {
        Self {
            state: Small::new(ENDED),
            ..Self::new()
        }
    }

    /// Live bytes of this thread: allocated here − freed here. The row is hidden: else a signal handler may come between
    /// the readings.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn level(&self) -> i64 {
        self.ceiling.get().wrapping_sub(self.headroom.get())
    }

    /// All bytes that this thread freed. The row is hidden, as for `level`.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn freed_bytes(&self) -> i64 {
        self.credit_base.get().wrapping_sub(self.credit.get())
    }

    /// Whether it holds one of memprof's locks or waits for one: asked where a signal handler may have interrupted that.
    pub(super) fn is_at_lock(&self) -> bool {
        self.locks.get() != 0
    }

    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn is_paused(&self) -> bool {
        self.pauses.get() != 0
    }

    /// Sets the peak, and with it how far the level may rise until the next look. Moves both words of the level by the same,
    /// the one first that makes it lower: whoever comes between them sees no peak that there was not.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn set_peak(&self, peak: i64) {
        self.peak.set(peak);
        let ceiling = peak.min(self.fold_ceiling.get());
        // SAFETY: these are the calling thread's own words, or those of one that does not run.
        let rise = ceiling.wrapping_sub(unsafe { self.ceiling.mine() });
        self.headroom.add(rise);
        self.ceiling.add(rise);
    }

    /// Makes the level the ceiling; what it is then. The row is hidden, so nobody comes between and moves the ceiling.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn lower_ceiling(&self) -> i64 {
        let headroom = self.headroom.get();
        self.headroom.sub(headroom);
        let level = self.ceiling.get().wrapping_sub(headroom);
        self.ceiling.set(level);
        level
    }

    /// Has each allocation of a signal handler come to the cold path, which makes it memprof's own: the origin of blocks is
    /// about to change, and whose they are would not be certain. The row is hidden.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn shut_hot_path(&self) {
        self.headroom.sub(SHUT);
    }

    /// Ends it.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn open_hot_path(&self) {
        self.headroom.add(SHUT);
    }

    /// A number that each event, and each part of one, raises.
    ///
    /// PERF: so that one comparison tells whether there was any. An allocation adds its bytes to the level; a deallocation first
    /// adds them to the freed bytes and then takes them off the level; then each is counted.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn mark_of(&self, level: i64, freed: i64) -> i64 {
        // SAFETY: these are the calling thread's own words, or those of one that does not run.
        Self::bytes_mark(level, freed).wrapping_add(unsafe { self.pending.all() } as i64)
    }

    #[cfg_attr(optimised, inline(always))]
    pub(super) fn bytes_mark(level: i64, freed: i64) -> i64 {
        level.wrapping_add(freed.wrapping_mul(8))
    }

    /// Marks the beginning of a change that a reader must not see half of.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn begin_change(&self) {
        self.version.add(1);
        // Partner: the acquire fence in `consistent`; the odd version is seen before any changed word.
        fence(Ordering::Release);
    }

    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn end_change(&self) {
        // Partner: the acquire fence in `consistent`; all changed words are seen before the even version.
        fence(Ordering::Release);
        self.version.add(1);
    }

    /// Whether a change has begun and not ended.
    pub(crate) fn is_changing(&self) -> bool {
        !self.version.get().is_multiple_of(2)
    }

    /// Moves what happened since the last boundary into `row`, the current path's, which is hidden; level and freed bytes. The
    /// hot path is shut.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn flush(&self, row: &Row) -> (i64, i64) {
        self.begin_change();
        // What a signal handler does from here on is owed to the words, so that they are of one moment.
        self.credit.sub(SHUT);
        // SAFETY: these are the calling thread's own words, or those of one that does not run.
        let (level, freed) = unsafe {
            // Less than what handlers freed since the hot path was shut.
            let level = self.ceiling.get().wrapping_sub(self.headroom.mine());
            let freed = self.credit_base.get().wrapping_sub(self.credit.mine());
            (level.wrapping_sub(SHUT), freed.wrapping_sub(SHUT))
        };
        self.mark.set(Self::bytes_mark(level, freed));
        // PERF: one after the other, so that few registers are needed and none is saved.
        row.deallocated_bytes
            .add(freed.wrapping_sub(self.freed_mark.get()) as u64);
        self.freed_mark.set(freed);
        row.net_bytes.add(level.wrapping_sub(self.level_mark.get()));
        self.level_mark.set(level);
        // In this order a reader that cannot wait sees an event twice rather than not at all.
        let allocations = self.pending.allocations.get();
        row.allocations.add(u64::from(allocations));
        self.pending.allocations.sub(allocations);
        self.counts.allocations.add(u64::from(allocations));
        let deallocations = self.pending.deallocations.get();
        row.deallocations.add(u64::from(deallocations));
        self.pending.deallocations.sub(deallocations);
        self.counts.deallocations.add(u64::from(deallocations));
        self.credit.add(SHUT);
        self.end_change();
        self.top_frame().note_busy();
        (level, freed)
    }

    /// Whether anything was counted since the last boundary.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn has_pending(&self) -> bool {
        // SAFETY: these are the calling thread's own words, or those of one that does not run.
        unsafe { self.pending.is_any() }
    }

    /// The rows by their paths; null where there is none.
    ///
    /// # Safety
    /// The caller is the thread itself and does not change the list meanwhile, or holds the registry's lock.
    pub(crate) unsafe fn rows(&self) -> &[*mut Row] {
        // SAFETY: by the caller's promise nobody changes the list meanwhile.
        let rows = unsafe { &*self.rows.get() };
        rows.as_slice()
    }

    /// The row of `path`; null when there is none.
    ///
    /// # Safety
    /// As `rows`.
    pub(crate) unsafe fn row_of(&self, path: u32) -> *mut Row {
        // SAFETY: passed on.
        let rows = unsafe { self.rows() };
        rows.get(path as usize)
            .copied()
            .unwrap_or(std::ptr::null_mut())
    }

    /// # Safety
    /// The caller holds the registry's lock, and is the thread itself or retires it while it cannot run; and
    /// no other reference that this gave is alive.
    #[allow(clippy::mut_from_ref)]
    pub(crate) unsafe fn rows_mut(&self) -> &mut Array<*mut Row> {
        // SAFETY: by the caller's promise.
        unsafe { &mut *self.rows.get() }
    }

    /// What only the thread itself may touch.
    ///
    /// # Safety
    /// The caller is the thread itself, or retires it while it cannot run; and no other reference that this
    /// gave is alive.
    #[allow(clippy::mut_from_ref)]
    pub(crate) unsafe fn owned(&self) -> &mut Owned {
        // SAFETY: by the caller's promise there is no other reference.
        unsafe { &mut *self.owned.get() }
    }
}
