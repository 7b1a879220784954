//! Many threads, at once and in turn, and a snapshot of many paths on many threads: each program with memprof beside the
//! same one without.
//!
//! A process has one global allocator, so each run is a process of its own: this program again, over memprof's allocator
//! and with tracked calls, or over the bare `System` and with plain calls. Runs are taken in turn, and what is printed is
//! the median of the ratios of two runs right after one another.
//!
//! Targets: 1.3 for threads at once, 1.1 for threads in turn, 50 ms for a snapshot of 10,000 paths on 16 threads.

#[path = "../tests/every_path/mod.rs"]
mod every_path;

use every_path::{PATHS, every_path};
use std::alloc::{GlobalAlloc, Layout, System};
use std::process::Command;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Instant;

/// Pairs of runs of a case. Single ones lie between 0.8 and 2.6 on two cores.
const PAIRS: usize = 25;

const BARE: &str = "bare";
const WITH_MEMPROF: &str = "memprof";

/// memprof's allocator or the bare one: decided once, before anything is allocated by a thread that is measured.
struct Switch;

static IS_BARE: AtomicBool = AtomicBool::new(false);
static OURS: memprof::Allocator = memprof::Allocator::system();

#[global_allocator]
static ALLOCATOR: Switch = Switch;

fn is_bare() -> bool {
    // Relaxed: set before any thread is started.
    IS_BARE.load(Ordering::Relaxed)
}

// SAFETY: forwarded to one of two allocators. It changes at most once, from memprof's to the bare one, which frees
// memprof's blocks too: they are its own, and four bytes longer.
unsafe impl GlobalAlloc for Switch {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is passed on, as below.
        unsafe {
            match is_bare() {
                true => System.alloc(layout),
                false => OURS.alloc(layout),
            }
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe {
            match is_bare() {
                true => System.dealloc(block, layout),
                false => OURS.dealloc(block, layout),
            }
        }
    }
}

#[memprof::track("Work")]
fn tracked(bytes: usize) -> Vec<u8> {
    plain(bytes)
}

fn plain(bytes: usize) -> Vec<u8> {
    std::hint::black_box(vec![1; bytes])
}

fn work(number: usize) -> usize {
    let work = if is_bare() { plain } else { tracked };
    work(number % 100 + 1).len()
}

/// `count` threads that live at a time, each with one call.
fn at_once(count: usize) {
    let barrier = &Barrier::new(count);
    thread::scope(|scope| {
        for number in 0..count {
            let begin = thread::Builder::new().stack_size(64 << 10);
            let run = move || {
                let bytes = work(number);
                barrier.wait();
                bytes
            };
            begin.spawn_scoped(scope, run).expect("a thread");
        }
    });
}

/// `count` threads, each after the end of the one before.
fn in_turn(count: usize) {
    for number in 0..count {
        let run = move || work(number);
        thread::spawn(run).join().expect("no panic");
    }
}

/// What 99 of 100 threads take at most to start, do one call and end, while `is_going_on`, in milliseconds.
fn thread_ms(is_going_on: impl Fn() -> bool) -> f64 {
    let mut times = Vec::new();
    while is_going_on() {
        let begin = Instant::now();
        in_turn(1);
        times.push(begin.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    times[times.len() * 99 / 100]
}

/// The time of a snapshot while 16 threads live that have been on every path, and what others wait for it.
fn snapshot(threads: usize) {
    let barrier = Barrier::new(threads + 1);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                every_path(0);
                barrier.wait();
                barrier.wait();
            });
        }
        barrier.wait();
        for _ in 0..5 {
            let begin = Instant::now();
            let report = memprof::snapshot();
            println!(
                "snapshot: {PATHS} paths on {threads} threads in {:.1} ms, overhead {} MiB",
                begin.elapsed().as_secs_f64() * 1e3,
                report.process.overhead_bytes >> 20
            );
        }
        let is_over = AtomicBool::new(false);
        let (alone, beside) = thread::scope(|scope| {
            let begin = Instant::now();
            let alone = thread_ms(|| begin.elapsed().as_millis() < 500);
            // Relaxed: nothing else is told by it.
            let starter = scope.spawn(|| thread_ms(|| !is_over.load(Ordering::Relaxed)));
            (0..20).for_each(|_| drop(memprof::snapshot()));
            is_over.store(true, Ordering::Relaxed);
            (alone, starter.join().expect("no panic"))
        });
        println!(
            "snapshot: 99 of 100 threads that start, call and end meanwhile take at most {beside:.2} ms, else {alone:.2} ms"
        );
        barrier.wait();
    });
}

/// What is run, with how many threads.
struct Case {
    name: &'static str,
    threads: usize,
    run: fn(usize),
    /// Whether its time is compared with that of the bare program. If not, it says itself what it measured.
    is_compared: bool,
}

const fn compared(name: &'static str, threads: usize, run: fn(usize)) -> Case {
    Case {
        name,
        threads,
        run,
        is_compared: true,
    }
}

const CASES: [Case; 5] = [
    compared("at once", 1_000, at_once),
    compared("at once", 4_000, at_once),
    compared("at once", 10_000, at_once),
    compared("in turn", 20_000, in_turn),
    Case {
        is_compared: false,
        ..compared("snapshot", 16, snapshot)
    },
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [case, mode] = &arguments[..]
        && let Ok(case) = case.parse::<usize>()
    {
        IS_BARE.store(mode == BARE, Ordering::Relaxed);
        let case = &CASES[case];
        let begin = Instant::now();
        (case.run)(case.threads);
        if case.is_compared {
            println!("{}", begin.elapsed().as_secs_f64());
        }
        return;
    }
    // As a test, each case runs once.
    let pairs = if arguments.iter().any(|it| it == "--bench") {
        PAIRS
    } else {
        1
    };
    for (number, Case { name, threads, .. }) in CASES.iter().enumerate() {
        if !CASES[number].is_compared {
            print!("{}", output(number, WITH_MEMPROF));
            continue;
        }
        let mut ratios: Vec<f64> = (0..pairs)
            .map(|_| seconds(number, WITH_MEMPROF) / seconds(number, BARE))
            .collect();
        ratios.sort_by(f64::total_cmp);
        println!(
            "{threads:>6} threads {name}: {:.2} times the bare program (median of {pairs}, {:.2} to {:.2})",
            ratios[pairs / 2],
            ratios[0],
            ratios[pairs - 1]
        );
    }
}

fn output(case: usize, mode: &str) -> String {
    let program = std::env::current_exe().expect("this program");
    let output = Command::new(program)
        .args([&case.to_string(), mode])
        .env("MEMPROF_PRINT", "0")
        .output()
        .expect("this program runs");
    assert!(output.status.success(), "case {case} failed: {output:?}");
    String::from_utf8(output.stdout).expect("text")
}

fn seconds(case: usize, mode: &str) -> f64 {
    let output = output(case, mode);
    output.trim().parse().expect("seconds")
}
