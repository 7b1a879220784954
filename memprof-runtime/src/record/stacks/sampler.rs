//! The sampler decides on which allocation of a thread the next stack is taken, without an instruction on
//! the way of those before it.
//!
//! By bytes: the next point lies at a number of allocated bytes, and `allocated = level + freed`. A look is
//! due when the level rose, or freed bytes grew, by a share each of what is left to the point; so the point is
//! never passed unseen, whatever the order of events, and the number of looks is logarithmic in the distance.
//! A thread that freed most of what it allocated since the last stack has the larger share for frees, else for
//! the level.
//! By count, and for every allocation, each event is looked at.

use super::plan::{self, Kind};
use super::table;
use crate::record::level::{Footer, Room};
use crate::record::rooms::MOST_BYTES;
use crate::record::thread::Thread;
use crate::record::word::{Count, Level, Small};
use std::sync::atomic::{AtomicU64, Ordering};

/// A thread's part in the plan: words of its own.
pub(crate) struct Sampler {
    /// The number of the plan that the rest belongs to.
    plan: Small,
    mode: Small,
    /// By bytes: the point. More than this many allocated bytes pass it.
    point: Level,
    /// By bytes: what was allocated, and of it freed, when the point was drawn.
    drawn_allocated: Level,
    drawn_freed: Level,
    /// By count: so many allocations until the next stack.
    countdown: Count,
    random: Count,
    /// Where the thread's stack lies in memory; see `capture`.
    pub(super) stack_low: Count,
    pub(super) stack_high: Count,
}

const OFF: u32 = 0;
const EVERY: u32 = 1;
const ONE_IN: u32 = 2;
const BYTES: u32 = 3;

/// Where threads take their random numbers from; see `seed`.
static SEED: AtomicU64 = AtomicU64::new(0);
/// Makes the numbers of threads differ.
static THREADS: AtomicU64 = AtomicU64::new(0);

/// Makes the samples of threads that begin to sample from now on a function of `seed`. For tests.
pub fn seed(seed: u64) {
    SEED.store(mix(seed) | 1, Ordering::Relaxed);
    THREADS.store(0, Ordering::Relaxed);
}

impl Sampler {
    pub(crate) const fn new() -> Self {
        Self {
            plan: Small::new(0),
            mode: Small::new(OFF),
            point: Level::new(0),
            drawn_allocated: Level::new(0),
            drawn_freed: Level::new(0),
            countdown: Count::new(0),
            random: Count::new(0),
            stack_low: Count::new(0),
            stack_high: Count::new(0),
        }
    }

    /// Takes up the current plan, beginning where the thread had allocated so many bytes.
    #[inline]
    fn follow(&self, allocated: i64, freed: i64) {
        let current = plan::current();
        if current != self.plan.get() {
            self.take_up(current, allocated, freed);
        }
    }

    #[cold]
    #[inline(never)]
    fn take_up(&self, number: u32, allocated: i64, freed: i64) {
        if self.random.get() == 0 {
            self.random.set(first_random());
        }
        self.plan.set(number);
        let plan = plan::numbered(number);
        self.mode.set(match plan.map(|plan| plan.kind) {
            None => OFF,
            Some(Kind::Every) => EVERY,
            Some(Kind::OneIn(period)) => {
                self.countdown.set(self.draw_count(period));
                ONE_IN
            }
            Some(Kind::Bytes(period)) => {
                self.draw_point(period, allocated, freed);
                BYTES
            }
        });
    }

    /// Whether the allocation that made it so many bytes is sampled.
    #[inline]
    fn is_due(&self, allocated: i64, freed: i64) -> bool {
        match self.mode.get() {
            OFF => false,
            EVERY => true,
            ONE_IN => {
                self.countdown.set(self.countdown.get() - 1);
                let is_due = self.countdown.get() == 0;
                if is_due && let Some(Kind::OneIn(period)) = self.kind() {
                    self.countdown.set(self.draw_count(period));
                }
                is_due
            }
            _ => {
                let is_due = allocated > self.point.get();
                if is_due && let Some(Kind::Bytes(period)) = self.kind() {
                    self.draw_point(period, allocated, freed);
                }
                is_due
            }
        }
    }

    fn kind(&self) -> Option<Kind> {
        plan::numbered(self.plan.get()).map(|plan| plan.kind)
    }

    /// Draws the next point, so many bytes on average from where the thread is. Distances have no memory, so it
    /// makes no difference from where they are drawn.
    fn draw_point(&self, period: u64, allocated: i64, freed: i64) {
        let distance = self.draw_bytes(period);
        self.point.set(allocated.wrapping_add(distance));
        self.drawn_allocated.set(allocated);
        self.drawn_freed.set(freed);
    }

    /// How far level and freed bytes may go until the next look; `None` when it is due at every event.
    #[inline]
    fn room(&self, allocated: i64, freed: i64) -> Option<Room> {
        match self.mode.get() {
            OFF => Some(Room::ALL),
            BYTES => {
                let left = self.point.get().wrapping_sub(allocated);
                let left = left.clamp(0, MOST_BYTES);
                let (small, large) = (left / 8, left - left / 8);
                let gained = allocated.wrapping_sub(self.drawn_allocated.get());
                let lost = freed.wrapping_sub(self.drawn_freed.get());
                // PERF: who frees what it allocates goes on with it; a guess, which costs looks where it is wrong.
                let (rise, frees) = match lost >= gained / 2 {
                    true => (small, large),
                    false => (large, small),
                };
                Some(Room { rise, frees })
            }
            _ => None,
        }
    }

