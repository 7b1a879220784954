//! Nested scopes give self and inclusive figures in the same run, and each has its own peak.
//!
//! What is promised: inclusive is all that happens while the operation is on the path, self is what happens
//! with it as the innermost one, a nested peak is above its own entry, and a hundred levels change none of it.

use memprof::{OperationReport, Report};
use std::hint::black_box;

/// An allocation that the optimizer leaves in place.
fn buffer(bytes: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(bytes))
}

fn row<'a>(report: &'a Report, name: &str) -> &'a OperationReport {
    report.operation(name).unwrap()
}

/// Allocated and freed bytes, inclusive.
fn bytes(row: &OperationReport) -> (u64, u64) {
    (row.allocated_bytes, row.deallocated_bytes)
}

/// Allocated and freed bytes of the operation itself.
fn self_bytes(row: &OperationReport) -> (u64, u64) {
    let own = &row.self_figures;
    (own.allocated_bytes, own.deallocated_bytes)
}

#[memprof::track("nesting: outer")]
fn outer() -> Vec<u8> {
    let before = buffer(100);
    let given = inner(before);
    drop(buffer(7));
    given
}

#[memprof::track("nesting: inner")]
fn inner(from_outside: Vec<u8>) -> Vec<u8> {
    drop(from_outside);
    drop(buffer(30));
    buffer(5)
}

#[test]
fn self_and_inclusive() {
    let kept = outer();
    let alone = inner(buffer(1_000));
    let report = memprof::snapshot();

    let (outer, inner) = (
        row(&report, "nesting: outer"),
        row(&report, "nesting: inner"),
    );
    assert_eq!((outer.calls, inner.calls), (1, 2));
    assert_eq!(bytes(outer), (142, 137));
    assert_eq!(self_bytes(outer), (107, 7));
    assert_eq!((outer.allocations, outer.self_figures.allocations), (4, 2));
    assert_eq!(
        (outer.deallocations, outer.self_figures.deallocations),
        (3, 1)
    );
    assert_eq!((outer.net_bytes, outer.self_figures.net_bytes), (5, 100));
    assert_eq!(outer.retained_bytes, Some(5));
    assert_eq!(outer.self_figures.retained_bytes, Some(0));
    assert_eq!(bytes(inner), (70, 1_160));
    assert_eq!(self_bytes(inner), (70, 1_160));
    assert_eq!(inner.net_bytes, -1_090);
    assert_eq!(inner.retained_bytes, Some(10));

    let nested = report.path(&["nesting: outer", "nesting: inner"]).unwrap();
    assert_eq!((nested.calls, nested.open_calls), (1, 0));
    assert_eq!(
        (nested.allocated_bytes, nested.deallocated_bytes),
        (35, 130)
    );
    assert_eq!(nested.net_bytes, -95);
    assert_eq!(
        (nested.retained_blocks, nested.retained_bytes),
        (Some(1), Some(5))
    );
    let lone = report.path(&["nesting: inner"]).unwrap();
    assert_eq!(
        (lone.calls, lone.allocated_bytes, lone.deallocated_bytes),
        (1, 35, 1_030)
    );
    drop((kept, alone));
}

#[test]
fn a_peak_inside() {
    {
        let _outer = memprof::scope!("peak inside: outer");
        let held = buffer(100);
        {
            let _inner = memprof::scope!("peak inside: inner");
            drop(buffer(1_000));
        }
        drop(buffer(50));
        drop(held);
    }
    let report = memprof::snapshot();
    assert_eq!(row(&report, "peak inside: inner").peak_bytes, 1_000);
    assert_eq!(row(&report, "peak inside: outer").peak_bytes, 1_100);
}

#[test]
fn a_peak_outside() {
    {
        let _outer = memprof::scope!("peak outside: outer");
        drop(buffer(5_000));
        let held = buffer(100);
        {
            let _inner = memprof::scope!("peak outside: inner");
            drop(buffer(10));
        }
        drop(held);
        drop(buffer(4_999));
    }
    let report = memprof::snapshot();
    assert_eq!(row(&report, "peak outside: inner").peak_bytes, 10);
    assert_eq!(row(&report, "peak outside: outer").peak_bytes, 5_000);
}

#[test]
fn peaks_one_after_the_other() {
    {
        let _outer = memprof::scope!("peaks: outer");
        let held = buffer(1);
        for bytes in [10, 300, 20] {
            let _inner = memprof::scope!("peaks: inner");
            drop(buffer(bytes));
        }
        {
            let _other = memprof::scope!("peaks: other");
            drop(held);
            drop(buffer(300));
        }
    }
    let report = memprof::snapshot();
    let inner = row(&report, "peaks: inner");
    assert_eq!((inner.calls, inner.peak_bytes), (3, 300));
    // It frees one byte of the outer one first, so it rises one byte less above its entry.
    assert_eq!(row(&report, "peaks: other").peak_bytes, 299);
    assert_eq!(row(&report, "peaks: outer").peak_bytes, 301);
}

#[test]
fn a_scope_that_only_frees_has_no_peak() {
    let held = buffer(100);
    {
        let _scope = memprof::scope!("frees only");
        drop(held);
    }
    let report = memprof::snapshot();
    let row = row(&report, "frees only");
    assert_eq!((row.peak_bytes, row.net_bytes), (0, -100));
    assert_eq!((bytes(row), row.retained_bytes), ((0, 100), Some(0)));
}

