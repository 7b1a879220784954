//! Unwinding, early returns and `?` end a scope as any other way out does.
//!
//! What is promised: after a thousand caught panics every figure is that of the same work without a panic plus
//! what the panic itself allocates, and the thread is back where it was.

use std::hint::black_box;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

const TIMES: u64 = 1_000;

/// An allocation that the optimizer leaves in place.
fn buffer(bytes: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(bytes))
}

#[memprof::track("returns")]
fn returns() {
    let _held = buffer(100);
    returns_inside(buffer(11));
}

#[memprof::track("returns: inside")]
fn returns_inside(given: Vec<u8>) {
    let _held = buffer(20);
    drop(given);
}

#[memprof::track("panics")]
fn panics() {
    let _held = buffer(100);
    panics_inside(buffer(11));
}

#[memprof::track("panics: inside")]
fn panics_inside(given: Vec<u8>) {
    let _held = buffer(20);
    drop(given);
    start_panic();
}

/// A panic without the hook, whose message may allocate once for the thread.
#[inline(never)]
fn start_panic() {
    if black_box(true) {
        resume_unwind(Box::new(black_box(7_u64)));
    }
}

/// Bytes and number of the allocations that `start_panic` makes, up to where it is caught.
fn of_a_panic() -> (u64, u64) {
    let caught = memprof::measure(|| catch_unwind(start_panic));
    let stats = caught.stats;
    assert!(caught.value.is_err());
    (stats.allocated_bytes, stats.allocations)
}

/// One test, for the hook is the process's.
#[test]
fn a_thousand_panics() {
    std::panic::set_hook(Box::new(|_| {}));
    of_a_panic();
    let (bytes, blocks) = of_a_panic();
    assert_eq!((bytes, blocks), of_a_panic());

    for _ in 0..TIMES {
        returns();
        assert!(catch_unwind(panics).is_err());
    }
    let report = memprof::snapshot();
    for (well, badly) in [("returns", "panics"), ("returns: inside", "panics: inside")] {
        let (well, badly) = (
            report.operation(well).unwrap(),
            report.operation(badly).unwrap(),
        );
        assert_eq!((well.calls, badly.calls), (TIMES, TIMES));
        assert_eq!((well.open_calls, badly.open_calls), (0, 0));
        assert_eq!(badly.allocations, well.allocations + TIMES * blocks);
        assert_eq!(badly.allocated_bytes, well.allocated_bytes + TIMES * bytes);
        // The panic's own memory is freed by who catches it.
        assert_eq!(badly.deallocations, well.deallocations);
        assert_eq!(badly.deallocated_bytes, well.deallocated_bytes);
        assert_eq!(
            (well.retained_bytes, badly.retained_bytes),
            (Some(0), Some(0))
        );
        assert_eq!(badly.retained_blocks, Some(0));
        let per_call = badly.per_call.as_ref().unwrap().allocated_bytes;
        assert!(per_call.exact);
        assert_eq!(per_call.max, badly.allocated_bytes / TIMES);
    }
    assert_eq!(report.operation("returns").unwrap().peak_bytes, 131);
    assert!(report.path(&["panics"]).is_some());
    assert!(
        report
            .warnings
            .iter()
            .all(|warning| warning.code != "guard-misused")
    );

    panics_with_a_message();
    panics_in_a_measurement();
    caught_inside();
}

/// With `panic!` and its hook too, nothing of the user's is lost.
fn panics_with_a_message() {
    let panics = || panic!("{} is too much", black_box(7));
    for _ in 0..2 {
        let _warm = catch_unwind(panics);
    }
    let plain = memprof::measure(|| catch_unwind(panics).is_err()).stats;
    for _ in 0..TIMES {
        let caught = catch_unwind(|| {
            let _scope = memprof::scope!("message");
            let _held = buffer(64);
            panics();
        });
        assert!(caught.is_err());
    }
    let report = memprof::snapshot();
    let row = report.operation("message").unwrap();
    assert_eq!((row.calls, row.open_calls), (TIMES, 0));
    assert_eq!(row.allocations, TIMES * (plain.allocations + 1));
    assert_eq!(row.allocated_bytes, TIMES * (plain.allocated_bytes + 64));
    assert_eq!(row.retained_bytes, Some(0));
}

