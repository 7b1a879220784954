//! Promise: above and below `#[rstest]` and `#[fixture]`, `#[track]` leaves their tests as they are: the same names, the same
//! results. Above, the function is the operation; below, each case is one.
#![forbid(unsafe_code)]
#![deny(warnings)]

use neighbours::{buffer, expected, generated, without_bytes_of};
use rstest::{fixture, rstest};
use std::num::ParseIntError;
use std::time::Duration;

macro_rules! cases {
    ([$($above:tt)*] [$($below:tt)*]) => {
        use super::*;

        $($above)*
        #[fixture]
        $($below)*
        fn words(#[default(100)] bytes: usize) -> Vec<u8> {
            buffer(bytes)
        }

        $($above)*
        #[fixture]
        #[once]
        $($below)*
        fn shared() -> Vec<u8> {
            buffer(200)
        }

        $($above)*
        #[fixture]
        $($below)*
        async fn later() -> u8 {
            drop(buffer(300));
            3
        }

        $($above)*
        #[rstest]
        #[case(10)]
        #[case::named(20)]
        $($below)*
        fn one_argument(#[case] bytes: usize) {
            assert_eq!(buffer(bytes).capacity(), bytes);
        }

        $($above)*
        #[rstest]
        #[case(1, Some(1))]
        #[should_panic(expected = "missing")]
        #[case::missing(2, None)]
        $($below)*
        fn refuses(#[case] bytes: usize, #[case] number: Option<u8>) {
            drop(buffer(bytes));
            number.expect("missing");
        }

        $($above)*
        #[rstest]
        $($below)*
        fn fixtures(mut words: Vec<u8>, shared: &Vec<u8>, #[from(words)] #[with(30)] more: Vec<u8>) {
            words.push(1);
            assert_eq!((words.capacity(), shared.capacity(), more.capacity()), (100, 200, 30));
            drop(buffer(1));
        }

        $($above)*
        #[rstest]
        $($below)*
        fn shares(shared: &Vec<u8>, _words: Vec<u8>) -> Result<(), ParseIntError> {
            assert_eq!(shared.capacity(), 200);
            let number: u8 = "1".parse()?;
            assert_eq!(number, 1);
            Ok(())
        }

        $($above)*
        #[rstest]
        $($below)*
        fn values(#[values(1, 2)] left: usize, #[values(10, 20)] right: usize) {
            drop(buffer(left * right));
        }

        $($above)*
        #[rstest]
        #[case("red")]
        #[case("green".to_owned())]
        $($below)*
        fn generic<T: AsRef<str>>(#[case] text: T, #[values(1, 2)] more: usize) {
            drop(buffer(text.as_ref().len() + more));
        }

        $($above)*
        #[rstest]
        #[timeout(Duration::from_secs(100))]
        #[trace]
        #[case(50)]
        $($below)*
        fn in_time(#[case] bytes: usize, #[notrace] words: Vec<u8>) -> Result<(), String> {
            drop(buffer(bytes));
            drop(words);
            Ok(())
        }

        $($above)*
        #[rstest]
        #[case((1, buffer(2)))]
        $($below)*
        fn destructured(#[case] (left, right): (usize, Vec<u8>), #[by_ref] words: &Vec<u8>) {
            assert_eq!((left, right.capacity(), words.capacity()), (1, 2, 100));
        }

        $($above)*
        #[rstest]
        #[case(1)]
        #[case(2)]
        #[tokio::test]
        $($below)*
        async fn awaits(#[case] bytes: usize, #[future] later: u8) -> Result<(), String> {
            assert_eq!(later.await, 3);
            drop(buffer(bytes));
            Ok(())
        }

        $($above)*
        #[rstest]
        #[tokio::test]
        #[awt]
        $($below)*
        async fn is_awaited(#[future] later: u8, #[future(awt)] #[from(later)] again: u8) {
            assert_eq!((later, again), (3, 3));
            drop(buffer(4));
        }
    };
}

mod plain {
    cases!([] []);
}

mod above {
    cases!([#[memprof::track]] []);
}

mod below {
    cases!([] [#[memprof::track]]);
}

/// Where a whole module is tracked, the attribute stands above.
#[memprof::track_all]
mod whole {
    use super::*;

    #[fixture]
    fn held() -> Vec<u8> {
        buffer(10)
    }

    #[rstest]
    #[case(1)]
    #[case(2)]
    fn takes(#[case] bytes: usize, held: Vec<u8>) {
        assert_eq!(held.capacity(), 10);
        drop(buffer(bytes));
    }
}

#[test]
fn modules_are_tracked_as_a_whole() {
    let whole = generated("whole");
    assert_eq!(whole.rows, expected(&[("held", 2, 20), ("takes", 2, 3)]));
}

#[test]
fn the_tests_are_the_same() {
    let plain = generated("plain");
    assert_eq!(plain.results.len(), 19, "{:?}", plain.results);
    assert!(plain.rows.is_empty(), "{:?}", plain.rows);

    let above = generated("above");
    assert_eq!(above.results, plain.results);
    let figures = [
        ("awaits", 2, 603),
        ("destructured", 1, 0),
        ("fixtures::fixtures", 1, 1),
        ("generic", 4, 22),
        ("in_time", 1, 50),
        ("is_awaited::is_awaited", 1, 4),
        ("later", 4, 1200),
        ("one_argument", 2, 30),
        ("refuses", 2, 0),
        ("shared", 1, 200),
        ("shares::shares", 1, 0),
        ("values", 4, 90),
        ("words", 5, 430),
    ];
    assert_eq!(
        without_bytes_of(&["refuses"], above.rows),
        expected(&figures)
    );

    let below = generated("below");
    assert_eq!(below.results, plain.results);
    // `#[fixture]` puts what is below it on two functions, one of which calls the other.
    let figures = [
        ("awaits::case_1", 1, 0),
        ("awaits::case_2", 1, 0),
        ("destructured::case_1", 1, 102),
        ("fixtures", 1, 331),
        ("generic::case_1::more_1_1", 1, 4),
        ("generic::case_1::more_2_2", 1, 5),
        ("generic::case_2::more_1_1", 1, 11),
        ("generic::case_2::more_2_2", 1, 12),
        ("in_time::case_1", 1, 0),
        ("is_awaited", 1, 0),
        ("later", 4, 1200),
        ("later::get", 4, 1200),
        ("one_argument::case_1", 1, 10),
        ("one_argument::case_2_named", 1, 20),
        ("refuses::case_1", 1, 0),
        ("refuses::case_2_missing", 1, 0),
        ("shared", 1, 200),
        ("shared::get", 2, 200),
        ("shares", 1, 100),
        ("values::left_1_1::right_1_10", 1, 10),
        ("values::left_1_1::right_2_20", 1, 20),
        ("values::left_2_2::right_1_10", 1, 20),
        ("values::left_2_2::right_2_20", 1, 40),
        ("words", 5, 430),
        ("words::get", 5, 430),
    ];
    let masked = ["refuses", "awaits", "is_awaited", "in_time"];
    assert_eq!(without_bytes_of(&masked, below.rows), expected(&figures));
}
