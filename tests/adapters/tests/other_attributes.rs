//! Promise: the attribute gets on with those of other crates, above it or below. They see the arguments under
//! the names that they speak of, and what the function frees is counted in it. The package `edition_2021`
//! compiles this same file in that edition.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, clippy::pedantic)]

use futures::FutureExt as _;
use tracing::instrument;

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

/// An allocation that the optimizer leaves in place.
fn buffer(bytes: usize) -> Vec<u8> {
    std::hint::black_box(Vec::with_capacity(bytes))
}

/// Calls, allocated and deallocated bytes.
fn figures(name: &str) -> (u64, u64, u64) {
    let report = memprof::snapshot();
    let row = report.operation(name).expect("an operation of this name");
    (row.calls, row.allocated_bytes, row.deallocated_bytes)
}

#[memprof::track("above")]
#[instrument(skip_all, fields(length = bytes.len(), first = ?pair.0.first()))]
fn above(mut bytes: Vec<u8>, pair: (Vec<u8>, u8)) -> usize {
    bytes.clear();
    let more = buffer(1);
    bytes.capacity() + pair.0.capacity() + more.capacity()
}

#[instrument(skip_all, fields(length = bytes.len(), first = ?pair.0.first()))]
#[memprof::track("below")]
fn below(mut bytes: Vec<u8>, pair: (Vec<u8>, u8)) -> usize {
    bytes.clear();
    let more = buffer(1);
    bytes.capacity() + pair.0.capacity() + more.capacity()
}

#[memprof::track("above async")]
#[instrument(skip(bytes), fields(length = bytes.len()))]
async fn above_async(bytes: Vec<u8>, (left, _): (Vec<u8>, u8)) -> usize {
    let more = buffer(1);
    std::future::ready(()).await;
    bytes.capacity() + left.capacity() + more.capacity()
}

#[instrument(skip(bytes), fields(length = bytes.len()))]
#[memprof::track("below async")]
async fn below_async(bytes: Vec<u8>, (left, _): (Vec<u8>, u8)) -> usize {
    let more = buffer(1);
    std::future::ready(()).await;
    bytes.capacity() + left.capacity() + more.capacity()
}

#[test]
fn arguments_are_named_and_freed_inside() {
    assert_eq!(above(buffer(10), (buffer(20), 0)), 31);
    assert_eq!(figures("above"), (1, 1, 31));
    assert_eq!(below(buffer(10), (buffer(20), 0)), 31);
    assert_eq!(figures("below"), (1, 1, 31));
}

#[test]
fn futures_too() {
    let future = above_async(buffer(10), (buffer(20), 0));
    assert_eq!(future.now_or_never(), Some(31));
    let future = below_async(buffer(10), (buffer(20), 0));
    assert_eq!(future.now_or_never(), Some(31));
    for name in ["above async", "below async"] {
        let (calls, allocated, deallocated) = figures(name);
        assert_eq!((calls, allocated, deallocated), (1, 1, 31), "{name}");
    }
}
