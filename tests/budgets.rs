//! Promise: `#[budget]` holds a call to its limits: the sums of what its thread did and of what carried its
//! context, the call's own peak; and a call that passes one panics, with a message that explains it.
//!
//! Calls are judged where a crate is built for tests, as this one is.

use std::hint::black_box;
use std::panic::{UnwindSafe, catch_unwind};
use std::thread;

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

/// An allocation that the optimizer leaves in place.
fn buffer(bytes: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(bytes))
}

#[memprof::track("Merge")]
fn merge(bytes: usize) -> Vec<u8> {
    buffer(bytes)
}

/// What the call that passes a limit says.
fn said<T>(call: impl FnOnce() -> T + UnwindSafe) -> String {
    let Err(panic) = catch_unwind(call) else {
        panic!("no limit is passed");
    };
    match panic.downcast::<String>() {
        Ok(message) => *message,
        Err(_) => panic!("the message is text"),
    }
}

#[memprof::budget(
    allocated = 3_000,
    allocations == 2,
    deallocated = "1 KB"..="1 KiB",
    net = -10..=2_000,
    peak == 3_000,
    retained == 2_000,
    per_call_allocated = 3_000,
    per_call_peak = ..="3 KB"
)]
fn keeps_every_limit() -> Vec<u8> {
    let held = merge(2_000);
    drop(merge(1_000));
    held
}

#[test]
fn what_is_kept_passes() {
    // Again and again, while what earlier calls gave back lives or is freed.
    let mut held = Vec::new();
    for call in 0..100 {
        held.push(keeps_every_limit());
        if call % 7 == 0 {
            held.clear();
        }
    }
}

#[test]
#[memprof::budget(peak == 1_000, retained = 0)]
fn below_the_test_attribute() {
    drop(buffer(1_000));
}

#[memprof::budget(peak == 1_000, retained = 0)]
#[test]
fn above_the_test_attribute() {
    drop(buffer(1_000));
}

#[test]
#[should_panic(expected = "peak 1,000 B > 999 B (+0.1 %) in \"above_what_should_panic\"")]
#[memprof::budget(peak = 999)]
fn above_what_should_panic() {
    drop(buffer(1_000));
}

#[memprof::budget(peak = 999)]
#[test]
#[should_panic(expected = "peak 1,000 B > 999 B (+0.1 %) in \"below_what_should_panic\"")]
fn below_what_should_panic() {
    drop(buffer(1_000));
}

#[test]
#[memprof::budget(retained = 0)]
fn a_test_may_return_a_result() -> Result<(), std::num::ParseIntError> {
    let number: u64 = "42".parse()?;
    assert_eq!(number, 42);
    Ok(())
}

#[memprof::budget(allocations = 0)]
fn fails_with_question_mark() -> Result<usize, String> {
    let number: usize = "x".parse().map_err(|_| String::from("no number"))?;
    Ok(buffer(number).capacity())
}

#[memprof::budget(allocations = 0)]
fn fails_with_return(early: bool) -> Result<usize, String> {
    if early {
        return Ok(0);
    }
    Ok(buffer(1).capacity())
}

#[memprof::budget(allocations = 0)]
fn panics_on_its_own() {
    drop(buffer(1));
    panic!("{}", 42);
}

#[test]
fn the_failure_of_a_call_is_the_one_to_tell() {
    assert_eq!(fails_with_question_mark(), Err("no number".into()));
    assert_eq!(fails_with_return(true), Ok(0));
    assert!(said(|| fails_with_return(false)).starts_with("allocations 1 > 0 (+1)"));
    assert_eq!(said(panics_on_its_own), "42");
}

#[memprof::budget(allocated = 10, allocations = 1, peak = "1 KB")]
fn passes_three() {
    let _held = buffer(700);
    drop(merge(500));
}

#[test]
fn a_message_has_a_line_for_each_limit() {
    let report = memprof::snapshot();
    let place = |name: &str| {
        let row = report.operation(name).expect("a row");
        format!("{}:{}", row.file, row.line)
    };
    let (whose, merge) = (place("passes_three"), place("Merge"));
    let expected = [
        ("allocated 1,200 B > 10 B (+1,190 B)", "its own code +700 B"),
        (
            "allocations 2 > 1 (+100.0 %)",
            &*format!("\"Merge\" +1 ({merge})"),
        ),
        ("peak 1,200 B > 1,000 B (+20.0 %)", "its own code +700 B"),
    ]
    .map(|(passed, part)| format!("{passed} in \"passes_three\" ({whose}); largest part: {part}"));
    let message = said(passes_three);
    let lines: Vec<&str> = message.lines().collect();
    assert_eq!(lines.len(), 3, "{message}");
    for (line, expected) in lines.iter().zip(&expected) {
        // Other tests may allocate meanwhile, of which a clause at the end tells.
        assert!(line.starts_with(expected.as_str()), "{line}\n{expected}");
    }
}

#[memprof::budget(allocated == 5_000, retained == 4_000)]
fn carries_its_context() -> Vec<u8> {
    let context = memprof::Context::current();
    // Without the context: not counted.
    let other = thread::spawn(|| drop(buffer(70_000)));
    other.join().expect("it ends");
    let carried = thread::spawn(move || context.run(|| merge(4_000)));
    let held = carried.join().expect("it ends");
    drop(buffer(1_000));
    held
}

#[test]
fn work_that_carries_the_context_counts_and_other_work_is_named() {
    let message = said(carries_its_context);
    // The threads themselves are its own work.
    assert!(message.starts_with("allocated 5,"), "{message}");
    assert!(!message.contains("retained "), "{message}");
    let carried = "; 4000 bytes were allocated elsewhere under its context";
    assert!(message.contains(carried), "{message}");
    let untold =
        "; 1 thread that it started allocated 70000 bytes in 1 allocation without its context";
    assert!(message.contains(untold), "{message}");
}

