//! The program that the library is linked into: it has the allocator and the reports.
#![deny(warnings)]

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("nothing here waits"),
    }
}

fn main() {
    let _ring = library::ring();
    let kept = (library::parse(10), now(library::fetch(20)));
    drop((library::limited(30), now(library::limited_future(40))));
    let report = memprof::snapshot();
    let figures = |name: &str| {
        let row = report.operation(name).expect(name);
        (row.calls, row.allocated_bytes, row.retained_bytes)
    };
    assert_eq!(figures("Parse"), (1, 10, Some(10)));
    assert_eq!(figures("buffer"), (1, 10, Some(10)));
    assert_eq!(figures("Fetch"), (1, 20, Some(20)));
    assert_eq!(figures("wait"), (1, 20, Some(20)));
    assert_eq!(figures("limited"), (1, 30, Some(0)));
    assert_eq!(figures("limited_future"), (1, 40, Some(0)));
    assert_eq!(report.process.external_bytes, Some(4096));
    drop(kept);
}
