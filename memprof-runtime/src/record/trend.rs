//! A trend is what a path retained after so many of its calls: a bounded series of exact points.
//!
//! At the end of some calls the path's retained blocks are summed up over all threads, under the registry's lock
//! if that is free. Points lie about a stride of calls apart; when they are full every second one is left out and the
//! stride doubles. A path of which nothing was ever found retained, but for what open calls may hold, has no
//! series, and is looked at ever more rarely. All calls count, also those that allocate nothing: whether a table has stopped to
//! grow is told by the calls that found everything in it.
//!
//! The distance varies by a quarter, in an order that looks random and is the same in each run. With even distances what rises
//! and falls by turns could be met a little later in its turn each time, and look as if it grew.
//!
//! Summing up walks all threads, so when it is due is decided by the calls of all of them together: a path that ten
//! thousand threads enter once each is walked as often as one that a single thread enters ten thousand times.

use super::memory::take_zeroed;
use super::own::current;
use super::registry::{self, Registry};
use super::rooms;
use super::row::{Events, Row};
use super::scope::MOVED_GUARDS;
use super::switches::follows_trends;
use std::sync::atomic::{Ordering, fence};

/// As many points as a series can have.
const POINTS: usize = 32;
/// Calls until the next look are this part of all calls so far, as long as there are few points or none.
const LOOKS: u64 = 16;
/// Calls after which the switch is looked at again.
const OFF_CALLS: u64 = 1 << 16;
/// With so many threads, each of which is visited, a path is looked at at every `SELDOM`th of these occasions.
const MANY_THREADS: u32 = 1_000;
const SELDOM: u64 = 4;

/// While a point is taken, at most one call of each thread ends, or such a part of all.
const CLOSE: u64 = 64;

/// What was retained after so many calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Point {
    pub(crate) calls: u64,
    pub(crate) blocks: u64,
    pub(crate) bytes: u64,
}

/// When a path is summed up next. All-zero bytes are that of a path without calls.
#[derive(Clone, Copy)]
pub(super) struct Watch {
    /// The calls of the path that its threads have told of.
    told: u64,
    /// At how many of them the path is summed up.
    due: u64,
    /// Calls of the path when nothing was found retained.
    misses: u64,
}

/// The points of one path. All-zero bytes are an empty one.
pub(super) struct Series {
    points: [Point; POINTS],
    length: usize,
    stride: u64,
    /// The calls at which the next point is due.
    due: u64,
}

/// A call of the row's path has ended, and a look is due.
#[cold]
#[inline(never)]
pub(super) fn look(row: &Row) {
    // A thread has the lock where it ends calls of another that is no more.
    let is_moved = current(|me| {
        // SAFETY: the thread itself is the caller.
        let own = unsafe { me.row_of(row.path.get()) };
        !me.is_at_lock() && !std::ptr::eq(own, row)
    });
    if is_moved {
        MOVED_GUARDS.fetch_add(1, Ordering::Relaxed);
    }
    let wait = if !follows_trends() || !registry::is_owning() {
        OFF_CALLS
    } else if let Some(mut registry) = registry::try_lock() {
        registry.look(row)
    } else {
        1
    };
    row.look_at.set(row.finished.get().saturating_add(wait));
}

impl Registry {
    /// Takes a point of the row's path if one is due; after how many more calls of its thread to look again.
    fn look(&mut self, row: &Row) -> u64 {
        let path = row.path.get() as usize;
        self.tell_calls(row);
        let Some(watch) = self.watch(path) else {
            return OFF_CALLS;
        };
        if watch.told < watch.due {
            return watch.due - watch.told;
        }
        let misses = watch.misses;
        let Some((now, open_calls)) = self.retained_now(path) else {
            return 1;
        };
        let gap = match self.series_of(path) {
            Some(series) => series.see(now),
            // What open calls may hold is in use.
            None if now.blocks <= open_calls => {
                if let Some(watch) = self.watch(path) {
                    watch.misses = now.calls;
                }
                now.calls / LOOKS + 1
            }
            None => match self.new_series(path, now.calls / LOOKS) {
                Some(series) => {
                    series.see(Point {
                        calls: misses,
                        ..Point::default()
                    });
                    series.see(now)
                }
                None => return OFF_CALLS,
            },
        };
        let gap = match rooms::threads() {
            ..MANY_THREADS => gap,
            _ => gap.saturating_mul(SELDOM),
        };
        if let Some(watch) = self.watch(path) {
            watch.due = watch.told.saturating_add(gap);
        }
        gap
    }

    /// Adds the calls of the row that ended since it last told.
    pub(super) fn tell_calls(&mut self, row: &Row) {
        let finished = row.finished.get();
        let since = finished.wrapping_sub(row.told.get());
        row.told.set(finished);
        if let Some(watch) = self.watch(row.path.get() as usize) {
            watch.told = watch.told.saturating_add(since);
        }
    }

    /// That of `path`; `None` without memory.
    fn watch(&mut self, path: usize) -> Option<&mut Watch> {
        if !self.watches.grow_to(path + 1) {
            return None;
        }
        self.watches.as_mut_slice().get_mut(path)
    }

