//! Promise: a signal handler may call tracked functions and allocate, whatever instruction of memprof it interrupts. Nothing
//! crashes or hangs, and the sums add up but for what a warning tells of.
//!
//! The processor's trap flag has a signal sent after each single instruction of the work that is tested. The
//! allocator below is safe in handlers, as the user's would have to be.
//!
//! It runs without the test harness, whose own thread would count meanwhile.

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[path = "alone/mod.rs"]
mod alone;

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[path = "interrupted/mod.rs"]
mod interrupted;

fn main() {
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    interrupted::run();
}
