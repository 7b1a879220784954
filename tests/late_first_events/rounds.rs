//! The check. Thread keys with rounds of destructors are those of Unix.

use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

/// That each destructor is called in, at least (POSIX: `PTHREAD_DESTRUCTOR_ITERATIONS`).
const ROUNDS: usize = 4;
const THREADS: u64 = 40;

static KEY: AtomicU64 = AtomicU64::new(0);
static ALLOCATING_ROUND: AtomicU32 = AtomicU32::new(0);

fn make_key() -> libc::pthread_key_t {
    let mut key = 0;
    // SAFETY: a place for the key, and a function of this program.
    let status = unsafe { libc::pthread_key_create(&mut key, Some(destroy)) };
    assert_eq!(status, 0);
    key
}

/// Of the threads. Nothing of Rust's library runs on them, which would allocate.
extern "C" fn idle(_: *mut c_void) -> *mut c_void {
    set_round(1);
    null_mut()
}

fn set_round(round: usize) {
    let key = KEY.load(Ordering::Relaxed) as libc::pthread_key_t;
    // SAFETY: made by `make_key`; the value is only a number.
    unsafe { libc::pthread_setspecific(key, round as *const c_void) };
}

/// Called once a round.
extern "C" fn destroy(round: *mut c_void) {
    let round = round.addr();
    if round == ALLOCATING_ROUND.load(Ordering::Relaxed) as usize {
        drop(std::hint::black_box(vec![0_u8; 1_000]));
    }
    if round < ROUNDS {
        set_round(round + 1);
    }
}

/// Threads one after the other, so that each lies where the one before it was.
fn run_threads(key: libc::pthread_key_t, round: usize) {
    KEY.store(u64::from(key), Ordering::Relaxed);
    ALLOCATING_ROUND.store(round as u32, Ordering::Relaxed);
    for _ in 0..THREADS {
        // SAFETY: attributes for the stack alone, which is unmapped with its thread since it is larger than what the system keeps.
        unsafe {
            let mut attributes = std::mem::zeroed();
            libc::pthread_attr_init(&mut attributes);
            libc::pthread_attr_setstacksize(&mut attributes, 128 << 20);
            let mut thread = std::mem::zeroed();
            let status = libc::pthread_create(&mut thread, &attributes, idle, null_mut());
            assert_eq!(status, 0);
            libc::pthread_join(thread, null_mut());
            libc::pthread_attr_destroy(&mut attributes);
        }
    }
}

#[memprof::track]
fn peak(bytes: usize) -> usize {
    std::hint::black_box(vec![1_u8; bytes]).len()
}

pub(crate) fn main() {
    crate::alone::run(
        "in_each_round_it_is_counted_and_the_thread_is_forgotten",
        in_each_round_it_is_counted_and_the_thread_is_forgotten,
    );
}

fn in_each_round_it_is_counted_and_the_thread_is_forgotten() {
    let older = make_key();
    peak(1);
    let newer: [_; 40] = std::array::from_fn(|_| make_key());
    let mut bytes = 1_000_000;
    for key in [older, newer[0], newer[39]] {
        for round in 1..=ROUNDS {
            let before = memprof::snapshot().process;
            run_threads(key, round);
            // A new peak, for whose composition each thread is asked.
            bytes += 1_000_000;
            peak(bytes);
            let after = memprof::snapshot().process;
            let allocated = after.allocated_bytes - before.allocated_bytes;
            assert_eq!(
                (after.allocations - before.allocations, allocated),
                (THREADS + 1, THREADS * 1_000 + bytes as u64),
                "key {key}, round {round}"
            );
            assert_eq!(after.live_bytes, before.live_bytes);
        }
    }
}
