//! Promise: the process's live bytes and peak hold what was done under contexts, within the stated error.

use memprof::Context;
use std::hint::black_box;

const MIB: u64 = 1 << 20;

/// Pages that nobody touches.
fn buffer(mib: u64) -> Vec<u8> {
    black_box(Vec::with_capacity((mib * MIB) as usize))
}

/// The process's peak, if it is within its stated error of `expected` and what else the process has.
fn assert_peak(expected: u64) {
    let process = memprof::snapshot().process;
    let others = MIB;
    let (peak, error) = (process.peak_live_bytes, process.peak_error_bytes);
    assert!(error <= peak / 50, "{error}");
    assert!(
        peak + error >= expected && peak <= expected + others + error,
        "{peak} is not {expected} ± {error}"
    );
}

#[test]
fn the_peak_counts_what_contexts_hold() {
    alone!();
    let context = {
        let _other = memprof::scope!("other");
        Context::current()
    };
    let _outer = memprof::scope!("context peak: outer");
    let mut kept = Vec::with_capacity(8);
    for round in 1..=4 {
        kept.push(context.run(|| buffer(64)));
        assert_peak(round * 64 * MIB);
    }
    // Below what the contexts hold, above it together.
    drop(buffer(40));
    assert_peak(296 * MIB);
    // Freed under a context, but allocated outside of it.
    let mine = buffer(100);
    assert_peak(356 * MIB);
    context.run(|| drop(mine));
    drop(buffer(90));
    assert_peak(356 * MIB);
    drop(buffer(110));
    assert_peak(366 * MIB);
    drop(kept);
    drop(buffer(300));
    assert_peak(366 * MIB);
    assert!(memprof::snapshot().process.live_bytes < MIB);
}
