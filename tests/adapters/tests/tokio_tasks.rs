//! Promise: tasks on tokio's workers are exact, however they interleave, panic or are cancelled, and what
//! `memprof::tokio` spawns counts for the path that spawned it.
#![forbid(unsafe_code)]

use memprof::Report;
use std::future::{Future, poll_fn};
use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use tokio::runtime::{Builder, Runtime};

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

/// An allocation that the optimizer leaves in place.
fn buffer(bytes: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(bytes))
}

/// Gives way to other tasks. tokio's own allocates.
fn pause() -> impl Future<Output = ()> {
    let mut is_first = true;
    poll_fn(move |context| {
        if std::mem::take(&mut is_first) {
            context.waker().wake_by_ref();
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    })
}

fn workers(count: usize) -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(count)
        .build()
        .unwrap()
}

/// Self allocated and deallocated bytes, calls, retained bytes and blocks, and calls that are open.
fn figures(report: &Report, name: &str) -> [u64; 6] {
    let row = report.operation(name).unwrap();
    [
        row.self_figures.allocated_bytes,
        row.self_figures.deallocated_bytes,
        row.calls,
        row.retained_bytes.unwrap(),
        row.retained_blocks.unwrap(),
        row.open_calls,
    ]
}

#[memprof::track("outer task")]
async fn outer(number: usize) -> usize {
    let held = buffer(100 + number);
    pause().await;
    let inner = inner(number).await;
    pause().await;
    held.capacity() + inner
}

#[memprof::track("inner task")]
async fn inner(number: usize) -> usize {
    let mut sum = 0;
    for round in 0..4 {
        let held = buffer(10_000 + 10 * number + round);
        pause().await;
        sum += held.capacity();
    }
    sum
}

#[test]
fn sixty_four_interleaved_tasks_twenty_times() {
    const TASKS: usize = 64;
    let runtime = workers(4);
    let own: usize = (0..TASKS).map(|number| 100 + number).sum();
    let nested: usize = (0..TASKS)
        .map(|number| 4 * (10_000 + 10 * number) + 6)
        .sum();
    for round in 1..=20_u64 {
        runtime.block_on(async {
            let tasks: Vec<_> = (0..TASKS)
                .map(|number| tokio::spawn(outer(number)))
                .collect();
            for task in tasks {
                task.await.unwrap();
            }
        });
        let report = memprof::snapshot();
        let (own, nested) = (round * own as u64, round * nested as u64);
        let calls = round * TASKS as u64;
        assert_eq!(figures(&report, "outer task"), [own, own, calls, 0, 0, 0]);
        assert_eq!(
            figures(&report, "inner task"),
            [nested, nested, calls, 0, 0, 0]
        );
        let (outer, inner) = (
            report.operation("outer task").unwrap(),
            report.operation("inner task").unwrap(),
        );
        assert_eq!(outer.allocated_bytes, own + nested);
        // A call's figures are its own, whatever ran between its polls.
        assert_eq!(inner.peak_bytes, 10_000 + 630 + 3);
        assert_eq!(outer.peak_bytes, 163 + 10_000 + 630 + 3);
        let of_calls = &inner.per_call.as_ref().unwrap().allocated_bytes;
        assert_eq!((of_calls.min, of_calls.max), (40_006, 40_000 + 2520 + 6));
    }
}

#[memprof::track("panics")]
async fn panics(number: usize) {
    let held = buffer(1000);
    pause().await;
    let _more = buffer(500);
    if number < usize::MAX {
        std::panic::resume_unwind(Box::new(held.len()));
    }
}

#[memprof::track("after panics")]
async fn after(number: usize) -> usize {
    let held = buffer(number);
    pause().await;
    held.capacity()
}

#[test]
fn a_thousand_panics_in_polls_on_one_worker() {
    let runtime = workers(1);
    runtime.block_on(async {
        for number in 0..1000 {
            assert!(tokio::spawn(panics(number)).await.is_err());
            tokio::spawn(after(number)).await.unwrap();
        }
    });
    let report = memprof::snapshot();
    let sum: u64 = (0..1000).sum();
    assert_eq!(figures(&report, "after panics"), [sum, sum, 1000, 0, 0, 0]);
    let [allocated, deallocated, calls, retained, _, open] = figures(&report, "panics");
    // Beside the two buffers a panic allocates its payload and the exception, which its catcher frees.
    assert_eq!((calls, open, deallocated), (1000, 0, 1_500_000));
    assert_eq!((allocated - deallocated) % 1000, 0);
    assert_eq!(retained, 0);
}

