//! Functions that return a future: the synchronous part, each poll and the drop are one call.
//!
//! What is promised: the figures of that call are exact wherever its parts run, in whatever form the future
//! is returned, and the function compiles where the plain one does. What cannot be seen is left as it is. The
//! package `edition_2021` compiles these same files in that edition.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, clippy::pedantic)]

#[path = "returning_futures/bodies.rs"]
mod bodies;
#[path = "returning_futures/calls.rs"]
mod calls;
#[path = "returning_futures/forms.rs"]
mod forms;
#[path = "returning_futures/parts.rs"]
mod parts;
mod polling;
#[path = "returning_futures/sizes.rs"]
mod sizes;
#[path = "returning_futures/traits.rs"]
mod traits;
#[path = "returning_futures/unseen.rs"]
mod unseen;

use polling::{block_on, buffer, pause, poll};

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

/// What a report says of the one operation of that name.
#[derive(Debug, PartialEq)]
struct Figures {
    calls: u64,
    allocated: u64,
    deallocated: u64,
    net: i64,
    /// Of the finished calls: the least and the most that one allocated, and the highest peak.
    per_call: Option<(u64, u64, u64)>,
}

fn figures(name: &str) -> Figures {
    let report = memprof::snapshot();
    let row = report.operation(name).expect("an operation of this name");
    Figures {
        calls: row.calls,
        allocated: row.allocated_bytes,
        deallocated: row.deallocated_bytes,
        net: row.net_bytes,
        per_call: row.per_call.as_ref().map(|per_call| {
            let (allocated, peak) = (&per_call.allocated_bytes, &per_call.peak_bytes);
            (allocated.min, allocated.max, peak.max)
        }),
    }
}

/// One finished call, of these bytes and this peak.
fn one(allocated: u64, deallocated: u64, peak: u64) -> Figures {
    Figures {
        per_call: Some((allocated, allocated, peak)),
        ..open(allocated, deallocated)
    }
}

/// One call that goes on.
fn open(allocated: u64, deallocated: u64) -> Figures {
    Figures {
        calls: 1,
        allocated,
        deallocated,
        net: allocated.cast_signed() - deallocated.cast_signed(),
        per_call: None,
    }
}
