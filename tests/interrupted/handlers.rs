//! What the signal handlers do.

use std::alloc::{Layout, alloc, dealloc};
use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::sync::atomic::{AtomicPtr, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Waker};

pub(super) const ALL: [(&str, fn()); 5] = [
    ("tracked calls", || nested()),
    ("an allocation", || use_block()),
    ("reallocations", || reallocate()),
    ("a tracked future", poll),
    ("blocks that outlive the handler", || keep()),
];

static CURRENT: AtomicUsize = AtomicUsize::new(0);
static COUNTED: AtomicU64 = AtomicU64::new(0);

pub(super) fn set(handler: fn()) {
    CURRENT.store(handler as usize, Relaxed);
}

pub(super) fn current() -> fn() {
    // SAFETY: `set` stored such a function.
    unsafe { std::mem::transmute::<usize, fn()>(CURRENT.load(Relaxed)) }
}

/// How often the tracked functions below were called.
pub(super) static CALLS: AtomicU64 = AtomicU64::new(0);

#[memprof::track("Handle")]
fn count() {
    CALLS.fetch_add(1, Relaxed);
    COUNTED.fetch_add(1, Relaxed);
}

#[memprof::track("Handle")]
fn allocate() {
    CALLS.fetch_add(1, Relaxed);
    use_block();
}

#[memprof::track("Handle")]
fn nested() {
    CALLS.fetch_add(1, Relaxed);
    allocate();
    count();
}

fn layout() -> Layout {
    Layout::new::<[u8; 24]>()
}

fn use_block() {
    // SAFETY: the size is not zero, and the block is freed once with its layout.
    unsafe {
        let block = alloc(layout());
        black_box(block);
        dealloc(block, layout());
    }
}

/// Keeps a block until the next signal.
#[memprof::track("Handle")]
fn keep() {
    static KEPT: AtomicPtr<u8> = AtomicPtr::new(std::ptr::null_mut());
    CALLS.fetch_add(1, Relaxed);
    // SAFETY: as above.
    unsafe {
        let before = KEPT.swap(alloc(layout()), Relaxed);
        if !before.is_null() {
            dealloc(before, layout());
        }
    }
}

#[memprof::track("Handle")]
fn reallocate() {
    CALLS.fetch_add(1, Relaxed);
    let mut grown = Vec::with_capacity(10);
    grown.extend_from_slice(black_box(&[1_u8; 30]));
    grown.truncate(2);
    grown.shrink_to_fit();
}

fn poll() {
    let polled = pin!(future()).poll(&mut Context::from_waker(Waker::noop()));
    assert!(polled.is_ready());
}

#[memprof::track("Handle")]
async fn future() {
    CALLS.fetch_add(1, Relaxed);
    use_block();
}
