//! Benches of a program that forgot memprof's allocator, for the tests.
#![forbid(unsafe_code)]

#[memprof::bench(args = [10, 100, 1_000, 10_000], growth = "O(n)")]
fn grows(n: usize) -> Vec<u64> {
    Vec::with_capacity(n)
}

memprof::bench_main!();
