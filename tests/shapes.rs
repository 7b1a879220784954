//! Every shape of function that `#[memprof::track]` accepts, in one test binary.
//!
//! What is promised: an instrumented function compiles where the plain one does, under the strictest
//! lints, drops in the same order, returns the same, and all that it frees is counted as freed in
//! it. The package `edition_2021` compiles these same files in that edition.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, clippy::pedantic)]

#[path = "shapes/arguments.rs"]
mod arguments;
#[path = "shapes/futures.rs"]
mod futures;
#[path = "shapes/order.rs"]
mod order;
mod polling;
#[path = "shapes/signatures.rs"]
mod signatures;
#[path = "shapes/spread.rs"]
mod spread;

use polling::{block_on, buffer, pause, poll};

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

/// What a report says of the one operation of that name.
#[derive(Debug, PartialEq)]
struct Figures {
    calls: u64,
    allocated: u64,
    deallocated: u64,
}

fn figures(name: &str) -> Figures {
    let report = memprof::snapshot();
    let operation = report.operation(name).expect("an operation of this name");
    Figures {
        calls: operation.calls,
        allocated: operation.allocated_bytes,
        deallocated: operation.deallocated_bytes,
    }
}

/// `calls` that allocated and freed so many bytes in all.
fn of(calls: u64, allocated: u64, deallocated: u64) -> Figures {
    Figures {
        calls,
        allocated,
        deallocated,
    }
}
