//! Promise: Valgrind's leak check finds nothing of memprof's in a program with tracked calls, threads, contexts, futures,
//! profilers and reports: `--leak-check=full --error-exitcode` passes where the program passes without memprof.
//!
//! This binary runs itself under `valgrind`. Where there is none for the target the test says so and passes.

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod alone;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod memcheck;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[path = "leak_checked/under_valgrind.rs"]
mod under_valgrind;

fn main() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    under_valgrind::main();
}
