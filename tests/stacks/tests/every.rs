//! With every allocation's stack taken, the stacks of each path add up to the path's own exact figures: from
//! the first event of the process, on all threads, to what was freed by others, at the ends of threads, while
//! the loader's lock is held, and in the child of a fork.

#[path = "../../alone/mod.rs"]
mod alone;

use memprof::{Allocator, Context};
use memprof_report::Report;
use std::cell::RefCell;
use std::hint::black_box;
use std::process::Command;
use std::sync::mpsc::channel;
use std::thread;

#[global_allocator]
static ALLOC: Allocator = Allocator::system();

/// The environment says what is sampled, so it begins before `main`.
const SAMPLE: &str = "MEMPROF_MEMORY_SAMPLE_RATE";

fn main() {
    if std::env::var_os(SAMPLE).is_some() {
        return program();
    }
    alone::run("stacks_add_up_to_their_paths", stacks_add_up_to_their_paths);
}

fn stacks_add_up_to_their_paths() {
    let mut this = Command::new(std::env::current_exe().unwrap());
    let output = this.env(SAMPLE, "1").output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{errors}");
    print!("{said}");
}

fn program() {
    let kept = Kept::default();
    let kept = events(kept);
    adds_up("events", &memprof::snapshot());
    threads();
    adds_up("threads", &memprof::snapshot());
    loader();
    adds_up("loader", &memprof::snapshot());
    #[cfg(unix)]
    fork();
    drop(kept);
    let report = memprof::snapshot();
    adds_up("all", &report);
    let of_grow = retained_of(&report, "every::grow");
    assert_eq!(of_grow, (0, 0), "what `grow` allocated is freed");
}

type Kept = Vec<Vec<u64>>;

#[memprof::track]
#[inline(never)]
fn events(mut kept: Kept) -> Kept {
    for length in 1..100 {
        let mut numbers = grow(length);
        if length % 3 == 0 {
            kept.push(numbers);
        } else {
            numbers.shrink_to_fit();
        }
        black_box(vec![0_u8; 70_000 * (length % 4) + 1]);
    }
    let bytes = kept.iter().map(|numbers| 8 * numbers.capacity() as u64);
    let expected = (kept.len() as u64, bytes.sum());
    assert_eq!(retained_of(&memprof::snapshot(), "every::grow"), expected);
    kept
}

#[memprof::track]
#[inline(never)]
fn grow(length: usize) -> Vec<u64> {
    let mut numbers = Vec::new();
    (0..length as u64).for_each(|number| numbers.push(number));
    numbers
}

thread_local! {
    static LAST: RefCell<Option<Last>> = const { RefCell::new(None) };
}

/// Allocates when its thread ends.
struct Last(Vec<u8>);

impl Drop for Last {
    fn drop(&mut self) {
        black_box(self.0.clone());
    }
}

/// Blocks that another thread frees, under contexts and none; threads that end with allocations.
fn threads() {
    let (sender, receiver) = channel::<Vec<u64>>();
    let context = Context::current();
    let workers: Vec<_> = (0..4)
        .map(|number| {
            let sender = sender.clone();
            thread::spawn(move || {
                LAST.with_borrow_mut(|last| *last = Some(Last(vec![1; 300])));
                for length in 1..200 {
                    let numbers = if number % 2 == 0 {
                        context.run(|| grow(length))
                    } else {
                        black_box(vec![number; length])
                    };
                    sender.send(numbers).unwrap();
                }
            })
        })
        .collect();
    drop(sender);
    assert_eq!(receiver.iter().count(), 4 * 199);
    workers
        .into_iter()
        .for_each(|worker| worker.join().unwrap());
}

/// Allocates where the loader's lock is held, which the unwinder may want, from two threads.
#[cfg(target_os = "linux")]
fn loader() {
    extern "C" fn each(_: *mut libc::dl_phdr_info, _: usize, _: *mut libc::c_void) -> i32 {
        black_box(grow(10));
        0
    }
    let iterate = || {
        for _ in 0..200 {
            // SAFETY: the callback does not unwind and uses none of its arguments.
            unsafe { libc::dl_iterate_phdr(Some(each), std::ptr::null_mut()) };
        }
    };
    let other = thread::spawn(iterate);
    iterate();
    other.join().unwrap();
}

#[cfg(not(target_os = "linux"))]
fn loader() {}

/// The child goes on taking stacks, whatever other threads were doing.
#[cfg(unix)]
fn fork() {
    let (sender, receiver) = channel::<()>();
    let busy = thread::spawn(move || {
        while receiver.try_recv().is_err() {
            black_box(grow(50));
        }
    });
    for _ in 0..10 {
        // SAFETY: the child runs this thread alone, and leaves by `_exit`.
        let child = unsafe { libc::fork() };
        assert!(child >= 0);
        if child == 0 {
            let before = retained_of(&memprof::snapshot(), "every::fork");
            let kept = black_box(vec![1_u64; 77]);
            let after = retained_of(&memprof::snapshot(), "every::fork");
            drop(kept);
            let is_right = after == (before.0 + 1, before.1 + 77 * 8);
            // SAFETY: ends the process without anything that the parent owns.
            unsafe { libc::_exit(if is_right { 7 } else { 1 }) };
        }
        let mut status = 0;
        // SAFETY: waits for the child that was just made; the place is valid.
        assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
        assert!(
            libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 7,
            "{status}"
        );
    }
    sender.send(()).unwrap();
    busy.join().unwrap();
}

/// Blocks and bytes retained under stacks that go through `function`.
fn retained_of(report: &Report, function: &str) -> (u64, u64) {
    let (mut blocks, mut bytes) = (0, 0);
    for stack in &report.stacks {
        let mut frames = stack.frames.iter().map(|&frame| &report.frames[frame]);
        if frames.any(|frame| frame.function.as_deref() == Some(function)) {
            blocks += stack.retained_blocks.unwrap();
            bytes += stack.retained_bytes.unwrap();
        }
    }
    (blocks, bytes)
}

/// Of every path, and so of the process. What threads do after their own end has no stack; it is counted for
/// the root.
fn adds_up(when: &str, report: &Report) {
    let codes: Vec<_> = report
        .warnings
        .iter()
        .map(|warning| &warning.code)
        .collect();
    assert!(codes.is_empty(), "{when}: {codes:?}");
    for (index, path) in report.paths.iter().enumerate() {
        let stacks = report.stacks.iter().filter(|stack| stack.path == index);
        let mut sums = [0; 4];
        for stack in stacks {
            sums[0] += stack.allocations;
            sums[1] += stack.allocated_bytes;
            sums[2] += stack.retained_blocks.unwrap();
            sums[3] += stack.retained_bytes.unwrap();
        }
        let own = [
            path.allocations,
            path.allocated_bytes,
            path.retained_blocks.unwrap(),
            path.retained_bytes.unwrap(),
        ];
        assert_eq!(sums, own, "{when}: {:?}", path.path);
    }
    println!(
        "{when}: {} stacks add up to {} paths",
        report.stacks.len(),
        report.paths.len()
    );
}
