//! A phase is a step of the engine that allocates, with the wall time of its calls: what stands beside its bytes.
//!
//! Who runs the engine asks for less than [`BOUND`] a call. That is shown and never enforced: it is the time of the
//! whole step, computing included, on a machine that may have been busy with something else. A clock is four
//! numbers, allocates nothing, and changes no figure of memory.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How long a call of a phase may take.
pub const BOUND: Duration = Duration::from_millis(5);

/// A step of the engine, named as its operation.
#[derive(Debug)]
pub struct Phase {
    name: &'static str,
    // Relaxed, all four: they are read when the work is done, and no other memory depends on them.
    calls: AtomicU64,
    total_ns: AtomicU64,
    longest_ns: AtomicU64,
    over_bound: AtomicU64,
}

/// One document, from its file.
pub static READ_DOCUMENT: Phase = Phase::new("Read Document");
/// One text's vector.
pub static EMBED: Phase = Phase::new("Embed");
/// One vector into the graph.
pub static INSERT_VECTOR: Phase = Phase::new("Insert Vector");
/// One document's words, on the writer's thread.
pub static INDEX_TEXT: Phase = Phase::new("Index Text");
/// All words into one segment, once in a run.
pub static COMMIT_TEXT: Phase = Phase::new("Commit Text");
/// The candidates of one query by words.
pub static FULL_TEXT_SEARCH: Phase = Phase::new("Full Text Search");
/// The candidates of one query by likeness.
pub static VECTOR_SEARCH: Phase = Phase::new("Vector Search");
/// Both rankings into one.
pub static FUSE: Phase = Phase::new("Fuse");

/// All of them, in the order of a run.
pub static ALL: [&Phase; 8] = [
    &READ_DOCUMENT,
    &EMBED,
    &INSERT_VECTOR,
    &INDEX_TEXT,
    &COMMIT_TEXT,
    &FULL_TEXT_SEARCH,
    &VECTOR_SEARCH,
    &FUSE,
];

impl Phase {
    const fn new(name: &'static str) -> Self {
        Self {
            name,
            calls: AtomicU64::new(0),
            total_ns: AtomicU64::new(0),
            longest_ns: AtomicU64::new(0),
            over_bound: AtomicU64::new(0),
        }
    }

    /// Runs `work` as one call of the phase.
    pub fn time<T>(&self, work: impl FnOnce() -> T) -> T {
        let started = Instant::now();
        let value = work();
        self.take(started.elapsed());
        value
    }

    fn take(&self, passed: Duration) {
        let ns = u64::try_from(passed.as_nanos()).unwrap_or(u64::MAX);
        let is_over = u64::from(passed > BOUND);
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.total_ns.fetch_add(ns, Ordering::Relaxed);
        self.longest_ns.fetch_max(ns, Ordering::Relaxed);
        self.over_bound.fetch_add(is_over, Ordering::Relaxed);
    }

    /// The name of the operation that has its bytes.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// How many calls there were.
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    /// The mean time of a call; nothing without any.
    pub fn mean(&self) -> Duration {
        let total = self.total_ns.load(Ordering::Relaxed);
        Duration::from_nanos(total.checked_div(self.calls()).unwrap_or(0))
    }

    /// The time of the longest call.
    pub fn longest(&self) -> Duration {
        Duration::from_nanos(self.longest_ns.load(Ordering::Relaxed))
    }

    /// How many calls took longer than [`BOUND`].
    pub fn over_bound(&self) -> u64 {
        self.over_bound.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_knows_its_calls() {
        let phase = Phase::new("Wait");
        assert_eq!((phase.calls(), phase.mean()), (0, Duration::ZERO));
        assert_eq!(phase.time(|| 7), 7);
        assert_eq!((phase.calls(), phase.longest()), (1, phase.mean()));
        let phase = Phase::new("Wait");
        for ms in [1, 5, 6, 8] {
            phase.take(Duration::from_millis(ms));
        }
        assert_eq!((phase.calls(), phase.over_bound()), (4, 2));
        assert_eq!(phase.mean(), BOUND);
        assert_eq!(phase.longest(), Duration::from_millis(8));
    }
}