    /// What is retained, and how many calls are open. Finished calls are read first, then what was freed, then
    /// the rest: what threads do meanwhile belongs to calls that count as open. `None` when a thread was in the
    /// middle of a change, or many calls ended meanwhile.
    fn retained_now(&self, path: usize) -> Option<(Point, u64)> {
        let mut finished = 0;
        self.each_row_of(path, |row| finished += row.finished.get());
        // Partner: the release fence in `finish_call`.
        fence(Ordering::Acquire);
        let (mut freed_blocks, mut freed_bytes) = (0, 0);
        if let Some(freed) = self.retired_freed.as_slice().get(path) {
            (freed_blocks, freed_bytes) = (freed.blocks, freed.bytes);
        }
        self.each_thread(|thread| {
            // SAFETY: the lock is held.
            let (bytes, blocks) = unsafe { thread.freed_tables() }.of_origin(path);
            freed_bytes += bytes;
            freed_blocks += blocks;
        });
        let (mut events, mut is_whole) = (Events::default(), true);
        if let Some(row) = self.known_retired_row(path) {
            events.add(&Events::of_row(row));
        }
        self.each_thread(|thread| {
            // SAFETY: the lock is held; null, or a row, which stays meanwhile.
            let Some(row) = (unsafe { thread.row_of(path as u32).as_ref() }) else {
                return;
            };
            match thread.soon_consistent(|thread| thread.events_of(row)) {
                Some(more) => events.add(&more),
                None => is_whole = false,
            }
        });
        let mut calls = 0;
        self.each_row_of(path, |row| calls += row.calls.get());
        let allocated = events
            .deallocated_bytes
            .saturating_add_signed(events.net_bytes);
        let point = Point {
            calls: finished,
            blocks: events.allocations.saturating_sub(freed_blocks),
            bytes: allocated.saturating_sub(freed_bytes),
        };
        // Where the system put this thread aside meanwhile, what others did since is no part of so many calls.
        let mut since = 0;
        self.each_row_of(path, |row| since += row.finished.get());
        let passed = since.saturating_sub(finished);
        let is_close = passed <= u64::from(rooms::threads()).max(finished / CLOSE);
        (is_whole && is_close).then_some((point, calls.saturating_sub(finished)))
    }

    pub(super) fn each_row_of(&self, path: usize, mut each: impl FnMut(&Row)) {
        self.known_retired_row(path).into_iter().for_each(&mut each);
        self.each_thread(|thread| {
            // SAFETY: the lock is held; null, or a row, which stays meanwhile.
            unsafe { thread.row_of(path as u32).as_ref() }
                .into_iter()
                .for_each(&mut each);
        });
    }

    fn series_of(&mut self, path: usize) -> Option<&mut Series> {
        let series = *self.trends.as_slice().get(path)?;
        // SAFETY: null, or a series, which is never given back; the lock makes this the only reference.
        unsafe { series.as_mut() }
    }

    fn new_series(&mut self, path: usize, stride: u64) -> Option<&mut Series> {
        if !self.trends.grow_to(path + 1) {
            return None;
        }
        let mut series = take_zeroed::<Series>(1)?;
        self.trends.as_mut_slice()[path] = series.as_ptr();
        // SAFETY: just taken, zeroed, and all-zero is a valid series; never given back.
        let series = unsafe { series.as_mut() };
        series.stride = stride.max(1);
        Some(series)
    }

    /// The points of a path: of one without a series, when last nothing was found retained.
    pub(super) fn points(&self, path: usize) -> Vec<Point> {
        let series = self.trends.as_slice().get(path).copied();
        let series = series.unwrap_or(std::ptr::null_mut());
        // SAFETY: as in `series_of`, and nobody writes while the registry is borrowed.
        if let Some(series) = unsafe { series.as_ref() } {
            return series.points[..series.length].to_vec();
        }
        let calls = self.watches.as_slice().get(path).map_or(0, |it| it.misses);
        let none = Point {
            calls,
            ..Point::default()
        };
        Vec::from_iter((calls > 0).then_some(none))
    }
}

impl Series {
    /// Takes the point if one is due; how many calls the next one is due after.
    fn see(&mut self, now: Point) -> u64 {
        if self.length > 0 && now.calls < self.due {
            return self.due - now.calls;
        }
        if self.length == POINTS {
            for kept in 0..POINTS / 2 {
                self.points[kept] = self.points[2 * kept + 1];
            }
            self.length = POINTS / 2;
            self.stride *= 2;
        }
        self.points[self.length] = now;
        self.length += 1;
        let gap = scattered(self.stride, now.calls);
        self.due = now.calls.saturating_add(gap);
        gap
    }
}

/// From three to five quarters of the stride: see above.
fn scattered(stride: u64, calls: u64) -> u64 {
    let random = calls.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
    stride - stride / 4 + random % (stride / 4 * 2 + 1)
}

#[cfg(test)]
mod tests {
    use super::{POINTS, Point, Series};

    #[test]
    fn points_are_bounded_and_never_far_apart() {
        let mut series = Series {
            points: [Point::default(); POINTS],
            length: 0,
            stride: 1,
            due: 0,
        };
        for calls in 1..=1_000_000 {
            series.see(Point {
                calls,
                blocks: calls,
                bytes: 8 * calls,
            });
        }
        let points = &series.points[..series.length];
        assert!(points.len() >= POINTS / 2);
        let most = series.stride + series.stride / 4;
        for pair in points.windows(2) {
            // The one after a thinning comes as early as those before it did.
            let gap = pair[1].calls - pair[0].calls;
            assert!(gap > 0 && gap <= most, "{gap}");
        }
        assert!(points[0].calls <= most);
        assert!(1_000_000 - points[points.len() - 1].calls < most);
    }
}
