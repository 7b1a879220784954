//! A program that leaves holes in its heap, and what a report has to say of it, whichever the inner allocator.

use memprof::report::MemoryParts;
use memprof::{Profiler, Report, snapshot};
use std::hint::black_box;

const BLOCK_BYTES: usize = 1 << 10;
const BLOCKS: usize = 64 << 10;
/// Half of the blocks are freed at last.
const HOLES_BYTES: u64 = (BLOCKS / 2 * BLOCK_BYTES) as u64;
const MIB: u64 = 1 << 20;

/// Fills 64 MiB with small blocks, frees every second one, and looks at the report before, in between and after.
pub(crate) fn is_taken_apart(allocator: &str, tells_rounding: bool) {
    let before = snapshot().process;
    assert!(before.live_bytes < MIB);
    assert_eq!(before.fragmentation, None, "little is held");

    let profiler = Profiler::builder()
        .output_directory(std::env::temp_dir().join(format!("memprof-{}", std::process::id())));
    let profiler = profiler.build().expect("the settings are right");
    let mut blocks: Vec<Option<Vec<u8>>> = Vec::with_capacity(BLOCKS);
    blocks.resize_with(BLOCKS, || Some(black_box(vec![1; BLOCK_BYTES])));
    let full = snapshot();
    blocks.iter_mut().step_by(2).for_each(|block| *block = None);
    let holed = snapshot();
    drop(blocks);

    for report in [&full, &holed] {
        is_whole(report, allocator, tells_rounding);
    }
    // The holes are where nothing was unused before.
    let unused = |report: &Report| now(report).unused_bytes;
    assert!(unused(&full) < HOLES_BYTES, "{:?}", now(&full));
    assert!(unused(&holed) >= HOLES_BYTES * 9 / 10, "{:?}", now(&holed));
    assert!(now(&holed).held_bytes >= now(&full).held_bytes / 10 * 9);
    if tells_rounding {
        let rounding = now(&full).rounding_bytes.expect("told");
        let most = now(&full).live_bytes / 2;
        assert!((BLOCKS as u64 * 4..most).contains(&rounding), "{rounding}");
    }
    // The table tells of holes, now that there are some.
    let text = holed.to_string();
    assert!(
        text.contains(&format!(" by {allocator}, of which ")),
        "{text}"
    );
    assert!(text.contains("\n  held         "), "{text}");
    let directory = profiler.finish().expect("written").expect("switched on");
    std::fs::remove_dir_all(directory.parent().expect("a directory")).expect("removed");
}

fn now(report: &Report) -> &MemoryParts {
    let found = report.process.fragmentation.as_ref();
    &found.expect("enough is held").now
}

/// The sums hold, and what others tell too is the same.
fn is_whole(report: &Report, allocator: &str, tells_rounding: bool) {
    let process = &report.process;
    let found = process.fragmentation.as_ref().expect("enough is held");
    assert_eq!(found.allocator, allocator);
    let at_peak = found.at_peak.as_ref().expect("a profiler looks");
    for parts in [&found.now, at_peak] {
        assert_eq!(parts.rounding_bytes.is_some(), tells_rounding);
        assert_eq!(parts.other_bytes.is_some(), tells_rounding);
        let beyond = parts.rounding_bytes.unwrap_or(0) + parts.other_bytes.unwrap_or(0);
        // Nobody else takes blocks of it, but for what the allocator keeps in reserve for each thread.
        assert!(parts.other_bytes.unwrap_or(0) < MIB / 2, "{parts:?}");
        let held = parts.live_bytes + parts.overhead_bytes + beyond + parts.unused_bytes;
        assert_eq!(held, parts.held_bytes);
        let (outside, absent) = (parts.outside_bytes.unwrap(), parts.absent_bytes.unwrap());
        assert_eq!(held + outside, parts.rss_bytes.unwrap() + absent);
    }
    assert_eq!(found.now.live_bytes, process.live_bytes);
    assert_eq!(found.now.rss_bytes, process.rss_bytes);
    assert_eq!(at_peak.rss_bytes, process.peak_rss_bytes);
    // The last look was at most one step below the peak.
    let peak = process.peak_live_bytes;
    let step = (peak / 8).max(2 * MIB);
    assert!((peak - step..=peak + process.peak_error_bytes).contains(&at_peak.live_bytes));
}
