//! Bodies and signatures that reading and wrapping could break: that they compile, under the strictest
//! lints, is the test.
#![allow(dead_code)]

use crate::{block_on, figures, pause};
use std::cell::RefCell;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;

async fn later(number: u8) -> u8 {
    pause().await;
    number
}

mod diverging {
    use super::{Future, later};

    #[memprof::track]
    fn exits(leave: bool) -> impl Future<Output = u8> {
        if leave {
            return later(1);
        }
        std::process::exit(1)
    }

    #[memprof::track]
    fn panics(leave: bool) -> impl Future<Output = u8> {
        if leave {
            return later(1);
        }
        panic!("not left");
    }

    #[memprof::track]
    fn loops(number: u8) -> impl Future<Output = u8> {
        loop {
            if number > 0 {
                return later(number);
            }
        }
    }

    #[memprof::track]
    fn breaks(number: u8) -> impl Future<Output = u8> {
        let mut count = 0;
        loop {
            count += 1;
            if count > number {
                break later(count);
            }
        }
    }

    #[memprof::track]
    fn labelled(number: u8) -> impl Future<Output = u8> {
        'block: {
            if number > 1 {
                break 'block later(number);
            }
            later(1)
        }
    }

    #[memprof::track]
    fn otherwise(number: Option<u8>) -> impl Future<Output = u8> {
        let Some(number) = number else {
            return later(0);
        };
        later(number)
    }
}

/// What the last expression borrows from ends after it.
struct Shared {
    cell: RefCell<Vec<u8>>,
}

impl Shared {
    #[memprof::track]
    fn borrowed(&self) -> impl Future<Output = u8> {
        later(self.cell.borrow()[0])
    }

    #[memprof::track]
    fn borrowed_in_box(&self) -> Pin<Box<dyn Future<Output = u8> + '_>> {
        Box::pin(later(self.cell.borrow()[0]))
    }

    #[memprof::track]
    fn owned_in_box(self) -> Pin<Box<dyn Future<Output = u8>>> {
        Box::pin(later(self.cell.borrow()[0]))
    }

    #[memprof::track("argument in box")]
    fn argument_in_box(cell: RefCell<Vec<u8>>) -> Pin<Box<dyn Future<Output = u8>>> {
        Box::pin(later(cell.borrow()[0]))
    }

    #[memprof::track]
    #[track_caller]
    #[allow(clippy::unused_self)]
    fn located(&self) -> impl Future<Output = &'static Location<'static>> + use<> {
        let location = Location::caller();
        async move { location }
    }

    #[memprof::track]
    #[allow(clippy::manual_async_fn)]
    fn exclusive(&mut self) -> impl Future<Output = &mut Vec<u8>> + Send + '_ {
        async move { self.cell.get_mut() }
    }

    #[memprof::track]
    fn exclusive_in_box<'a>(
        &'a mut self,
        other: &'a mut Vec<u8>,
    ) -> Pin<Box<dyn Future<Output = &'a mut Vec<u8>> + Send + 'a>> {
        Box::pin(async move {
            other.push(self.cell.get_mut()[0]);
            other
        })
    }
}

#[test]
fn borrows() {
    let shared = || Shared {
        cell: RefCell::new(vec![7]),
    };
    let (mut one, mut list) = (shared(), Vec::new());
    assert_eq!(block_on(one.borrowed()), 7);
    assert_eq!(block_on(one.borrowed_in_box()), 7);
    assert_eq!(block_on(one.located()).line(), line!());
    assert_eq!(block_on(one.exclusive()), &[7]);
    assert_eq!(block_on(one.exclusive_in_box(&mut list)), &[7]);
    assert_eq!(block_on(one.owned_in_box()), 7);
    let cell = shared().cell;
    assert_eq!(block_on(Shared::argument_in_box(cell)), 7);
    // An owned argument is freed in the function.
    assert_eq!(figures("argument in box").deallocated, 1);
}

