//! Fragmentation: of what the resident memory consists, by what the inner allocator tells of itself.
//!
//! Which allocator is the inner one is found out and not asked for: it is the one whose figures move when the
//! program allocates. So allocators that wrap another, or that were put in place by the loader, are seen
//! through, and one that cannot be asked never lends its name to another's figures.

use super::last_look::{AtPeak, LastLook};
use crate::os::heap::{Heap, HeapFigures};
use crate::record::live_blocks::live_blocks;
use crate::record::memory::overhead_in_heap_bytes;
use crate::record::peak_watch::PEAK_WATCH;
use memprof_report::{Fragmentation, MemoryParts, Process};
use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Below this an allocator's own stock outweighs what the program does: idle, jemalloc keeps 4 MiB and
/// mimalloc 11.
const LEAST_HELD_BYTES: u64 = 16 << 20;
/// A block that each allocator takes from its common heap at once, and that it does not map by itself.
const PROBE_BYTES: usize = 96 << 10;

/// Looked at again once the peak has risen by one part in so many, and by `PEAK_STEP_BYTES` at least.
const PEAK_STEP: i64 = 64;
const PEAK_STEP_BYTES: i64 = 1 << 20;
/// Where a look took longer, the next one is after a longer rise: the time of one may grow with the number of
/// unused pieces in the heap.
const SLOW: Duration = Duration::from_micros(200);
const PEAK_STEP_WHEN_SLOW: i64 = 8;

/// The last look at the peak.
static AT_PEAK: LastLook = LastLook::new();

/// What memprof knows of the blocks that it counts, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counted {
    /// Of the program.
    pub(super) live: u64,
    /// memprof's own, in the same heap.
    pub(super) own: u64,
    /// The most that all of them can take beyond that; `None` where their number is not known.
    pub(super) most_rounding: Option<u64>,
}

impl Counted {
    fn new(heap: Heap, figures: HeapFigures, live: u64, blocks: Option<u64>) -> Self {
        let own = overhead_in_heap_bytes();
        Self {
            live,
            own,
            most_rounding: blocks.map(|blocks| heap.most_rounding(figures, blocks, live, own)),
        }
    }
}

/// Fragmentation now and at the peak, beside the process's other figures. The caller is paused. `None` where
/// the inner allocator does not tell, or holds too little.
pub(super) fn fragmentation(process: &Process) -> Option<Fragmentation> {
    let heap = inner_heap()?;
    let figures = heap.figures()?;
    let counted = Counted::new(heap, figures, process.live_bytes, Some(process.live_blocks));
    let now = parts(figures, counted, process.rss_bytes);
    let at_peak = AT_PEAK
        .get()
        .map(|it| parts(it.heap, it.counted, process.peak_rss_bytes));
    let is_worth_telling = |parts: &MemoryParts| parts.held_bytes >= LEAST_HELD_BYTES;
    (is_worth_telling(&now) || at_peak.as_ref().is_some_and(is_worth_telling)).then(|| {
        Fragmentation {
            allocator: heap.name().to_owned(),
            now,
            at_peak,
        }
    })
}

/// Takes resident memory apart. What does not fit (figures are not taken at one instant) goes to the part that it can be
/// least wrong in, so that the sums hold.
fn parts(heap: HeapFigures, counted: Counted, rss: Option<u64>) -> MemoryParts {
    let live = counted.live;
    let in_blocks = heap.in_blocks.map(|blocks| blocks.max(live));
    let held = heap.held.max(in_blocks.unwrap_or(live));
    let overhead = counted.own.min(in_blocks.unwrap_or(held) - live);
    let beyond = in_blocks.map(|blocks| blocks - live - overhead);
    let most = counted.most_rounding;
    let rounding = beyond.map(|beyond| beyond.min(most.unwrap_or(u64::MAX)));
    // What is in blocks that nobody asked memprof's allocator for.
    let other = beyond
        .zip(most)
        .map(|(beyond, most)| beyond.saturating_sub(most));
    MemoryParts {
        rss_bytes: rss,
        held_bytes: held,
        live_bytes: live,
        overhead_bytes: overhead,
        rounding_bytes: rounding,
        other_bytes: other,
        unused_bytes: held - live - overhead - beyond.unwrap_or(0),
        outside_bytes: rss.map(|rss| rss.saturating_sub(held)),
        absent_bytes: rss.map(|rss| held.saturating_sub(rss)),
    }
}

/// Has the heap looked at when live bytes are at a new peak, from now on. The caller is paused.
pub(super) fn watch_the_peak() {
    if inner_heap().is_some() {
        PEAK_WATCH.set(look, PEAK_STEP_BYTES);
    }
}

