//! Promise: functions that return futures, in every form, and streams are exact on any executor: tokio's
//! workers, `async-executor` with several threads, and one that is a queue and a loop. The synchronous part
//! may run on one thread, each poll on another.
#![forbid(unsafe_code)]

use async_executor::Executor;
use async_trait::async_trait;
use futures::channel::oneshot;
use futures::executor::block_on;
use futures::future::BoxFuture;
use futures::{Stream, StreamExt, stream};
use memprof::OperationReport;
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll, Waker};

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

const TASKS: usize = 64;
const ROUNDS: u64 = 20;

/// An allocation that the optimizer leaves in place.
fn buffer(bytes: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(bytes))
}

/// Gives way to other tasks, without an allocation.
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

/// What the functions here return: 1,000 bytes and the number in a poll, beside what was kept.
async fn later(number: usize, kept: Vec<u8>) -> usize {
    pause().await;
    let more = buffer(1000 + number);
    pause().await;
    more.capacity() + kept.capacity()
}

/// What the functions here do themselves.
fn first(number: usize) -> Vec<u8> {
    drop(buffer(7));
    buffer(100 + number)
}

#[async_trait]
trait Load {
    async fn load(&self, number: usize) -> usize;
}

/// The same operations for each executor, in a module of their own.
macro_rules! operations {
    ($module:ident) => {
        mod $module {
            use super::*;

            #[memprof::track("opaque")]
            pub(super) fn opaque(number: usize) -> impl Future<Output = usize> + Send {
                let kept = first(number);
                later(number, kept)
            }

            #[memprof::track("cancelled")]
            fn cancelled(number: usize) -> impl Future<Output = usize> + Send {
                let kept = first(number);
                async move { later(number, kept).await }
            }

            #[memprof::track("boxed")]
            pub(super) fn boxed(number: usize) -> BoxFuture<'static, usize> {
                let kept = first(number);
                Box::pin(later(number, kept))
            }

            pub(super) struct Loader;

            #[async_trait]
            impl Load for Loader {
                #[memprof::track("async-trait")]
                async fn load(&self, number: usize) -> usize {
                    later(number, first(number)).await
                }
            }

            #[memprof::track("stream")]
            fn stream(number: usize) -> impl Stream<Item = usize> + Send {
                let kept = first(number);
                stream::iter(10..13).then(move |bytes| {
                    assert!(kept.capacity() > 0);
                    async move {
                        let item = buffer(bytes);
                        pause().await;
                        item.capacity()
                    }
                })
            }

            /// What the two boxes take, which whoever awaits them frees.
            static BOXED: AtomicUsize = AtomicUsize::new(0);
            static LOADED: AtomicUsize = AtomicUsize::new(0);

            /// One of each. What is given was called on the thread that spawned the task.
            pub(super) async fn task(number: usize, moved: impl Future<Output = usize>) {
                let whole = 1100 + 2 * number;
                assert_eq!(moved.await, whole);
                {
                    let mut halfway = std::pin::pin!(cancelled(number));
                    for _ in 0..2 {
                        assert!(futures::poll!(halfway.as_mut()).is_pending());
                        pause().await;
                    }
                }
                let future = boxed(number);
                BOXED.store(size_of_val(&*future), Relaxed);
                assert_eq!(future.await, whole);
                let future = Loader.load(number);
                LOADED.store(size_of_val(&*future), Relaxed);
                assert_eq!(future.await, whole);
                let sum = stream(number).fold(0, |sum, item| async move { sum + item });
                assert_eq!(sum.await, 33);
            }

            pub(super) fn assert_exact(rounds: u64) {
                let exact = |name, bytes: &dyn Fn(usize) -> [usize; 3]| {
                    super::assert_exact(stringify!($module), name, rounds, bytes);
                };
                let opaque = |number| [1107 + 2 * number, 1107 + 2 * number, 1100 + 2 * number];
                exact("opaque", &opaque);
                exact("cancelled", &opaque);
                for (name, size) in [("boxed", &BOXED), ("async-trait", &LOADED)] {
                    let size = size.load(Relaxed);
                    exact(name, &|number| {
                        let [allocated, deallocated, peak] = opaque(number);
                        [allocated + size, deallocated, peak + size]
                    });
                }
                exact("stream", &|number| {
                    [107 + number + 33, 107 + number + 33, 100 + number + 12]
                });
            }
        }
    };
}

operations!(on_tokio);
operations!(on_executor);
operations!(by_hand);

/// `bytes` says what the call of a number allocates, what it frees, and its peak.
fn assert_exact(module: &str, name: &str, rounds: u64, bytes: &dyn Fn(usize) -> [usize; 3]) {
    let report = memprof::snapshot();
    let is_meant = |row: &&OperationReport| row.name == name && row.module.ends_with(module);
    let row = report.operations.iter().find(is_meant).unwrap();
    let calls = rounds * TASKS as u64;
    assert_eq!((row.calls, row.open_calls), (calls, 0), "{module} {name}");
    let sum = |index: usize| rounds * (0..TASKS).map(|it| bytes(it)[index]).sum::<usize>() as u64;
    let own = &row.self_figures;
    assert_eq!(
        (own.allocated_bytes, own.deallocated_bytes),
        (sum(0), sum(1)),
        "{module} {name}"
    );
    assert_eq!(row.retained_bytes, Some(0), "{module} {name}");
    let per_call = row.per_call.as_ref().unwrap();
    for (figure, index) in [(&per_call.allocated_bytes, 0), (&per_call.peak_bytes, 2)] {
        let of = |number: usize| bytes(number)[index] as u64;
        assert_eq!(
            (figure.min, figure.max),
            (of(0), of(TASKS - 1)),
            "{module} {name}"
        );
    }
}

#[test]
fn four_workers_of_tokio() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .build()
        .unwrap();
    for round in 1..=ROUNDS {
        let tasks: Vec<_> = (0..TASKS)
            .map(|number| runtime.spawn(on_tokio::task(number, on_tokio::opaque(number))))
            .collect();
        runtime.block_on(async {
            for task in tasks {
                task.await.unwrap();
            }
        });
        on_tokio::assert_exact(round);
    }
}

#[test]
fn four_threads_of_an_executor() {
    let executor = Executor::new();
    let (stop, stopped): (Vec<_>, Vec<_>) = (0..4).map(|_| oneshot::channel::<()>()).unzip();
    std::thread::scope(|threads| {
        for stopped in stopped {
            let executor = &executor;
            threads.spawn(move || block_on(executor.run(stopped)));
        }
        for round in 1..=ROUNDS {
            let tasks: Vec<_> = (0..TASKS)
                .map(|number| {
                    executor.spawn(on_executor::task(number, on_executor::opaque(number)))
                })
                .collect();
            for task in tasks {
                block_on(task);
            }
            on_executor::assert_exact(round);
        }
        drop(stop);
    });
}

#[test]
fn a_queue_and_a_loop() {
    let mut queue: VecDeque<BoxFuture<'_, ()>> = VecDeque::new();
    for number in 0..TASKS {
        queue.push_back(Box::pin(by_hand::task(number, by_hand::opaque(number))));
    }
    let mut context = Context::from_waker(Waker::noop());
    while let Some(mut task) = queue.pop_front() {
        if task.as_mut().poll(&mut context).is_pending() {
            queue.push_back(task);
        }
    }
    by_hand::assert_exact(1);
}
