//! A function and its future are one call, whatever becomes of the future.

use crate::{Figures, block_on, buffer, figures, one, open, pause, poll};
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

/// Two operations of the same kind: 30 bytes in the function, 10 of which the future has, and 100 in the
/// first poll.
macro_rules! fetches {
    ($($name:ident $label:literal),+ $(,)?) => {$(
        #[memprof::track($label)]
        fn $name() -> impl Future<Output = usize> + Send + 'static {
            let kept = buffer(10);
            drop(buffer(20));
            async move {
                let first = buffer(100);
                pause().await;
                first.capacity() + kept.capacity()
            }
        }
    )+};
}

fetches! {
    whole "whole", unpolled "unpolled", cancelled "cancelled", kept "kept", moved "moved",
    dropped_elsewhere "dropped elsewhere", leaked "leaked", left_one "left", left_other "right",
}

#[test]
fn the_synchronous_part_and_the_polls_are_one_call() {
    assert_eq!(block_on(whole()), 110);
    assert_eq!(figures("whole"), one(130, 130, 110));
}

#[test]
fn a_future_that_is_never_polled_is_a_call() {
    drop(unpolled());
    assert_eq!(figures("unpolled"), one(30, 30, 30));
}

#[test]
fn a_cancelled_future_is_a_call() {
    let mut future = Box::pin(cancelled());
    assert!(poll(future.as_mut()).is_pending());
    assert_eq!(figures("cancelled"), open(130, 20));
    drop(future);
    assert_eq!(figures("cancelled"), one(130, 130, 110));
}

#[test]
fn a_call_is_open_until_its_future_ends() {
    let future = kept();
    assert_eq!(figures("kept"), open(30, 20));
    let report = memprof::snapshot();
    assert_eq!(report.operation("kept").map(|row| row.open_calls), Some(1));
    let retained = report.operation("kept").and_then(|row| row.retained_bytes);
    assert_eq!(retained, Some(10));
    drop(future);
    assert_eq!(figures("kept"), one(30, 30, 30));
}

#[test]
fn each_part_may_run_on_a_thread_of_its_own() {
    let mut future = Box::pin(moved());
    let mut future = std::thread::spawn(move || {
        assert!(poll(future.as_mut()).is_pending());
        future
    })
    .join()
    .expect("no panic");
    assert!(poll(future.as_mut()).is_ready());
    drop(future);
    assert_eq!(figures("moved"), one(130, 130, 110));

    let future = dropped_elsewhere();
    let dropped = std::thread::spawn(move || drop(future)).join();
    assert!(dropped.is_ok());
    assert_eq!(figures("dropped elsewhere"), one(30, 30, 30));
}

#[test]
fn a_leaked_future_is_an_open_call() {
    std::mem::forget(leaked());
    assert_eq!(figures("leaked"), open(30, 20));
}

#[test]
fn interleaved_calls_stay_apart() {
    let (mut one_future, mut other) = (Box::pin(left_one()), Box::pin(left_other()));
    assert!(poll(one_future.as_mut()).is_pending());
    assert!(poll(other.as_mut()).is_pending());
    assert!(poll(one_future.as_mut()).is_ready());
    drop((other, one_future));
    assert_eq!(figures("left"), one(130, 130, 110));
    assert_eq!(figures("right"), one(130, 130, 110));
}

/// Polled by the function itself, once, before it is returned.
#[memprof::track("started")]
fn started(finish: bool) -> Pin<Box<dyn Future<Output = usize>>> {
    let mut future = Box::pin(async {
        let first = buffer(100);
        pause().await;
        first.capacity() + buffer(5).capacity()
    });
    let size = size_of_val(&*future);
    assert!(poll(future.as_mut()).is_pending());
    if finish {
        assert!(poll(future.as_mut()).is_ready());
    }
    drop(buffer(1000 - size));
    future
}

#[test]
fn what_is_polled_in_the_function_counts_once() {
    let mut future = started(false);
    let size = u64::try_from(size_of_val(&*future)).expect("a small size");
    assert_eq!(block_on(future.as_mut()), 105);
    drop(future);
    // The box, which the caller frees, and what fills it up to 1,000, and the two blocks of the future.
    assert_eq!(figures("started"), one(1105, 1105 - size, 1100));
    drop(started(true));
    let both = Figures {
        calls: 2,
        allocated: 2 * 1105,
        deallocated: 2 * (1105 - size),
        net: 2 * size.cast_signed(),
        per_call: Some((1105, 1105, 1100)),
    };
    assert_eq!(figures("started"), both);
}

