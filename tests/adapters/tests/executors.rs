//! Promise: tracked futures are exact on any executor: `async-executor` with several threads, and one that
//! is a queue and a loop.
#![forbid(unsafe_code)]

use async_executor::Executor;
use futures_lite::future;
use memprof::Report;
use std::collections::VecDeque;
use std::future::Future;
use std::hint::black_box;
use std::pin::Pin;
use std::task::{Context, Waker};

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

/// An allocation that the optimizer leaves in place.
fn buffer(bytes: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(bytes))
}

/// Self allocated and deallocated bytes, calls, retained bytes.
fn figures(report: &Report, name: &str) -> [u64; 4] {
    let row = report.operation(name).unwrap();
    let own = &row.self_figures;
    [
        own.allocated_bytes,
        own.deallocated_bytes,
        row.calls,
        row.retained_bytes.unwrap(),
    ]
}

#[memprof::track("on threads")]
async fn on_threads(number: usize) -> usize {
    let held = buffer(number);
    future::yield_now().await;
    nested(number).await + held.capacity()
}

#[memprof::track("nested on threads")]
async fn nested(number: usize) -> usize {
    let held = buffer(1000 + number);
    future::yield_now().await;
    held.capacity()
}

#[test]
fn an_executor_with_four_threads() {
    const TASKS: u64 = 500;
    let executor = Executor::new();
    let (stop, stopped) = async_channel();
    std::thread::scope(|threads| {
        for _ in 0..4 {
            let stopped = stopped.clone();
            let executor = &executor;
            threads.spawn(move || future::block_on(executor.run(stopped)));
        }
        let tasks: Vec<_> = (1..=TASKS as usize)
            .map(|number| executor.spawn(on_threads(number)))
            .collect();
        future::block_on(async {
            for task in tasks {
                task.await;
            }
        });
        stop();
    });
    let report = memprof::snapshot();
    let sum = TASKS * (TASKS + 1) / 2;
    assert_eq!(figures(&report, "on threads"), [sum, sum, TASKS, 0]);
    let inner = 1000 * TASKS + sum;
    assert_eq!(
        figures(&report, "nested on threads"),
        [inner, inner, TASKS, 0]
    );
    assert_eq!(report.operation("on threads").unwrap().peak_bytes, 2000);
}

/// A flag that futures wait for, and what raises it.
fn async_channel() -> (impl FnOnce(), Flag) {
    let flag = Flag::default();
    let raise = flag.clone();
    (
        move || {
            let mut state = raise.0.lock().unwrap();
            state.0 = true;
            state.1.drain(..).for_each(Waker::wake);
        },
        flag,
    )
}

#[derive(Clone, Default)]
struct Flag(std::sync::Arc<std::sync::Mutex<(bool, Vec<Waker>)>>);

impl Future for Flag {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> std::task::Poll<()> {
        let mut state = self.0.lock().unwrap();
        if state.0 {
            return std::task::Poll::Ready(());
        }
        state.1.push(context.waker().clone());
        std::task::Poll::Pending
    }
}

#[memprof::track("by hand")]
async fn by_hand(number: usize) {
    let first = buffer(number);
    future::yield_now().await;
    let second = buffer(10 * number);
    drop(first);
    future::yield_now().await;
    drop(second);
}

#[test]
fn a_queue_and_a_loop() {
    let mut queue: VecDeque<Pin<Box<dyn Future<Output = ()>>>> = VecDeque::new();
    for number in 1..=100 {
        queue.push_back(Box::pin(by_hand(number)));
    }
    let mut context = Context::from_waker(Waker::noop());
    let mut polls = 0;
    while let Some(mut task) = queue.pop_front() {
        polls += 1;
        if task.as_mut().poll(&mut context).is_pending() {
            queue.push_back(task);
        }
    }
    assert_eq!(polls, 300);
    let report = memprof::snapshot();
    let sum = 11 * 5050;
    assert_eq!(figures(&report, "by hand"), [sum, sum, 100, 0]);
    let row = report.operation("by hand").unwrap();
    let per_call = row.per_call.as_ref().unwrap();
    assert_eq!((row.peak_bytes, per_call.peak_bytes.min), (1100, 11));
    assert_eq!(
        (per_call.allocated_bytes.min, per_call.allocated_bytes.max),
        (11, 1100)
    );
}
