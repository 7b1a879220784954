//! Promise: memory that no allocator sees is counted as the program declares it, exactly, for whoever declared
//! it, whichever thread changes it or gives it up; and in no figure of what was allocated.

use memprof::{Context, External, Report, external, measure, snapshot};
use std::sync::Barrier;

#[memprof::track("Load")]
fn load(bytes: u64) -> (External, External) {
    (external("ring", bytes), map(bytes))
}

#[memprof::track("Map")]
fn map(bytes: u64) -> External {
    external(String::from("file"), bytes)
}

#[memprof::track("Nothing")]
fn nothing() {}

/// Now and at most.
fn of_operation(report: &Report, name: &str) -> (u64, u64) {
    let row = report.operation(name).expect("a row");
    (row.external_bytes, row.peak_external_bytes)
}

fn of_process(report: &Report) -> (Option<u64>, Option<u64>) {
    let process = &report.process;
    (process.external_bytes, process.peak_external_bytes)
}

/// Every row: name, path, regions, now, at most.
fn rows(report: &Report) -> Vec<(String, String, u64, u64, u64)> {
    let rows = report.external.iter();
    rows.map(|row| {
        let path = report.paths[row.path].path.join(" > ");
        (
            row.name.clone(),
            path,
            row.regions,
            row.bytes,
            row.peak_bytes,
        )
    })
    .collect()
}

fn row(
    name: &str,
    path: &str,
    regions: u64,
    now: u64,
    peak: u64,
) -> (String, String, u64, u64, u64) {
    (name.to_owned(), path.to_owned(), regions, now, peak)
}

/// One test: the figures are the process's.
#[test]
fn declared_memory_is_exact() {
    alone!();
    nothing();
    assert_eq!(of_process(&snapshot()), (None, None));
    belongs_to_who_declared_it();
    is_changed_by_any_thread();
    follows_a_context();
    belongs_to_checked_calls();
    is_counted_apart();
    threads_lose_nothing();
    overflow_saturates_and_heals();
    what_is_leaked_stays();
}

fn belongs_to_who_declared_it() {
    nothing();
    let (mut ring, file) = load(100);
    let report = snapshot();
    assert_eq!(of_process(&report), (Some(200), Some(200)));
    assert_eq!(of_operation(&report, "Load"), (200, 200));
    assert_eq!(of_operation(&report, "Map"), (100, 100));
    assert_eq!(of_operation(&report, "Nothing"), (0, 0));
    let expected = [
        row("ring", "Load", 1, 100, 100),
        row("file", "Load > Map", 1, 100, 100),
    ];
    assert_eq!(rows(&report), expected);

    ring.resize(1_000);
    drop(file);
    ring.resize(10);
    assert_eq!(ring.bytes(), 10);
    let report = snapshot();
    assert_eq!(of_process(&report), (Some(10), Some(1_100)));
    assert_eq!(of_operation(&report, "Load"), (10, 1_100));
    assert_eq!(of_operation(&report, "Map"), (0, 100));
    let text = report.to_string();
    assert!(
        text.contains("external     10 bytes, at most 1,100 B"),
        "{text}"
    );
    assert!(
        text.contains("  ring: 10 bytes in 1 region, at most 1,000 B, by Load"),
        "{text}"
    );

    drop(ring);
    let report = snapshot();
    assert_eq!(of_process(&report), (Some(0), Some(1_100)));
    let expected = [
        row("ring", "Load", 0, 0, 1_000),
        row("file", "Load > Map", 0, 0, 100),
    ];
    assert_eq!(rows(&report), expected);
}

/// A call in itself, each of which is checked for itself.
#[memprof::budget(allocated = "1 MB")]
fn checked(depth: u32) -> Vec<External> {
    let mut regions = match depth {
        0 => Vec::new(),
        _ => checked(depth - 1),
    };
    regions.push(external("checked", 10));
    regions
}

fn belongs_to_checked_calls() {
    let regions = checked(2);
    assert_eq!(of_operation(&snapshot(), "external::checked"), (30, 30));
    drop(regions);
    assert_eq!(of_operation(&snapshot(), "external::checked"), (0, 30));
}

fn is_changed_by_any_thread() {
    let (mut ring, file) = load(5);
    std::thread::spawn(move || {
        let _scope = memprof::scope!("elsewhere");
        ring.resize(50);
        drop(file);
        assert_eq!(of_operation(&snapshot(), "Load").0, 50);
        drop(ring);
    })
    .join()
    .expect("the thread");
    let report = snapshot();
    assert_eq!(of_operation(&report, "elsewhere"), (0, 0));
    assert_eq!(of_operation(&report, "Load"), (0, 1_100));
}

fn follows_a_context() {
    let context = {
        let _scope = memprof::scope!("Request");
        Context::current()
    };
    let job = context.wrap(|| external("gpu", 64));
    let buffer = std::thread::spawn(job).join().expect("the thread");
    assert_eq!(of_operation(&snapshot(), "Request"), (64, 64));
    drop(buffer);
}

/// A name that is known costs its caller no allocation; a new one is memprof's own.
fn is_counted_apart() {
    let before = snapshot().process;
    for name in ["new one", "new one"] {
        let measured = measure(|| external(name, 1 << 40));
        assert_eq!(measured.stats, memprof::Stats::default());
    }
    let measured = measure(|| drop(external(String::from("seven b"), 1)));
    assert_eq!(
        (measured.stats.allocated_bytes, measured.stats.net_bytes),
        (7, 0)
    );
    let after = snapshot().process;
    assert_eq!(after.live_bytes, before.live_bytes);
    assert_eq!(after.allocations, before.allocations + 1);
}

fn threads_lose_nothing() {
    const THREADS: u64 = 4;
    const ROUNDS: u64 = 2_000;
    let barrier = Barrier::new(THREADS as usize);
    std::thread::scope(|threads| {
        for thread in 0..THREADS {
            let barrier = &barrier;
            threads.spawn(move || {
                let _scope = memprof::scope!("Busy");
                barrier.wait();
                let mut kept = external("busy", 0);
                for round in 1..=ROUNDS {
                    let other = external(if round % 2 == 0 { "busy" } else { "other" }, round);
                    kept.resize(round * (thread + 1));
                    drop(other);
                }
                barrier.wait();
                let sum = ROUNDS * (1..=THREADS).sum::<u64>();
                assert_eq!(of_operation(&snapshot(), "Busy").0, sum);
                barrier.wait();
            });
        }
    });
    assert_eq!(of_operation(&snapshot(), "Busy").0, 0);
}

fn overflow_saturates_and_heals() {
    let most = [external("huge", u64::MAX), external("huge", u64::MAX)];
    assert_eq!(of_process(&snapshot()), (Some(u64::MAX), Some(u64::MAX)));
    drop(most);
    assert_eq!(of_process(&snapshot()), (Some(0), Some(u64::MAX)));
}

fn what_is_leaked_stays() {
    external("for good", 30).leak();
    std::mem::forget(external("for good", 12));
    let report = snapshot();
    assert_eq!(report.process.external_bytes, Some(42));
    let expected = row("for good", "", 2, 42, 42);
    assert!(rows(&report).contains(&expected), "{:?}", rows(&report));
}
