//! Promise: a report works on its own memory between pause and resume only, and every pause is followed by
//! its resume. That nothing is allocated outside of them is tested where there is an allocator to tell.

use crate::common;
use std::cell::{Cell, RefCell};
use std::fmt::Write;

use memprof_report::{Report, Table};

thread_local! {
    static CALLS: RefCell<String> = const { RefCell::new(String::new()) };
    static DEPTH: Cell<i32> = const { Cell::new(0) };
}

fn pause() {
    CALLS.with_borrow_mut(|calls| calls.push('('));
    DEPTH.set(DEPTH.get() + 1);
}

fn resume() {
    CALLS.with_borrow_mut(|calls| calls.push(')'));
    DEPTH.set(DEPTH.get() - 1);
}

fn quiet() -> Report {
    common::full_report().quiet(pause, resume)
}

/// The pauses `(` and resumes `)` that the work brought about.
fn pairs(work: impl FnOnce()) -> String {
    CALLS.take();
    work();
    assert_eq!(DEPTH.get(), 0, "pauses and resumes do not match");
    CALLS.take()
}

#[test]
fn a_drop_pauses_first_and_resumes_last() {
    let report = quiet();
    assert_eq!(pairs(|| drop(report)), "()");
}

#[test]
fn a_clone_is_made_quietly_and_drops_quietly() {
    let report = quiet();
    let mut copy = None;
    assert_eq!(pairs(|| copy = Some(report.clone())), "()");
    assert_eq!(copy.as_ref(), Some(&report));
    assert_eq!(pairs(|| drop(copy)), "()");
    assert_eq!(pairs(|| drop(report)), "()");
}

#[test]
fn a_table_is_built_quietly_and_freed_quietly() {
    let report = quiet();
    let mut text = String::new();
    assert_eq!(
        pairs(|| write!(text, "{report}").expect("a string takes all")),
        "()()"
    );
    assert_eq!(
        pairs(|| write!(text, "{}", Table::new(&report)).expect("a string takes all")),
        "()()"
    );
}

/// Notes how deep the pauses are while text reaches it.
struct Sink(Vec<i32>);

impl Write for Sink {
    fn write_str(&mut self, _: &str) -> std::fmt::Result {
        self.0.push(DEPTH.get());
        Ok(())
    }
}

#[test]
fn the_users_sink_is_written_to_while_recording() {
    let report = quiet();
    let mut sink = Sink(Vec::new());
    write!(sink, "{report}").expect("the sink takes all");
    assert!(!sink.0.is_empty());
    assert!(sink.0.iter().all(|depth| *depth == 0));
}

struct Panics;

impl Write for Panics {
    fn write_str(&mut self, _: &str) -> std::fmt::Result {
        panic!("the sink is broken")
    }
}

#[test]
fn an_unwind_resumes() {
    let report = quiet();
    let seen = pairs(|| {
        let broken = std::panic::AssertUnwindSafe(|| write!(Panics, "{report}"));
        assert!(std::panic::catch_unwind(broken).is_err());
    });
    assert_eq!(seen, "()()");
}

#[test]
fn a_file_is_written_quietly() {
    let report = quiet();
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("quiet.json");
    assert_eq!(pairs(|| report.write_json(&path).expect("writable")), "()");
    assert_eq!(pairs(|| assert!(report.write_json("").is_err())), "()");
}

#[test]
fn a_second_quiet_runs_nothing() {
    let report = quiet();
    let mut again = None;
    assert_eq!(pairs(|| again = Some(report.quiet(pause, resume))), "");
    assert_eq!(pairs(|| drop(again)), "()");
}

#[test]
fn a_report_made_by_hand_calls_nothing() {
    let report = common::full_report();
    assert_eq!(pairs(|| drop(format!("{} {report:?}", report.clone()))), "");
    assert_eq!(pairs(|| drop(report)), "");
}

#[test]
fn the_brackets_are_no_data() {
    let (report, plain) = (quiet(), common::full_report());
    assert_eq!(report, plain);
    assert_eq!(format!("{report:?}"), format!("{plain:?}"));
    assert_eq!(
        report.to_json_pretty().expect("plain data"),
        plain.to_json_pretty().expect("plain data")
    );
}
