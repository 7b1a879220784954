//! Uses every name for code of other libraries. Compiled with memprof off by `tests/off.rs`, and on by the
//! package `adapters`.
#![deny(warnings)]

use memprof::Context;
use memprof::rayon::{InContext, ParallelIteratorExt, Scope};
use memprof::tokio::JoinSet;
use memprof::tracing::{Layer, layer};
use rayon::prelude::*;
use tracing_subscriber::prelude::*;

fn fill<'scope>(scope: &Scope<'_, 'scope>, left: &'scope mut usize, right: &'scope mut usize) {
    scope.spawn(move |scope| {
        *left = 1;
        scope.spawn(move |_| *right = 2);
    });
}

fn jobs() -> usize {
    let (mut left, mut right) = (0, 0);
    memprof::rayon::scope(|scope| fill(scope, &mut left, &mut right));
    let (three, four) = memprof::rayon::join(|| 3, || 4);
    memprof::rayon::spawn(|| ());
    left + right + three + four
}

fn iterates<I: ParallelIteratorExt<Item = usize>>(numbers: I) -> usize {
    let numbers: InContext<I> = numbers.in_context(Context::current());
    numbers.sum()
}

async fn tasks() -> usize {
    let spawned = memprof::tokio::spawn(async { 1 }).await;
    let blocking = memprof::tokio::spawn_blocking(|| 2).await;
    let mut set = JoinSet::new();
    set.spawn(async { 3 });
    set.spawn_blocking(|| 4);
    let first = set.join_next().await;
    let rest: Vec<usize> = set.join_all().await;
    let inner: tokio::task::JoinSet<usize> = JoinSet::new().into_inner();
    let first = first.and_then(Result::ok).unwrap_or(0);
    spawned.unwrap_or(0) + blocking.unwrap_or(0) + first + rest.iter().sum::<usize>() + inner.len()
}

fn main() {
    assert_eq!(jobs(), 10);
    assert_eq!(iterates((0..5_usize).into_par_iter()), 10);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    assert_eq!(runtime.block_on(tasks()), 10);
    let spans: Layer<tracing_subscriber::Registry> = layer();
    tracing_subscriber::registry().with(spans.clone()).init();
    println!("{spans:?} {:?}", Layer::<()>::default());
}
