//! Time of tracked calls beside plain ones, under memprof's allocator. An event of a group is one call.
//!
//! Target of the design: 5 ns for a tracked call with an empty body.
#![forbid(unsafe_code)]

mod ratios;

use std::hint::black_box;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use ratios::Ratios;

#[global_allocator]
static ALLOC: memprof::Allocator = memprof::Allocator::system();

#[inline(never)]
fn plain() {
    black_box(());
}

#[memprof::track]
#[inline(never)]
fn tracked() {
    black_box(());
}

#[inline(never)]
fn plain_pair() {
    black_box(Box::new([1_u64; 8]));
}

#[memprof::track]
#[inline(never)]
fn tracked_pair() {
    black_box(Box::new([1_u64; 8]));
}

/// Four functions, each of which calls the next one.
macro_rules! nest {
    ($(#[$attribute:meta])* $a:ident $b:ident $c:ident $d:ident) => {
        nest!(@one $(#[$attribute])* $a $b());
        nest!(@one $(#[$attribute])* $b $c());
        nest!(@one $(#[$attribute])* $c $d());
        nest!(@one $(#[$attribute])* $d black_box(()));
    };
    (@one $(#[$attribute:meta])* $name:ident $inner:expr) => {
        $(#[$attribute])*
        #[inline(never)]
        fn $name() {
            $inner;
            // Keeps the inner call from becoming a jump.
            black_box(());
        }
    };
}

nest!(plain_a plain_b plain_c plain_d);
nest!(#[memprof::track] tracked_a tracked_b tracked_c tracked_d);

/// Calls on two threads at once: the time of the slower one.
fn two_threads(call: fn(), calls: u64) -> Duration {
    let start = Barrier::new(2);
    let run = || {
        start.wait();
        let began = Instant::now();
        (0..calls).for_each(|_| call());
        began.elapsed()
    };
    thread::scope(|scope| {
        let other = scope.spawn(run);
        let here = run();
        here.max(other.join().expect("the other thread"))
    })
}

fn main() {
    let mut criterion = ratios::criterion();
    let mut lines = Vec::new();
    let mut pair = |title, plain: fn(), tracked: fn()| {
        let mut ratios = Ratios::new(&mut criterion, title);
        ratios.measure("plain", plain);
        ratios.measure("tracked", tracked);
        lines.extend(ratios.finish());
    };
    pair("empty call", plain, tracked);
    pair("call with a pair", plain_pair, tracked_pair);
    pair("4 nested calls", plain_a, tracked_a);
    let mut ratios = Ratios::new(&mut criterion, "tracked on threads");
    ratios.measure("one", tracked);
    ratios.measure_many("two", |calls| two_threads(tracked, calls));
    lines.extend(ratios.finish());
    criterion.final_summary();
    ratios::print(&lines);
}
