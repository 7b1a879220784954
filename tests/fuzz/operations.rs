//! The operations that programs are made of, named by their numbers.

use super::worker::Worker;

/// All of them.
pub(crate) const OPERATIONS: usize = 7;
/// Those that are entered by a call.
pub(crate) const CALLS: usize = 6;
/// The one whose calls are futures.
pub(crate) const FUTURE: usize = 6;
/// Outside of any.
pub(crate) const NONE: usize = OPERATIONS;

/// Each enters its operation and goes on inside.
pub(crate) const ENTER: [fn(&mut Worker<'_>); CALLS] = [zero, one, two, three, four, five];

#[memprof::track("0")]
fn zero(worker: &mut Worker<'_>) {
    worker.run();
}

#[memprof::track("1")]
fn one(worker: &mut Worker<'_>) {
    worker.run();
}

#[memprof::track("2")]
fn two(worker: &mut Worker<'_>) {
    worker.run();
}

fn three(worker: &mut Worker<'_>) {
    let _scope = memprof::scope!("3");
    worker.run();
}

fn four(worker: &mut Worker<'_>) {
    let _scope = memprof::scope!("4");
    worker.run();
}

/// With a budget that nobody passes.
#[memprof::track("5", budget(per_call_allocated = "1 TiB"))]
fn five(worker: &mut Worker<'_>) {
    worker.run();
}
