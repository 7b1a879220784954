//! Blocks that move into closures, between variables, and into futures that are polled in place.

use crate::blocks::{blocks, like, sized};
use crate::check::{Shape, exact, removable};
use std::future::{Future, poll_fn};
use std::hint::black_box;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

pub(crate) const SHAPES: &[Shape] = &[
    exact("moved into a closure", closure, |n| sized(n, length)),
    exact("moved into a boxed closure", boxed_closure, |n| {
        sized(n, length).and(blocks(n, size_of::<(Vec<u8>, usize)>()))
    }),
    exact("moved out of an option", taken, |n| sized(n, length)),
    exact("moved out of a result", result, |n| sized(n, length)),
    exact("swapped", swapped, |n| sized(n, length).times(2)),
    exact("replaced in a loop", replaced, |n| sized(n, length)),
    exact("moved into a future", future, |n| sized(n, length)),
    exact("moved into a future that waits", waiting, |n| {
        sized(n, length)
    }),
    exact("made before and after a wait", around, |n| {
        sized(n, length).times(2)
    }),
    removable("dropped with a future half way", half_way, |n| {
        sized(n, length)
    }),
    removable("dropped with a future never polled", unpolled, |n| {
        sized(n, length)
    }),
    exact("moved into a boxed future", boxed_future, |n| {
        like(n, || boxed(9))
    }),
    exact("returned by futures in turn", in_turn, |n| {
        sized(n, length).times(3)
    }),
];

const fn length(i: usize) -> usize {
    i % 70 + 1
}

#[inline(always)]
fn bytes(i: usize) -> Vec<u8> {
    (0..length(i)).map(|at| (at * i) as u8).collect()
}

#[inline(always)]
fn read(bytes: &[u8], i: usize) -> u64 {
    u64::from(bytes[i / 3 % bytes.len()])
}

#[memprof::track("moved into a closure")]
fn closure(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let moved = bytes(i);
        let work = move |at| read(&moved, at);
        sum += work(i) + work(i / 2);
    }
    sum
}

#[memprof::track("moved into a boxed closure")]
fn boxed_closure(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let moved = bytes(i);
        // Two types, so that the call goes through a vtable.
        let work: Box<dyn FnOnce() -> u64> = if i.is_multiple_of(3) {
            Box::new(move || read(&moved, i))
        } else {
            Box::new(move || read(&moved, i / 2) + 1)
        };
        sum += work();
    }
    sum
}

#[memprof::track("moved out of an option")]
fn taken(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let mut slot = Some(bytes(i));
        if let Some(moved) = slot.take() {
            sum += read(&moved, i);
        }
        sum += u64::from(slot.is_none());
    }
    sum
}

#[memprof::track("moved out of a result")]
fn result(count: usize) -> u64 {
    let parse = |i: usize| {
        let moved = bytes(i);
        if i.is_multiple_of(2) {
            Ok(moved)
        } else {
            Err(moved)
        }
    };
    (0..count)
        .map(|i| parse(i).map_or_else(|err| read(&err, i) + 1, |it| read(&it, i)))
        .sum()
}

#[memprof::track("swapped")]
fn swapped(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let (mut first, mut second) = (bytes(i), bytes(i));
        if i.is_multiple_of(2) {
            std::mem::swap(&mut first, &mut second);
        }
        second[0] = 7;
        drop(first);
        sum += read(&second, i);
    }
    sum
}

#[memprof::track("replaced in a loop")]
fn replaced(count: usize) -> u64 {
    let mut last = Vec::new();
    let mut sum = 0;
    for i in 0..count {
        let before = std::mem::replace(&mut last, bytes(i));
        sum += before.len() as u64 + read(&last, i);
    }
    sum
}

fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[inline(always)]
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = poll(future.as_mut()) {
            return output;
        }
    }
}

/// Is pending once.
pub(crate) async fn pause() {
    let mut has_paused = false;
    poll_fn(|_| {
        if std::mem::replace(&mut has_paused, true) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

#[memprof::track("moved into a future")]
fn future(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let moved = bytes(i);
        sum += block_on(async move { read(&moved, i) });
    }
    sum
}

#[memprof::track("moved into a future that waits")]
fn waiting(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let moved = bytes(i);
        sum += block_on(async move {
            let first = read(&moved, i);
            pause().await;
            first + read(&moved, i / 2)
        });
    }
    sum
}

#[memprof::track("made before and after a wait")]
fn around(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        sum += block_on(async {
            let first = bytes(i);
            pause().await;
            let second = bytes(i);
            read(&first, i) + read(&second, i / 2)
        });
    }
    sum
}

#[memprof::track("dropped with a future half way")]
fn half_way(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let moved = bytes(i);
        let mut future = pin!(async {
            let first = read(&moved, i);
            pause().await;
            read(&moved, i / 2) + first
        });
        sum += u64::from(poll(future.as_mut()).is_pending());
    }
    sum
}

#[memprof::track("dropped with a future never polled")]
fn unpolled(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let moved = bytes(i);
        let future = async move { read(&moved, i) };
        sum += size_of_val(&future) as u64;
    }
    sum
}

#[inline]
fn boxed(i: usize) -> Pin<Box<dyn Future<Output = u64>>> {
    let moved: Vec<usize> = (0..9).map(|at| at * i).collect();
    Box::pin(async move {
        pause().await;
        moved[i % 9] as u64
    })
}

#[memprof::track("moved into a boxed future")]
fn boxed_future(count: usize) -> u64 {
    (0..count).map(|i| block_on(boxed(i))).sum()
}

#[memprof::track("returned by futures in turn")]
fn in_turn(count: usize) -> u64 {
    let mut sum = 0;
    for i in 0..count {
        let one = async || {
            pause().await;
            bytes(i)
        };
        sum += block_on(async {
            let mut sum = 0;
            for _ in 0..black_box(3) {
                sum += read(&one().await, i);
            }
            sum
        });
    }
    sum
}