/// A measurement that is left by a panic closes too.
fn panics_in_a_measurement() {
    for _ in 0..TIMES {
        let caught = catch_unwind(|| {
            let _scope = memprof::scope!("around a measurement");
            memprof::measure(|| {
                let _held = buffer(5);
                start_panic();
            })
        });
        assert!(caught.is_err());
    }
    let report = memprof::snapshot();
    let row = report.operation("around a measurement").unwrap();
    assert_eq!(
        (row.calls, row.open_calls, row.retained_bytes),
        (TIMES, 0, Some(0))
    );
    assert!(
        report
            .warnings
            .iter()
            .all(|warning| warning.code != "guard-misused")
    );
    let outside = memprof::measure(|| drop(buffer(3))).stats;
    assert_eq!((outside.allocated_bytes, outside.peak_bytes), (3, 3));
}

/// An operation that catches goes on as itself.
fn caught_inside() {
    let (bytes, blocks) = of_a_panic();
    for _ in 0..TIMES {
        let _outer = memprof::scope!("catches");
        let caught = catch_unwind(AssertUnwindSafe(|| {
            let _inner = memprof::scope!("throws");
            let _held = buffer(8);
            start_panic();
        }));
        drop(caught);
        drop(buffer(16));
    }
    let report = memprof::snapshot();
    let (outer, inner) = (
        report.operation("catches").unwrap(),
        report.operation("throws").unwrap(),
    );
    assert_eq!(outer.self_figures.allocated_bytes, 16 * TIMES);
    assert_eq!(outer.allocated_bytes, (24 + bytes) * TIMES);
    assert_eq!(
        (outer.allocations, outer.net_bytes),
        ((2 + blocks) * TIMES, 0)
    );
    assert_eq!(inner.allocated_bytes, (8 + bytes) * TIMES);
    assert_eq!(
        (inner.net_bytes, inner.retained_bytes),
        ((bytes * TIMES) as i64, Some(0))
    );
}

#[memprof::track("parse")]
fn parse(text: &str) -> Result<u64, std::num::ParseIntError> {
    let _held = buffer(40);
    let number: u64 = text.parse()?;
    if number == 0 {
        return Ok(1);
    }
    drop(buffer(2));
    Ok(number)
}

#[test]
fn early_returns() {
    assert!(parse("x").is_err());
    assert_eq!(parse("0"), Ok(1));
    assert_eq!(parse("5"), Ok(5));
    let report = memprof::snapshot();
    let row = report.operation("parse").unwrap();
    assert_eq!((row.calls, row.open_calls), (3, 0));
    assert_eq!((row.allocated_bytes, row.deallocated_bytes), (122, 122));
    let per_call = row.per_call.as_ref().unwrap().allocated_bytes;
    assert_eq!((per_call.min, per_call.max), (40, 42));
}

#[test]
fn a_loop_that_is_left() {
    let found = (0..10).find(|number| {
        let _scope = memprof::scope!("left");
        let _held = buffer(1);
        *number == 3
    });
    for number in 0.. {
        let _scope = memprof::scope!("broken");
        let _held = buffer(1);
        if number % 2 == 0 {
            continue;
        }
        if number > 4 {
            break;
        }
    }
    let report = memprof::snapshot();
    assert_eq!(found, Some(3));
    for (name, calls) in [("left", 4), ("broken", 6)] {
        let row = report.operation(name).unwrap();
        assert_eq!(
            (row.calls, row.open_calls, row.allocated_bytes),
            (calls, 0, calls)
        );
    }
}
