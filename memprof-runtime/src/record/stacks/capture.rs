//! Captures the calling thread's stack: by frame pointers where they hold, else by the platform's unwinder.
//!
//! Frame pointers are a chain on the stack: each frame's has the caller's, and beside it the address that the
//! call returns to. The chain is whole only if all code was built so (`-C force-frame-pointers=yes`), which
//! the first stacks find out: they are captured both ways, and if the results ever differ it is the unwinder
//! from then on. A function of other code without frame pointers (C's `qsort`) cuts the chain short.
//!
//! The walk reads nothing but the thread's own stack, above where it is. The unwinder may allocate or take
//! locks of the system, so it runs in a pause.

use crate::os;
use crate::record::pause::Pause;
use crate::record::thread::Thread;
use std::mem::MaybeUninit;
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

/// Return addresses, the innermost first; `CUT` is the last where there were more.
pub(super) type Captured<'a> = &'a [usize];

/// The most frames that a user may want.
const MOST_FRAMES: usize = 256;
/// Frames of memprof and of the allocator's interface that lie above the user's; cut off in the report.
const OWN_FRAMES: usize = if cfg!(debug_assertions) { 26 } else { 8 };
/// The unwinder's beside these.
const UNWINDER_FRAMES: usize = 6;
/// One more, to know whether there are more.
const ROOM: usize = MOST_FRAMES + OWN_FRAMES + UNWINDER_FRAMES + 1;
/// Stands for the callers that are not kept; no call returns there.
pub(super) const CUT: usize = 0;

type Room = [MaybeUninit<usize>; ROOM];

/// So many first stacks are captured both ways.
const CHECKS: u32 = 8;
/// How many checks passed; `DISTRUSTED` when one failed.
static CHECKED: AtomicU32 = AtomicU32::new(0);
const DISTRUSTED: u32 = u32::MAX;
/// Frames that the two ways must have in common.
const COMMON: usize = 4;
/// How many frames at a thread's beginning, of the system's code, may differ.
const BEGINNING: usize = 3;

/// Captures at most `depth` frames beside memprof's own and gives them to `with`.
#[inline(never)]
pub(super) fn capture<R>(thread: &Thread, depth: usize, with: impl FnOnce(Captured<'_>) -> R) -> R {
    let mut room: Room = [const { MaybeUninit::uninit() }; ROOM];
    let most = depth.min(MOST_FRAMES) + OWN_FRAMES + 1;
    // Relaxed: a verdict that nothing else hangs on.
    let checked = CHECKED.load(Ordering::Relaxed);
    if checked != DISTRUSTED
        && let Some(bounds) = bounds(thread)
    {
        if checked < CHECKS {
            check(bounds);
        }
        if CHECKED.load(Ordering::Relaxed) != DISTRUSTED {
            return with(marked(walk(bounds, &mut room[..most]), most));
        }
    }
    let most = most + UNWINDER_FRAMES;
    with(marked(unwind(&mut room[..most]), most))
}

/// Marks a stack that took all of its room.
#[inline(always)]
fn marked(frames: &mut [usize], most: usize) -> Captured<'_> {
    if frames.len() == most
        && let Some(last) = frames.last_mut()
    {
        *last = CUT;
    }
    frames
}

/// Where the thread's stack lies, its lower and its upper end; `None` when that is not known, or the thread
/// is on another stack now (of a signal handler, of a coroutine).
#[inline(always)]
fn bounds(thread: &Thread) -> Option<(usize, usize)> {
    const UNKNOWN: u64 = 0;
    const NONE: u64 = u64::MAX;
    let sampler = &thread.sampler;
    if sampler.stack_high.get() == UNKNOWN {
        let _pause = Pause::new();
        let (low, high) =
            os::stack::limits().map_or((NONE, NONE), |(low, high)| (low as u64, high as u64));
        sampler.stack_low.set(low);
        sampler.stack_high.set(high);
    }
    let (low, high) = (sampler.stack_low.get(), sampler.stack_high.get());
    let here = std::ptr::from_ref(&high) as u64;
    (low <= here && here < high && high != NONE).then_some((here as usize, high as usize))
}

