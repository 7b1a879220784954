//! How many blocks live, from inside the allocator: for what their number bounds, not for a figure that is told.

use super::registry;
use super::rooms;
use super::row::Events;

/// Rows that are read at most, a millisecond or two: others may wait for the registry meanwhile.
const MOST_ROWS: usize = 8_192;

/// The blocks that live, summed up over all threads, which go on meanwhile. `None` where somebody holds the registry, since
/// nobody waits for it here, and where there is too much to read.
pub(crate) fn live_blocks() -> Option<u64> {
    let registry = registry::try_lock()?;
    let tables = rooms::threads() as usize + 1;
    if registry.paths.nodes().len().saturating_mul(tables) > MOST_ROWS {
        return None;
    }
    let mut blocks = 0_i64;
    let mut add = |events: Events| {
        let net = events.allocations.wrapping_sub(events.deallocations);
        blocks = blocks.wrapping_add(net as i64);
    };
    for path in 0..registry.paths.nodes().len() {
        if let Some(row) = registry.known_retired_row(path) {
            add(Events::of_row(row));
        }
    }
    registry.each_thread(|thread| {
        // SAFETY: the lock is held.
        for row in unsafe { thread.rows() } {
            // SAFETY: null, or a row, which stays while the lock is held.
            if let Some(row) = unsafe { row.as_ref() } {
                add(Events::of_row(row));
            }
        }
        let pending = &thread.pending;
        add(Events {
            allocations: u64::from(pending.allocations.get()),
            deallocations: u64::from(pending.deallocations.get()),
            ..Events::default()
        });
    });
    Some(u64::try_from(blocks).unwrap_or(0))
}
