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
#[path = "shapes/signatures.rs"]
mod signatures;
#[path = "shapes/spread.rs"]
mod spread;

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

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

/// An allocation that the optimizer leaves in place.
fn buffer(bytes: usize) -> Vec<u8> {
    std::hint::black_box(Vec::with_capacity(bytes))
}

fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = poll(future.as_mut()) {
            return output;
        }
    }
}

/// Pending once. It allocates nothing, unlike the `yield_now` of a runtime.
async fn pause() {
    let mut passed = false;
    std::future::poll_fn(|_| {
        if std::mem::replace(&mut passed, true) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}
