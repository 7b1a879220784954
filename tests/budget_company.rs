//! Promise: a budget that passes has counted all that its test did, or says what it did not count. What threads of the test
//! did without its context fails it where they are known to be the test's, and is a warning where they may be.

use std::hint::black_box;
use std::panic::{Location, UnwindSafe, catch_unwind};
use std::process::Command;
use std::sync::Mutex;
use std::sync::mpsc::{Sender, channel};
use std::thread;

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

const MIB: usize = 1 << 20;

/// An allocation that the optimizer leaves in place.
fn buffer(bytes: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(bytes))
}

/// What the call that passes a limit says.
fn said<T>(call: impl FnOnce() -> T + UnwindSafe) -> String {
    let Err(panic) = catch_unwind(call) else {
        panic!("no limit is passed");
    };
    *panic.downcast::<String>().expect("the message is text")
}

const REMEDY: &str = "without its context: start it by `memprof::thread` or `memprof::tokio`, or hand it \
                      `memprof::Context`; with rayon, take `memprof::rayon` (feature `rayon`)";

#[memprof::budget(peak = "1 MiB", allocated = "1 MiB")]
fn joins_a_thread(bytes: usize) {
    let other = thread::spawn(move || drop(buffer(bytes)));
    other.join().expect("it ends");
}

#[test]
fn a_thread_that_is_joined_is_the_tests() {
    let message = said(|| joins_a_thread(50 * MIB));
    let lines: Vec<&str> = message.lines().collect();
    assert_eq!(lines.len(), 2, "{message}");
    for (line, key) in lines.into_iter().zip(["peak", "allocated"]) {
        let passed = format!("{key} 50.0 MiB > 1.0 MiB (+4900.0 %) in \"joins_a_thread\" (");
        assert!(line.starts_with(&passed), "{message}");
        let told = "; 1 thread that it started allocated 52428800 bytes in 1 allocation ";
        assert!(line.contains(&format!("{told}{REMEDY}")), "{message}");
    }
}

#[test]
fn a_thread_within_the_limits_passes() {
    joins_a_thread(MIB / 2);
}

#[memprof::budget(peak = 5_000)]
fn scopes_a_thread(bytes: usize) {
    thread::scope(|scope| {
        scope.spawn(|| drop(buffer(bytes)));
    });
}

#[test]
fn a_thread_of_a_scope_is_the_tests() {
    let message = said(|| scopes_a_thread(MIB));
    assert!(
        message.starts_with("peak 1.0 MiB > 4.9 KiB") || message.starts_with("peak 1,048,"),
        "{message}"
    );
    assert!(
        message.contains("1 thread that it started allocated 1048576 bytes in 1 allocation"),
        "{message}"
    );
}

#[memprof::budget(retained = 0, allocations = 20)]
fn frees_on_a_thread() {
    let block = buffer(1_000);
    thread::spawn(move || drop(block)).join().expect("it ends");
}

#[test]
fn a_thread_that_only_frees_fails_nothing() {
    (0..20).for_each(|_| frees_on_a_thread());
}

#[memprof::budget(peak = "1 KiB", allocated = "1 MiB")]
fn carries_its_context() {
    memprof::thread::spawn(|| drop(buffer(MIB / 2)))
        .join()
        .expect("it ends");
}

#[test]
fn a_thread_that_has_the_context_is_counted_once() {
    carries_its_context();
}

type Job = Box<dyn FnOnce() + Send>;

/// A pool of one thread that is older than any call.
fn pool() -> Sender<Job> {
    let (jobs, queue) = channel::<Job>();
    let (ready, is_ready) = channel();
    thread::spawn(move || {
        ready.send(()).ok();
        queue.into_iter().for_each(|job| job());
    });
    is_ready.recv().expect("it runs");
    jobs
}

#[memprof::budget(peak = "64 KiB")]
fn hands_a_job_over(pool: &Sender<Job>) {
    let (done, is_done) = channel();
    let block = buffer(100);
    let job = move || {
        drop((block, buffer(MIB)));
        done.send(()).ok();
    };
    pool.send(Box::new(job)).expect("it runs");
    is_done.recv().expect("it is done");
}

#[test]
fn a_pool_that_is_older_is_a_warning() {
    let pool = pool();
    hands_a_job_over(&pool);
    if std::env::var_os("COMPANY_CHILD").is_some() {
        return;
    }
    let output = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "a_pool_that_is_older_is_a_warning"])
        .env("COMPANY_CHILD", "1")
        .env("MEMPROF_PRINT", "1")
        .output()
        .expect("it runs");
    let (out, errors) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{out}\n{errors}");
    let told = "memprof: this budget was kept by what it counted, but may be passed: peak 1.0 MiB > 64.0 KiB";
    assert!(errors.contains(told), "{errors}");
    let told = "the budget of \"hands_a_job_over\" was kept by what it counted, but threads that took part";
    assert!(out.contains(told), "{out}");
}

mod places {
    use super::*;

    fn place_of(call: impl FnOnce() + UnwindSafe) -> (String, u32) {
        static PLACE: Mutex<Option<(String, u32)>> = Mutex::new(None);
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(|panic| {
            let place = panic
                .location()
                .map(|place: &Location<'_>| (place.file().to_owned(), place.line()));
            if thread::current()
                .name()
                .is_some_and(|name| name.starts_with("places::"))
            {
                *PLACE.lock().expect("no panic") = place;
            }
        }));
        assert!(catch_unwind(call).is_err());
        std::panic::set_hook(hook);
        PLACE.lock().expect("no panic").take().expect("a place")
    }

    const FIRST: u32 = line!() + 1;
    #[memprof::budget(peak = 1)]
    fn without_arguments() {
        drop(buffer(2));
    }

    #[memprof::budget(peak = 1)]
    fn with_arguments(bytes: usize) {
        drop(buffer(bytes));
    }

    #[memprof::budget(peak = 1)]
    async fn waits() {
        drop(buffer(2));
    }

    #[test]
    fn a_panic_is_at_the_test() {
        let place = |line| (file!().to_owned(), line);
        assert_eq!(place_of(without_arguments), place(FIRST));
        assert_eq!(place_of(|| with_arguments(2)), place(FIRST + 5));
        let polls = || {
            let mut context = std::task::Context::from_waker(std::task::Waker::noop());
            assert!(std::pin::pin!(waits()).poll(&mut context).is_ready());
        };
        assert_eq!(place_of(polls), place(FIRST + 10));
        let asserts = || drop(memprof::assert_peak!(1, || buffer(2)));
        assert_eq!(place_of(asserts), place(line!() - 1));
    }
}
