//! The call of an operation that is polled: what its polls did so far, wherever each of them ran.

use super::frames::POLL;
use super::own::current;
use super::registry;
use super::scope::{NOTHING, Passed, enter_poll, leave_poll};
use super::site::Site;
use super::thread::{ThisThread, Thread};
use std::fmt::Debug;
use std::sync::atomic::{AtomicPtr, Ordering};

/// One call of a future, stream or span.
///
/// PERF: 40 bytes and what `B` takes, since each level of nested futures carries one.
#[derive(Debug)]
pub struct Call<B: Begin> {
    site: KnownSite,
    figures: Figures,
    /// The path of the first poll and how far the call is.
    stage: Stage,
    /// While the future is being polled or dropped: the lower half of the open frame's serial.
    low_serial: u32,
    beginning: B,
}

/// The lower half of no frame's serial.
const NOT_ENTERED: u32 = NOTHING as u32;

/// What the polls of a call did so far.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Figures {
    pub(super) allocated_bytes: u64,
    /// Net; may be negative.
    pub(super) held_bytes: i64,
    pub(super) peak_bytes: u64,
}

/// Where a call begins.
pub trait Begin: Debug {
    /// Begins `call`, in whose first poll (or drop, before any) `thread` is.
    #[doc(hidden)]
    fn begin(call: &mut Call<Self>, step: Step<'_>)
    where
        Self: Sized;

    /// Whether a call that is never polled is one.
    #[doc(hidden)]
    const COUNTS_UNPOLLED: bool;
}

/// The entry that begins a call.
pub struct Step<'a> {
    pub(super) thread: &'a Thread,
    pub(super) serial: u64,
}

/// A call that begins with its first poll.
#[derive(Debug, Clone, Copy, Default)]
pub struct Fresh;

impl Begin for Fresh {
    const COUNTS_UNPOLLED: bool = false;

    fn begin(call: &mut Call<Self>, step: Step<'_>) {
        call.stage = step
            .thread
            .begin_call(step.serial)
            .map_or(Stage::DONE, Stage);
    }
}

/// A site whose address is odd until the call has begun.
///
/// PERF: comparing it with the site that was entered last also tells whether the call has begun.
#[derive(Debug)]
struct KnownSite(AtomicPtr<Site>);

const NOT_BEGUN: usize = 1;
const _: () = assert!(align_of::<Site>() > NOT_BEGUN);

impl KnownSite {
    fn not_begun(site: &'static Site) -> Self {
        let odd = std::ptr::from_ref(site).map_addr(|address| address | NOT_BEGUN);
        Self(AtomicPtr::new(odd.cast_mut()))
    }

    fn begin(&mut self) {
        *self.0.get_mut() = std::ptr::from_ref(self.get()).cast_mut();
    }

    /// Relaxed: it changes under `&mut` alone.
    #[cfg_attr(optimised, inline(always))]
    fn known(&self) -> *const Site {
        self.0.load(Ordering::Relaxed)
    }

    fn get(&self) -> &'static Site {
        // SAFETY: made of such a reference.
        unsafe { &*self.known().map_addr(|address| address & !NOT_BEGUN) }
    }
}

#[derive(Debug, Clone, Copy)]
struct Stage(u32);

impl Stage {
    const NEVER_POLLED: Self = Self(u32::MAX);
    const DONE: Self = Self(u32::MAX - 1);
}

impl<B: Begin> Call<B> {
    pub(super) fn new(site: &'static Site, beginning: B) -> Self {
        Self {
            site: KnownSite::not_begun(site),
            figures: Figures::default(),
            stage: Stage::NEVER_POLLED,
            low_serial: NOT_ENTERED,
            beginning,
        }
    }

