//! The process's live bytes: the sum of what the threads folded in, the highest that it was, and how far from the truth
//! both may be.
//!
//! A thread's level is at no moment further from what it folded in than its room (`rooms`). So what lives is within the sum
//! of all rooms of the live bytes here; and the true peak is not above the highest of live bytes and rooms together, nor
//! further below the peak here than the rooms were then.
//!
//! All orderings here are relaxed, but for that of a fold: who folds after another sees the rooms that the other saw.

use super::rooms;
use std::sync::atomic::{AtomicI64, Ordering};

/// Live bytes of the process, as far as folded.
///
/// PERF: on a cache line of its own, for every fold changes it; what else a fold reads seldom changes.
static LIVE: Lone = Lone(AtomicI64::new(0));

#[repr(align(128))]
struct Lone(AtomicI64);
/// The highest that `LIVE` was.
static PEAK_BYTES: AtomicI64 = AtomicI64::new(0);
/// The sum of all rooms then.
static ROOMS_AT_PEAK: AtomicI64 = AtomicI64::new(0);
/// The highest that `LIVE` and the sum of all rooms were together.
static BOUND_BYTES: AtomicI64 = AtomicI64::new(0);

/// The process's peak as the folds saw it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Peak {
    pub(crate) bytes: i64,
    /// How far it may be off.
    pub(crate) error: i64,
}

/// Live bytes now, as far as folded.
#[inline]
pub(super) fn now() -> i64 {
    LIVE.0.load(Ordering::Relaxed)
}

/// Adds to the process's live bytes; what they are then.
pub(super) fn fold(bytes: i64) -> i64 {
    let live = LIVE
        .0
        .fetch_add(bytes, Ordering::AcqRel)
        .wrapping_add(bytes);
    see(live);
    live
}

/// As `fold`; and whether another thread folded at the same time.
pub(super) fn fold_contended(bytes: i64) -> (i64, bool) {
    let seen = now();
    let sum = seen.wrapping_add(bytes);
    match LIVE
        .0
        .compare_exchange(seen, sum, Ordering::AcqRel, Ordering::Relaxed)
    {
        Ok(_) => {
            see(sum);
            (sum, false)
        }
        Err(_) => (fold(bytes), true),
    }
}

/// So many bytes live, whatever is folded.
#[inline]
pub(super) fn see(live: i64) {
    let rooms = rooms::sum();
    see_bound(live.wrapping_add(rooms));
    if live > PEAK_BYTES.load(Ordering::Relaxed) {
        PEAK_BYTES.fetch_max(live, Ordering::Relaxed);
        ROOMS_AT_PEAK.store(rooms, Ordering::Relaxed);
        rooms::peak_risen(live);
    }
}

/// A room has grown.
pub(super) fn see_rooms() {
    see_bound(now().wrapping_add(rooms::sum()));
}

#[inline]
fn see_bound(bytes: i64) {
    if bytes > BOUND_BYTES.load(Ordering::Relaxed) {
        BOUND_BYTES.fetch_max(bytes, Ordering::Relaxed);
    }
}

/// The only thread that there was had this highest level: until now the peak is known exactly.
pub(super) fn know_peak(highest: i64) {
    PEAK_BYTES.fetch_max(highest, Ordering::Relaxed);
    let peak = PEAK_BYTES.load(Ordering::Relaxed);
    BOUND_BYTES.store(peak, Ordering::Relaxed);
    ROOMS_AT_PEAK.store(0, Ordering::Relaxed);
}

/// So many bytes of the rooms were in force for as long as several threads were there, and not used.
pub(super) fn take_back(idle: i64) {
    BOUND_BYTES.fetch_sub(idle, Ordering::Relaxed);
    ROOMS_AT_PEAK.fetch_sub(idle, Ordering::Relaxed);
}

/// In a forked child: the peak so far is its parent's.
pub(super) fn begin_anew() {
    let rooms = rooms::sum();
    PEAK_BYTES.store(now(), Ordering::Relaxed);
    ROOMS_AT_PEAK.store(rooms, Ordering::Relaxed);
    BOUND_BYTES.store(now().wrapping_add(rooms), Ordering::Relaxed);
}

/// The peak so far, with several threads.
pub(super) fn peak() -> Peak {
    let bytes = PEAK_BYTES.load(Ordering::Relaxed);
    let below = BOUND_BYTES.load(Ordering::Relaxed).wrapping_sub(bytes);
    let above = ROOMS_AT_PEAK.load(Ordering::Relaxed);
    Peak {
        bytes,
        error: below.max(above).max(0),
    }
}
