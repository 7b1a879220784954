//! The checks, with the threads and keys of the system.

use std::cell::RefCell;
use std::ffi::c_void;
use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};

/// An allocation that the optimizer leaves in place.
fn buffer(bytes: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(bytes))
}

pub(crate) fn check() {
    warm_up();
    destructors_of_rust();
    tracked_in_a_destructor();
    before_the_first_event();
    in_every_round_of_pthread_keys();
    tracked_in_every_round();
    a_block_outlives_its_thread();
}

/// Allocations, allocated, deallocations, deallocated, live bytes of the process.
fn totals() -> [u64; 5] {
    let report = memprof::snapshot();
    let process = &report.process;
    let owned: u64 = report
        .paths
        .iter()
        .map(|row| row.retained_bytes.unwrap())
        .sum();
    assert_eq!(owned, process.live_bytes);
    [
        process.allocations,
        process.allocated_bytes,
        process.deallocations,
        process.deallocated_bytes,
        process.live_bytes,
    ]
}

/// What the process did while `work` ran.
fn passed(work: impl FnOnce()) -> [u64; 5] {
    let before = totals();
    work();
    let mut now = totals();
    for (now, before) in now.iter_mut().zip(before) {
        *now = now.wrapping_sub(before);
    }
    now
}

/// A bare thread of the system, in which nothing of Rust's allocates; returns when it has ended.
fn in_a_bare_thread(work: extern "C" fn(*mut c_void) -> *mut c_void) {
    // SAFETY: a valid place, a function that takes and gives a pointer, and one join.
    unsafe {
        let mut thread = std::mem::zeroed();
        let failed =
            libc::pthread_create(&mut thread, std::ptr::null(), work, std::ptr::null_mut());
        assert_eq!(failed, 0);
        assert_eq!(libc::pthread_join(thread, std::ptr::null_mut()), 0);
    }
}

fn warm_up() {
    in_a_bare_thread(does_nothing);
    std::thread::spawn(|| drop(buffer(1))).join().unwrap();
    drop(memprof::snapshot());
}

extern "C" fn does_nothing(_: *mut c_void) -> *mut c_void {
    std::ptr::null_mut()
}

/// Frees what it holds when its thread ends, and allocates anew, one block for each byte of it.
struct Busy(RefCell<Vec<u8>>);

impl Drop for Busy {
    fn drop(&mut self) {
        for bytes in 1..=self.0.get_mut().capacity() {
            drop(buffer(bytes));
        }
    }
}

thread_local! {
    static FIRST: Busy = const { Busy(RefCell::new(Vec::new())) };
    static SECOND: Busy = const { Busy(RefCell::new(Vec::new())) };
    static THIRD: Busy = const { Busy(RefCell::new(Vec::new())) };
}

/// Several, which are filled in the middle of the thread's work.
fn destructors_of_rust() {
    let work = |bytes: [usize; 3]| {
        move || {
            std::thread::spawn(move || {
                FIRST.with(|_| ());
                drop(buffer(40));
                SECOND.with(|second| *second.0.borrow_mut() = buffer(bytes[1]));
                drop(buffer(2));
                THIRD.with(|third| *third.0.borrow_mut() = buffer(bytes[2]));
                FIRST.with(|first| *first.0.borrow_mut() = buffer(bytes[0]));
            })
            .join()
            .unwrap();
        }
    };
    let none = passed(work([0, 0, 0]));
    assert_eq!(none, passed(work([0, 0, 0])));
    let some = passed(work([10, 20, 100]));
    let blocks = 3 + 10 + 20 + 100;
    let bytes = (10 + 55) + (20 + 210) + (100 + 5_050);
    assert_eq!(some[0] - none[0], blocks);
    assert_eq!(some[1] - none[1], bytes);
    assert_eq!(some[2] - none[2], blocks);
    assert_eq!(some[3] - none[3], bytes);
    assert_eq!(some[4], 0);
}

#[memprof::track("at the end")]
fn at_the_end() {
    let _held = buffer(300);
    let _scope = memprof::scope!("at the end: inner");
    drop(buffer(11));
}

struct Tracked;

impl Drop for Tracked {
    fn drop(&mut self) {
        at_the_end();
    }
}

thread_local! {
    static TRACKED: Tracked = const { Tracked };
}

fn tracked_in_a_destructor() {
    for _ in 0..10 {
        std::thread::spawn(|| {
            TRACKED.with(|_| ());
            // Still open when the destructors run.
            std::mem::forget(memprof::scope!("left open"));
        })
        .join()
        .unwrap();
        std::thread::spawn(|| TRACKED.with(|_| ())).join().unwrap();
    }
    let report = memprof::snapshot();
    let row = report.operation("at the end").unwrap();
    assert_eq!((row.calls, row.open_calls), (20, 0));
    assert_eq!(
        (row.allocated_bytes, row.deallocated_bytes),
        (20 * 311, 20 * 311)
    );
    assert_eq!((row.peak_bytes, row.retained_bytes), (311, Some(0)));
    assert_eq!(report.path(&["at the end"]).unwrap().calls, 10);
    assert_eq!(report.path(&["left open", "at the end"]).unwrap().calls, 10);
    assert_eq!(report.operation("left open").unwrap().open_calls, 0);
}

/// The destructor is registered before anything is allocated, in one thread; in the other it is the only one
/// that ever allocates.
fn before_the_first_event() {
    let counted = passed(|| in_a_bare_thread(registers_first));
    assert_eq!(counted, [1 + 1 + 4, 70 + 4 + 10, 6, 84, 0]);
    let counted = passed(|| in_a_bare_thread(only_the_destructor));
    assert_eq!(counted, [2, 311, 2, 311, 0]);
}

