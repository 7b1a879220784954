// Thirteen benches with the two of the library: five with arguments, one without any allocation.
use benching as _;
use memprof::Bencher;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

/// What the tests change between two runs.
static PLANTED: LazyLock<String> = LazyLock::new(|| std::env::var("PLANTED").unwrap_or_default());

fn is_planted(what: &str) -> bool {
    PLANTED.as_str() == what
}

#[memprof::track("Fill")]
fn fill(bytes: usize) -> Vec<u8> {
    black_box(vec![1; bytes])
}

#[memprof::bench]
fn adds_up() -> u64 {
    (0..black_box(100)).sum()
}

#[memprof::bench]
fn one_block() -> Vec<u8> {
    let times = if is_planted("doubled") { 2 } else { 1 };
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    let more = if is_planted("uneven") { CALLS.fetch_add(1, Ordering::Relaxed) } else { 0 };
    fill(1_000 * times + more)
}

#[memprof::bench(args = [10, 100, 1_000, 10_000], growth = "O(n)", budget(allocations = 1))]
fn build(n: usize) -> Vec<u64> {
    let times = if is_planted("steeper") { n } else { 1 };
    black_box(Vec::with_capacity(n * times))
}

#[memprof::bench(args = [4, 16, 64, 256])]
fn pairs(n: usize) -> Vec<(usize, usize)> {
    let mut pairs = Vec::with_capacity(n * n);
    pairs.extend((0..n).flat_map(|one| (0..n).map(move |other| (one, other))));
    pairs
}

fn words(n: usize) -> Vec<String> {
    (0..n).map(|word| word.to_string()).collect()
}

#[memprof::bench(setup = sorted)]
fn by_value(words: Vec<String>) -> BTreeMap<String, usize> {
    words.into_iter().zip(0..).collect()
}

fn sorted() -> Vec<String> {
    words(100)
}

#[memprof::bench(setup = sorted)]
fn by_reference(words: &[String]) -> usize {
    words.concat().len()
}

#[memprof::bench(setup = sorted, budget(net = 0, deallocated = 0))]
fn in_place(words: &mut [String]) {
    words.reverse();
}

#[memprof::bench("by hand", budget(peak = 3_000))]
fn by_hand(bencher: &mut Bencher) {
    let held = fill(5_000);
    let bytes = if is_planted("peak") { 3_001 } else { 3_000 };
    bencher.iter(|| fill(bytes).len() + held.len());
}

#[memprof::bench(args = ["red", "green"])]
fn named(bencher: &mut Bencher, colour: &str) {
    bencher.iter(|| colour.to_owned());
}

/// Whose argument is made anew for each iteration, which is not the bench's doing.
#[memprof::bench(args = [String::from("green")])]
fn owned(colour: String) -> usize {
    colour.len()
}

mod nested {
    #[memprof::bench]
    pub(crate) fn module() -> String {
        String::from("one allocation")
    }
}

memprof::bench_main!();
