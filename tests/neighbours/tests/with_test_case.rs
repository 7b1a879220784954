//! Promise: above and below `#[test_case]`, `#[track]` leaves its tests as they are: the same names, the same results. Above, the
//! tested function is the operation; below, each of the tests is one.
#![forbid(unsafe_code)]
#![deny(warnings)]

use neighbours::{buffer, expected, generated, without_bytes_of};
use std::num::ParseIntError;

macro_rules! cases {
    ([$($above:tt)*] [$($below:tt)*]) => {
        use super::*;
        // By name: the language has an attribute that is called so.
        use test_case::{test_case, test_matrix};

        $($above)*
        #[test_case(2, 3 => 5)]
        #[test_case(10, 20 => 30; "larger")]
        $($below)*
        fn sum(left: usize, right: usize) -> usize {
            drop(buffer(left));
            left + right
        }

        $($above)*
        #[test_case(0 => panics "nothing")]
        #[test_case(1)]
        $($below)*
        fn refuses(bytes: usize) {
            drop(buffer(100));
            assert!(bytes > 0, "nothing");
        }

        $($above)*
        #[test_case("1" => matches Ok(1))]
        #[test_case("x" => matches Err(_))]
        #[test_case("2" => Ok(2))]
        $($below)*
        fn parsed(text: &str) -> Result<u8, ParseIntError> {
            drop(buffer(200));
            text.parse()
        }

        $($above)*
        #[test_case(buffer(3) => with |bytes| assert_eq!(bytes, 4))]
        $($below)*
        fn owned(mut values: Vec<u8>) -> usize {
            values.clear();
            let one = buffer(1);
            values.capacity() + one.capacity()
        }

        $($above)*
        #[test_case(5 => it eq(5))]
        #[test_case(4 => using is_four)]
        $($below)*
        fn same(number: usize) -> usize {
            number
        }

        fn is_four(number: usize) {
            assert_eq!(number, 4);
        }

        $($above)*
        #[test_case((1, 2))]
        #[test_case::test_case((3, 4))]
        $($below)*
        fn destructured((left, right): (usize, usize)) -> Result<(), String> {
            drop(buffer(left));
            if left < right { Ok(()) } else { Err("less".to_owned()) }
        }

        $($above)*
        #[test_matrix([1, 2], [10, 20])]
        $($below)*
        fn matrix(left: usize, right: usize) {
            drop(buffer(left * right));
        }

        $($above)*
        #[test_case(5 => 5)]
        #[test_case(6 => 6)]
        #[tokio::test]
        $($below)*
        async fn awaited(bytes: usize) -> usize {
            buffer(bytes).capacity()
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

#[test]
fn the_tests_are_the_same() {
    let plain = generated("plain");
    assert_eq!(plain.results.len(), 18, "{:?}", plain.results);
    assert!(plain.rows.is_empty(), "{:?}", plain.rows);

    let above = generated("above");
    assert_eq!(above.results, plain.results);
    let figures = [
        ("awaited", 2, 11),
        ("destructured", 2, 4),
        ("matrix", 4, 90),
        ("owned", 1, 1),
        ("parsed", 3, 600),
        ("refuses", 2, 0),
        ("same", 2, 0),
        ("sum", 2, 12),
    ];
    assert_eq!(
        without_bytes_of(&["refuses"], above.rows),
        expected(&figures)
    );

    let below = generated("below");
    assert_eq!(below.results, plain.results);
    let figures = [
        ("awaited::test_case_1_5_expects_5", 1, 0),
        ("awaited::test_case_2_6_expects_6", 1, 0),
        ("destructured::test_case_1_1_2_expects", 1, 1),
        ("destructured::test_case_2_3_4_expects", 1, 3),
        ("matrix::test_case_1_1_10_expects", 1, 10),
        ("matrix::test_case_2_1_20_expects", 1, 20),
        ("matrix::test_case_3_2_10_expects", 1, 20),
        ("matrix::test_case_4_2_20_expects", 1, 40),
        (
            "owned::test_case_1_buffer_3_expects_with_bytes_assert_eq_bytes_4_",
            1,
            4,
        ),
        ("parsed::test_case_1_1_expects_matching_ok_1_", 1, 200),
        ("parsed::test_case_2_x_expects_matching_err_", 1, 200),
        ("parsed::test_case_3_2_expects_ok_2_", 1, 200),
        (
            "refuses::test_case_1_0_expects_panicking_some_nothing_",
            1,
            0,
        ),
        ("refuses::test_case_2_1_expects", 1, 0),
        ("same::test_case_1_5_expects_complex_eq_5_", 1, 0),
        ("same::test_case_2_4_expects_use_is_four", 1, 0),
        ("sum::test_case_1_2_3_expects_5", 1, 2),
        ("sum::test_case_2_larger", 1, 10),
    ];
    let masked = ["refuses", "awaited"];
    assert_eq!(without_bytes_of(&masked, below.rows), expected(&figures));
}
