//! A guard that is leaked or dropped out of order harms nothing.
//!
//! What is promised: it heals when the next outer scope ends, no byte is lost or counted twice on the way, later
//! scopes stand where they should, and the report warns with the exact number.

use std::hint::black_box;

/// An allocation that the optimizer leaves in place.
fn buffer(bytes: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(bytes))
}

/// How many guards the report says were misused.
fn misused() -> u64 {
    let report = memprof::snapshot();
    let mut warnings = report
        .warnings
        .iter()
        .filter(|warning| warning.code == "guard-misused");
    let told = warnings.next().map_or(0, |warning| {
        let number = warning.message.split(' ').next().unwrap();
        number.parse().unwrap()
    });
    assert!(warnings.next().is_none());
    told
}

/// Calls, open calls, inclusive and own allocated bytes, peak.
fn figures(name: &str) -> [u64; 5] {
    let report = memprof::snapshot();
    let row = report.operation(name).unwrap();
    [
        row.calls,
        row.open_calls,
        row.allocated_bytes,
        row.self_figures.allocated_bytes,
        row.peak_bytes,
    ]
}

/// The thread is outside any operation.
fn check_at_root() {
    let before = memprof::snapshot().path(&[]).map(|root| root.allocations);
    {
        let _scope = memprof::scope!("at the root");
        drop(buffer(1));
    }
    let report = memprof::snapshot();
    assert_eq!(report.path(&[]).map(|root| root.allocations), before);
    let is_probe = |path: &[String]| path.last().is_some_and(|last| last == "at the root");
    assert!(
        report
            .paths
            .iter()
            .all(|row| row.path.len() == 1 || !is_probe(&row.path))
    );
}

/// One test, because the count of misused guards is the process's.
#[test]
fn misuse_heals_and_is_counted() {
    alone!();
    std::thread::spawn(|| {
        used_well();
        assert_eq!(misused(), 0);
        leaked();
        assert_eq!(misused(), 1);
        several_leaked();
        assert_eq!(misused(), 4);
        dropped_in_the_wrong_order();
        assert_eq!(misused(), 5);
        all_dropped_in_the_wrong_order();
        assert_eq!(misused(), 8);
        kept_beyond_its_place();
        assert_eq!(misused(), 9);
        leaked_in_a_measurement();
        assert_eq!(misused(), 10);
    })
    .join()
    .unwrap();
}

fn used_well() {
    let _outer = memprof::scope!("well: outer");
    drop(memprof::scope!("well: inner"));
    let by_value = memprof::scope!("well: moved");
    drop(std::convert::identity(by_value));
}

fn leaked() {
    {
        let _outer = memprof::scope!("leaked: outer");
        drop(buffer(1));
        {
            std::mem::forget(memprof::scope!("leaked: inner"));
            drop(buffer(20));
        }
        // Still inside, until the outer one ends.
        drop(buffer(300));
        assert_eq!(figures("leaked: inner"), [1, 1, 320, 320, 300]);
    }
    check_at_root();
    assert_eq!(figures("leaked: outer"), [1, 0, 321, 1, 300]);
    assert_eq!(figures("leaked: inner"), [1, 0, 320, 320, 300]);
}

fn several_leaked() {
    {
        let _outer = memprof::scope!("several: outer");
        for _ in 0..3 {
            std::mem::forget(memprof::scope!("several: inner"));
            drop(buffer(10));
        }
    }
    check_at_root();
    assert_eq!(figures("several: outer"), [1, 0, 30, 0, 10]);
    assert_eq!(figures("several: inner"), [3, 0, 30, 30, 10]);
    let report = memprof::snapshot();
    let row = report.operation("several: inner").unwrap();
    let allocated = row.per_call.as_ref().unwrap().allocated_bytes;
    assert_eq!(
        (allocated.min, allocated.max, allocated.mean),
        (10, 30, 20.0)
    );
}

fn dropped_in_the_wrong_order() {
    let outer = memprof::scope!("wrong order: outer");
    drop(buffer(1));
    let inner = memprof::scope!("wrong order: inner");
    drop(buffer(20));
    drop(outer);
    // Both have ended: this is outside.
    drop(buffer(300));
    drop(inner);
    check_at_root();
    assert_eq!(figures("wrong order: outer"), [1, 0, 21, 1, 20]);
    assert_eq!(figures("wrong order: inner"), [1, 0, 20, 20, 20]);
}

fn all_dropped_in_the_wrong_order() {
    {
        let _around = memprof::scope!("queue: around");
        let mut queue = Vec::with_capacity(4);
        for bytes in [1, 2, 3, 4] {
            queue.push(memprof::scope!("queue"));
            drop(buffer(bytes));
        }
        // A vector drops its first one first.
        drop(queue);
        drop(buffer(50));
    }
    check_at_root();
    let table = 4 * size_of_val(&memprof::scope!("queue: probe")) as u64;
    assert_eq!(figures("queue"), [4, 0, 10, 10, 4]);
    // The table's memory is freed in here too; its bytes were taken outside the queue's scopes.
    let around = figures("queue: around");
    assert_eq!(around[..4], [1, 0, table + 60, table + 50]);
}

fn kept_beyond_its_place() {
    let kept = {
        let _outer = memprof::scope!("kept: outer");
        memprof::scope!("kept: inner")
    };
    {
        let _next = memprof::scope!("kept: next");
        drop(buffer(5));
        // Long closed; must not end the scope that is open now.
        drop(kept);
        drop(buffer(6));
    }
    check_at_root();
    assert_eq!(figures("kept: next"), [1, 0, 11, 11, 6]);
    assert_eq!(figures("kept: inner"), [1, 0, 0, 0, 0]);
}

fn leaked_in_a_measurement() {
    let measured = memprof::measure(|| {
        std::mem::forget(memprof::scope!("leaked in a measurement"));
        drop(buffer(70));
    });
    check_at_root();
    assert_eq!(
        (measured.stats.allocated_bytes, measured.stats.peak_bytes),
        (70, 70)
    );
    assert_eq!(figures("leaked in a measurement"), [1, 0, 70, 70, 70]);
}
