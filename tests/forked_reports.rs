//! The reports of a process and of those that it forked add up: none counts its parent's past again.
//!
//! What is promised: a child's report begins at the fork. What the parent allocated before is neither allocated, live nor retained
//! by the child, and blocks of the parent that the child frees are deallocated by it.

#[cfg(unix)]
mod alone;
#[cfg(unix)]
#[path = "forked_reports/workers.rs"]
mod workers;

fn main() {
    #[cfg(unix)]
    workers::main();
}
