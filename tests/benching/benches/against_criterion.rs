//! Recording adds nothing to criterion's time: a bench of our harness, with its memory pass, against the same in
//! plain criterion, ten pairs of runs. Prints the ratio of the medians; asserts nothing.
#![forbid(unsafe_code)]

use criterion::Criterion;
use std::hint::black_box;
use std::path::Path;
use std::process::{Command, Stdio};

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

const PAIRS: usize = 10;
/// Short runs of each in a pair. A machine is fast for a while and slow for a while; what runs right after one another
/// mostly meets the same.
const TURNS: usize = 80;

// Called, not copied into either loop; and one block after the other, so that glibc serves each out of its thread's
// cache: what it does with many at a time depends on what the heap looked like before, by more than there is to see.
#[inline(never)]
#[memprof::track("Work")]
fn work() -> usize {
    (1..100)
        .map(|bytes| black_box(vec![1_u8; bytes]).len())
        .sum()
}

#[memprof::bench]
fn ours() -> usize {
    work()
}

mod harness {
    memprof::bench_main!();

    pub(crate) fn run() {
        main();
    }
}

fn main() {
    match std::env::var("ROLE").as_deref() {
        Ok("ours") => harness::run(),
        Ok(_) => {
            let mut criterion = Criterion::default().configure_from_args();
            criterion.bench_function("plain", |bencher| bencher.iter(work));
        }
        Err(_) if std::env::args().any(|argument| argument == "--bench") => pairs(),
        Err(_) => {}
    }
}

fn pairs() {
    let directory = std::env::temp_dir().join(format!("memprof-against-{}", std::process::id()));
    let ratios = (1..=PAIRS).map(|pair| {
        let ratio = middle((0..TURNS).map(|turn| turn_of_both(turn, &directory)));
        println!("pair {pair:2}: ratio {ratio:.4}");
        ratio
    });
    let ratios: Vec<f64> = ratios.collect();
    let least = ratios.iter().copied().fold(f64::INFINITY, f64::min);
    let most = ratios.iter().copied().fold(0.0, f64::max);
    let median = middle(ratios.into_iter());
    println!(
        "time with the memory pass / plain criterion: median {median:.4} of {PAIRS}, from {least:.4} to {most:.4}"
    );
    std::fs::remove_dir_all(&directory).ok();
}

/// Our median over that of plain criterion.
fn turn_of_both(turn: usize, directory: &Path) -> f64 {
    // Whoever is second has the warmer machine.
    let roles = [["plain", "ours"], ["ours", "plain"]][turn % 2];
    for role in roles {
        run(role, directory);
    }
    median(directory, "ours") / median(directory, "plain")
}

fn middle(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    (values[half - 1] + values[half]) / 2.0
}

fn run(role: &str, directory: &Path) {
    let program = std::env::current_exe().expect("this program");
    let status = Command::new(program)
        .args([
            "--bench",
            "--warm-up-time",
            "0.02",
            "--measurement-time",
            "0.05",
            "--sample-size",
            "10",
            "--nresamples",
            "1000",
            "--noplot",
        ])
        .env("ROLE", role)
        .env("CRITERION_HOME", directory)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    assert!(status.expect("it runs").success(), "{role}");
}

/// The median that criterion wrote, in nanoseconds.
fn median(directory: &Path, bench: &str) -> f64 {
    let path = directory.join(bench).join("new/estimates.json");
    let text = std::fs::read_to_string(&path).expect("criterion's estimates");
    let of_median = text.split("\"median\":").nth(1).expect("a median");
    let point = of_median
        .split("\"point_estimate\":")
        .nth(1)
        .expect("its estimate");
    let digits = point.split([',', '}']).next().unwrap_or_default();
    digits.trim().parse().expect("a number")
}