/// Dropped by the function itself: the call ends with the function.
#[memprof::track("discarded")]
fn discarded(discard: bool) -> Pin<Box<dyn Future<Output = usize>>> {
    let kept = buffer(10);
    let future = Box::pin(async move { kept.capacity() });
    if discard {
        drop(future);
        return nothing();
    }
    future
}

fn nothing() -> Pin<Box<dyn Future<Output = usize>>> {
    struct Nothing;
    impl Future for Nothing {
        type Output = usize;
        fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<usize> {
            Poll::Ready(0)
        }
    }
    Box::pin(Nothing)
}

#[test]
fn a_future_that_the_function_drops_is_part_of_it() {
    // The second box is of a zero-sized type.
    assert_eq!(block_on(discarded(true)), 0);
    let row = figures("discarded");
    assert_eq!((row.calls, row.deallocated), (1, row.allocated));
    assert!(row.per_call.is_some());
    let report = memprof::snapshot();
    let row = report.operation("discarded").expect("a row");
    assert_eq!(row.open_calls, 0);
}

#[memprof::track("nested outer")]
fn outer() -> impl Future<Output = usize> {
    let kept = buffer(1);
    async move {
        let inner = inner();
        pause().await;
        inner.await + kept.capacity()
    }
}

#[memprof::track("nested inner")]
fn inner() -> impl Future<Output = usize> {
    let kept = buffer(10);
    async move {
        let more = buffer(100);
        pause().await;
        more.capacity() + kept.capacity()
    }
}

#[test]
fn nested_futures_are_inclusive_and_self() {
    assert_eq!(block_on(outer()), 111);
    assert_eq!(figures("nested outer"), one(111, 111, 111));
    assert_eq!(figures("nested inner"), one(110, 110, 110));
    let report = memprof::snapshot();
    let row = report.operation("nested outer").expect("a row");
    let own = &row.self_figures;
    assert_eq!((own.allocated_bytes, own.deallocated_bytes), (1, 1));
}

#[memprof::track("recursive")]
fn recursive(depth: usize) -> Pin<Box<dyn Future<Output = usize> + Send>> {
    let kept = buffer(10);
    if depth == 0 {
        return Box::pin(std::future::ready(kept.capacity()));
    }
    Box::pin(async move { recursive(depth - 1).await + kept.capacity() })
}

#[test]
fn recursion_counts_each_call_and_each_byte_once() {
    let mut future = recursive(4);
    assert_eq!(block_on(future.as_mut()), 50);
    let outermost = i64::try_from(size_of_val(&*future)).expect("a small size");
    drop(future);
    // Each box is freed by the level above it, the first one by the caller.
    let Figures { calls, net, .. } = figures("recursive");
    assert_eq!((calls, net), (5, outermost));
}

#[memprof::track("panics at once")]
fn panics_at_once(kept: Vec<u8>) -> Pin<Box<dyn Future<Output = usize>>> {
    if kept.capacity() == 10 {
        std::panic::resume_unwind(Box::new(()));
    }
    Box::pin(async move { kept.capacity() })
}

#[memprof::track("panics later")]
fn panics_later() -> impl Future<Output = ()> {
    let kept = buffer(10);
    async move {
        pause().await;
        assert_eq!(kept.capacity(), 10);
        std::panic::resume_unwind(Box::new(()));
    }
}

#[test]
fn a_panic_ends_the_call() {
    assert!(catch_unwind(|| drop(panics_at_once(buffer(10)))).is_err());
    assert!(is_over("panics at once", 10));
    assert!(catch_unwind(AssertUnwindSafe(|| block_on(panics_later()))).is_err());
    assert!(is_over("panics later", 10));
}

/// One finished call that freed so much. What the panic itself takes belongs to it as well.
fn is_over(name: &str, deallocated: u64) -> bool {
    let row = figures(name);
    row.calls == 1 && row.per_call.is_some() && row.deallocated == deallocated
}

#[test]
fn a_report_has_no_warnings() {
    drop(whole_again());
    assert_eq!(memprof::snapshot().warnings, []);
}

#[memprof::track]
fn whole_again() -> impl Future<Output = ()> {
    pause()
}
