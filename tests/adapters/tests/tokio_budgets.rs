//! Promise: `#[budget]` holds `#[tokio::test]`s to their limits, above or below that attribute, on one worker
//! or several; what `memprof::tokio` spawns counts, what tokio itself spawns does not.
#![forbid(unsafe_code)]

use std::future::poll_fn;
use std::hint::black_box;
use std::task::Poll;

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

/// An allocation that the optimizer leaves in place.
fn buffer(bytes: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(bytes))
}

/// Gives way to other tasks. tokio's own allocates.
async fn gives_way() {
    let mut is_first = true;
    poll_fn(move |context| {
        if std::mem::take(&mut is_first) {
            context.waker().wake_by_ref();
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    })
    .await;
}

#[memprof::track("Fetch")]
async fn fetch(bytes: usize) -> Vec<u8> {
    gives_way().await;
    buffer(bytes)
}

#[memprof::budget(peak = 10_000, allocated = 20_000, retained = 0)]
#[tokio::test]
async fn above() {
    drop(fetch(9_000).await);
}

// tokio keeps some bytes for the thread when its runtime ends.
#[tokio::test]
#[memprof::budget(peak = 200_000, retained = 1_000)]
async fn below() {
    drop(fetch(9_000).await);
}

#[memprof::budget(retained = 0)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn above_with_workers() -> Result<(), std::num::ParseIntError> {
    let bytes: usize = "9000".parse()?;
    drop(fetch(bytes).await);
    Ok(())
}

#[tokio::test]
#[should_panic(expected = "in \"passed_below\" (tests/adapters/tests/tokio_budgets.rs:")]
#[memprof::budget(peak = "1 MB")]
async fn passed_below() {
    drop(fetch(2_000_000).await);
}

#[memprof::budget(allocated = "1 MB")]
#[tokio::test]
#[should_panic(expected = "; largest part: \"Fetch\" +1.9 MiB (")]
async fn passed_above() {
    drop(fetch(2_000_000).await);
}

#[memprof::budget(allocated = 100_000, retained = 50_000)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[should_panic(expected = "largest part: \"Fetch\" +2.9 MiB (")]
async fn passed_in_a_task_that_carries_the_context() {
    let held = memprof::tokio::spawn(fetch(3_000_000)).await;
    std::mem::forget(held);
}

#[memprof::budget(allocated = 100_000, peak = 50_000)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_tasks_do_not_count() {
    drop(tokio::spawn(fetch(3_000_000)).await);
}