#[memprof::budget(allocations == 1, peak = 10_000, retained == 0)]
fn many_at_a_time(bytes: usize) {
    let context = memprof::Context::current();
    context.run(|| drop(merge(bytes)));
}

#[memprof::budget(retained = 100)]
fn retains(bytes: usize) -> Vec<u8> {
    merge(bytes)
}

#[test]
fn calls_that_overlap_are_told_apart() {
    thread::scope(|scope| {
        for thread in 0..8 {
            scope.spawn(move || {
                for round in 0..10 {
                    many_at_a_time(1 + 1_000 * thread + round);
                    let held = retains(100);
                    let message = said(|| retains(101));
                    assert!(
                        message.starts_with("retained 101 B > 100 B (+1.0 %)"),
                        "{message}"
                    );
                    drop(held);
                }
            });
        }
    });
}

#[memprof::budget(allocated == 6)]
fn calls_itself(bytes: usize, nested: &[usize]) {
    drop(buffer(bytes));
    if let [bytes, nested @ ..] = nested {
        calls_itself(*bytes, nested);
    }
}

#[test]
fn a_call_in_itself_is_another() {
    calls_itself(6, &[]);
    // The innermost is held to its own figures, whatever those around it have done.
    let message = said(|| calls_itself(3, &[2, 1]));
    assert!(message.starts_with("allocated 1 B ≠ 6 B"), "{message}");
    // And what it did is in those of the call around it.
    let message = said(|| calls_itself(1, &[6]));
    assert!(message.starts_with("allocated 7 B ≠ 6 B"), "{message}");
}

struct Index(Vec<u8>);

impl Index {
    #[memprof::budget(allocations = 1)]
    fn grow<'a>(&'a mut self, more: &[u8], (times, _): (usize, String)) -> &'a mut Vec<u8> {
        self.0.reserve_exact(more.len() * times);
        &mut self.0
    }

    #[memprof::budget(peak = 10)]
    fn bytes(&self) -> impl Iterator<Item = &u8> {
        self.0.iter()
    }
}

// In one line, where braces around a single expression could be called unnecessary.
#[rustfmt::skip]
#[memprof::budget(allocations = 0)]
fn one_line() -> impl Fn(u32) -> u32 { |n| n + 1 }

#[memprof::budget(peak = 0)]
fn never() -> ! {
    panic!("at once")
}

#[test]
fn methods_arguments_and_types() {
    let mut index = Index(vec![1]);
    index.grow(&[2, 3], (2, String::from("owned"))).push(4);
    assert_eq!(index.bytes().copied().collect::<Vec<_>>(), [1, 4]);
    assert_eq!(one_line()(1), 2);
    assert!(catch_unwind(|| never()).is_err());
}

mod asynchronous {
    use super::*;
    use std::future::{Future, poll_fn};
    use std::pin::{Pin, pin};
    use std::task::{Context, Poll, Waker};

    /// Pending once.
    async fn gives_way() {
        let mut is_first = true;
        poll_fn(move |_| match std::mem::take(&mut is_first) {
            true => Poll::Pending,
            false => Poll::Ready(()),
        })
        .await;
    }

    fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
        future.poll(&mut Context::from_waker(Waker::noop()))
    }

    #[memprof::budget(allocations == 3, peak == 1_500, retained == 100)]
    async fn works(before: usize) -> Vec<u8> {
        let held = buffer(before);
        gives_way().await;
        drop(merge(500));
        drop(held);
        gives_way().await;
        buffer(100)
    }

    #[test]
    fn polls_on_any_thread_are_one_call() {
        let mut future = Box::pin(works(1_000));
        assert!(poll(future.as_mut()).is_pending());
        // What is done between the polls is none of its.
        drop(buffer(7_000));
        let (future, is_pending) = thread::spawn(move || {
            let is_pending = poll(future.as_mut()).is_pending();
            (future, is_pending)
        })
        .join()
        .expect("it ends");
        assert!(is_pending);
        let mut future = future;
        assert!(poll(future.as_mut()).is_ready());
    }

    #[test]
    fn a_limit_that_is_passed_panics_in_the_last_poll() {
        let message = said(|| {
            let mut future = pin!(works(1_001));
            while poll(future.as_mut()).is_pending() {}
        });
        assert!(
            message.starts_with("peak 1,501 B ≠ 1,500 B (+0.1 %) in \""),
            "{message}"
        );
        let place = concat!("works\" (", file!(), ":");
        assert!(message.contains(place), "{message}");
    }

    #[test]
    fn a_cancelled_call_is_not_judged() {
        let mut future = Box::pin(works(50_000));
        assert!(poll(future.as_mut()).is_pending());
        drop(future);
    }
}

#[memprof::budget(peak = 100)]
fn counted(bytes: usize) -> Vec<u8> {
    merge(bytes)
}

#[test]
fn the_report_has_one_row_of_all_calls() {
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let held: Vec<_> = (1..=10).map(counted).collect();
                drop(held);
            });
        }
    });
    let report = memprof::snapshot();
    let rows = report.operations.iter().filter(|row| row.name == "counted");
    let rows: Vec<_> = rows.collect();
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].calls, rows[0].allocated_bytes), (40, 4 * 55));
    assert_eq!(rows[0].retained_bytes, Some(0));
    let per_call = rows[0].per_call.as_ref().expect("finished calls");
    assert_eq!((per_call.peak_bytes.min, per_call.peak_bytes.max), (1, 10));
    let paths = report.paths.iter().filter(|row| row.path == ["counted"]);
    // A path is that of a call alone where there were several at a time.
    assert_eq!(paths.map(|path| path.calls).sum::<u64>(), 40);
}
