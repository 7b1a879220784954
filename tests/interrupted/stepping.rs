//! A signal after each instruction.

use std::arch::asm;

/// Has `handler` called after each instruction while the trap flag is set, and when the timer is up. The system clears the
/// flag for the handler and sets it again after it.
pub(super) fn install(handler: extern "C" fn(i32)) {
    // SAFETY: the handler is a function of this program; the rest of the structure may be zero.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler as usize;
        for signal in [libc::SIGTRAP, libc::SIGALRM] {
            assert_eq!(libc::sigaction(signal, &action, std::ptr::null_mut()), 0);
        }
    }
}

pub(super) fn begin() {
    // SAFETY: sets the trap flag and nothing else.
    unsafe { asm!("pushfq", "or qword ptr [rsp], 0x100", "popfq") };
}

pub(super) fn end() {
    // SAFETY: clears it.
    unsafe { asm!("pushfq", "and qword ptr [rsp], ~0x100", "popfq") };
}

/// Interrupts `work` at each of its instructions.
pub(super) fn step(work: impl FnOnce()) {
    begin();
    work();
    end();
}

/// Interrupts `work`, in which memprof works for itself and which is long, every now and then.
pub(super) fn interrupt_often(work: impl FnOnce()) {
    every(libc::timeval {
        tv_sec: 0,
        tv_usec: 50,
    });
    work();
    every(libc::timeval {
        tv_sec: 0,
        tv_usec: 0,
    });
}

fn every(interval: libc::timeval) {
    let timer = libc::itimerval {
        it_interval: interval,
        it_value: interval,
    };
    // SAFETY: both structures are as the system wants them.
    assert_eq!(0, unsafe {
        libc::setitimer(libc::ITIMER_REAL, &timer, std::ptr::null_mut())
    });
}
