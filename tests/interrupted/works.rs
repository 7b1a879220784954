//! What is interrupted: both hot paths and every boundary.

use super::allocator;
use super::stepping::{begin, end, interrupt_often, step};
use std::ffi::c_void;
use std::future::Future;
use std::hint::black_box;
use std::pin::{Pin, pin};
use std::sync::OnceLock;
use std::task::{Context, Poll, Waker};

pub(super) struct Work {
    pub(super) name: &'static str,
    pub(super) run: fn(),
}

const fn work(name: &'static str, run: fn()) -> Work {
    Work { name, run }
}

pub(super) const ALL: [Work; 19] = [
    work("allocating and freeing", || step(allocate)),
    work("reallocating", || step(reallocate)),
    work("a zeroed block", || {
        step(|| drop(black_box(vec![0_u8; 100])))
    }),
    work("a tracked call", || step(idle)),
    work("a tracked call that allocates", || step(|| drop(busy()))),
    work("nested tracked calls", || step(|| drop(outer()))),
    work("a block that outlives its call", retain),
    work("polls of a tracked future", polls),
    work("a future that is dropped", drop_future),
    work("a context", context),
    work("a measurement", || {
        step(|| {
            black_box(memprof::measure(allocate));
        })
    }),
    work("folds", || step(fold)),
    work("scopes that are left in a wrong order", wrong_order),
    work("a call that tells its size", || step(|| sized(10))),
    work("many open scopes", || deep(14)),
    work("blocks of many origins", origins),
    work("a thread's first event", thread_begins),
    work("a thread's end", thread_ends),
    work("snapshots", snapshots),
];

fn allocate() {
    drop(black_box(Box::new([1_u8; 40])));
}

fn reallocate() {
    let mut grown = Vec::with_capacity(10);
    for byte in 0..12_u8 {
        grown.push(black_box(byte));
    }
    grown.truncate(3);
    grown.shrink_to_fit();
}

#[memprof::track("Idle")]
fn idle() {
    black_box(());
}

#[memprof::track("Busy")]
fn busy() -> Box<[u8; 50]> {
    allocate();
    black_box(Box::new([1; 50]))
}

#[memprof::track("Outer")]
fn outer() -> Box<[u8; 50]> {
    idle();
    allocate();
    let kept = busy();
    idle();
    kept
}

fn retain() {
    let mut kept = None;
    step(|| kept = Some(busy()));
    step(|| drop(kept));
}

#[memprof::track("Future")]
async fn future() -> usize {
    Twice { is_second: false }.await;
    let kept = Box::new([1_u8; 60]);
    Twice { is_second: false }.await;
    black_box(kept).len()
}

/// Ready when it is polled for the second time.
struct Twice {
    is_second: bool,
}

impl Future for Twice {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        match std::mem::replace(&mut self.is_second, true) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    }
}

fn polls() {
    step(|| {
        let mut future = pin!(future());
        let mut context = Context::from_waker(Waker::noop());
        while future.as_mut().poll(&mut context).is_pending() {}
    });
}

fn drop_future() {
    step(|| {
        let mut future = Box::pin(future());
        let mut context = Context::from_waker(Waker::noop());
        assert!(future.as_mut().poll(&mut context).is_pending());
        assert!(future.as_mut().poll(&mut context).is_pending());
        drop(future);
    });
}

fn context() {
    let context = carried();
    step(|| {
        let _attached = context.attach();
        allocate();
    });
}

#[memprof::track("Carried")]
fn carried() -> memprof::Context {
    memprof::Context::current()
}

/// More than a thread may go without a look, up and down.
fn fold() {
    let first = black_box(Vec::<u8>::with_capacity(70_000));
    let second = black_box(Vec::<u8>::with_capacity(70_000));
    drop(first);
    drop(second);
}

fn wrong_order() {
    step(|| {
        let first = memprof::scope!("First");
        let second = memprof::scope!("Second");
        allocate();
        drop(first);
        allocate();
        drop(second);
    });
}

#[memprof::track("Sized")]
fn sized(n: usize) {
    memprof::size(n);
    drop(black_box(vec![1_u8; n]));
}

/// The last calls come to where the stack of a thread's open scopes grows.
#[memprof::track("Deep")]
fn deep(depth: usize) {
    match depth {
        0 => step(|| deeper(3)),
        _ => deep(depth - 1),
    }
}

#[memprof::track("Deeper")]
fn deeper(depth: usize) {
    if depth > 0 {
        deeper(depth - 1);
    }
}

/// A path for each number, more than a thread has places for at its beginning.
fn path(number: u32) -> Vec<[u8; 30]> {
    #[memprof::track("One")]
    fn one(number: u32) -> Vec<[u8; 30]> {
        path(number)
    }
    #[memprof::track("Zero")]
    fn zero(number: u32) -> Vec<[u8; 30]> {
        path(number)
    }
    match (number / 2, number % 2) {
        (0, _) => vec![[1; 30]],
        (rest, 0) => zero(rest),
        (rest, _) => one(rest),
    }
}

/// Frees on a new thread what was made on many paths.
fn origins() {
    let mut made: Vec<_> = (0..72).map(path).collect();
    let last = made.split_off(62);
    on_a_bare_thread(Box::new(|| step(|| drop(last))));
}

/// Runs `work` on a thread of the system, about which neither memprof nor the standard library knows anything.
fn on_a_bare_thread(work: Box<dyn FnOnce() + Send>) {
    extern "C" fn run(work: *mut c_void) -> *mut c_void {
        // SAFETY: made below.
        let work = unsafe { Box::from_raw(work.cast::<Box<dyn FnOnce() + Send>>()) };
        work();
        std::ptr::null_mut()
    }
    let work = Box::into_raw(Box::new(work));
    // SAFETY: the thread takes the work over, and is joined.
    unsafe {
        let mut thread = std::mem::zeroed();
        let started = libc::pthread_create(&mut thread, std::ptr::null(), run, work.cast());
        assert_eq!(started, 0);
        assert_eq!(libc::pthread_join(thread, std::ptr::null_mut()), 0);
    }
}

fn thread_begins() {
    on_a_bare_thread(Box::new(|| step(idle)));
}

/// From the last thread-local destructor to a key's that was made after memprof's.
fn thread_ends() {
    struct Begin;
    impl Drop for Begin {
        fn drop(&mut self) {
            static KEY: OnceLock<libc::pthread_key_t> = OnceLock::new();
            extern "C" fn finish(_: *mut c_void) {
                end();
            }
            let key = *KEY.get_or_init(|| {
                let mut key = 0;
                // SAFETY: `key` is a valid place.
                assert_eq!(0, unsafe {
                    libc::pthread_key_create(&mut key, Some(finish))
                });
                key
            });
            // SAFETY: the key was made above; the value only has to be something.
            assert_eq!(0, unsafe {
                libc::pthread_setspecific(key, std::ptr::dangling())
            });
            begin();
        }
    }
    thread_local!(static LAST: Begin = const { Begin });
    on_a_bare_thread(Box::new(|| LAST.with(|_| ())));
}

fn snapshots() {
    interrupt_often(|| (0..100).for_each(|_| allocator::of_memprof(|| drop(memprof::snapshot()))));
}
