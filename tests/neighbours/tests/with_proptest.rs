//! Promise: within `proptest!`, and above and below `#[property_test]`, `#[track]` changes no test: the same cases are run, and one
//! that fails is made smaller and told.
#![forbid(unsafe_code)]
#![deny(warnings)]

use neighbours::{buffer, generated, rows};
use proptest::collection::vec;
use proptest::prelude::{any, prop_assert};
use proptest::test_runner::Config;
use proptest::{prop_compose, property_test, proptest};
use std::sync::atomic::{AtomicUsize, Ordering};

fn few() -> Config {
    Config {
        cases: 8,
        failure_persistence: None,
        ..Config::default()
    }
}

macro_rules! inside {
    ([$($each:tt)*]) => {
        use super::*;

        pub(crate) static CASES: AtomicUsize = AtomicUsize::new(0);

        prop_compose! {
            $($each)*
            fn pair(most: usize)(left in 1..=most, right in 1..=most) -> (usize, usize) {
                (left, right)
            }
        }

        $($each)*
        fn tested(left: usize, right: usize) -> usize {
            buffer(left + right).capacity()
        }

        proptest! {
            #![proptest_config(few())]

            $($each)*
            fn holds((left, right) in pair(3), list in vec(any::<u8>(), 0..3)) {
                CASES.fetch_add(1, Ordering::Relaxed);
                prop_assert!(tested(left, right) >= 2);
                prop_assert!(list.len() < 3);
            }

            $($each)*
            fn fails(number in 0_usize..1_000_000) {
                prop_assert!(tested(number, 1) <= 10);
            }
        }

        pub(crate) const TESTS: [fn(); 2] = [holds, fails];
    };
}

mod untracked {
    inside!([]);
}

mod tracked {
    inside!([#[memprof::track]]);
}

/// What the test says as it fails.
fn failure(test: fn()) -> String {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let failure = std::panic::catch_unwind(test).expect_err("a test that fails");
    std::panic::set_hook(hook);
    failure
        .downcast_ref::<String>()
        .cloned()
        .unwrap_or_default()
}

#[test]
fn tests_of_the_macro_run_the_same_cases() {
    untracked::TESTS[0]();
    tracked::TESTS[0]();
    let cases = [&untracked::CASES, &tracked::CASES].map(|cases| cases.load(Ordering::Relaxed));
    assert_eq!(cases, [8, 8]);
    for test in [untracked::TESTS[1], tracked::TESTS[1]] {
        let said = failure(test);
        assert!(
            said.contains("minimal failing input: number = 10\n"),
            "{said}"
        );
    }
    let rows = rows(&memprof::snapshot(), "tracked");
    let calls = |name: &str| {
        let mut rows = rows.iter();
        rows.find(|(function, ..)| function == name)
            .map(|row| row.1)
    };
    assert_eq!(
        (calls("holds"), calls("fails"), calls("pair")),
        (Some(1), Some(1), Some(1))
    );
    assert!(calls("tested") > Some(8), "{rows:?}");
}

macro_rules! attribute {
    ([$($above:tt)*] [$($below:tt)*]) => {
        use super::*;

        $($above)*
        #[property_test(config = few())]
        $($below)*
        fn holds(mut number: u8, (left, _): (u8, u8)) {
            number |= left;
            drop(buffer(10));
            prop_assert!(number >= left);
        }

        $($above)*
        #[property_test(config = few())]
        $($below)*
        fn returns(mut list: Vec<u8>) -> Result<(), proptest::test_runner::TestCaseError> {
            list.clear();
            drop(buffer(20));
            prop_assert!(list.is_empty());
            Ok(())
        }

        $($above)*
        #[property_test(config = few())]
        #[should_panic(expected = "number: 10")]
        $($below)*
        fn fails(number: u8) {
            assert!(number < 10);
        }
    };
}

mod plain {
    attribute!([] []);
}

mod above {
    attribute!([#[memprof::track]] []);
}

mod below {
    attribute!([] [#[memprof::track]]);
}

#[test]
fn tests_of_the_attribute_are_the_same() {
    let plain = generated("plain");
    assert_eq!(plain.results.len(), 3, "{:?}", plain.results);
    let (above, below) = (generated("above"), generated("below"));
    assert_eq!(above.results, plain.results);
    assert_eq!(below.results, plain.results);
    assert!(
        above.rows.contains(&("holds".to_owned(), 8, 80)),
        "{:?}",
        above.rows
    );
    assert!(
        above.rows.contains(&("returns".to_owned(), 8, 160)),
        "{:?}",
        above.rows
    );
    let calls: Vec<u64> = below.rows.iter().map(|row| row.1).collect();
    assert_eq!(calls, [1, 1, 1], "{:?}", below.rows);
}
