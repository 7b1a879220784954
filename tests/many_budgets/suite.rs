//! The 200: eleven shapes of what a test may do, in eighteen modules, and two more. Five shapes pass a limit.

use std::hint::black_box;
use std::panic::{UnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::{Context, Waker};
use std::thread;

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
    let ranked = buffer(bytes);
    drop(merge(bytes / 2));
    ranked
}

/// What the call that passes a limit says.
fn said<T>(call: impl FnOnce() -> T + UnwindSafe) -> String {
    let Err(panic) = catch_unwind(call) else {
        panic!("no limit is passed");
    };
    *panic.downcast::<String>().expect("the message is text")
}

fn poll<T>(future: impl Future<Output = T>) -> bool {
    let mut context = Context::from_waker(Waker::noop());
    pin!(future).poll(&mut context).is_ready()
}

macro_rules! tests {
    ($($name:ident)*) => {
        $(
            mod $name {
                use super::*;

                #[test]
                #[memprof::budget(allocations == 1, peak == 700, retained = 0)]
                fn plain() {
                    drop(buffer(700));
                }

                #[test]
                #[memprof::budget(allocated == 6_000, allocations == 4, net == 0, peak == 3_000)]
                fn nested() {
                    drop(rank(2_000));
                    drop(rank(2_000));
                }

                #[memprof::budget(retained == 300)]
                #[test]
                fn keeps() {
                    std::mem::forget(merge(300));
                }

                #[test]
                #[memprof::budget(retained = 0, allocated = 2_000..=100_000)]
                fn carries() {
                    let context = memprof::Context::current();
                    let carried = thread::spawn(move || context.run(|| merge(2_000)));
                    drop(carried.join().expect("it ends"));
                }

                #[test]
                #[memprof::budget(peak = 50_000, allocated = 50_000)]
                #[should_panic(expected = "; 1 thread that it started allocated 1048576 bytes in 1 allocation without")]
                fn has_noisy_threads() {
                    let noisy = thread::spawn(|| drop(buffer(1 << 20)));
                    noisy.join().expect("it ends");
                }

                #[test]
                #[memprof::budget(peak = "64 KiB")]
                fn prints() {
                    (0..20).for_each(|line| println!("line {line}"));
                }

                #[test]
                #[memprof::budget(allocations = 0)]
                fn is_idle() -> Result<(), String> {
                    black_box(Ok(()))
                }

                #[test]
                fn shares_a_function() {
                    let held: Vec<_> = (1..=5).map(|_| super::shared(100)).collect();
                    assert_eq!(held.len(), 5);
                }

                #[test]
                fn polls() {
                    #[memprof::budget(allocations == 2, peak == 900, retained = 0)]
                    async fn future() {
                        let _held = buffer(500);
                        drop(merge(400));
                    }
                    assert!(poll(future()));
                }

                #[memprof::budget(allocated = 100_000)]
                fn has_a_thread_take_too_much() {
                    let context = memprof::Context::current();
                    let carried = thread::spawn(move || context.run(|| merge(200_000)));
                    drop(carried.join().expect("it ends"));
                }

                #[test]
                fn passed_on_a_thread() {
                    let message = said(has_a_thread_take_too_much);
                    let whose = concat!("\"suite::", stringify!($name), "::has_a_thread_take_too_much\" (");
                    assert!(message.starts_with("allocated 19"), "{message}");
                    assert!(message.contains(whose), "{message}");
                    assert!(message.contains("largest part: \"Merge\" +195 KiB"), "{message}");
                    assert!(message.contains("200000 bytes were allocated elsewhere under its context"), "{message}");
                }

                #[memprof::budget(peak = 4_999)]
                fn takes_too_much() {
                    let _held = merge(1_000);
                    drop(rank(4_000));
                }

                #[test]
                fn passed_peak() {
                    let message = said(takes_too_much);
                    let whose = concat!(" in \"suite::", stringify!($name), "::takes_too_much\" (");
                    assert!(message.starts_with("peak 7,000 B > 4,999 B (+40.0 %)"), "{message}");
                    assert!(message.contains(whose), "{message}");
                    assert!(message.contains("largest part: \"Rank\" +4,000 B"), "{message}");
                }
            }
        )*
    };
}

#[memprof::budget(allocations == 1, retained == 100)]
fn shared(bytes: usize) -> Vec<u8> {
    merge(bytes)
}

mod planted {
    use super::*;

    #[memprof::budget(retained = 0)]
    fn leaks() {
        std::mem::forget(merge(33));
    }

    #[test]
    fn passed_retained() {
        let message = said(leaks);
        assert!(
            message.starts_with("retained 33 B > 0 B (+33 B)"),
            "{message}"
        );
        assert!(
            message.contains("largest part: \"Merge\" +33 B"),
            "{message}"
        );
    }

    #[test]
    #[should_panic(
        expected = "allocations 2 > 1 (+100.0 %) in \"suite::planted::passed_allocations\" ("
    )]
    #[memprof::budget(allocations = 1)]
    fn passed_allocations() {
        drop(rank(10));
    }
}

tests! {
    t01 t02 t03 t04 t05 t06 t07 t08 t09 t10 t11 t12 t13 t14 t15 t16 t17 t18
}
