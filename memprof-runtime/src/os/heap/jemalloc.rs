//! jemalloc, through `tikv-jemalloc-ctl`.

use super::HeapFigures;
use tikv_jemalloc_ctl::{epoch, stats};

/// All arenas together; `None` where jemalloc was built without statistics.
pub(super) fn figures() -> Option<HeapFigures> {
    // Its figures are copies, which this renews.
    epoch::advance().ok()?;
    Some(HeapFigures {
        held: stats::resident::read().ok()? as u64,
        in_blocks: Some(stats::allocated::read().ok()? as u64),
        mapped_blocks: 0,
    })
}
