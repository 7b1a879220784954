//! Ten thousand short threads leave nothing behind but their figures.
//!
//! What is promised: totals are exact, each thread is counted, and memprof's own memory is, to the byte, what
//! it was when the first hundred had ended.

use std::hint::black_box;

const WARM_UP: u64 = 100;
const THREADS: u64 = 10_000;
const AT_ONCE: u64 = 10;
/// Calls that leave something: so many that the trend of each path is looked at among them.
const LEAVING: u64 = 1_000;

fn run(threads: u64) {
    for _ in 0..threads / AT_ONCE {
        let batch: Vec<_> = (0..AT_ONCE).map(|_| std::thread::spawn(short)).collect();
        for thread in batch {
            thread.join().unwrap();
        }
    }
}

fn short() {
    work(&mut Vec::new());
}

/// Leaves two blocks to whoever has room for them.
fn work(left: &mut Vec<Vec<u8>>) {
    let _outer = memprof::scope!("short threads: outer");
    let held = black_box(Vec::<u8>::with_capacity(100));
    {
        let _inner = memprof::scope!("short threads: inner");
        drop(black_box(vec![0_u8; 1_000]));
        leave(black_box(vec![0_u8; 50]), left);
    }
    leave(held, left);
}

fn leave(block: Vec<u8>, left: &mut Vec<Vec<u8>>) {
    if left.capacity() > 0 {
        left.push(block);
    }
}

/// One test, for the number of threads and the overhead are the process's.
#[test]
fn nothing_is_left_behind() {
    alone!();
    run(WARM_UP);
    // Where a look finds something left, by whichever thread, the path gets room for its trend, once. Now.
    let mut left = Vec::with_capacity(2 * LEAVING as usize);
    (0..LEAVING).for_each(|_| work(&mut left));
    drop(left);
    // The first report reads the settings, which stay.
    drop(memprof::snapshot());
    let before = memprof::snapshot();
    let (overhead, threads) = (before.process.overhead_bytes, before.run.threads);
    drop(before);

    run(THREADS);
    let report = memprof::snapshot();
    assert_eq!(report.process.overhead_bytes, overhead);
    assert_eq!(report.run.threads, threads + THREADS);

    let all = WARM_UP + LEAVING + THREADS;
    let left = 150 * LEAVING;
    let (outer, inner) = (
        report.operation("short threads: outer").unwrap(),
        report.operation("short threads: inner").unwrap(),
    );
    assert_eq!((outer.calls, inner.calls), (all, all));
    assert_eq!((outer.open_calls, inner.open_calls), (0, 0));
    assert_eq!((outer.allocations, inner.allocations), (3 * all, 2 * all));
    assert_eq!(
        (outer.allocated_bytes, outer.deallocated_bytes),
        (1_150 * all, 1_150 * all - left)
    );
    assert_eq!(inner.allocated_bytes, 1_050 * all);
    assert_eq!(
        (outer.retained_bytes, outer.retained_blocks),
        (Some(0), Some(0))
    );
    assert_eq!((outer.peak_bytes, inner.peak_bytes), (1_100, 1_000));
    for (row, allocated, peak) in [(outer, 1_150, 1_100), (inner, 1_050, 1_000)] {
        let per_call = row.per_call.as_ref().unwrap();
        assert_eq!(
            (per_call.allocated_bytes.min, per_call.allocated_bytes.max),
            (allocated, allocated)
        );
        assert_eq!(
            (per_call.peak_bytes.min, per_call.peak_bytes.max),
            (peak, peak)
        );
        assert_eq!(per_call.allocated_bytes.mean, allocated as f64);
    }
}
