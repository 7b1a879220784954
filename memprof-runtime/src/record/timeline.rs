//! The timeline: live bytes over the run, in a bounded number of points and without a thread of its own.
//!
//! A point is taken by a thread that folds, when the live bytes have moved and the interval has passed. When
//! the points are full every second one is left out and the interval doubles, so the points are spread over
//! the whole run, however long. Where the live bytes stood still for long, points say since when and at which
//! level, before they move.

use super::lock::Lock;
use crate::os;
use std::sync::atomic::{AtomicI64, Ordering};

/// As many points as there can be.
const POINTS: usize = 256;
/// The interval at the beginning: about an eighth of a millisecond.
const FIRST_INTERVAL_NS: u64 = 1 << 17;
/// Live bytes have moved when they did by this share, or by `LEAST_MOVE_BYTES`.
const MOVE_SHARE: i64 = 256;
const LEAST_MOVE_BYTES: i64 = 4096;

/// Live bytes at a moment since the first event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Point {
    pub(crate) elapsed_ns: u64,
    pub(crate) live_bytes: i64,
}

static TIMELINE: Lock<Timeline> = Lock::new(Timeline::new());

/// Live bytes that were seen last, so that most folds need neither the clock nor the lock. Relaxed: a hint.
static LAST_BYTES: AtomicI64 = AtomicI64::new(i64::MIN / 2);

struct Timeline {
    points: [Point; POINTS],
    length: usize,
    interval_ns: u64,
    /// What was seen last, whether it became a point or not.
    latest: Point,
}

/// A fold has found so many live bytes.
pub(super) fn folded(live: i64) {
    let moved = live.wrapping_sub(LAST_BYTES.load(Ordering::Relaxed)).abs();
    if moved < (live / MOVE_SHARE).max(LEAST_MOVE_BYTES) {
        return;
    }
    // Whoever finds it taken leaves the point to the holder.
    if let Some(mut timeline) = TIMELINE.try_lock() {
        timeline.see(os::process::age().as_nanos() as u64, live);
        LAST_BYTES.store(live, Ordering::Relaxed);
    }
}

/// Held across `fork`, so that the child does not wait for a thread that it has not.
pub(super) fn before_fork() {
    TIMELINE.acquire();
}

pub(super) fn after_fork() {
    TIMELINE.release();
}

/// In a forked child: what was before is its parent's.
pub(super) fn begin_anew() {
    *TIMELINE.lock() = Timeline::new();
    LAST_BYTES.store(i64::MIN / 2, Ordering::Relaxed);
}

/// Gives `read` the points so far, and what was seen last.
pub(crate) fn read<R>(read: impl FnOnce(&[Point], Point) -> R) -> R {
    let timeline = TIMELINE.lock();
    read(&timeline.points[..timeline.length], timeline.latest)
}

impl Timeline {
    const fn new() -> Self {
        let none = Point {
            elapsed_ns: 0,
            live_bytes: 0,
        };
        Self {
            points: [none; POINTS],
            length: 0,
            interval_ns: FIRST_INTERVAL_NS,
            latest: none,
        }
    }

    fn last(&self) -> Option<Point> {
        self.points[..self.length].last().copied()
    }

    fn see(&mut self, elapsed_ns: u64, live_bytes: i64) {
        let now = Point {
            elapsed_ns,
            live_bytes,
        };
        let latest = std::mem::replace(&mut self.latest, now);
        let Some(last) = self.last() else {
            return self.push(now);
        };
        let passed = elapsed_ns.saturating_sub(last.elapsed_ns);
        if passed < self.interval_ns {
            return;
        }
        if passed > 2 * self.interval_ns {
            if latest.elapsed_ns > last.elapsed_ns {
                self.push(latest);
            }
            let still_ns = elapsed_ns - self.interval_ns;
            if still_ns > latest.elapsed_ns {
                self.push(Point {
                    elapsed_ns: still_ns,
                    ..latest
                });
            }
        }
        self.push(now);
    }

    fn push(&mut self, point: Point) {
        if self.length == POINTS {
            for kept in 0..POINTS / 2 {
                self.points[kept] = self.points[2 * kept];
            }
            self.length = POINTS / 2;
            self.interval_ns *= 2;
        }
        self.points[self.length] = point;
        self.length += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::{FIRST_INTERVAL_NS, POINTS, Timeline};

    #[test]
    fn points_are_bounded_and_spread_over_the_whole_run() {
        let mut timeline = Timeline::new();
        for step in 0..1_000_000 {
            timeline.see(step * 1_000, step as i64);
            assert!(timeline.length <= POINTS);
        }
        let points = &timeline.points[..timeline.length];
        assert!(points.len() >= POINTS / 2);
        assert_eq!(points[0].elapsed_ns, 0);
        let last = 999_999_000;
        assert!(last - points[points.len() - 1].elapsed_ns < timeline.interval_ns + 1_000);
        for pair in points.windows(2) {
            let gap = pair[1].elapsed_ns - pair[0].elapsed_ns;
            // Each of the first intervals that it is made of ended with the next event.
            let late = timeline.interval_ns / FIRST_INTERVAL_NS * 1_000;
            assert!(gap <= timeline.interval_ns + late, "{gap}");
            assert!(pair[1].live_bytes > pair[0].live_bytes);
        }
    }

    fn told(events: &[(u64, i64)]) -> Vec<(u64, i64)> {
        let mut timeline = Timeline::new();
        for (intervals, live_bytes) in events {
            timeline.see(intervals * FIRST_INTERVAL_NS / 10, *live_bytes);
        }
        let points = &timeline.points[..timeline.length];
        let told = points
            .iter()
            .map(|point| (point.elapsed_ns * 10 / FIRST_INTERVAL_NS, point.live_bytes));
        told.collect()
    }

    #[test]
    fn standing_still_is_told_before_the_next_move() {
        let still = told(&[(0, 100), (100, 900)]);
        assert_eq!(still, [(0, 100), (90, 100), (100, 900)]);
    }

    #[test]
    fn it_stands_still_where_it_moved_to_within_an_interval() {
        let moved = told(&[(0, 100), (5, 900), (100, 50)]);
        assert_eq!(moved, [(0, 100), (5, 900), (90, 900), (100, 50)]);
        let back = told(&[(0, 100), (2, 900), (5, 100), (100, 50)]);
        assert_eq!(back, [(0, 100), (5, 100), (90, 100), (100, 50)]);
    }

    #[test]
    fn each_point_is_later_than_the_one_before() {
        let mut timeline = Timeline::new();
        let mut elapsed_ns = 0;
        for step in 0..1_000 {
            // Pauses of all lengths, so that also what stood still is there when the points are full.
            elapsed_ns += timeline.interval_ns * (1 + step * 7 % 31) / 8;
            timeline.see(elapsed_ns, step as i64 * 10_000);
            let points = &timeline.points[..timeline.length];
            let mut pairs = points.windows(2);
            assert!(pairs.all(|pair| pair[0].elapsed_ns < pair[1].elapsed_ns));
        }
    }
}
