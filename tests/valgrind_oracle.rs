//! Promise: memprof's totals are those of Valgrind memcheck, which sees every call of the system's allocator
//! from outside and knows nothing of memprof.
//!
//! This binary runs itself under `valgrind` twice: once as a program that allocates in many ways and
//! leaks, once as an empty one. The *differences* of the two runs must agree,
//! to the byte: allocations, frees and bytes as memcheck sums them up ("total heap usage"), and as
//! `memprof::snapshot()` and `memprof::measure` have them.
//!
//! What cancels, since it is the same calls in both runs: Rust's runtime and the environment (of the same
//! length; there is no harness); memprof's own memory, which comes from the system too: what it keeps of
//! the one thread, the stack of open scopes that `measure` makes, and three snapshots each.
//! These are the same because a snapshot's size depends on sites and paths, of which this binary has none, and
//! not on the figures: no call has any, so there are no histograms. `CountingAllocator` asks for no byte
//! more than the program does. Figures are printed into a buffer on the stack.
//!
//! Where there is no `valgrind` for the target the test says so and passes.
//!
//! In a program that is linked statically memcheck does not find the allocator, whose calls it would take the place of.

#[cfg(all(unix, not(target_feature = "crt-static")))]
mod alone;
#[cfg(all(unix, not(target_feature = "crt-static")))]
mod memcheck;
#[cfg(all(unix, not(target_feature = "crt-static")))]
#[path = "valgrind_oracle/totals.rs"]
mod totals;

fn main() {
    #[cfg(all(unix, not(target_feature = "crt-static")))]
    totals::main();
}
