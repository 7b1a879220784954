//! A process for a single test: figures of the process, such as its peak, are then the test's own.
//!
//! The test starts this program again, with only itself selected, and has to succeed there.

use std::process::Command;

/// Names the test that a process was started for.
const VARIABLE: &str = "MEMPROF_TEST_ALONE";

/// As the first statement of a test: runs the rest of it in a process of its own.
macro_rules! alone {
    () => {
        fn here() {}
        if $crate::alone::has_run(std::any::type_name_of_val(&here)) {
            return;
        }
    };
}

/// Whether the test with this function in it has run, in another process. There it answers `false`.
///
/// # Panics
///
/// If the test fails there.
pub(crate) fn has_run(inner: &str) -> bool {
    let test = name(inner);
    if std::env::var_os(VARIABLE).is_some_and(|started_for| started_for == test) {
        return false;
    }
    let program = std::env::current_exe().expect("this program has a path");
    let output = Command::new(program)
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(VARIABLE, test)
        .output()
        .expect("this program starts again");
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    let has_passed = output.status.success() && out.contains("test result: ok. 1 passed;");
    assert!(
        has_passed,
        "{test}, in a process of its own: {}\n{out}\n{err}",
        output.status
    );
    true
}

/// The name by which the harness knows the test around this function: `it::guards::heals::here` is in
/// `guards::heals`.
fn name(inner: &str) -> &str {
    let test = inner.strip_suffix("::here").expect("a function of a test");
    let (_, test) = test.split_once("::").expect("the program's name");
    test
}

/// The test itself is the proof: whoever is its parent would be here without the variable.
#[test]
fn a_test_alone_is_in_a_process_started_for_it() {
    alone!();
    let test = std::env::var(VARIABLE).expect("set by the parent");
    assert_eq!(test, "alone::a_test_alone_is_in_a_process_started_for_it");
    assert!(std::env::args().any(|argument| argument == test));
}

#[test]
fn a_failure_alone_is_told_by_the_parent() {
    let failure = std::panic::catch_unwind(|| has_run("it::no_such_test::here"));
    let message = failure.expect_err("no test of this name");
    let message = message.downcast::<String>().expect("a text");
    assert!(message.starts_with("no_such_test, in a process of its own: exit status: 0\n"));
    assert!(message.contains("0 passed;"), "{message}");
}
