//! Destructors of thread-locals allocate and free like any other code of the thread.
//!
//! What is promised: whatever runs while a thread ends is counted, exactly and once: destructors that were
//! registered before or after memprof's first event there, those of pthread keys in every round of them,
//! and tracked functions called in them.
//!
//! It runs without the test harness, whose own thread would count meanwhile.

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

#[cfg(unix)]
#[path = "thread_locals/unix.rs"]
mod unix;

fn main() {
    #[cfg(unix)]
    unix::check();
    println!("thread_locals: 6 promises kept");
}