/// How many calls of `never_ends` hold their buffer or have held it.
static POLLED: AtomicU64 = AtomicU64::new(0);

#[memprof::track("cancelled task")]
async fn never_ends() {
    let _held = buffer(300);
    POLLED.fetch_add(1, Ordering::Relaxed);
    std::future::pending::<()>().await;
}

#[memprof::track("cancels")]
async fn cancels() {
    let _mine = buffer(7);
    let before = POLLED.load(Ordering::Relaxed);
    let task = tokio::spawn(never_ends());
    // A task that is cancelled before its first poll would be no call.
    while POLLED.load(Ordering::Relaxed) == before {
        pause().await;
    }
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
}

#[test]
fn a_cancelled_task_frees_on_itself() {
    let runtime = workers(2);
    for calls in 1..=100 {
        runtime.block_on(cancels());
        let report = memprof::snapshot();
        let bytes = 300 * calls;
        assert_eq!(
            figures(&report, "cancelled task"),
            [bytes, bytes, calls, 0, 0, 0]
        );
    }
}

#[memprof::track("job")]
async fn job(number: usize) -> usize {
    let held = buffer(number);
    pause().await;
    held.capacity()
}

#[test]
fn ten_thousand_tasks_count_for_their_parent() {
    let runtime = workers(4);
    {
        let _parent = memprof::scope!("parent");
        // tokio's own blocks are allocated here; that is not what this test counts.
        let before = memprof::snapshot();
        assert_eq!(before.operation("parent").unwrap().calls, 1);
        let _entered = runtime.enter();
        let tasks: Vec<_> = (0..10_000)
            .map(|number| memprof::tokio::spawn(job(number)))
            .collect();
        runtime.block_on(async {
            for task in tasks {
                task.await.unwrap();
            }
        });
    }
    let report = memprof::snapshot();
    let sum: u64 = (0..10_000).sum();
    let job = report.operation("job").unwrap();
    // A capacity of zero is no allocation.
    assert_eq!((job.calls, job.allocations), (10_000, 9_999));
    assert_eq!((job.allocated_bytes, job.deallocated_bytes), (sum, sum));
    let parent = report.operation("parent").unwrap();
    assert_eq!(
        parent.allocated_bytes,
        parent.self_figures.allocated_bytes + job.allocated_bytes
    );
    assert_eq!(
        parent.allocations,
        parent.self_figures.allocations + job.allocations
    );
    let under: Vec<_> = report
        .paths
        .iter()
        .filter(|row| row.path.last().is_some_and(|name| name == "job"))
        .map(|row| (row.path.join(" > "), row.calls))
        .collect();
    assert_eq!(under, [("parent > job".to_owned(), 10_000)]);
}

#[memprof::track("set: blocking")]
fn blocking() -> usize {
    buffer(1000).capacity()
}

#[test]
fn blocking_work_and_join_sets_carry_the_path() {
    let runtime = workers(2);
    runtime.block_on(memprof::future!("set", async {
        assert_eq!(
            memprof::tokio::spawn_blocking(blocking).await.unwrap(),
            1000
        );
        let mut tasks = memprof::tokio::JoinSet::new();
        for number in 0..10 {
            tasks.spawn(memprof::future!("set: member", async move {
                let held = buffer(number);
                pause().await;
                held.capacity()
            }));
        }
        tasks.spawn_blocking(blocking);
        assert_eq!(tasks.len(), 11);
        let mut sum = 0;
        while let Some(bytes) = tasks.join_next().await {
            sum += bytes.unwrap();
        }
        assert_eq!(sum, 45 + 1000);
    }));
    let report = memprof::snapshot();
    for (name, allocated, calls) in [("set: member", 45, 10), ("set: blocking", 2000, 2)] {
        assert_eq!(
            figures(&report, name),
            [allocated, allocated, calls, 0, 0, 0]
        );
        let paths: Vec<_> = report
            .paths
            .iter()
            .filter(|row| row.path.last().is_some_and(|last| last == name))
            .map(|row| row.path.join(" > "))
            .collect();
        assert_eq!(paths, [format!("set > {name}")]);
    }
}
