//! A thread that frees and never allocates counts for the counting allocator too.
//!
//! What is promised: totals of the process are exact though its first and only event there is a deallocation;
//! without ownership there is no `retained`, which is null and not a zero.
//!
//! It runs without the test harness, whose own thread would count meanwhile.

#[global_allocator]
static ALLOCATOR: memprof::CountingAllocator = memprof::CountingAllocator::system();

#[cfg(unix)]
#[path = "only_frees/unix.rs"]
mod unix;

fn main() {
    #[cfg(unix)]
    unix::check();
    println!("only_frees: kept");
}