extern "C" fn registers_first(_: *mut c_void) -> *mut c_void {
    FIRST.with(|_| ());
    drop(buffer(70));
    FIRST.with(|first| *first.0.borrow_mut() = buffer(4));
    std::ptr::null_mut()
}

extern "C" fn only_the_destructor(_: *mut c_void) -> *mut c_void {
    TRACKED.with(|_| ());
    std::ptr::null_mut()
}

static KEY: AtomicU64 = AtomicU64::new(0);
static ROUNDS: AtomicU64 = AtomicU64::new(0);
const MOST_ROUNDS: u64 = 4;

/// A key whose destructor comes again until the system's last round, after all of memprof's.
fn in_every_round_of_pthread_keys() {
    let mut key = 0;
    // SAFETY: a valid place, and a function that takes a pointer.
    let failed = unsafe { libc::pthread_key_create(&mut key, Some(at_each_round)) };
    assert_eq!(failed, 0);
    KEY.store(u64::from(key), Ordering::Relaxed);
    for expected in [MOST_ROUNDS, 2 * MOST_ROUNDS] {
        let counted = passed(|| in_a_bare_thread(sets_the_key));
        assert_eq!(ROUNDS.load(Ordering::Relaxed), expected);
        // 8 and then 90, 200 → 300 in each round.
        let blocks = 1 + 3 * MOST_ROUNDS;
        let bytes = 8 + 590 * MOST_ROUNDS;
        assert_eq!(counted, [blocks, bytes, blocks, bytes, 0]);
    }
}

extern "C" fn sets_the_key(_: *mut c_void) -> *mut c_void {
    drop(buffer(8));
    set_key();
    std::ptr::null_mut()
}

fn set_key() {
    let key = KEY.load(Ordering::Relaxed) as libc::pthread_key_t;
    // SAFETY: the key was made and is never deleted; its value is not followed.
    unsafe { libc::pthread_setspecific(key, std::ptr::without_provenance(1)) };
}

extern "C" fn at_each_round(_: *mut c_void) {
    let round = ROUNDS.fetch_add(1, Ordering::Relaxed) + 1;
    drop(buffer(90));
    let mut grows = buffer(200);
    grows.reserve_exact(300);
    drop(grows);
    if !round.is_multiple_of(MOST_ROUNDS) {
        set_key();
    }
}

static TRACKED_KEY: AtomicU64 = AtomicU64::new(0);
static TRACKED_ROUNDS: AtomicU64 = AtomicU64::new(0);

#[memprof::track("in a round")]
fn in_a_round() {
    drop(buffer(77));
}

extern "C" fn calls_at_each_round(_: *mut c_void) {
    in_a_round();
    let round = TRACKED_ROUNDS.fetch_add(1, Ordering::Relaxed) + 1;
    if !round.is_multiple_of(MOST_ROUNDS) {
        set_tracked_key(std::ptr::null_mut());
    }
}

extern "C" fn set_tracked_key(_: *mut c_void) -> *mut c_void {
    let key = TRACKED_KEY.load(Ordering::Relaxed) as libc::pthread_key_t;
    // SAFETY: the key was made and is never deleted; its value is not followed.
    unsafe { libc::pthread_setspecific(key, std::ptr::without_provenance(1)) };
    std::ptr::null_mut()
}

/// Each call is recorded, or the report says that it was not and why. What it allocates counts either way.
fn tracked_in_every_round() {
    const THREADS: u64 = 5;
    let mut key = 0;
    // SAFETY: a valid place, and a function that takes a pointer.
    let failed = unsafe { libc::pthread_key_create(&mut key, Some(calls_at_each_round)) };
    assert_eq!(failed, 0);
    TRACKED_KEY.store(u64::from(key), Ordering::Relaxed);
    let counted = passed(|| (0..THREADS).for_each(|_| in_a_bare_thread(set_tracked_key)));
    let calls = THREADS * MOST_ROUNDS;
    assert_eq!(counted, [calls, calls * 77, calls, calls * 77, 0]);

    let report = memprof::snapshot();
    let told = |code| {
        let warning = report
            .warnings
            .iter()
            .find(|warning| warning.code == code)?;
        let number = warning.message.split(' ').next()?;
        number.parse::<u64>().ok()
    };
    let row = report.operation("in a round").unwrap();
    assert_eq!(row.calls + told("entries-late").unwrap_or(0), calls);
    assert_eq!(row.allocated_bytes, row.calls * 77);
    assert_eq!(told("entries-lost"), None);
    // The first round is that of the end.
    if cfg!(all(target_os = "linux", target_env = "gnu")) {
        assert_eq!(row.calls, THREADS);
    }
}

static GIVEN: std::sync::Mutex<Vec<u8>> = std::sync::Mutex::new(Vec::new());

struct Gives;

impl Drop for Gives {
    fn drop(&mut self) {
        let _scope = memprof::scope!("gives");
        *GIVEN.lock().unwrap() = buffer(500);
    }
}

thread_local! {
    static GIVES: Gives = const { Gives };
}

/// What a destructor allocates may live on.
fn a_block_outlives_its_thread() {
    let counted = passed(|| in_a_bare_thread(gives));
    assert_eq!(counted, [1, 500, 0, 0, 500]);
    assert_eq!(
        memprof::snapshot()
            .operation("gives")
            .unwrap()
            .retained_bytes,
        Some(500)
    );
    *GIVEN.lock().unwrap() = Vec::new();
    assert_eq!(
        memprof::snapshot()
            .operation("gives")
            .unwrap()
            .retained_bytes,
        Some(0)
    );
}

extern "C" fn gives(_: *mut c_void) -> *mut c_void {
    GIVES.with(|_| ());
    std::ptr::null_mut()
}