    /// Exponentially distributed with that mean; what is rounded off makes no difference, sizes being whole.
    fn draw_bytes(&self, mean: u64) -> i64 {
        // `as` saturates; the half keeps sums far from wrapping.
        ((-self.uniform().ln() * mean as f64) as i64).min(i64::MAX / 4)
    }

    /// Geometrically distributed with that mean, from 1.
    fn draw_count(&self, mean: u64) -> u64 {
        let misses = (self.uniform().ln() / (-1.0 / mean as f64).ln_1p()).floor();
        (misses as u64).saturating_add(1)
    }

    /// Above 0, at most 1.
    fn uniform(&self) -> f64 {
        let next = self.random.get().wrapping_add(0x9E37_79B9_7F4A_7C15);
        self.random.set(next);
        ((mix(next) >> 11) + 1) as f64 / (1_u64 << 53) as f64
    }
}

/// Differs from run to run unless `seed` was called, and from thread to thread.
fn first_random() -> u64 {
    let mut seed = SEED.load(Ordering::Relaxed);
    if seed == 0 {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let now = now.map_or(1, |since| since.as_nanos() as u64);
        seed = mix(now ^ u64::from(std::process::id())) | 1;
        if let Err(theirs) = SEED.compare_exchange(0, seed, Ordering::Relaxed, Ordering::Relaxed) {
            seed = theirs;
        }
    }
    mix(seed.wrapping_add(THREADS.fetch_add(1, Ordering::Relaxed) << 1)) | 1
}

/// The finalizer of splitmix64: every bit of the result hangs on every bit of `value`.
pub(super) fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

impl Thread {
    /// Takes the stack of an allocation that the words already hold, if it is that one's turn. The thread is
    /// live and not paused.
    #[cold]
    #[inline(never)]
    pub(crate) fn sample(&self, size: u64, footer: Footer) {
        let freed = self.freed_bytes();
        let allocated = self.level().wrapping_add(freed);
        self.sampler
            .follow(allocated.wrapping_sub(size as i64), freed);
        if self.sampler.is_due(allocated, freed) {
            let (path, plan) = (self.origin.get(), self.sampler.plan.get());
            if let Some(number) = table::book(self, path, plan, size) {
                footer.write(super::FIRST + number);
            }
        }
    }

    /// Whether there is a plan, or was one that the thread has not left yet.
    #[inline(always)]
    pub(crate) fn is_sampling(&self) -> bool {
        plan::current() | self.sampler.plan.get() != 0
    }

    /// As `is_sampling`, unless the next stack is so far away that the limits of every thread serve.
    ///
    /// PERF: of two points 512 KiB apart most looks lie between.
    #[inline(always)]
    pub(crate) fn is_aiming(&self) -> bool {
        self.is_sampling() && !self.is_far()
    }

    fn is_far(&self) -> bool {
        let sampler = &self.sampler;
        let allocated = self.level().wrapping_add(self.freed_bytes());
        sampler.mode.get() == BYTES
            && sampler.point.get().wrapping_sub(allocated) >= Room::ALL.rise + Room::ALL.frees
            && !self.has_new_plan()
    }

    /// How far level and freed bytes may go until the next look; `None` when it is due at every event.
    #[inline]
    pub(crate) fn room(&self, level: i64, freed: i64) -> Option<Room> {
        let allocated = level.wrapping_add(freed);
        self.sampler.follow(allocated, freed);
        self.sampler.room(allocated, freed)
    }

    /// Whether the thread has not taken up the current plan yet.
    #[inline]
    pub(crate) fn has_new_plan(&self) -> bool {
        plan::current() != self.sampler.plan.get()
    }

    /// The thread's numbers go back by so many allocated bytes, which a context took out.
    #[inline]
    pub(crate) fn shift_sampler(&self, allocated: i64) {
        self.sampler.point.sub(allocated);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(draws: impl Iterator<Item = f64>) -> f64 {
        let draws: Vec<f64> = draws.collect();
        draws.iter().sum::<f64>() / draws.len() as f64
    }

    #[test]
    fn distances_have_their_mean() {
        let sampler = Sampler::new();
        // The standard error is 1 / √100,000, or 0.3 %.
        let bytes = mean((0..100_000).map(|_| sampler.draw_bytes(1 << 20) as f64));
        assert!((bytes / f64::from(1 << 20) - 1.0).abs() < 0.015, "{bytes}");
        let count = mean((0..100_000).map(|_| sampler.draw_count(100) as f64));
        assert!((count / 100.0 - 1.0).abs() < 0.015, "{count}");
    }

    #[test]
    fn the_first_look_is_in_time_for_any_distance() {
        let sampler = Sampler::new();
        sampler.mode.set(BYTES);
        for distance in [0, 1, 2, 3, 100, 1 << 16, 1 << 40] {
            sampler.point.set(1_000 + distance);
            for freed in [0, 1_000] {
                let Room { rise, frees } = sampler.room(1_000, freed).unwrap();
                assert!(rise >= 0 && frees >= 0 && rise.max(frees) <= MOST_BYTES);
                assert!(rise + frees <= distance, "{rise} + {frees} of {distance}");
                assert!(if freed == 0 {
                    rise >= frees
                } else {
                    frees >= rise
                });
            }
        }
    }
}