/// Runs inside the allocator, on one thread at a time.
fn look(live: i64) -> i64 {
    let began = Instant::now();
    let heap = known_heap().and_then(|heap| Some((heap, heap.figures()?)));
    if let Some((heap, figures)) = heap {
        let live = u64::try_from(live).unwrap_or(0);
        AT_PEAK.set(AtPeak {
            counted: Counted::new(heap, figures, live, live_blocks()),
            heap: figures,
        });
    }
    let is_slow = began.elapsed() > SLOW;
    let step = if is_slow {
        PEAK_STEP_WHEN_SLOW
    } else {
        PEAK_STEP
    };
    live.saturating_add((live / step).max(PEAK_STEP_BYTES))
}

/// Which of `Heap::ALL` is the inner allocator: its place there, `NOBODY`, or `UNKNOWN` so far. Relaxed: a
/// number that says all by itself, and that is the same whoever finds it.
static INNER: AtomicUsize = AtomicUsize::new(UNKNOWN);
const UNKNOWN: usize = usize::MAX;
const NOBODY: usize = usize::MAX - 1;

fn known_heap() -> Option<Heap> {
    Heap::ALL.get(INNER.load(Ordering::Relaxed)).copied()
}

/// The inner allocator's heap, found out at the first call.
fn inner_heap() -> Option<Heap> {
    if INNER.load(Ordering::Relaxed) == UNKNOWN {
        let found = Heap::ALL.iter().position(|&heap| is_inner(heap));
        INNER.store(found.unwrap_or(NOBODY), Ordering::Relaxed);
    }
    known_heap()
}

/// Whether the program's blocks are of this heap. Other threads move its figures too, so it takes three probes.
fn is_inner(heap: Heap) -> bool {
    const TRIES: usize = 12;
    const NEEDED: usize = 3;
    let probe = || vec![black_box(1_u8); PROBE_BYTES];
    if let Some(owns) = heap.owns(black_box(probe()).as_ptr()) {
        return owns;
    }
    let held = || heap.figures().and_then(|figures| figures.in_blocks);
    let moves = || {
        let before = held()?;
        let block = black_box(probe());
        let with = held()?;
        drop(black_box(block));
        let after = held()?;
        let least = PROBE_BYTES as u64 / 2;
        let moved = with >= before.saturating_add(least) && with >= after.saturating_add(least);
        moved.then_some(())
    };
    (0..TRIES).filter_map(|_| moves()).nth(NEEDED - 1).is_some()
}

#[cfg(test)]
mod tests {
    use super::{Counted, parts};
    use crate::os::heap::HeapFigures;
    use memprof_report::MemoryParts;

    fn is_whole(parts: &MemoryParts) {
        let beyond = parts.rounding_bytes.unwrap_or(0) + parts.other_bytes.unwrap_or(0);
        let held = parts.live_bytes + parts.overhead_bytes + beyond + parts.unused_bytes;
        assert_eq!(held, parts.held_bytes);
        if let (Some(rss), Some(outside), Some(absent)) =
            (parts.rss_bytes, parts.outside_bytes, parts.absent_bytes)
        {
            assert_eq!(parts.held_bytes + outside, rss + absent);
            assert!(outside == 0 || absent == 0);
        }
    }

    #[test]
    fn the_parts_add_up() {
        let figures = [0, 1, 10, 1_000, 1 << 40];
        let or_none = || figures.map(Some).into_iter().chain([None]);
        for held in figures {
            for in_blocks in or_none() {
                for live in figures {
                    for (own, most_rounding) in figures.into_iter().zip(or_none().rev()) {
                        for rss in [None, Some(0), Some(500)] {
                            let heap = HeapFigures {
                                held,
                                in_blocks,
                                mapped_blocks: 0,
                            };
                            let counted = Counted {
                                live,
                                own,
                                most_rounding,
                            };
                            is_whole(&parts(heap, counted, rss));
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn each_part_is_what_it_says() {
        let heap = HeapFigures {
            held: 1_000,
            in_blocks: Some(700),
            mapped_blocks: 0,
        };
        let with = |most_rounding| {
            let counted = Counted {
                live: 500,
                own: 50,
                most_rounding,
            };
            parts(heap, counted, Some(1_200))
        };
        let found = with(Some(90));
        assert_eq!((found.live_bytes, found.overhead_bytes), (500, 50));
        assert_eq!(
            (found.rounding_bytes, found.other_bytes),
            (Some(90), Some(60))
        );
        assert_eq!(found.unused_bytes, 300);
        assert_eq!(
            (found.outside_bytes, found.absent_bytes),
            (Some(200), Some(0))
        );
        let roomy = with(Some(151));
        assert_eq!(
            (roomy.rounding_bytes, roomy.other_bytes),
            (Some(150), Some(0))
        );
        let unknown = with(None);
        assert_eq!(
            (unknown.rounding_bytes, unknown.other_bytes),
            (Some(150), None)
        );
    }
}