/// Pieces of code that a macro is given and passes on.
macro_rules! made {
    ($name:ident, $ty:ty, $body:block, $number:expr) => {
        #[memprof::track]
        fn $name(number: u8) -> $ty {
            let _ = number + $number;
            $body
        }
    };
    ($name:ident: $ty:ty) => {
        #[memprof::track]
        fn $name(number: u8) -> Pin<Box<dyn Future<Output = $ty>>> {
            Box::pin(async move { <$ty>::from(number) })
        }
    };
}

made!(made_block, impl Future<Output = u8>, { later(2) }, (1));
made!(
    made_box,
    Pin<Box<dyn Future<Output = u8>>>,
    { Box::pin(later(2)) },
    (1)
);
made!(made_type: u32);

macro_rules! number {
    ($number:expr) => {
        async move { $number }
    };
}

#[memprof::track]
fn macro_call(number: u8) -> impl Future<Output = u8> {
    number!(number)
}

#[memprof::track]
fn macro_block(number: u8) -> impl Future<Output = u8> {
    #![allow(unused_variables)]
    let unused = 1;
    number! { number }
}

#[memprof::track]
fn macro_in_box(number: u8) -> Pin<Box<dyn Future<Output = u8>>> {
    Box::pin(number!(number))
}

#[memprof::track]
fn allowed(number: u8) -> impl Future<Output = u8> {
    #[allow(unused_variables)]
    {
        let unused = 1;
        later(number)
    }
}

#[memprof::track]
fn called<F, R>(make: F) -> impl Future<Output = u8>
where
    F: FnOnce(u8) -> R,
    R: Future<Output = u8>,
{
    make(1)
}

#[memprof::track]
#[allow(clippy::manual_async_fn)]
fn returns_within(number: u8) -> impl Future<Output = u8> {
    async move {
        let at_most = |most: u8| {
            if number > most {
                return most;
            }
            number
        };
        if number > 9 {
            return 9;
        }
        at_most(5)
    }
}

#[memprof::track]
fn opaque_in_box(number: u8) -> Pin<Box<impl Future<Output = u8>>> {
    Box::pin(async move { later(number).await })
}

#[memprof::track]
fn no_output() -> impl Future {
    pause()
}

#[memprof::track]
fn closure_in_future(number: u8) -> impl Future<Output = u8> + Unpin {
    std::future::poll_fn(move |context| {
        context.waker().wake_by_ref();
        std::task::Poll::Ready(number)
    })
}

#[test]
fn out_of_macros_and_around() {
    assert_eq!(block_on(made_block(1)) + block_on(made_box(1)), 4);
    assert_eq!(block_on(made_type(1)), 1_u32);
    let sum = block_on(macro_call(1)) + block_on(macro_block(2)) + block_on(macro_in_box(3));
    assert_eq!(sum, 6);
    assert_eq!(block_on(allowed(1)) + block_on(called(later)), 2);
    assert_eq!(block_on(returns_within(7)), 5);
    assert_eq!(
        block_on(opaque_in_box(1)) + block_on(closure_in_future(2)),
        3
    );
    block_on(no_output());
}

/// The way of `tower`: the future's type has a name, and that name says nothing.
trait Service {
    type Future: Future<Output = u8>;

    fn call(&mut self, number: u8) -> Self::Future;
}

impl Service for u8 {
    type Future = Pin<Box<dyn Future<Output = u8> + Send>>;

    #[memprof::track("service")]
    fn call(&mut self, number: u8) -> Self::Future {
        let sum = *self + number;
        Box::pin(async move { u8::try_from(crate::buffer(100).len()).unwrap_or(0) + sum })
    }
}

impl Service for u16 {
    type Future = std::future::Ready<u8>;

    #[memprof::track]
    fn call(&mut self, number: u8) -> Self::Future {
        std::future::ready(number)
    }
}

#[test]
fn services() {
    assert_eq!(block_on(2_u8.call(3)) + block_on(2_u16.call(3)), 8);
    let row = figures("service");
    assert_eq!((row.calls, row.deallocated), (1, 100));
}
