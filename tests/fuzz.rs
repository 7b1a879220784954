//! Promise: whatever programs do with memprof's operations, at once on several threads that hand each other blocks, futures and
//! contexts, panic, measure, end and fork, while snapshots are taken: when they rest each figure of each operation is the
//! model's, to the byte, in the parent and in its children.
//!
//! Programs are random, from a seed. `MEMPROF_FUZZ_EVENTS` asks for more steps, `MEMPROF_FUZZ_SEED` for another seed:
//! `MEMPROF_FUZZ_EVENTS=1000000000 cargo test --release -p memprof --test fuzz`.

mod alone;
mod fuzz {
    pub(crate) mod figures;
    pub(crate) mod operations;
    pub(crate) mod shared;
    pub(crate) mod task;
    pub(crate) mod worker;
}

use fuzz::figures::{Row, Tally, reported};
use fuzz::operations::OPERATIONS;
use fuzz::shared::Shared;
use fuzz::worker::{Worker, free_rest, panic_bytes};
use std::sync::atomic::{AtomicBool, Ordering};

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

/// Steps of each worker in a round.
const STEPS: u64 = 100_000;
#[cfg(unix)]
const STEPS_OF_CHILD: u64 = 2_000;
const EVENTS: u64 = 4_000_000;

fn main() {
    alone::run("figures_are_those_of_the_model", || {
        let events = number("MEMPROF_FUZZ_EVENTS").unwrap_or(EVENTS);
        let seed = number("MEMPROF_FUZZ_SEED").unwrap_or(0x006d_656d_7072_6f66);
        let rounds = events.div_ceil(STEPS * Shared::WORKERS as u64);
        println!("{rounds} rounds, MEMPROF_FUZZ_SEED={seed}");
        run(rounds, seed);
    });
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

fn run(rounds: u64, seed: u64) {
    let shared = Shared::new(panic_bytes());
    let before = reported(&memprof::snapshot());
    let mut tally = Tally::default();
    for round in 0..rounds {
        let seed = mix(seed.wrapping_add(round));
        tally += run_round(&shared, seed);
        assert_model(&before, &tally, round);
    }
    free_rest(&shared, &mut tally);
    assert_model(&before, &tally, rounds);
    let kept = tally.rows.map(|row| row.own.retained_blocks);
    assert_eq!(kept, [0; OPERATIONS]);
}

/// New threads, each with a program of its own; what they did.
fn run_round(shared: &Shared, seed: u64) -> Tally {
    let is_over = AtomicBool::new(false);
    let mut tally = Tally::default();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..Shared::WORKERS)
            .map(|number| {
                let seed = mix(seed ^ number as u64);
                scope.spawn(move || Worker::new(shared, number, seed, STEPS).work())
            })
            .collect();
        let looker = scope.spawn(|| look(&is_over));
        fork(shared.panic_bytes, seed);
        for worker in workers {
            tally += worker.join().expect("workers do not panic");
        }
        is_over.store(true, Ordering::Relaxed);
        looker.join().expect("figures only rise");
    });
    tally
}

/// Takes snapshots while the workers are at work.
fn look(is_over: &AtomicBool) {
    let mut calls = [0; OPERATIONS];
    while !is_over.load(Ordering::Relaxed) {
        let report = memprof::snapshot();
        let now = reported(&report).map(|row| row.calls);
        let pairs = calls.iter().zip(&now);
        assert!(pairs.clone().all(|(earlier, now)| earlier <= now));
        calls = now;
        std::thread::yield_now();
    }
}

/// A child that is made amid all that, and goes on by itself.
#[cfg(unix)]
fn fork(panic_bytes: usize, seed: u64) {
    // SAFETY: the child goes on in this thread alone, and ends by `_exit`.
    let child = unsafe { libc::fork() };
    assert!(child >= 0);
    if child == 0 {
        let is_right = std::panic::catch_unwind(|| {
            let shared = Shared::new(panic_bytes);
            let before = reported(&memprof::snapshot());
            assert!(before.iter().all(|row| row.calls == 0), "{before:?}");
            let worker = Worker::new(&shared, 0, seed, STEPS_OF_CHILD);
            let tally = worker.work();
            assert_model(&before, &tally, 0);
        });
        // SAFETY: nothing of the parent's is to be done.
        unsafe { libc::_exit(i32::from(is_right.is_err())) };
    }
    let mut status = 0;
    // SAFETY: a child of ours, and a place for its status.
    assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
    assert_eq!(status, 0, "the child");
}

#[cfg(not(unix))]
fn fork(_: usize, _: u64) {}

#[track_caller]
fn assert_model(before: &[Row; OPERATIONS], tally: &Tally, round: u64) {
    let now = reported(&memprof::snapshot());
    for (operation, ((now, before), right)) in now.iter().zip(before).zip(&tally.rows).enumerate() {
        let told = Row {
            calls: now.calls - before.calls,
            reallocations: now.reallocations - before.reallocations,
            all: now.all - before.all,
            own: now.own - before.own,
        };
        assert_eq!(told, *right, "operation {operation} in round {round}");
    }
}

/// Splitmix64's.
fn mix(seed: u64) -> u64 {
    let seed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let seed = (seed ^ seed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let seed = (seed ^ seed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    seed ^ seed >> 31
}
