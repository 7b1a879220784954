//! What memprof counted, beside what happened.

use super::{allocator, handlers};
use std::sync::atomic::Ordering::Relaxed;

/// The program's events and what is live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Events {
    allocations: i64,
    allocated_bytes: i64,
    deallocations: i64,
    deallocated_bytes: i64,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Figures {
    truth: Events,
    counted: Events,
    calls_made: i64,
    calls_counted: i64,
    entries_lost: i64,
    blocks_lost: i64,
    hidden_events: i64,
    live_bytes: i64,
    live_blocks: i64,
    retained_bytes: i64,
    retained_blocks: i64,
}

impl Figures {
    pub(super) fn now() -> Self {
        allocator::of_memprof(|| Self::of(&memprof::snapshot()))
    }

    fn of(report: &memprof::Report) -> Self {
        let process = &report.process;
        let (entries_lost, blocks_lost) = lost(report);
        // Of each path alone nothing may be negative, which as a number without sign is very large.
        for path in &report.paths {
            let most = 1 << 40;
            assert!(
                path.allocated_bytes < most && path.deallocated_bytes < most,
                "{path:?}"
            );
            assert!(
                path.allocations < most && path.deallocations < most,
                "{path:?}"
            );
            assert!(path.calls < most && path.open_calls < 100, "{path:?}");
            assert!(
                path.retained_bytes.unwrap() <= path.allocated_bytes,
                "{path:?}"
            );
            assert!(
                path.retained_blocks.unwrap() <= path.allocations,
                "{path:?}"
            );
        }
        let sum = |of: fn(&memprof::report::PathReport) -> u64| {
            report.paths.iter().map(of).sum::<u64>() as i64
        };
        assert_eq!(sum(|path| path.allocations), process.allocations as i64);
        assert_eq!(
            sum(|path| path.allocated_bytes),
            process.allocated_bytes as i64
        );
        assert_eq!(sum(|path| path.deallocations), process.deallocations as i64);
        assert_eq!(
            sum(|path| path.deallocated_bytes),
            process.deallocated_bytes as i64
        );
        Self {
            truth: Events {
                allocations: allocator::ALLOCATIONS.load(Relaxed) as i64,
                allocated_bytes: allocator::ALLOCATED_BYTES.load(Relaxed) as i64,
                deallocations: allocator::DEALLOCATIONS.load(Relaxed) as i64,
                deallocated_bytes: allocator::DEALLOCATED_BYTES.load(Relaxed) as i64,
            },
            counted: Events {
                allocations: process.allocations as i64,
                allocated_bytes: process.allocated_bytes as i64,
                deallocations: process.deallocations as i64,
                deallocated_bytes: process.deallocated_bytes as i64,
            },
            calls_made: handlers::CALLS.load(Relaxed) as i64,
            calls_counted: report
                .operations
                .iter()
                .filter(|operation| operation.name == "Handle")
                .map(|operation| operation.calls as i64)
                .sum(),
            entries_lost,
            blocks_lost,
            hidden_events: allocator::HIDDEN_EVENTS.load(Relaxed) as i64,
            live_bytes: process.live_bytes as i64,
            live_blocks: process.live_blocks as i64,
            retained_bytes: sum(|path| path.retained_bytes.unwrap()),
            retained_blocks: sum(|path| path.retained_blocks.unwrap()),
        }
    }

    pub(super) fn since(self, before: &Self) -> Self {
        let events = |now: Events, before: Events| Events {
            allocations: now.allocations - before.allocations,
            allocated_bytes: now.allocated_bytes - before.allocated_bytes,
            deallocations: now.deallocations - before.deallocations,
            deallocated_bytes: now.deallocated_bytes - before.deallocated_bytes,
        };
        Self {
            truth: events(self.truth, before.truth),
            counted: events(self.counted, before.counted),
            calls_made: self.calls_made - before.calls_made,
            calls_counted: self.calls_counted - before.calls_counted,
            entries_lost: self.entries_lost - before.entries_lost,
            blocks_lost: self.blocks_lost - before.blocks_lost,
            hidden_events: self.hidden_events - before.hidden_events,
            live_bytes: self.live_bytes - before.live_bytes,
            live_blocks: self.live_blocks - before.live_blocks,
            retained_bytes: self.retained_bytes - before.retained_bytes,
            retained_blocks: self.retained_blocks - before.retained_blocks,
        }
    }

    pub(super) fn check(&self) {
        // A future enters for each poll and for its drop.
        let missing = self.calls_made - self.calls_counted;
        assert!(
            (missing..=2 * missing).contains(&self.entries_lost),
            "{self:?}"
        );
        assert_eq!(self.retained_bytes, self.live_bytes, "{self:?}");
        assert_eq!(self.retained_blocks, self.live_blocks, "{self:?}");
        let (truth, counted) = (&self.truth, &self.counted);
        assert_eq!(
            counted.allocated_bytes - counted.deallocated_bytes,
            self.live_bytes,
            "{self:?}"
        );
        let missing = (truth.allocations - counted.allocations)
            + (truth.deallocations - counted.deallocations);
        let most = 2 * self.blocks_lost + self.hidden_events;
        assert!((0..=most).contains(&missing), "{self:?}");
        if most == 0 {
            assert_eq!(truth, counted, "{self:?}");
        }
    }
}

/// Calls and blocks of handlers that were not counted, by the report's own words.
fn lost(report: &memprof::Report) -> (i64, i64) {
    let numbers = |code| {
        let warning = report.warnings.iter().find(|warning| warning.code == code);
        let message = warning.map_or("", |warning| &warning.message);
        let words = message.split(|c: char| !c.is_ascii_digit());
        words.filter_map(|word| word.parse::<i64>().ok())
    };
    let mut interrupting = numbers("signal-handler");
    let calls = interrupting.next().unwrap_or(0);
    // A thread that has ended counts no calls.
    let late = numbers("entries-late").next().unwrap_or(0);
    (calls + late, interrupting.next().unwrap_or(0))
}
