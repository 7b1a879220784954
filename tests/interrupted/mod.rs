//! Each work of `works`, interrupted at each instruction by each handler of `handlers`.

mod allocator;
mod figures;
mod handlers;
mod stepping;
mod works;

use crate::alone;
use figures::Figures;

pub(crate) fn run() {
    stepping::install();
    for (name, handler) in handlers::ALL {
        for work in works::ALL {
            let test = format!("{}, interrupted by {name}", work.name);
            alone::run(&test, || {
                handlers::set(handler);
                // What is met for the first time is another work than what is known.
                for _ in 0..2 {
                    check(work.run);
                }
            });
        }
    }
}

/// Runs the work once and compares what memprof counted with what happened.
fn check(work: fn()) {
    let before = Figures::now();
    work();
    let after = Figures::now();
    after.since(&before).check();
}
