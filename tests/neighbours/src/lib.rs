//! What the tests share: the allocator, an allocation that stays, figures by name, futures polled by hand, and generated tests
//! that run in a process of their own.
#![forbid(unsafe_code)]

use memprof::Report;
use std::future::Future;
use std::pin::pin;
use std::process::Command;
use std::task::{Context, Poll, Waker};

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

/// An allocation that the optimizer leaves in place.
#[must_use]
pub fn buffer(bytes: usize) -> Vec<u8> {
    std::hint::black_box(Vec::with_capacity(bytes))
}

/// The function of an operation, its calls and its allocated bytes.
pub type Row = (String, u64, u64);

/// The operations whose functions stand in `module` of the test's crate, called or not, by name.
#[must_use]
pub fn rows(report: &Report, module: &str) -> Vec<Row> {
    let prefix = format!("{module}::");
    let mut rows: Vec<Row> = report
        .operations
        .iter()
        .filter(|row| row.function.contains(&prefix))
        .map(|row| {
            let function = row.function.replace(&prefix, "");
            (function, row.calls, row.allocated_bytes)
        })
        .collect();
    rows.sort();
    rows
}

/// Rows as they are written in tests.
#[must_use]
pub fn expected(rows: &[(&str, u64, u64)]) -> Vec<Row> {
    let mut rows: Vec<Row> = rows
        .iter()
        .map(|&(function, calls, bytes)| (function.to_owned(), calls, bytes))
        .collect();
    rows.sort();
    rows
}

/// The rows without the bytes of some functions, those that panic or make a runtime: what that takes is not the tests' to know.
#[must_use]
pub fn without_bytes_of(functions: &[&str], mut rows: Vec<Row>) -> Vec<Row> {
    for (function, _, bytes) in &mut rows {
        if functions.iter().any(|start| function.starts_with(start)) {
            *bytes = 0;
        }
    }
    rows
}

/// Polls to the end, without a runtime that would allocate beside it.
pub fn run<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        let mut context = Context::from_waker(Waker::noop());
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

/// Polls once.
pub fn poll_once<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

/// Pending once. It allocates nothing.
pub async fn pause() {
    let mut passed = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut passed, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// What came of the tests that an attribute generated.
pub struct Generated {
    /// Their names below the module, each with its result, in order.
    pub results: Vec<String>,
    /// The operations in the module.
    pub rows: Vec<Row>,
}

/// Runs the tests of this program that stand in `module`, one after the other, in a process of their own.
///
/// # Panics
/// Where one fails, or its report cannot be read.
#[must_use]
pub fn generated(module: &str) -> Generated {
    let name = format!("memprof-neighbours-{}-{module}", std::process::id());
    let directory = std::env::temp_dir().join(name);
    let program = std::env::current_exe().expect("the path of this program");
    let mut command = Command::new(program);
    command
        .args([&format!("{module}::"), "--test-threads=1"])
        .env("MEMPROF_REPORTING_OUTPUT_DIRECTORY", &directory);
    let output = command.output().expect("a second process");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    // A process that enters no operation leaves none.
    let report = std::fs::read_dir(&directory).ok().map(|mut reports| {
        let path = reports.next().expect("a report").expect("a report").path();
        let text = std::fs::read_to_string(path).expect("a report");
        std::fs::remove_dir_all(&directory).expect("the directory goes");
        Report::from_json(&text).expect("a report")
    });
    let prefix = format!("test {module}::");
    let results = said.lines().filter_map(|line| line.strip_prefix(&prefix));
    let mut results: Vec<String> = results.map(str::to_owned).collect();
    results.sort();
    assert!(!results.is_empty(), "no test in `{module}`");
    Generated {
        results,
        rows: report.map_or(Vec::new(), |report| rows(&report, module)),
    }
}
