//! Each work of `works`, interrupted at each instruction by each handler of `handlers`.

mod allocator;
mod figures;
mod handlers;
mod stepping;
mod works;

use crate::alone;
use figures::Figures;

pub(crate) fn run() {
    stepping::install(handle);
    for (number, (name, handler)) in handlers::ALL.into_iter().enumerate() {
        // Unoptimised code has several times the instructions. What it does at each is told by the first and the last;
        // `cargo xtask builds` has all of them.
        let is_between = number > 0 && number + 1 < handlers::ALL.len();
        if cfg!(debug_assertions) && is_between {
            continue;
        }
        for work in works::ALL {
            let test = format!("{}, interrupted by {name}", work.name);
            alone::run(&test, || {
                handlers::set(handler);
                if number == 0 {
                    // What is met for the first time is another work than what is known.
                    check(work.run);
                }
                check(work.run);
            });
        }
    }
}

extern "C" fn handle(_: i32) {
    allocator::of_program(handlers::current());
}

/// Runs the work once and compares what memprof counted with what happened.
fn check(work: fn()) {
    let before = Figures::now();
    work();
    let after = Figures::now();
    after.since(&before).check();
}