    pub(super) fn site(&self) -> &'static Site {
        self.site.get()
    }

    /// What the site of a begun call is entered by; before, what no site is.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn known_site(&self) -> *const Site {
        self.site.known()
    }

    pub(super) fn beginning(&mut self) -> &mut B {
        &mut self.beginning
    }

    #[cfg_attr(optimised, inline(always))]
    pub(super) fn is_begun(&self) -> bool {
        self.stage.0 != Stage::NEVER_POLLED.0
    }

    #[cfg_attr(optimised, inline(always))]
    pub(super) fn low_serial(&self) -> u32 {
        self.low_serial
    }

    /// A frame was opened for the call.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn opened(&mut self, serial: u64) {
        self.low_serial = serial as u32;
    }

    /// Enters for a poll that is not like the last one; the first one begins the call.
    #[cold]
    #[inline(never)]
    pub(super) fn enter_cold(&mut self, thread: &Thread) {
        let serial = thread.enter_cold::<POLL>(self.site());
        self.opened(serial);
        if !self.is_begun() {
            B::begin(self, Step { thread, serial });
            if self.is_begun() {
                self.site.begin();
            }
        }
    }

    /// Goes on with a call that `figures` tell of, which began on `path`; with one that is counted already,
    /// or not at all, when there is none.
    pub(super) fn go_on(&mut self, begun: Option<(u32, Figures)>) {
        self.stage = Stage::DONE;
        if let Some((path, figures)) = begun {
            self.stage = Stage(path);
            self.figures = figures;
        }
    }

    /// Enters for a poll; the first one begins the call.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn poll(&mut self) -> Polling<'_, B> {
        let thread = current(std::ptr::from_ref);
        // SAFETY: just found.
        unsafe { enter_poll(self, thread) };
        Polling {
            call: self,
            thread: thread.cast(),
        }
    }

    /// Enters for the drop of the future; `Drop` leaves.
    pub(super) fn enter_for_drop(&mut self) {
        current(|thread| {
            if B::COUNTS_UNPOLLED && !self.is_begun() {
                self.enter_cold(thread);
            } else {
                self.opened(thread.enter::<POLL>(self.site()));
            }
        });
    }

    /// Ends a poll in which something was allocated or freed, or whose frame is not the top one.
    #[inline(never)]
    pub(super) fn leave_busy(&mut self, thread: &Thread) {
        if self.low_serial != NOT_ENTERED {
            let passed = thread.leave(thread.serial_ending_in(self.low_serial));
            self.low_serial = NOT_ENTERED;
            self.add(passed);
        }
    }

    fn add(&mut self, passed: Passed) {
        self.figures.add(passed);
    }

    /// The call is over.
    #[cold]
    #[inline(never)]
    pub(super) fn finish(&mut self) {
        let path = self.stage.0;
        if path < Stage::DONE.0 {
            self.stage = Stage::DONE;
            let figures = &self.figures;
            current(|thread| {
                registry::finish_call(thread, path, figures.allocated_bytes, figures.peak_bytes);
            });
        }
    }
}

impl Figures {
    pub(super) fn add(&mut self, passed: Passed) {
        let peak = self.held_bytes.saturating_add_unsigned(passed.peak_bytes);
        self.peak_bytes = self.peak_bytes.max(u64::try_from(peak).unwrap_or(0));
        self.held_bytes = self.held_bytes.wrapping_add(passed.net_bytes);
        self.allocated_bytes = self.allocated_bytes.wrapping_add(passed.allocated_bytes);
    }
}

impl<B: Begin> Drop for Call<B> {
    fn drop(&mut self) {
        // `enter_for_drop` entered, and the future has been dropped since.
        current(|thread| self.leave_busy(thread));
        self.finish();
    }
}

/// A poll that is going on; ends when dropped, also by a panic.
pub(super) struct Polling<'a, B: Begin> {
    call: &'a mut Call<B>,
    /// The words of the thread that polls; a poll does not leave it.
    thread: *const ThisThread,
}

impl<B: Begin> Polling<'_, B> {
    /// Ends the poll, and with `is_last` the call.
    #[cfg_attr(optimised, inline(always))]
    pub(super) fn end(self, is_last: bool) {
        // SAFETY: found by `poll` on this very thread (see the field).
        unsafe { leave_poll(self.call, self.thread.cast()) };
        if is_last {
            self.call.finish();
        }
        std::mem::forget(self);
    }
}

impl<B: Begin> Drop for Polling<'_, B> {
    fn drop(&mut self) {
        // SAFETY: as above.
        unsafe { leave_poll(self.call, self.thread.cast()) };
    }
}
