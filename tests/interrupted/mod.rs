//! Each work of `works`, interrupted at each instruction by each handler of `handlers`.

mod allocator;
mod figures;
mod handlers;
mod stepping;
mod works;

use crate::alone;
use figures::Figures;
use std::process::{Child, Command};

/// In the environment of a process for one handler: its name.
const HANDLER: &str = "SIGNALS_HANDLER";

/// Each handler in a process of its own, all of them at a time.
pub(crate) fn run() {
    if let Ok(wanted) = std::env::var(HANDLER) {
        let is_wanted = |(name, _): &(&str, fn())| *name == wanted;
        let number = handlers::ALL.iter().position(is_wanted);
        return run_one(number.expect("a handler's name"));
    }
    let of_one = |number: usize| {
        let mut command = Command::new(std::env::current_exe().expect("a program"));
        command.args(std::env::args_os().skip(1));
        command.env(HANDLER, handlers::ALL[number].0);
        command.spawn().expect("a process")
    };
    let children: Vec<Child> = numbers().map(of_one).collect();
    for mut child in children {
        assert!(child.wait().expect("an end").success());
    }
}

/// Unoptimised code has several times the instructions. What it does at each is told by the first handler and the last;
/// `cargo xtask builds` has all of them.
fn numbers() -> impl Iterator<Item = usize> {
    let last = handlers::ALL.len() - 1;
    (0..=last).filter(move |number| !cfg!(debug_assertions) || [0, last].contains(number))
}

fn run_one(number: usize) {
    let (name, handler) = handlers::ALL[number];
    stepping::install(handle);
    handlers::set(handler);
    for work in works::ALL {
        let test = format!("{}, interrupted by {name}", work.name);
        alone::run(&test, || {
            if number == 0 {
                // What is met for the first time is another work than what is known.
                check(work.run);
            }
            check(work.run);
        });
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
