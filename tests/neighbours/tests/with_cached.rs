//! Promise: above and below `#[cached]` and `#[once]`, `#[track]` leaves the cache as it is: the same hits, and bodies that run as
//! often. Above, the function with its cache is one operation: a cached answer is a call.
#![forbid(unsafe_code)]
#![deny(warnings)]

use cached::Cached as _;
use cached::macros::{cached, concurrent_cached, once};
use neighbours::{buffer, pause, rows, run};
use std::cell::Cell;
use std::num::ParseIntError;

thread_local! {
    static BODIES: Cell<usize> = const { Cell::new(0) };
}

/// A body runs.
fn body() {
    BODIES.set(BODIES.get() + 1);
}

macro_rules! functions {
    ([$($above:tt)*] [$($below:tt)*]) => {
        use super::*;

        $($above)*
        #[cached]
        $($below)*
        fn length(bytes: usize) -> usize {
            body();
            buffer(bytes).capacity()
        }

        $($above)*
        #[cached(max_size = 2, key = "String", convert = r#"{ text.to_owned() }"#)]
        $($below)*
        fn parsed(text: &str) -> Result<u8, ParseIntError> {
            body();
            drop(buffer(1000));
            text.parse()
        }

        $($above)*
        #[once]
        $($below)*
        fn shared(mut bytes: Vec<u8>) -> usize {
            body();
            bytes.clear();
            bytes.capacity()
        }

        $($above)*
        #[cached(companions = false)]
        $($below)*
        fn nested(bytes: usize) -> usize {
            body();
            buffer(bytes).capacity()
        }

        $($above)*
        #[concurrent_cached]
        $($below)*
        fn at_once(bytes: usize) -> usize {
            body();
            buffer(bytes).capacity()
        }

        $($above)*
        #[cached]
        $($below)*
        async fn awaited(bytes: usize) -> usize {
            body();
            pause().await;
            buffer(bytes).capacity()
        }

        pub(crate) struct Keeper;

        impl Keeper {
            $($above)*
            #[cached(in_impl = true, key = "usize", convert = "{ bytes }")]
            $($below)*
            fn method(&self, bytes: usize) -> usize {
                body();
                buffer(bytes).capacity()
            }
        }

        /// Bodies that ran, hits and misses.
        pub(crate) fn scenario() -> (usize, Option<u64>, Option<u64>) {
            BODIES.set(0);
            assert_eq!([length(10), length(10), length(20)], [10, 10, 20]);
            assert!(parsed("1").is_ok() && parsed("1").is_ok() && parsed("x").is_err());
            assert!(parsed("x").is_err());
            assert_eq!([shared(buffer(30)), shared(buffer(40))], [30, 30]);
            assert_eq!([nested(50), nested(50)], [50, 50]);
            assert_eq!([at_once(60), at_once(60)], [60, 60]);
            assert_eq!([run(awaited(70)), run(awaited(70))], [70, 70]);
            assert_eq!([Keeper.method(80), Keeper.method(80)], [80, 80]);
            let cache = LENGTH.read();
            (BODIES.get(), cache.cache_hits(), cache.cache_misses())
        }
    };
}

mod plain {
    functions!([] []);
}

mod above {
    functions!([#[memprof::track]] []);
}

mod below {
    functions!([] [#[memprof::track]]);
}

#[memprof::track("Named Length", crate = memprof)]
#[cached]
fn named(bytes: usize) -> usize {
    buffer(bytes).capacity()
}

fn calls(module: &str) -> Vec<(String, u64)> {
    let rows = rows(&memprof::snapshot(), module).into_iter();
    rows.map(|(function, calls, _)| (function, calls)).collect()
}

#[test]
fn the_cache_is_the_same() {
    let plain = plain::scenario();
    assert_eq!(plain, (2 + 3 + 1 + 4, Some(1), Some(2)));
    assert_eq!(above::scenario(), plain);
    assert_eq!(below::scenario(), plain);

    let above = [
        ("Keeper::method", 2),
        ("at_once", 2),
        ("awaited", 2),
        ("length", 3),
        ("nested", 2),
        ("parsed", 4),
        ("shared", 2),
    ];
    assert_eq!(calls("above"), above.map(named_calls));
    // `#[cached]` puts what is below it on each function that it writes.
    let below = [
        ("Keeper::method", 2),
        ("Keeper::method_no_cache", 1),
        ("at_once", 2),
        ("at_once_prime_cache", 0),
        ("awaited", 2),
        ("awaited_no_cache", 1),
        ("awaited_prime_cache", 0),
        ("length", 3),
        ("length_no_cache", 2),
        ("length_prime_cache", 0),
        ("nested", 2),
        ("nested::nested_no_cache", 1),
        ("parsed", 4),
        ("parsed_no_cache", 3),
        ("parsed_prime_cache", 0),
        ("shared", 2),
        ("shared_prime_cache", 0),
    ];
    assert_eq!(calls("below"), below.map(named_calls));
}

fn named_calls((function, calls): (&str, u64)) -> (String, u64) {
    (function.to_owned(), calls)
}

#[test]
fn a_name_is_of_one_operation() {
    assert_eq!([named(10), named(10)], [10, 10]);
    let report = memprof::snapshot();
    let calls: Vec<u64> = report
        .operations_named("Named Length")
        .map(|row| row.calls)
        .collect();
    assert_eq!(calls, [2]);
}