/// Follows the frame pointers between the bounds.
#[inline(always)]
fn walk((low, high): (usize, usize), room: &mut [MaybeUninit<usize>]) -> &mut [usize] {
    const WORD: usize = size_of::<usize>();
    let (mut frame, mut low) = (frame_pointer(), low);
    let mut length = 0;
    while length < room.len()
        && frame >= low
        && frame <= high.wrapping_sub(2 * WORD)
        && frame.is_multiple_of(WORD)
    {
        // SAFETY: both words lie on the thread's own stack, above where it is now, which is mapped; whatever
        // they hold is a number.
        let (caller, address) = unsafe {
            let frame = frame as *const usize;
            (frame.read_volatile(), frame.add(1).read_volatile())
        };
        if address == 0 {
            break;
        }
        room[length].write(address);
        length += 1;
        // Callers lie higher, so this ends.
        (low, frame) = (frame + 2 * WORD, caller);
    }
    // SAFETY: the first `length` are written.
    unsafe { std::slice::from_raw_parts_mut(room.as_mut_ptr().cast(), length) }
}

/// The register that holds the frame pointer, if the code is built so; any number else.
#[inline(always)]
fn frame_pointer() -> usize {
    #[allow(unused_mut, unused_assignments)]
    let mut pointer: usize = 0;
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    // SAFETY: reads a register.
    unsafe {
        std::arch::asm!("mov {}, rbp", out(reg) pointer, options(nomem, nostack, preserves_flags));
    }
    #[cfg(all(target_arch = "aarch64", not(miri)))]
    // SAFETY: reads a register.
    unsafe {
        std::arch::asm!("mov {}, x29", out(reg) pointer, options(nomem, nostack, preserves_flags));
    }
    pointer
}

/// Asks the platform's unwinder.
#[inline(never)]
fn unwind(room: &mut [MaybeUninit<usize>]) -> &mut [usize] {
    let _pause = Pause::new();
    let mut length = 0;
    let take = |frame: &backtrace::Frame| {
        let address = frame.ip() as usize;
        // Below the outermost function there may be one.
        if address == CUT {
            return false;
        }
        room[length].write(address);
        length += 1;
        length < room.len()
    };
    trace(take);
    // SAFETY: the first `length` are written.
    unsafe { std::slice::from_raw_parts_mut(room.as_mut_ptr().cast(), length) }
}

#[cfg(unix)]
fn trace(take: impl FnMut(&backtrace::Frame) -> bool) {
    // SAFETY: here the unwinder is the system's `_Unwind_Backtrace`, which any number of threads may call. The
    // lock that `trace` would take is of no use, and a signal handler could wait for it for ever.
    unsafe { backtrace::trace_unsynchronized(take) };
}

#[cfg(not(unix))]
fn trace(take: impl FnMut(&backtrace::Frame) -> bool) {
    backtrace::trace(take);
}

/// Compares both ways, below a function of the standard library that calls back into this crate, so that
/// code of both is on the stack.
#[cold]
#[inline(never)]
fn check(bounds: (usize, usize)) {
    let mut holds = false;
    Once::new().call_once(|| holds = agrees(bounds));
    let verdict = |checked| match checked {
        DISTRUSTED => None,
        _ if !holds => Some(DISTRUSTED),
        checked => Some(checked + 1),
    };
    // Relaxed: see `capture`. It declines when another thread has decided.
    let _ = CHECKED.fetch_update(Ordering::Relaxed, Ordering::Relaxed, verdict);
}

#[inline(never)]
fn agrees((_, high): (usize, usize)) -> bool {
    let mut room: Room = [const { MaybeUninit::uninit() }; ROOM];
    let here = std::ptr::from_ref(&room) as usize;
    let mut others: Room = [const { MaybeUninit::uninit() }; ROOM];
    let walked = &*walk((here, high), &mut room[..MOST_FRAMES]);
    let unwound = &*unwind(&mut others);
    let Some(first) = walked.first() else {
        return false;
    };
    // The unwinder also tells of itself and of this function.
    let Some(own) = unwound.iter().position(|address| address == first) else {
        return false;
    };
    let unwound = &unwound[own..];
    let common = walked
        .iter()
        .zip(unwound)
        .take_while(|(one, other)| one == other)
        .count();
    common >= COMMON && (common == walked.len() || common + BEGINNING >= unwound.len())
}

/// Whether frame pointers are followed. For tests.
pub fn follows_frame_pointers() -> bool {
    !matches!(CHECKED.load(Ordering::Relaxed), 0 | DISTRUSTED)
}
