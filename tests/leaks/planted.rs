//! What is planted: leaks, caches, and what is in use, each an operation of its own with exact figures.

use memprof_report::LeakClass;
use std::collections::VecDeque;
use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

pub(crate) struct Planted {
    pub(crate) operation: &'static str,
    /// `None`: nothing of it is left.
    pub(crate) class: Option<LeakClass>,
    pub(crate) calls: u64,
    pub(crate) bytes: u64,
}

impl Planted {
    /// Only what is judged to be a leak is one.
    pub(crate) fn is_violation(&self) -> bool {
        self.class == Some(LeakClass::Growing)
    }
}

const fn planted(
    operation: &'static str,
    class: Option<LeakClass>,
    calls: u64,
    bytes: u64,
) -> Planted {
    Planted {
        operation,
        class,
        calls,
        bytes,
    }
}

use LeakClass::{Growing, Recent, Saturating, Undetermined};

pub(crate) const EXPECTED: &[Planted] = &[
    planted("small", Some(Growing), 1_000, 24_000),
    planted("large", Some(Growing), 20, 20 << 20),
    planted("seldom", Some(Growing), 5_000, 50 * 4_096),
    planted("on four threads", Some(Growing), 1_000, 100_000),
    planted("inner", Some(Growing), 300, 300 * 48),
    planted("growing buffer", Some(Growing), 3_000, 4_096 * 8),
    planted(
        "beside a table",
        Some(Growing),
        2_000,
        (10_000 + 2_000) * 16,
    ),
    planted("freed late", None, 0, 0),
    planted("freed late by another", None, 0, 0),
    planted("freed late in a future", None, 0, 0),
    planted("cache", Some(Saturating), 2_000, 64 * 128),
    planted("shuffled cache", Some(Saturating), 4_000, 500 * 64),
    planted("window", Some(Saturating), 3_000, 50 * 200),
    planted("memo", Some(Saturating), 20_000, 300 * 50),
    planted("one late", Some(Undetermined), 10_000, 50_000),
    planted("newest", Some(Recent), 1_000, 20 * 512),
];

/// A block that the optimizer leaves in place.
fn block(bytes: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(bytes))
}

/// What the operations hold, beside what is forgotten.
pub(crate) type Alive = Vec<Box<dyn std::any::Any>>;

/// Does it all; what has to stay alive until the profiler has ended.
pub(crate) fn plant() -> Alive {
    let mut alive: Alive = Vec::new();
    leaks();
    alive.push(Box::new(growing_buffer()));
    alive.push(Box::new(beside_a_table()));
    freed_late();
    alive.push(Box::new(cache()));
    alive.push(Box::new(shuffled_cache()));
    alive.push(Box::new(window()));
    alive.push(Box::new(memos()));
    alive.push(Box::new(handled()));
    alive.push(Box::new(newest()));
    alive
}

#[memprof::track("small")]
fn small() {
    std::mem::forget(block(24));
}

#[memprof::track("large")]
fn large() {
    std::mem::forget(block(1 << 20));
}

#[memprof::track("seldom")]
fn seldom(round: usize) {
    let scratch = block(4_096);
    if round % 100 == 99 {
        std::mem::forget(scratch);
    }
}

#[memprof::track("on four threads")]
fn on_four_threads() {
    std::mem::forget(block(100));
}

#[memprof::track("outer")]
fn outer() {
    drop(block(1_000));
    inner();
}

#[memprof::track("inner")]
fn inner() {
    std::mem::forget(block(48));
}

fn leaks() {
    (0..1_000).for_each(|_| small());
    (0..20).for_each(|_| large());
    (0..5_000).for_each(seldom);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..250).for_each(|_| on_four_threads()));
        }
    });
    (0..300).for_each(|_| outer());
}

#[memprof::track("growing buffer")]
fn remember(all: &mut Vec<u64>, round: u64) {
    all.push(round);
}

fn growing_buffer() -> Vec<u64> {
    let mut all = Vec::new();
    (0..3_000).for_each(|round| remember(&mut all, round));
    all
}

