//! A fork handler that comes after memprof's may be tracked too.
//!
//! What is promised: a handler that was registered before memprof's first event, and so runs when memprof has
//! already prepared itself for the fork, may enter an operation that was never entered: the fork does not hang,
//! and both processes count on.
#![cfg(unix)]

use std::hint::black_box;
use std::panic::catch_unwind;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Longer than any honest run; a deadlock ends by this.
const SECONDS: u32 = 60;

static IS_REGISTERED: AtomicBool = AtomicBool::new(false);
static PREPARED: AtomicU64 = AtomicU64::new(0);

/// Before `main`, thus before anything of Rust's allocates.
#[used]
#[cfg_attr(
    target_vendor = "apple",
    unsafe(link_section = "__DATA,__mod_init_func")
)]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".init_array"))]
static AT_START: extern "C" fn() = at_start;

extern "C" fn at_start() {
    // SAFETY: a function without arguments that does not unwind.
    let failed = unsafe { libc::pthread_atfork(Some(prepare), None, None) };
    IS_REGISTERED.store(failed == 0, Ordering::Relaxed);
}

/// Handlers of this kind run in the reverse order of their registration: this one last.
extern "C" fn prepare() {
    PREPARED.fetch_add(1, Ordering::Relaxed);
    let _scope = memprof::scope!("prepares");
    drop(black_box(Vec::<u8>::with_capacity(10)));
}

/// Calls, open calls, allocated bytes and peak of what goes on after a fork.
fn goes_on() -> [u64; 4] {
    {
        let _scope = memprof::scope!("goes on");
        drop(black_box(Vec::<u8>::with_capacity(100)));
    }
    let report = memprof::snapshot();
    let row = report.operation("goes on").unwrap();
    [
        row.calls,
        row.open_calls,
        row.allocated_bytes,
        row.peak_bytes,
    ]
}

#[test]
fn a_new_path_in_a_prepare_handler() {
    alone!();
    assert!(IS_REGISTERED.load(Ordering::Relaxed));
    for round in 1..=3 {
        // SAFETY: the child uses the allocator and memprof, which is what is tested, and ends by `_exit`.
        let status = unsafe {
            libc::alarm(SECONDS);
            match libc::fork() {
                -1 => panic!("no process left"),
                0 => {
                    // Of its own, for alarms are not inherited.
                    libc::alarm(SECONDS);
                    // What its parent did before is none of its own.
                    let is_well =
                        catch_unwind(goes_on).is_ok_and(|figures| figures == [1, 0, 100, 100]);
                    libc::_exit(i32::from(!is_well));
                }
                child => {
                    let mut status = -1;
                    assert_eq!(libc::waitpid(child, &mut status, 0), child);
                    status
                }
            }
        };
        assert_eq!(status, 0, "fork {round}");
        assert_eq!(PREPARED.load(Ordering::Relaxed), round);
        assert_eq!(goes_on(), [round, 0, 100 * round, 100]);
    }
    // SAFETY: takes the request back.
    unsafe { libc::alarm(0) };
}
