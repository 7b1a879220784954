//! Streams as operations: each poll and the drop count, and one stream is one call.
//!
//! What is promised: a call goes from the first poll to the end of the stream, or to its drop; a function
//! that returns a stream is one call with it, in whatever form. The package `edition_2021` compiles this same
//! file in that edition.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, clippy::pedantic)]

use futures::executor::block_on;
use futures::stream::{self, BoxStream, LocalBoxStream};
use futures::{FutureExt, Stream, StreamExt};
use std::pin::Pin;

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

/// Calls, allocated and deallocated bytes; and, where all calls so far are over and alike, what one
/// allocated and its peak.
type Figures = (u64, u64, u64, Option<(u64, u64)>);

fn figures(name: &str) -> Figures {
    let report = memprof::snapshot();
    let row = report.operation(name).expect("an operation of this name");
    let per_call = row.per_call.as_ref().map(|per_call| {
        let (allocated, peak) = (&per_call.allocated_bytes, &per_call.peak_bytes);
        assert!(allocated.exact && peak.exact && row.open_calls == 0);
        (allocated.max, peak.max)
    });
    (
        row.calls,
        row.allocated_bytes,
        row.deallocated_bytes,
        per_call,
    )
}

/// An allocation that the optimizer leaves in place.
fn buffer(bytes: usize) -> Vec<u8> {
    std::hint::black_box(Vec::with_capacity(bytes))
}

/// Three buffers, each made by a poll and passed to whoever polls.
fn buffers(kept: Vec<u8>) -> impl Stream<Item = Vec<u8>> + Send {
    stream::iter([100, 200, 300]).map(move |bytes| {
        assert_eq!(kept.capacity(), 10);
        buffer(bytes)
    })
}

/// The bytes that came out of a stream.
fn drain(stream: impl Stream<Item = Vec<u8>>) -> usize {
    let lengths = stream.map(|buffer| buffer.capacity());
    block_on(lengths.fold(0, |sum, length| async move { sum + length }))
}

#[test]
fn a_stream_is_one_call() {
    let tracked = memprof::stream!("named", buffers(buffer(10)));
    assert_eq!(tracked.size_hint(), (3, Some(3)));
    assert_eq!(drain(tracked), 600);
    // What it owned is freed by its drop, what it yielded by the reader.
    assert_eq!(figures("named"), (1, 600, 10, Some((600, 600))));
}

#[test]
fn a_stream_that_is_not_read_to_its_end_is_a_call() {
    let mut tracked = Box::pin(memprof::stream!("half read", buffers(buffer(10))));
    assert_eq!(
        block_on(tracked.next()).map(|first| first.capacity()),
        Some(100)
    );
    assert_eq!(figures("half read"), (1, 100, 0, None));
    drop(tracked);
    assert_eq!(figures("half read"), (1, 100, 10, Some((100, 100))));
}

#[test]
fn a_stream_that_is_never_polled_is_no_call() {
    drop(memprof::stream!("never polled", buffers(buffer(10))));
    // Its drop entered, all the same.
    assert_eq!(figures("never polled"), (0, 0, 10, None));
}

/// A call ends with the first `None`, whatever is polled after it.
#[test]
fn the_end_ends_the_call() {
    let mut tracked = Box::pin(memprof::stream!("ended", stream::iter([1]).fuse()));
    assert_eq!(block_on(tracked.next()), Some(1));
    assert_eq!(block_on(tracked.next()), None);
    assert_eq!(figures("ended"), (1, 0, 0, Some((0, 0))));
    assert_eq!(block_on(tracked.next()), None);
    assert_eq!(figures("ended"), (1, 0, 0, Some((0, 0))));
}

#[memprof::track("opaque")]
fn opaque(wanted: &bool) -> impl Stream<Item = Vec<u8>> + Send + '_ {
    drop(buffer(20));
    let kept = buffer(10);
    if *wanted {
        return buffers(kept);
    }
    buffers(kept)
}

#[memprof::track("in a box")]
fn in_a_box() -> Pin<Box<dyn Stream<Item = Vec<u8>>>> {
    drop(buffer(20));
    Box::pin(buffers(buffer(10)))
}

#[memprof::track("boxed")]
fn boxed<'a>() -> BoxStream<'a, Vec<u8>> {
    drop(buffer(20));
    buffers(buffer(10)).boxed()
}

#[memprof::track("boxed local")]
fn boxed_local<'a>() -> LocalBoxStream<'a, Vec<u8>> {
    drop(buffer(20));
    buffers(buffer(10)).boxed_local()
}

#[test]
fn a_function_and_its_stream_are_one_call() {
    assert_eq!(drain(opaque(&true)), 600);
    assert_eq!(figures("opaque"), (1, 630, 30, Some((630, 610))));

    let boxes: [(&str, LocalBoxStream<'_, Vec<u8>>); 3] = [
        ("in a box", in_a_box()),
        ("boxed", boxed()),
        ("boxed local", boxed_local()),
    ];
    for (name, stream) in boxes {
        let size = u64::try_from(size_of_val(&*stream)).expect("a small size");
        assert_eq!(drain(stream), 600);
        // The box is the reader's.
        let expected = (1, 630 + size, 30, Some((630 + size, 610 + size)));
        assert_eq!(figures(name), expected, "{name}");
    }
}

#[memprof::track("not read")]
fn not_read() -> impl Stream<Item = Vec<u8>> {
    drop(buffer(20));
    buffers(buffer(10))
}

#[test]
fn a_stream_that_is_not_read_ends_the_call_of_its_function() {
    drop(not_read());
    assert_eq!(figures("not read"), (1, 30, 30, Some((30, 20))));
}

#[memprof::track("reader")]
async fn reader() -> usize {
    let mut sum = 0;
    let mut stream = Box::pin(memprof::stream!("read", buffers(buffer(10))));
    while let Some(buffer) = stream.next().await {
        sum += buffer.capacity();
    }
    sum
}

#[test]
fn a_stream_is_nested_in_its_reader() {
    assert_eq!(reader().boxed_local().now_or_never(), Some(600));
    let report = memprof::snapshot();
    let outer = report.operation("reader").expect("a row");
    let inner = report.operation("read").expect("a row");
    assert_eq!((inner.calls, inner.allocated_bytes), (1, 600));
    let own = &outer.self_figures;
    assert_eq!(outer.allocated_bytes - own.allocated_bytes, 600);
}
