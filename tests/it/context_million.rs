//! Promise: contexts by the million cost memprof not one byte.

use memprof::Context;

fn overhead() -> u64 {
    memprof::snapshot().process.overhead_bytes
}

/// Alone in its program, for the overhead is the process's.
#[test]
fn contexts_by_the_million_cost_nothing() {
    alone!();
    let context = {
        let _other = memprof::scope!("million: other");
        Context::current()
    };
    // The first one needs room for the path on this thread, the first report for the settings.
    drop(context.attach());
    let _ = overhead();
    let before = overhead();
    for _ in 0..1_000_000 {
        let _attached = context.attach();
    }
    assert_eq!(overhead(), before);
}
