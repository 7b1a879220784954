//! Promise: what the layer keeps depends on callsites, paths and open spans, never on how many spans there
//! were: nothing for any number of them one after the other, and the same again for each crowd that is open at
//! once, on one thread or on threads that have ended.
#![forbid(unsafe_code)]

use std::hint::black_box;
use tracing_subscriber::prelude::*;

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

const SPANS: u64 = 10_000;

fn overhead_bytes() -> u64 {
    memprof::snapshot().process.overhead_bytes
}

fn crowd(spans: u64) {
    let make = |_| {
        let span = tracing::info_span!("crowded");
        span.in_scope(|| drop(black_box(Box::new(1_u64))));
        span
    };
    let crowd: Vec<_> = (0..spans).map(make).collect();
    drop(crowd);
}

/// `spans`, one inside the other, forgotten.
fn forget(spans: u64) {
    for _ in 0..spans {
        let span = tracing::info_span!("forgotten");
        std::mem::forget(span.enter());
    }
}

/// One test, because overhead is a fact of the process.
#[test]
fn memory_is_bounded() {
    tracing_subscriber::registry()
        .with(memprof::tracing::layer())
        .init();
    for work in [
        // One after the other.
        || (0..SPANS).for_each(|_| crowd(1)),
        // At once.
        || crowd(SPANS),
        || {
            let outer = tracing::info_span!("outer");
            outer.in_scope(|| forget(1_000));
        },
        || {
            for _ in 0..20 {
                std::thread::spawn(|| crowd(100)).join().unwrap();
            }
        },
    ] {
        // The first time the registry of `tracing` allocates what it reuses from then on, so calls of an operation differ:
        // with the second time their histogram has its segments.
        work();
        work();
        overhead_bytes();
        let before = overhead_bytes();
        work();
        assert_eq!(overhead_bytes(), before);
    }
    let report = memprof::snapshot();
    let crowded = report.operation("crowded").unwrap();
    assert_eq!(crowded.calls, 3 * (2 * SPANS + 2_000));
    assert_eq!((crowded.open_calls, crowded.net_bytes), (0, 0));
    let forgotten = report.operation("forgotten").unwrap();
    assert_eq!((forgotten.calls, forgotten.open_calls), (3 * 1_000, 0));
}