#[memprof::track("beside a table")]
fn add(kept: &mut Vec<Vec<u8>>, blocks: usize) {
    for _ in 0..blocks {
        kept.push(block(16));
    }
}

fn beside_a_table() -> Vec<Vec<u8>> {
    // The list itself is no part of the operation.
    let mut kept = Vec::with_capacity(20_000);
    add(&mut kept, 10_001);
    (1..2_000).for_each(|_| add(&mut kept, 1));
    kept
}

#[memprof::track("freed late")]
fn held() -> Vec<u8> {
    block(300)
}

#[memprof::track("freed late by another")]
fn handed_over() -> Vec<u8> {
    block(70_000)
}

#[memprof::track("freed late in a future")]
async fn awaited() -> Vec<u8> {
    block(33)
}

fn freed_late() {
    let kept: Vec<_> = (0..2_000).map(|_| held()).collect();
    let others: Vec<_> = (0..100).map(|_| handed_over()).collect();
    let of_futures: Vec<_> = (0..500).map(|_| now(awaited())).collect();
    drop(kept);
    let end = std::thread::spawn(|| drop((others, of_futures)));
    end.join().expect("it does not panic");
}

/// The value of a future that is ready at once.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("it waits for nothing"),
    }
}

#[memprof::track("cache")]
fn look_up(cache: &mut [Option<Vec<u8>>], key: usize) {
    cache[key].get_or_insert_with(|| block(128));
}

fn cache() -> Vec<Option<Vec<u8>>> {
    let mut cache = vec![None; 64];
    (0..2_000).for_each(|round| look_up(&mut cache, round % 64));
    cache
}

#[memprof::track("shuffled cache")]
fn look_up_shuffled(cache: &mut [Option<Vec<u8>>], key: usize) {
    // A hit allocates too, but holds nothing.
    drop(block(10));
    cache[key].get_or_insert_with(|| block(64));
}

/// Keys come in any order and often; the last one of them late.
fn shuffled_cache() -> Vec<Option<Vec<u8>>> {
    let mut cache = vec![None; 500];
    let mut state = 1_u64;
    for round in 0..4_000_usize {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let key = if round < 500 {
            round
        } else {
            (state >> 33) as usize % 500
        };
        look_up_shuffled(&mut cache, key);
    }
    cache
}

#[memprof::track("window")]
fn slide(window: &mut VecDeque<Vec<u8>>) {
    if window.len() == 50 {
        window.pop_front();
    }
    window.push_back(block(200));
}

fn window() -> VecDeque<Vec<u8>> {
    let mut window = VecDeque::with_capacity(64);
    (0..3_000).for_each(|_| slide(&mut window));
    window
}

#[memprof::track("newest")]
fn serve(in_use: &mut Vec<Vec<u8>>, keeps: bool) {
    let answer = block(512);
    if keeps {
        in_use.push(answer);
    }
}

fn newest() -> Vec<Vec<u8>> {
    let mut in_use = Vec::with_capacity(64);
    (0..1_000).for_each(|round| serve(&mut in_use, round >= 980));
    in_use
}

/// A hit allocates nothing.
#[memprof::track("memo")]
fn memo(table: &mut [Option<Vec<u8>>], key: usize) -> usize {
    table[key].get_or_insert_with(|| block(50)).capacity()
}

fn memos() -> Vec<Option<Vec<u8>>> {
    let mut table = vec![None; 300];
    for call in 0..20_000 {
        memo(&mut table, call % 300);
    }
    table
}

/// Makes something once, in a branch that is met late.
#[memprof::track("one late")]
fn handle(made: &mut Option<Vec<u8>>, request: usize) {
    drop(block(40));
    if request == 7_000 {
        *made = Some(block(50_000));
    }
}

fn handled() -> Option<Vec<u8>> {
    let mut made = None;
    for request in 0..10_000 {
        handle(&mut made, request);
    }
    made
}
