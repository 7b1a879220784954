//! Promise: the assertions in code count exactly, give back the closure's value, and when they fail they say
//! limit, actual figure, difference, place, and which nested operation has most of it.

use std::fmt::Debug;
use std::hint::black_box;
use std::panic::{UnwindSafe, catch_unwind};
use std::rc::Rc;

/// An allocation that the optimizer leaves in place.
fn buffer(bytes: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(bytes))
}

#[memprof::track("Merge")]
fn merge(bytes: usize) -> Vec<u8> {
    buffer(bytes)
}

#[memprof::track("Rank")]
fn rank(bytes: usize) -> Vec<u8> {
    buffer(bytes)
}

/// What the assertion that fails in `work` says.
fn said<T: Debug>(work: impl FnOnce() -> T + UnwindSafe) -> String {
    let panic = catch_unwind(work).expect_err("the assertion fails");
    match panic.downcast::<String>() {
        Ok(message) => *message,
        Err(_) => panic!("the message is text"),
    }
}

#[test]
fn values_are_given_back() {
    assert_eq!(memprof::assert_no_allocations!(|| 42), 42);
    assert_eq!(
        memprof::assert_allocations!(1, || buffer(10).capacity()),
        10
    );
    assert_eq!(memprof::assert_peak!(10, || buffer(10)).capacity(), 10);
    assert_eq!(memprof::assert_retained!(10, || buffer(10)).capacity(), 10);
    // Neither `Send` nor `'static` nor unwind-safe is asked of the closure or its value.
    let text = Rc::new(String::from("red"));
    let same: &Rc<String> = memprof::assert_no_allocations!(|| &text);
    assert!(Rc::ptr_eq(same, &text));
}

#[test]
fn every_form_of_a_limit() {
    let limit: usize = 2;
    let two = || (buffer(600), buffer(400));
    memprof::assert_allocations!(limit, two);
    memprof::assert_allocations!(limit + 1, two,);
    memprof::assert_allocations!(== limit, two);
    memprof::assert_allocations!(== 2, two);
    memprof::assert_allocations!(1..=2, two);
    memprof::assert_allocations!(..=limit, two);
    memprof::assert_peak!("1 KB", two);
    memprof::assert_peak!(== "1000 B", two);
    memprof::assert_peak!("0.5 KiB"..="1 KiB", two);
    memprof::assert_peak!(3_000_000_000, two);
    memprof::assert_retained!(== 1000, two);
    memprof::assert_retained!(0, || drop(two()));
    said(|| memprof::assert_allocations!(== 3, two));
    said(|| memprof::assert_allocations!(3..=4, two));
    said(|| memprof::assert_allocations!(..=1, two));
    said(|| memprof::assert_peak!(== 999, two));
    said(|| memprof::assert_retained!("999 B", two));
    let message = said(|| memprof::assert_peak!("1 Kb", two));
    assert!(message.contains("is not a size"), "{message}");
}

#[test]
fn a_failure_explains_itself() {
    let line = line!() + 1;
    let message = said(|| memprof::assert_allocations!(2, || (merge(9), rank(5), rank(7))));
    assert_eq!(
        message,
        format!(
            "allocations 3 > 2 (+50.0 %) at tests/it/assertions.rs:{line}; largest part: {}",
            part("Rank", "2")
        )
    );

    let line = line!() + 1;
    let message = said(|| memprof::assert_peak!("1 KiB", || (rank(900), merge(1_100), rank(100))));
    assert_eq!(
        message,
        format!(
            "peak 2,100 B > 1,024 B (+105.1 %) at tests/it/assertions.rs:{line}; largest part: {}",
            part("Merge", "1,100 B")
        )
    );

    let line = line!() + 1;
    let message = said(|| memprof::assert_retained!(0, || (rank(24), drop(merge(1_000)))));
    assert_eq!(
        message,
        format!(
            "retained 24 B > 0 B (+24 B) at tests/it/assertions.rs:{line}; largest part: {}",
            part("Rank", "24 B")
        )
    );

    let line = line!() + 1;
    let message = said(|| memprof::assert_no_allocations!(|| buffer(8)));
    let expected = format!("allocations 1 > 0 (+1) at tests/it/assertions.rs:{line}");
    assert_eq!(message, expected);
}

#[test]
fn what_was_done_before_is_not_named() {
    drop(merge(100_000));
    let message = said(|| memprof::assert_peak!(0, || rank(1)));
    assert!(message.contains("largest part: \"Rank\" +1 B"), "{message}");
}

#[test]
fn retained_is_whoever_frees_and_whoever_carries() {
    let held = memprof::assert_retained!(0, || {
        let block = buffer(100);
        std::thread::spawn(move || drop(block)).join()
    });
    held.expect("it ends");
    let context_holds = || {
        let context = memprof::Context::current();
        let thread = std::thread::spawn(move || context.run(|| buffer(500)));
        thread.join().expect("it ends")
    };
    let carried = memprof::assert_retained!(== 500, context_holds);
    assert_eq!(carried.capacity(), 500);
}

#[test]
fn nested_and_on_many_threads() {
    let threads: Vec<_> = (0..8)
        .map(|thread| {
            std::thread::spawn(move || {
                for round in 0..100 {
                    let bytes = 1 + thread * 1_000 + round;
                    memprof::assert_peak!(== bytes, || {
                        memprof::assert_allocations!(== 1, || merge(bytes))
                    });
                    memprof::assert_retained!(== bytes, || merge(bytes));
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().expect("every figure is its own thread's");
    }
}

#[test]
fn a_panic_passes_through() {
    let panic = catch_unwind(|| memprof::assert_no_allocations!(|| panic!("on its way")));
    let panic = panic.expect_err("it panics");
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"on its way"));
}

/// `"Merge" +1,100 B (tests/it/assertions.rs:LINE)`
fn part(name: &str, figure: &str) -> String {
    let sites = memprof::sites();
    let site = sites
        .iter()
        .find(|site| site.given_name() == Some(name))
        .expect("a site");
    format!("\"{name}\" +{figure} ({}:{})", site.file(), site.line())
}