#[test]
fn a_peak_above_the_folds_of_a_thread_is_exact() {
    {
        let _outer = memprof::scope!("high: outer");
        let held: Vec<_> = (0..100).map(|_| buffer(10_000)).collect();
        {
            let _inner = memprof::scope!("high: inner");
            drop(held);
            let again: Vec<_> = (0..200).map(|_| buffer(10_000)).collect();
            drop(again);
        }
    }
    let report = memprof::snapshot();
    let table = size_of::<Vec<u8>>() as u64;
    let outer = 2_000_000 + 200 * table;
    assert_eq!(row(&report, "high: outer").peak_bytes, outer);
    assert_eq!(
        row(&report, "high: inner").peak_bytes,
        outer - (1_000_000 + 100 * table)
    );
}

#[test]
fn a_measurement_inside_a_scope_belongs_to_it() {
    let measured = {
        let _scope = memprof::scope!("measured inside");
        drop(buffer(500));
        memprof::measure(|| drop(buffer(60)))
    };
    assert_eq!(
        (measured.stats.allocated_bytes, measured.stats.peak_bytes),
        (60, 60)
    );
    let report = memprof::snapshot();
    let row = row(&report, "measured inside");
    assert_eq!(
        (row.calls, row.allocated_bytes, row.peak_bytes),
        (1, 560, 500)
    );
    assert_eq!(self_bytes(row), (560, 560));
}

#[test]
fn scopes_inside_a_measurement_belong_to_it() {
    let measured = memprof::measure(|| {
        let _scope = memprof::scope!("inside a measurement");
        let held = buffer(10);
        let nested = memprof::measure(|| drop(buffer(90)));
        drop(held);
        nested.stats.peak_bytes
    });
    assert_eq!(measured.value, 90);
    assert_eq!(
        (measured.stats.allocations, measured.stats.peak_bytes),
        (2, 100)
    );
}

/// Opens a scope and a block of one byte for each name, all alive until the end, then calls `$end`.
macro_rules! nested {
    ($end:expr; $($name:literal)*) => {{
        $(
            let _scope = memprof::scope!($name);
            let _block = buffer(1);
        )*
        $end
    }};
}

/// Checks the rows of scopes that stood in each other as in `nested!`.
fn check_levels(report: &Report, names: &[&str]) {
    for (level, name) in names.iter().enumerate() {
        let row = row(report, name);
        let inside = (names.len() - level) as u64;
        assert_eq!(
            (row.calls, bytes(row), row.peak_bytes),
            (1, (inside, inside), inside)
        );
        assert_eq!(self_bytes(row), (1, 1));
        let path = report.path(&names[..=level]).unwrap();
        assert_eq!(
            (path.calls, path.allocated_bytes, path.net_bytes),
            (1, 1, 0)
        );
    }
}

#[rustfmt::skip]
macro_rules! for_64_names {
    ($run:ident!($($with:tt)*)) => {
        $run!($($with)*
            "a0" "a1" "a2" "a3" "a4" "a5" "a6" "a7" "b0" "b1" "b2" "b3" "b4" "b5" "b6" "b7"
            "c0" "c1" "c2" "c3" "c4" "c5" "c6" "c7" "d0" "d1" "d2" "d3" "d4" "d5" "d6" "d7"
            "e0" "e1" "e2" "e3" "e4" "e5" "e6" "e7" "f0" "f1" "f2" "f3" "f4" "f5" "f6" "f7"
            "g0" "g1" "g2" "g3" "g4" "g5" "g6" "g7" "h0" "h1" "h2" "h3" "h4" "h5" "h6" "h7"
        )
    };
}

#[rustfmt::skip]
macro_rules! for_100_names {
    ($run:ident!($($with:tt)*)) => {
        $run!($($with)*
            "00" "01" "02" "03" "04" "05" "06" "07" "08" "09" "10" "11" "12" "13" "14" "15" "16" "17" "18" "19"
            "20" "21" "22" "23" "24" "25" "26" "27" "28" "29" "30" "31" "32" "33" "34" "35" "36" "37" "38" "39"
            "40" "41" "42" "43" "44" "45" "46" "47" "48" "49" "50" "51" "52" "53" "54" "55" "56" "57" "58" "59"
            "60" "61" "62" "63" "64" "65" "66" "67" "68" "69" "70" "71" "72" "73" "74" "75" "76" "77" "78" "79"
            "80" "81" "82" "83" "84" "85" "86" "87" "88" "89" "90" "91" "92" "93" "94" "95" "96" "97" "98" "99"
        )
    };
}

macro_rules! names {
    ($($name:literal)*) => {
        [$($name),*]
    };
}

#[test]
fn sixty_four_levels() {
    let open = for_64_names!(nested!(memprof::snapshot();));
    let names = for_64_names!(names!());
    assert!(names.iter().all(|name| row(&open, name).open_calls == 1));
    check_levels(&memprof::snapshot(), &names);
}

#[test]
fn a_hundred_levels() {
    let open = for_100_names!(nested!(memprof::snapshot();));
    let names = for_100_names!(names!());
    assert!(names.iter().all(|name| row(&open, name).open_calls == 1));
    check_levels(&memprof::snapshot(), &names);
}
