//! What the operations that matter cost, in time and in memory: `cargo memprof bench --bench memory`.

// Remove these two lines where the library installs the allocator itself.
#[global_allocator]
static ALLOC: memprof::Allocator = memprof::Allocator::system();

/// Call here what is to be measured, with an input of size `n`; `growth` is how its memory may grow.
#[memprof::bench(args = [10, 100, 1_000, 10_000], growth = "O(n)")]
#[memprof::track("Work")]
fn work(n: usize) -> Vec<usize> {
    (0..n).collect()
}

memprof::bench_main!();
