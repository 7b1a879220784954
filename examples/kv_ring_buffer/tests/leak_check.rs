//! Valgrind's leak check, by the README's flags: nothing of a cache's life is lost, and what is lost is found.
//!
//! This binary runs one of its own tests under Valgrind, as the README's command does with another. Where there is
//! no `valgrind` the tests say so and pass.

use kv_ring_buffer::{Cache, Layout, PutError, allocator};
use std::hint::black_box;
use std::process::{Command, Output};

#[global_allocator]
static ALLOC: memprof::Allocator<allocator::Inner> = memprof::Allocator::new(allocator::INNER);

const README: &str = include_str!("../README.md");

/// Set where a leak is wanted.
const PLANTED: &str = "LEAK_CHECK_PLANTED";
const PLANTED_BLOCKS: usize = 10;
const PLANTED_BYTES: usize = 321;

/// A cache that is made, used by several threads, and dropped.
#[test]
fn the_life_of_a_cache() {
    const ENTRIES: u64 = 200;
    let dir = tempfile::tempdir().unwrap();
    let layout = Layout::new(16, 64).unwrap();
    let cache = Cache::create(&dir.path().join("cache"), layout).unwrap();
    let taken: u64 = std::thread::scope(|threads| {
        for writer in 0..2_u64 {
            let cache = &cache;
            threads.spawn(move || {
                for number in 0..ENTRIES {
                    let key = (writer << 32 | number).to_le_bytes();
                    while cache.put(&key, b"value") == Err(PutError::Full) {
                        std::thread::yield_now();
                    }
                }
            });
        }
        let takers: Vec<_> = (0..2)
            .map(|_| threads.spawn(|| take(&cache, ENTRIES)))
            .collect();
        takers.into_iter().map(|taker| taker.join().unwrap()).sum()
    });
    assert_eq!(taken, 2 * ENTRIES);
    if std::env::var_os(PLANTED).is_some() {
        plant();
    }
}

fn take(cache: &Cache, entries: u64) -> u64 {
    let (mut key, mut value) = (Vec::new(), Vec::new());
    for _ in 0..entries {
        while !cache.take(&mut key, &mut value) {
            std::thread::yield_now();
        }
    }
    entries
}

/// Forgets blocks, and where they are.
#[inline(never)]
fn plant() {
    for _ in 0..PLANTED_BLOCKS {
        std::mem::forget(black_box(vec![7_u8; PLANTED_BYTES]));
    }
    // Over what is left of the last address.
    black_box([0_u8; 4096]);
}

#[test]
fn nothing_is_lost() {
    let Some(output) = under_valgrind(|command| command) else {
        return;
    };
    let said = said(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("ERROR SUMMARY: 0 errors"), "{said}");
}

#[test]
fn what_is_lost_is_found() {
    let Some(output) = under_valgrind(|command| command.env(PLANTED, "1")) else {
        return;
    };
    let said = said(&output);
    // By the README's flags.
    assert_eq!(output.status.code(), Some(9), "{said}");
    // What memprof keeps behind each block.
    let footer = if cfg!(feature = "memory-profiling") {
        4
    } else {
        0
    };
    let bytes = PLANTED_BLOCKS * (PLANTED_BYTES + footer);
    let lost = format!("definitely lost: {} bytes in 10 blocks", grouped(bytes));
    assert!(said.contains(&lost), "no `{lost}` in: {said}");
    assert!(said.contains("leak_check::plant"), "{said}");
}

/// Runs the life of a cache alone. `None`, and a word on it, where this cannot be.
fn under_valgrind(change: impl FnOnce(&mut Command) -> &mut Command) -> Option<Output> {
    if cfg!(any(feature = "jemalloc", feature = "mimalloc")) {
        eprintln!(
            "Valgrind sees the system's allocator alone: leaks are not looked for in this build"
        );
        return None;
    }
    let mut words = runner();
    let mut valgrind = Command::new(words.next().unwrap());
    if Command::new("valgrind").arg("--version").output().is_err() {
        eprintln!("valgrind is not installed: leaks are not looked for");
        return None;
    }
    valgrind
        .args(words)
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "the_life_of_a_cache", "--nocapture"]);
    Some(change(&mut valgrind).output().unwrap())
}

/// What the README has cargo run tests with; it stands in quotes.
fn runner() -> impl Iterator<Item = &'static str> {
    const VARIABLE: &str = "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER=\"";
    let (_, rest) = README.split_once(VARIABLE).unwrap();
    let (runner, _) = rest.split_once('"').unwrap();
    runner.split_whitespace()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned()
}

/// As Valgrind writes numbers: 3,250.
fn grouped(number: usize) -> String {
    assert!((1_000..1_000_000).contains(&number));
    format!("{},{:03}", number / 1_000, number % 1_000)
}
