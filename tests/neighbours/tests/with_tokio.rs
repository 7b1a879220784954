//! Promise: above and below `#[tokio::test]` and `#[tokio::main]`, `#[track]` leaves the function what it was. Above, its body is
//! the operation; below, the runtime is a part of it.
#![forbid(unsafe_code)]
#![deny(warnings)]

use neighbours::{buffer, expected, generated, pause, rows, without_bytes_of};
use std::num::ParseIntError;

macro_rules! functions {
    ([$($above:tt)*] [$($below:tt)*]) => {
        use super::*;

        $($above)*
        #[tokio::test]
        $($below)*
        async fn alone() {
            pause().await;
            drop(buffer(10));
        }

        $($above)*
        #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
        $($below)*
        async fn with_a_worker() -> Result<(), ParseIntError> {
            let number: usize = "20".parse()?;
            let held = buffer(number);
            pause().await;
            drop(held);
            Ok(())
        }

        $($above)*
        #[tokio::test]
        #[should_panic(expected = "missing")]
        $($below)*
        async fn panics() {
            pause().await;
            None::<u8>.expect("missing");
        }

        $($above)*
        #[tokio::main(flavor = "current_thread")]
        $($below)*
        pub(crate) async fn entry(mut bytes: Vec<u8>, (left, _): (usize, Vec<u8>)) -> usize {
            bytes.clear();
            drop(buffer(30));
            pause().await;
            bytes.capacity() + left
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

#[test]
fn tests_are_the_same() {
    let plain = generated("plain");
    assert_eq!(plain.results.len(), 3, "{:?}", plain.results);
    let (above, below) = (generated("above"), generated("below"));
    assert_eq!(above.results, plain.results);
    assert_eq!(below.results, plain.results);
    let figures = [
        ("alone", 1, 10),
        ("entry", 0, 0),
        ("panics", 1, 0),
        ("with_a_worker", 1, 20),
    ];
    let panics = ["panics"];
    assert_eq!(
        without_bytes_of(&panics, above.rows.clone()),
        expected(&figures)
    );
    let calls = figures.map(|(function, calls, _)| (function, calls, 0));
    let runtime = ["alone", "panics", "with_a_worker"];
    assert_eq!(
        without_bytes_of(&runtime, below.rows.clone()),
        expected(&calls)
    );
    // It has the runtime in it.
    for (above, below) in above
        .rows
        .iter()
        .zip(&below.rows)
        .filter(|(above, _)| above.1 > 0)
    {
        assert!(below.2 > above.2 + 500, "{above:?}, {below:?}");
    }
}

#[test]
fn functions_are_the_same() {
    for entry in [plain::entry, above::entry, below::entry] {
        assert_eq!(entry(buffer(10), (5, buffer(20))), 15);
    }
    let report = memprof::snapshot();
    let entry = |module| {
        let mut rows = rows(&report, module).into_iter();
        let row = rows.find(|(function, ..)| function == "entry");
        row.map(|(_, calls, bytes)| (calls, bytes))
    };
    assert_eq!(entry("above"), Some((1, 30)));
    let (calls, bytes) = entry("below").expect("an operation");
    assert!(calls == 1 && bytes > 30 + 500, "{calls}, {bytes}");
}
