//! The check. It is glibc's allocator that Valgrind watches.

use std::hint::black_box;
use std::pin::pin;
use std::process::Command;
use std::task::{Context, Poll, Waker};

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

const MODE: &str = "MEMPROF_LEAK_CHECKED";
const EXIT: i32 = 9;

#[memprof::track("Outer")]
fn outer(depth: usize) -> Vec<u8> {
    let _scope = memprof::scope!("scope");
    if depth == 0 {
        inner()
    } else {
        outer(depth - 1)
    }
}

#[memprof::track("Inner")]
fn inner() -> Vec<u8> {
    black_box(vec![1; 100])
}

#[memprof::track("Future")]
async fn future() -> usize {
    inner().len()
}

pub(crate) fn main() {
    match std::env::var_os(MODE) {
        Some(mode) => program(mode == "leak"),
        None => crate::alone::run("leak_checks_pass", leak_checks_pass),
    }
}

fn leak_checks_pass() {
    if let Some(why) = crate::memcheck::is_missing() {
        eprintln!("{why}: leaks are not looked for");
        return;
    }
    let (clean, said) = run("clean");
    assert_eq!(clean, Some(0), "{said}");
    let lost = |what: &str| format!("{what} lost: 0 bytes in 0 blocks");
    for what in ["definitely", "indirectly", "possibly"] {
        assert!(said.contains(&lost(what)), "{said}");
    }
    // It does find what is lost: the block and its footer.
    let (leaking, said) = run("leak");
    assert_eq!(leaking, Some(EXIT), "{said}");
    assert!(
        said.contains("definitely lost: 104 bytes in 1 blocks"),
        "{said}"
    );
}

fn run(mode: &str) -> (Option<i32>, String) {
    let output = Command::new("valgrind")
        .args(["--leak-check=full", &format!("--error-exitcode={EXIT}")])
        // Allocators that are linked in read undefined values.
        .arg("--undef-value-errors=no")
        .arg(std::env::current_exe().expect("this program"))
        .env(MODE, mode)
        .output()
        .expect("valgrind");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), said)
}

fn program(leaks: bool) {
    let directory = std::env::temp_dir().join(format!("memprof-leaks-{}", std::process::id()));
    let profiler = memprof::Profiler::builder().output_directory(&directory);
    let profiler = profiler.build().expect("the settings are right");
    // More open scopes than the first frames have room for.
    drop(outer(300));
    let context = memprof::Context::current();
    let thread = memprof::thread::spawn(move || context.run(|| outer(3).len()));
    assert_eq!(thread.join().expect("no panic"), 100);
    let polled = pin!(future()).poll(&mut Context::from_waker(Waker::noop()));
    assert_eq!(polled, Poll::Ready(100));
    drop(memprof::snapshot());
    profiler.finish().expect("written");
    std::fs::remove_dir_all(directory).expect("removed");
    if leaks {
        std::mem::forget(inner());
        // Over what is left of its address.
        black_box([0_u8; 4096]);
    }
}
