//! The checks that are the same over either allocator.

use memprof::{Report, Stats, measure};
use std::fmt::Write;
use std::hint::black_box;

/// A sink for text, in which nothing is allocated.
struct Length(usize);

impl Write for Length {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0 += text.len();
        Ok(())
    }
}

/// Runs `work` three times, in an operation or not, and finds that nothing was counted.
fn quiet<T>(what: &str, mut work: impl FnMut() -> T) {
    for _ in 0..3 {
        let before = memprof::snapshot().process;
        let measured = measure(&mut work);
        assert_eq!(measured.stats, Stats::default(), "{what}");
        let in_operation = measure(|| {
            let _scope = memprof::scope!("reports");
            work()
        });
        assert_eq!(
            in_operation.stats,
            Stats::default(),
            "{what} in an operation"
        );
        let dropped = measure(|| drop((measured.value, in_operation.value)));
        assert_eq!(dropped.stats, Stats::default(), "dropping after {what}");
        let after = memprof::snapshot().process;
        assert_eq!(
            (
                before.allocations,
                before.allocated_bytes,
                before.deallocations
            ),
            (
                after.allocations,
                after.allocated_bytes,
                after.deallocations
            ),
            "{what}"
        );
        assert_eq!(
            (
                before.live_bytes,
                before.live_blocks,
                before.peak_live_bytes
            ),
            (after.live_bytes, after.live_blocks, after.peak_live_bytes),
            "{what}"
        );
    }
}

pub(crate) fn check() {
    work();
    quiet("making", memprof::snapshot);
    let held = memprof::snapshot();
    quiet("cloning", || held.clone());
    quiet("comparing", || held == held.clone());
    quiet("printing", || {
        let mut length = Length(0);
        write!(length, "{held}").unwrap();
        assert!(length.0 > 100);
    });
    let directory = std::env::temp_dir().join(format!("memprof-quiet-{}", std::process::id()));
    let path = directory.join("report.json");
    quiet("writing", || held.write_json(&path).unwrap());
    let written = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_dir_all(&directory).unwrap();
    assert_eq!(Report::from_json(&written).unwrap(), held);

    holding(held);
    on_another_thread();
    let report = memprof::snapshot();
    let row = report.operation("reports").unwrap();
    assert_eq!((row.calls, row.allocations, row.deallocations), (15, 0, 0));
}

/// Something to report, also of allocated size.
fn work() {
    let _outer = memprof::scope!("work");
    let _held = black_box(vec![1_u8; 1_000]);
    for bytes in 1..100 {
        let _inner = memprof::scope!("more work");
        drop(black_box(vec![1_u8; bytes]));
    }
}

/// Reports in great number, alive at once, are memprof's own memory.
fn holding(first: Report) {
    let before = first.process.overhead_bytes;
    let live = memprof::snapshot().process.live_bytes;
    let mut held: Vec<Report> = Vec::with_capacity(100);
    let table = (100 * size_of::<Report>()) as u64;
    held.extend((0..100).map(|_| memprof::snapshot()));
    let now = memprof::snapshot().process;
    assert_eq!(now.live_bytes, live + table);
    assert!(now.overhead_bytes > before + 100 * 500);
    drop(held);
    let now = memprof::snapshot().process;
    assert_eq!(now.live_bytes, live);
    drop(first);
}

/// A report may be dropped where it was not made.
fn on_another_thread() {
    std::thread::spawn(|| ()).join().unwrap();
    let before = memprof::snapshot().process;
    let of_a_thread = measure(|| std::thread::spawn(|| ()).join().unwrap()).stats;
    let one = memprof::snapshot().process;
    let report = memprof::snapshot();
    let with_report = measure(|| {
        std::thread::spawn(move || drop(black_box(report)))
            .join()
            .unwrap();
    });
    let two = memprof::snapshot().process;
    assert_eq!(with_report.stats.allocations, of_a_thread.allocations);
    assert_eq!(
        two.allocations - one.allocations,
        one.allocations - before.allocations
    );
    assert_eq!(
        two.deallocations - one.deallocations,
        one.deallocations - before.deallocations
    );
    assert_eq!(
        (two.live_bytes, two.live_blocks),
        (before.live_bytes, before.live_blocks)
    );
}
