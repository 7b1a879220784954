//! Threads that Rust did not start, and whose first event is an unusual one.
//!
//! What is promised: a first scope that allocates nothing, or a first event in the destructor of a pthread key,
//! is as good as any other: the peak keeps its stated error, later snapshots return, the figures are exact.
#![cfg(unix)]

use std::ffi::c_void;
use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};

/// Longer than any honest run; a deadlock ends by this.
const SECONDS: u32 = 60;
const BIG: u64 = 50 << 20;
/// What the harness may hold beside the tests.
const OTHERS: u64 = 1 << 20;
const THREADS: u64 = 3;

/// An allocation that the optimizer leaves in place.
fn buffer(bytes: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(bytes))
}

/// A bare thread of the system, in which nothing of Rust's allocates; returns when it has ended.
fn in_a_bare_thread(work: extern "C" fn(*mut c_void) -> *mut c_void, given: *mut c_void) {
    // SAFETY: a valid place, a function that takes and gives a pointer, and one join.
    unsafe {
        libc::alarm(SECONDS);
        let mut thread = std::mem::zeroed();
        let failed = libc::pthread_create(&mut thread, std::ptr::null(), work, given);
        assert_eq!(failed, 0);
        assert_eq!(libc::pthread_join(thread, std::ptr::null_mut()), 0);
    }
}

extern "C" fn empty_scope_then_a_big_block(_: *mut c_void) -> *mut c_void {
    drop(memprof::scope!("empty"));
    drop(buffer(BIG as usize));
    std::ptr::null_mut()
}

#[test]
fn a_peak_after_an_empty_scope() {
    alone!();
    in_a_bare_thread(empty_scope_then_a_big_block, std::ptr::null_mut());
    let report = memprof::snapshot();
    let (peak, error) = (
        report.process.peak_live_bytes,
        report.process.peak_error_bytes,
    );
    assert!(error < OTHERS, "{error}");
    assert!(peak + error >= BIG, "{peak} within {error}");
    assert!(peak <= BIG + error + OTHERS, "{peak} within {error}");
    let row = report.operation("empty").unwrap();
    assert_eq!((row.calls, row.open_calls, row.allocated_bytes), (1, 0, 0));
}

static KEY: AtomicU64 = AtomicU64::new(0);

/// The given block is freed first; nothing of the thread has been counted before.
extern "C" fn at_the_end(given: *mut c_void) {
    // SAFETY: the block was made by `Box::into_raw` and is given to one thread, whose key gives it here once.
    drop(unsafe { Box::from_raw(given.cast::<[u8; 100]>()) });
    let _scope = memprof::scope!("at the end");
    drop(buffer(30));
}

extern "C" fn sets_the_key(given: *mut c_void) -> *mut c_void {
    let key = KEY.load(Ordering::Relaxed) as libc::pthread_key_t;
    // SAFETY: the key was made and is never deleted.
    unsafe { libc::pthread_setspecific(key, given) };
    std::ptr::null_mut()
}

#[test]
fn a_first_event_in_a_key_destructor() {
    alone!();
    let mut key = 0;
    // SAFETY: a valid place, and a function that takes a pointer.
    let failed = unsafe { libc::pthread_key_create(&mut key, Some(at_the_end)) };
    assert_eq!(failed, 0);
    KEY.store(u64::from(key), Ordering::Relaxed);
    for number in 1..=THREADS {
        let given = {
            let _scope = memprof::scope!("makes at the end");
            Box::into_raw(black_box(Box::new([1_u8; 100])))
        };
        assert_eq!(
            memprof::snapshot()
                .operation("makes at the end")
                .unwrap()
                .retained_bytes,
            Some(100)
        );
        in_a_bare_thread(sets_the_key, given.cast());
        let report = memprof::snapshot();
        let row = report.operation("makes at the end").unwrap();
        assert_eq!((row.calls, row.retained_bytes), (number, Some(0)));
        let row = report.operation("at the end").unwrap();
        assert_eq!((row.calls, row.open_calls), (number, 0));
        assert_eq!(
            (row.allocated_bytes, row.deallocated_bytes),
            (30 * number, 30 * number)
        );
        assert_eq!((row.peak_bytes, row.retained_bytes), (30, Some(0)));
        // Outside of any other operation, in which the thread never was.
        assert_eq!(report.path(&["at the end"]).unwrap().calls, number);
    }
}
