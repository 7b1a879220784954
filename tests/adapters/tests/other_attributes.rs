//! Promise: the attribute gets on with those of other crates, above it or below. They see the arguments under
//! the names that they speak of, and what the function frees is counted in it. The package `edition_2021`
//! compiles this same file in that edition.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, clippy::pedantic)]

use futures::FutureExt as _;
use std::future::Future;
use std::pin::Pin;
use tracing::{Span, instrument};
use tracing_subscriber::Registry;

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

type Boxed<T> = Pin<Box<dyn Future<Output = T>>>;

#[memprof::track("above boxed")]
#[instrument]
fn above_boxed() -> Boxed<bool> {
    Box::pin(async move { Span::current().metadata().is_some() })
}

#[instrument]
#[memprof::track("below boxed")]
fn below_boxed() -> Boxed<bool> {
    Box::pin(async move { Span::current().metadata().is_some() })
}

/// It compiles only where `instrument` sees the `async` block.
#[memprof::track("above opaque")]
#[instrument(ret, err)]
fn above_opaque() -> impl Future<Output = Result<u8, std::num::ParseIntError>> {
    async { "1".parse() }
}

/// As an attribute may, `instrument` moves an argument.
#[memprof::track("moved")]
#[instrument(parent = parent, skip(parent))]
fn moved<P: Into<Option<tracing::Id>>>(parent: P) {
    drop(buffer(1));
}

#[async_trait::async_trait]
trait Asked {
    async fn ask(&self) -> bool;
}

struct Inner;
struct Outer;

#[async_trait::async_trait]
#[memprof::track_all]
impl Asked for Inner {
    #[instrument(skip(self))]
    async fn ask(&self) -> bool {
        Span::current().metadata().is_some()
    }
}

#[memprof::track_all]
#[async_trait::async_trait]
impl Asked for Outer {
    #[instrument(skip(self))]
    async fn ask(&self) -> bool {
        Span::current().metadata().is_some()
    }
}

#[test]
fn what_stands_below_sees_the_function_as_it_was_written() {
    let _subscriber = tracing::subscriber::set_default(Registry::default());
    assert_eq!(above_boxed().now_or_never(), Some(true));
    assert_eq!(below_boxed().now_or_never(), Some(true));
    assert_eq!(above_opaque().now_or_never(), Some(Ok(1)));
    moved(None);
    assert_eq!(Inner.ask().now_or_never(), Some(true));
    assert_eq!(Outer.ask().now_or_never(), Some(true));
    for name in ["above boxed", "below boxed", "above opaque", "moved"] {
        assert_eq!(figures(name).0, 1, "{name}");
    }
    for name in ["Inner", "Outer"] {
        let report = memprof::snapshot();
        let mut rows = report
            .operations
            .iter()
            .filter(|row| row.name.contains(name));
        assert_eq!(rows.next().map(|row| row.calls), Some(1), "{name}");
        assert!(rows.next().is_none(), "{name}");
    }
}

/// As `debug_handler` and others do: the function once more, where it is only compiled.
macro_rules! copied {
    ($function:item) => {
        $function
        const _: () = {
            #[allow(dead_code)]
            $function
        };
    };
}

copied! {
    #[memprof::track]
    fn told_once() -> usize {
        buffer(10).capacity()
    }
}

#[test]
fn a_copy_that_is_never_called_is_not_told() {
    assert_eq!(told_once(), 10);
    let report = memprof::snapshot();
    let rows = report
        .operations
        .iter()
        .filter(|row| row.function == "told_once");
    let calls: Vec<u64> = rows.map(|row| row.calls).collect();
    assert_eq!(calls, [1]);
}
