//! An instrumented function drops what it owns in the order of the plain one.
//!
//! Each function is compiled twice out of one text, and the two must leave the same log.
#![allow(clippy::needless_pass_by_value, clippy::toplevel_ref_arg)]

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;

use crate::{block_on, pause, poll};

thread_local! {
    static LOG: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

fn log(event: &'static str) {
    LOG.with_borrow_mut(|log| log.push(event));
}

fn logged(run: impl FnOnce()) -> Vec<&'static str> {
    LOG.take();
    run();
    log("after the call");
    LOG.take()
}

/// Says when it is dropped.
struct Noisy(&'static str);

impl Drop for Noisy {
    fn drop(&mut self) {
        log(self.0);
    }
}

impl Noisy {
    fn temporary(&self) -> usize {
        self.0.len()
    }
}

struct Owner {
    _inside: Noisy,
}

macro_rules! twins {
    ($($items:tt)*) => {
        mod plain {
            use super::*;
            $($items)*
        }
        #[memprof::track_all]
        mod tracked {
            use super::*;
            $($items)*
        }
    };
}

twins! {
    pub(super) fn plainly_named(first: Noisy, _second: Noisy, third: Noisy) {
        let _local = Noisy("local");
        let _ = (&first, &third);
        log("body");
    }

    pub(super) fn unnamed(_: Noisy, (first, _): (Noisy, Noisy), (_, second): (Noisy, Noisy)) {
        let _ = (&first, &second);
        log("body");
    }

    pub(super) fn by_reference(ref first: Noisy, (ref second, _): (Noisy, Noisy), _third: Noisy) {
        let _ = (first, second);
        log("body");
    }

    pub(super) fn bound_whole(whole @ Owner { .. }: Owner, mut array: [Noisy; 2]) {
        array.reverse();
        let _ = &whole;
    }

    pub(super) fn with_an_attribute(_first: Noisy, #[allow(unused_variables)] second: Noisy, _third: Noisy) {
        let _local = Noisy("local");
        log("body");
    }

    pub(super) async fn awaited_with_an_attribute(_first: Noisy, #[allow(unused_variables)] second: Noisy, _third: Noisy) {
        pause().await;
        log("body");
    }

    pub(super) fn partly_moved(first: Noisy, (second, third): (Noisy, Noisy)) -> Noisy {
        drop(second);
        let _ = (&first, &third);
        first
    }

    pub(super) fn last_expression(argument: Noisy) -> usize {
        let _local = Noisy("local");
        argument.temporary() + Noisy("temporary").temporary()
    }

    pub(super) fn early_return(argument: Noisy, leave: bool) -> usize {
        let local = Noisy("local");
        if leave {
            return local.temporary();
        }
        argument.temporary()
    }

    pub(super) async fn awaited(first: Noisy, _second: Noisy, _: Noisy, (third, _): (Noisy, Noisy)) {
        let _local = Noisy("local");
        let _ = (&first, &third);
        pause().await;
        log("body");
    }

    pub(super) async fn awaited_last(argument: Noisy) -> usize {
        pause().await;
        argument.temporary() + Noisy("temporary").temporary()
    }

    pub(super) fn returned(first: Noisy, _second: Noisy, third: Noisy) -> impl Future<Output = ()> {
        let _local = Noisy("local");
        let _ = &third;
        log("function");
        async move {
            let _first = first;
            pause().await;
            log("body");
        }
    }

    pub(super) fn boxed(first: Noisy, _: Noisy, (second, _): (Noisy, Noisy)) -> Pin<Box<dyn Future<Output = ()>>> {
        let _local = Noisy("local");
        if first.temporary() == 0 {
            return Box::pin(pause());
        }
        Box::pin(async move {
            let _inside = Noisy("inside");
            pause().await;
            log(second.0);
            first.temporary();
        })
    }

    pub(super) fn bound(first: Noisy, second: Noisy) -> Pin<Box<dyn Future<Output = ()>>> {
        let future = Box::pin(async move {
            let _first = first;
            pause().await;
        });
        let _local = Noisy("local");
        log(second.0);
        future
    }

    pub(super) trait Ending: Sized {
        fn ending(self, _argument: Noisy) {
            log("body");
        }

        async fn ending_awaited(self, _argument: Noisy, _: Noisy) {
            pause().await;
            log("body");
        }
    }

    impl Ending for Owner {}
}

fn owner() -> Owner {
    Owner {
        _inside: Noisy("self"),
    }
}

macro_rules! same {
    ($run:ident: $($name:ident $arguments:tt),+ $(,)?) => {$({
        let plain = logged(|| { let _ = $run(plain::$name $arguments); });
        let tracked = logged(|| { let _ = $run(tracked::$name $arguments); });
        assert_eq!(plain, tracked, stringify!($name));
    })+};
}

fn call<T>(value: T) -> T {
    value
}

#[test]
fn arguments_and_locals() {
    same! { call:
        plainly_named(Noisy("1"), Noisy("2"), Noisy("3")),
        unnamed(Noisy("1"), (Noisy("2"), Noisy("3")), (Noisy("4"), Noisy("5"))),
        by_reference(Noisy("1"), (Noisy("2"), Noisy("3")), Noisy("4")),
        bound_whole(owner(), [Noisy("1"), Noisy("2")]),
        with_an_attribute(Noisy("1"), Noisy("2"), Noisy("3")),
        partly_moved(Noisy("1"), (Noisy("2"), Noisy("3"))),
        early_return(Noisy("1"), true),
        early_return(Noisy("1"), false),
    }
}

#[test]
fn temporaries() {
    same! { call: last_expression(Noisy("1")) }
}

#[test]
fn awaited() {
    same! { block_on:
        awaited(Noisy("1"), Noisy("2"), Noisy("3"), (Noisy("4"), Noisy("5"))),
        awaited_with_an_attribute(Noisy("1"), Noisy("2"), Noisy("3")),
        awaited_last(Noisy("1")),
    }
}

#[test]
fn returned_futures() {
    same! { block_on:
        returned(Noisy("1"), Noisy("2"), Noisy("3")),
        boxed(Noisy("1"), Noisy("2"), (Noisy("3"), Noisy("4"))),
        bound(Noisy("1"), Noisy("2")),
    }
    // Never polled.
    same! { drop:
        returned(Noisy("1"), Noisy("2"), Noisy("3")),
        boxed(Noisy("1"), Noisy("2"), (Noisy("3"), Noisy("4"))),
        bound(Noisy("1"), Noisy("2")),
    }
}

#[test]
fn receivers() {
    let ending = |tracked: bool| {
        logged(|| {
            if tracked {
                tracked::Ending::ending(owner(), Noisy("1"));
                block_on(tracked::Ending::ending_awaited(
                    owner(),
                    Noisy("2"),
                    Noisy("3"),
                ));
            } else {
                plain::Ending::ending(owner(), Noisy("1"));
                block_on(plain::Ending::ending_awaited(
                    owner(),
                    Noisy("2"),
                    Noisy("3"),
                ));
            }
        })
    };
    assert_eq!(ending(false), ending(true));
}

#[test]
fn dropped_half_way() {
    fn half(future: impl Future<Output = ()>) {
        assert!(poll(Box::pin(future).as_mut()).is_pending());
    }
    let four = || (Noisy("4"), Noisy("5"));
    let plain = logged(|| {
        half(plain::awaited(Noisy("1"), Noisy("2"), Noisy("3"), four()));
    });
    let tracked = logged(|| {
        half(tracked::awaited(Noisy("1"), Noisy("2"), Noisy("3"), four()));
    });
    assert_eq!(plain, tracked);
}
