//! Promise: a budget does not pass over what rayon's workers did for it: run alone it fails by their bytes, beside other
//! tests the report says what it could not know; and the start-up of a pool is told apart from the test's own work.
#![forbid(unsafe_code)]

use memprof::rayon::ParallelIteratorExt as _;
use rayon::prelude::*;
use std::hint::black_box;
use std::process::Command;

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

/// An allocation that the optimizer leaves in place.
fn buffer(bytes: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(bytes))
}

/// Has items of 1 MiB made on the workers, one at a time on each.
fn batch() -> usize {
    let items = (0..43_usize).into_par_iter();
    items.map(|_| buffer(1 << 20).capacity()).sum()
}

/// Whether it runs one of the cases for `run`.
fn is_case() -> bool {
    std::env::var_os("RAYON_BUDGETS_CASE").is_some()
}

mod case {
    use super::*;

    #[memprof::budget(allocated = "40 MiB")]
    fn has_it_done() {
        assert_eq!(batch(), 43 << 20);
    }

    #[test]
    fn without_context() {
        if is_case() {
            has_it_done();
        }
    }

    /// The pool's start may count for it.
    #[test]
    #[memprof::budget(allocated = 43_000_000..=43_100_000)]
    fn with_context() {
        let items = (0..43_usize).into_par_iter();
        let items = items.in_context(memprof::Context::current());
        let bytes: usize = items.map(|_| buffer(1_000_000).capacity()).sum();
        assert_eq!(bytes, 43_000_000);
    }

    #[memprof::budget(allocations = 3)]
    fn uses_a_pool_first() {
        // Waits until all workers are there.
        assert_eq!(rayon::broadcast(|_| ()).len(), 2);
    }

    #[test]
    fn starts_the_pool() {
        if is_case() {
            uses_a_pool_first();
        }
    }

    /// Does not count as one that the batch would belong to.
    #[test]
    fn works_beside() {
        let started = std::thread::spawn(|| (0..2_000).for_each(|_| drop(buffer(1_000))));
        started.join().expect("it ends");
    }
}

/// Runs one of the cases as nextest does, or several at a time.
fn run(cases: &[&str], is_alone: bool) -> (bool, String) {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command
        .args(cases)
        .env("RAYON_BUDGETS_CASE", "1")
        .env("RAYON_NUM_THREADS", "2")
        .env("RUST_BACKTRACE", "0")
        .env("MEMPROF_PRINT", "1")
        .env_remove("RUST_TEST_THREADS")
        .env_remove("NEXTEST_EXECUTION_MODE");
    if is_alone {
        command.env("NEXTEST_EXECUTION_MODE", "process-per-test");
    }
    let output = command.output().expect("it runs");
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}

#[test]
fn alone_it_fails_by_what_the_workers_did() {
    let (has_passed, text) = run(&["--exact", "case::without_context"], true);
    assert!(!has_passed, "{text}");
    assert!(
        text.contains("allocated 43.0 MiB > 40.0 MiB (+7.5 %) in \"case::has_it_done\" ("),
        "{text}"
    );
    assert!(text.contains(" that it started allocated 450"), "{text}");
    assert!(
        text.contains("with rayon, take `memprof::rayon` (feature `rayon`)"),
        "{text}"
    );
}

#[test]
fn a_pools_start_is_told() {
    let (has_passed, text) = run(&["--exact", "case::starts_the_pool"], true);
    assert!(!has_passed, "{text}");
    let told = "; 2 threads that began meanwhile still run: the start-up of a pool counts for whoever uses it first, so use it \
                once before the budget begins";
    assert!(text.contains(told), "{text}");
}

#[test]
fn beside_others_the_report_says_what_it_does_not_know() {
    let (has_passed, text) = run(&["--test-threads=3", "case::w"], false);
    assert!(has_passed || text.contains("43.0 MiB > 40.0 MiB"), "{text}");
    let told = "WARNING budget-incomplete: the budget of \"case::has_it_done\" ";
    assert!(!has_passed || text.contains(told), "{text}");
}
