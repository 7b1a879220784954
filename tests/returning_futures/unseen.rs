//! What looks like a future and is none, or whose future cannot be seen: the function alone is the call,
//! and nothing is changed.

use crate::{block_on, buffer, figures, one, pause};
use std::clone::Clone;
use std::future::{Future, IntoFuture};
use std::pin::Pin;

/// Stands for a runtime's `JoinHandle`: it is a future, and its task runs whether it is polled or not.
struct Handle<T>(Pin<Box<dyn Future<Output = T>>>);

fn spawn<T>(task: impl Future<Output = T> + 'static) -> Handle<T> {
    Handle(Box::pin(task))
}

#[memprof::track("spawned")]
fn spawned() -> Handle<usize> {
    let kept = buffer(10);
    drop(buffer(5));
    spawn(async move { kept.capacity() + buffer(100).capacity() })
}

#[test]
fn a_spawned_task_is_not_the_function() {
    let handle = spawned();
    let size = u64::try_from(size_of_val(&*handle.0)).expect("a small size");
    let function = one(15 + size, 5, 10 + size);
    assert_eq!(figures("spawned"), function);
    assert_eq!(block_on(handle.0), 110);
    assert_eq!(figures("spawned"), function);
}

fn inner(kept: Vec<u8>) -> Pin<Box<dyn Future<Output = usize>>> {
    Box::pin(async move { kept.capacity() + buffer(100).capacity() })
}

#[memprof::track("passed on")]
fn passed_on() -> Pin<Box<dyn Future<Output = usize>>> {
    drop(buffer(5));
    inner(Vec::new())
}

#[test]
fn a_box_of_unknown_origin_counts_in_its_synchronous_part() {
    let future = passed_on();
    let size = u64::try_from(size_of_val(&*future)).expect("a small size");
    assert_eq!(block_on(future), 100);
    assert_eq!(figures("passed on"), one(5 + size, 5, 5.max(size)));
}

type BoxFuture<T> = Pin<Box<dyn Future<Output = T>>>;

/// No future, and with a method that futures have too.
struct Request(Vec<u8>);

impl Request {
    fn boxed(self) -> BoxFuture<usize> {
        Box::pin(async move { self.0.capacity() })
    }
}

#[memprof::track("boxed by a name")]
fn boxed_by_a_name() -> BoxFuture<usize> {
    drop(buffer(5));
    Request(Vec::new()).boxed()
}

#[test]
fn what_is_boxed_by_a_method_may_be_no_future() {
    let future = boxed_by_a_name();
    let size = u64::try_from(size_of_val(&*future)).expect("a small size");
    assert_eq!(block_on(future), 0);
    assert_eq!(figures("boxed by a name"), one(5 + size, 5, 5.max(size)));
}

macro_rules! leave {
    (return $future:expr) => {
        return $future
    };
}

/// Whether the macro's `return` is the function's, only the compiler knows.
#[memprof::track("in a macro")]
fn in_a_macro(leave: bool) -> impl Future<Output = ()> {
    drop(buffer(5));
    if leave {
        leave!(return pause());
    }
    pause()
}

/// The wrapper around a future cannot be cloned.
#[memprof::track("cloned")]
fn cloned() -> impl Future<Output = usize> + Clone {
    drop(buffer(5));
    std::future::ready(1)
}

#[memprof::track("into")]
fn into() -> impl IntoFuture<Output = usize> {
    drop(buffer(5));
    std::future::ready(1)
}

#[memprof::track("within")]
fn within() -> Result<Pin<Box<dyn Future<Output = usize>>>, String> {
    drop(buffer(5));
    let made: Result<_, String> = Ok(1);
    let made = made?;
    Ok(Box::pin(async move { made + buffer(100).capacity() }))
}

#[test]
fn what_cannot_be_told_is_left_alone() {
    block_on(in_a_macro(true));
    block_on(in_a_macro(false));
    assert_eq!(
        (figures("in a macro").allocated, figures("in a macro").calls),
        (10, 2)
    );
    let future = cloned();
    assert_eq!(block_on(Clone::clone(&future)) + block_on(future), 2);
    assert_eq!(figures("cloned"), one(5, 5, 5));
    assert_eq!(block_on(into().into_future()), 1);
    assert_eq!(figures("into"), one(5, 5, 5));
    let future = within().expect("a future");
    let size = u64::try_from(size_of_val(&*future)).expect("a small size");
    assert_eq!(block_on(future), 101);
    assert_eq!(figures("within"), one(5 + size, 5, 5.max(size)));
}

/// Not the trait that is meant by the word elsewhere.
mod old {
    pub(super) trait Future {
        type Item;
        type Error;
        fn item(&self) -> Option<Self::Item>;
    }
    impl Future for u8 {
        type Item = u8;
        type Error = ();
        fn item(&self) -> Option<u8> {
            Some(*self)
        }
    }
}

#[memprof::track]
fn old() -> impl old::Future<Item = u8, Error = ()> {
    1
}

#[test]
fn another_trait_of_that_name() {
    assert_eq!(old::Future::item(&old()), Some(1));
}
