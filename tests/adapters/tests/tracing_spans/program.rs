//! One program, twice: its functions with `#[instrument]` and with `#[track]`.

use std::future::Future;
use std::hint::black_box;
use std::pin::Pin;
use std::task::{Context, Poll};

/// An allocation that the optimizer leaves in place.
pub(crate) fn buffer(bytes: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(bytes))
}

/// Lets others go first, once.
#[derive(Default)]
pub(crate) struct Pause {
    is_over: bool,
}

impl Future for Pause {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.is_over, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

/// What `serve` of the tasks 0 to `tasks` allocates in all.
pub(crate) fn served_bytes(tasks: usize) -> u64 {
    (0..tasks)
        .map(|task| {
            let rounds = task % 3 + 1;
            (1_000 + task + rounds * (100 + (10 + task)) + (0..rounds).sum::<usize>()) as u64
        })
        .sum()
}

macro_rules! program {
    ($module:ident, $attribute:meta) => {
        pub(crate) mod $module {
            use super::{Pause, buffer};

            #[$attribute]
            pub(crate) fn index(size: usize) -> usize {
                let held = buffer(1_000 * size);
                let stored = store(tokenize(size));
                drop(held);
                // So do temporaries of the last expression.
                let last = buffer(size).capacity();
                stored + last
            }

            #[$attribute]
            pub(crate) fn tokenize(size: usize) -> Vec<u8> {
                let token = buffer(10 * size);
                drop(token);
                buffer(100 * size)
            }

            #[$attribute]
            pub(crate) fn store(tokens: Vec<u8>) -> usize {
                // An argument outlives the span of `#[instrument]`, not the call of `#[track]`.
                let mine = tokens;
                mine.capacity()
            }

            #[$attribute]
            pub(crate) fn fold(depth: usize) -> Vec<u8> {
                let held = buffer(depth + 1);
                if depth > 0 {
                    drop(unfold(depth - 1));
                }
                held
            }

            #[$attribute]
            pub(crate) fn unfold(depth: usize) -> Vec<u8> {
                let mut held = buffer(10);
                if depth > 0 {
                    held = fold(depth - 1);
                }
                held.reserve_exact(100);
                held
            }

            #[$attribute]
            pub(crate) fn unwind() {
                let _held = buffer(40);
                std::panic::resume_unwind(Box::new(()));
            }

            #[$attribute]
            pub(crate) async fn fetch(size: usize) -> usize {
                let held = buffer(100 * size);
                let mut received = 0;
                for part in 0..size {
                    received += receive(part).await.capacity();
                    Pause::default().await;
                }
                drop(held);
                Pause::default().await;
                received
            }

            #[$attribute]
            pub(crate) async fn receive(part: usize) -> Vec<u8> {
                let held = buffer(10 + part);
                Pause::default().await;
                drop(held);
                buffer(part)
            }

            #[$attribute]
            pub(crate) async fn serve(task: usize) -> usize {
                let held = buffer(1_000 + task);
                let mut answered = 0;
                for round in 0..task % 3 + 1 {
                    Pause::default().await;
                    answered += answer(task, round).await.capacity();
                }
                drop(held);
                answered
            }

            #[$attribute]
            pub(crate) async fn answer(task: usize, round: usize) -> Vec<u8> {
                let held = buffer(100);
                Pause::default().await;
                encode(task);
                Pause::default().await;
                drop(held);
                buffer(round)
            }

            #[$attribute]
            pub(crate) fn encode(task: usize) {
                drop(buffer(10 + task));
            }
        }
    };
}

program!(spans, tracing::instrument(skip_all));
program!(tracked, memprof::track);
