//! What the operations that matter cost in memory: `cargo memprof bench --bench memory`.

// Remove these two lines where the library installs the allocator itself.
#[global_allocator]
static ALLOC: memprof::Allocator = memprof::Allocator::system();

fn main() {
    for size in [10, 100, 1_000] {
        let stats = memprof::measure(|| work(size)).stats;
        println!("work/{size}: peak {} bytes in {} allocations", stats.peak_bytes, stats.allocations);
    }
}

/// Call here what is to be measured.
#[memprof::track("Work")]
fn work(size: usize) -> usize {
    let numbers: Vec<usize> = (0..size).collect();
    numbers.len()
}
