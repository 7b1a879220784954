//! Promise: with `#[track]` on its methods, or `#[track_all]` above or below it, `#[async_trait]` makes what it makes without:
//! the same futures, `Send` where they were, that drop the same things in the same order. Each method is one call with its
//! future, and the figures are the same in all three.
#![forbid(unsafe_code)]
#![deny(warnings)]

use async_trait::async_trait;
use neighbours::{buffer, pause, poll_once, rows, run};
use std::cell::RefCell;
use std::marker::PhantomData;
use std::num::ParseIntError;
use std::rc::Rc;
use std::sync::Arc;

thread_local! {
    static NOTES: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

/// Writes down what was done, in memory that there is.
fn note(what: &'static str) {
    NOTES.with_borrow_mut(|notes| notes.push(what));
}

/// Writes down its end.
pub(crate) struct Noisy(&'static str);

impl Drop for Noisy {
    fn drop(&mut self) {
        note(self.0);
    }
}

fn sent<T: Send>(value: T) -> T {
    value
}

/// Returns from the method that it stands in.
macro_rules! filled {
    ($length:expr) => {
        match $length {
            0 => return None,
            length => length,
        }
    };
}

#[macro_use]
#[path = "with_async_trait/traits.rs"]
mod traits;

mod plain {
    traits!([] [] []);
}

mod each {
    traits!([] [] [#[memprof::track]]);
}

mod above {
    traits!([#[memprof::track_all]] [] []);
}

mod below {
    traits!([] [#[memprof::track_all]] []);
}

fn notes(scenario: fn()) -> Vec<&'static str> {
    NOTES.with_borrow_mut(|notes| {
        notes.clear();
        notes.reserve(100);
    });
    scenario();
    NOTES.with_borrow(Vec::clone)
}

#[test]
fn methods_do_the_same_and_have_the_same_figures() {
    let expected = notes(plain::scenario);
    assert_eq!(
        expected[..6],
        ["part", "put", "unused", "default", "default", "finish"]
    );
    assert_eq!(notes(each::scenario), expected);
    assert_eq!(notes(above::scenario), expected);
    assert_eq!(notes(below::scenario), expected);

    let report = memprof::snapshot();
    let each = rows(&report, "each");
    assert_eq!(rows(&report, "above"), each);
    assert_eq!(rows(&report, "below"), each);
    let calls: Vec<(&str, u64)> = each
        .iter()
        .map(|(function, calls, _)| (function.as_str(), *calls))
        .collect();
    let expected = [
        ("<Memory as Store>::finish", 1),
        ("<Memory as Store>::finish_box", 1),
        ("<Memory as Store>::get", 2),
        ("<Memory as Store>::put", 3),
        ("<Memory as Store>::shared", 1),
        ("<Reader<_> as Convert<_, _>>::convert", 2),
        ("<Reader<_> as Convert<_, _>>::longest", 1),
        ("Local::count", 1),
        ("Store::get_or", 2),
    ];
    assert_eq!(calls, expected);
}
