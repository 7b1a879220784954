//! The loops whose instructions `cargo xtask instructions` counts.
//!
//! A *case* is a loop of `rounds` rounds, run in two programs: one without memprof (`Variant::Plain`) and
//! one with it (`Variant::Tracked`). The programs in `bin/` differ in their global allocator alone. The
//! loops stand in this crate and the allocators are installed in others, so that `__rust_alloc` is a call
//! as it is in every program that is made of crates, and not inlined into the loop.
//!
//! How many events a round has, and what they may cost, is known to `xtask`.
#![deny(unsafe_code, missing_docs)]

mod blocks;
mod fixed;
mod futures;
mod operations;

use std::process::ExitCode;

pub use fixed::Fixed;

/// Whether the operations of a case are tracked. Cases without operations are the same in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variant {
    /// As the program would be without memprof.
    Plain,
    /// With memprof's attributes and macros.
    Tracked,
}

/// The whole of each program: `CASE ROUNDS`.
pub fn main(variant: Variant) -> ExitCode {
    let mut args = std::env::args().skip(1);
    let case = args.next().and_then(|name| find(&name, variant));
    let rounds = args.next().and_then(|rounds| rounds.parse().ok());
    let (Some(case), Some(rounds)) = (case, rounds) else {
        eprintln!("usage: CASE ROUNDS; the cases are those of `cargo xtask instructions`");
        return ExitCode::from(2);
    };
    case(rounds);
    ExitCode::SUCCESS
}

fn find(name: &str, variant: Variant) -> Option<fn(u64)> {
    let either = |plain: fn(u64), tracked: fn(u64)| match variant {
        Variant::Plain => plain,
        Variant::Tracked => tracked,
    };
    Some(match name {
        "pair" => blocks::pair,
        "zeroed" => blocks::zeroed,
        "realloc" => blocks::realloc,
        "growth" => blocks::growth,
        "churn" => blocks::churn,
        "empty" => either(operations::plain_empty, operations::tracked_empty),
        "one-pair" => either(operations::plain_pair, operations::tracked_pair),
        "nested" => either(operations::plain_nested, operations::tracked_nested),
        "scope" => either(operations::plain_scope, operations::tracked_scope),
        "future" => either(futures::plain_future, futures::tracked_future),
        "poll" => either(futures::plain_polls, futures::tracked_polls),
        _ => return None,
    })
}
