//! A handover lets a function and the future that it returns be one call.
//!
//! The function runs, leaves, and the future is polled later, perhaps on another thread. What the function
//! did is left in a cell that both know; whoever of the two comes second gives the cell back. What a future
//! does while its function still runs is part of what the function did, and no more than that: its own call
//! begins after.

use super::call::{Begin, Call, Figures, Step};
use super::frames::POLL;
use super::future::Rest;
use super::memory::{give_back, take_zeroed};
use super::own::current;
use super::registry;
use super::site::Site;
use super::thread::{ThisThread, Thread};
use std::cell::{Cell as StdCell, UnsafeCell};
use std::future::Future;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, Ordering};

/// Neither side has come yet; all-zero, as a fresh cell is.
const OPEN: u32 = 0;
/// One side has been here and left.
const LEFT: u32 = 1;

/// What the function leaves for its future.
struct Cell {
    state: AtomicU32,
    path: UnsafeCell<u32>,
    figures: UnsafeCell<Figures>,
}

/// The future's end of a handover.
#[derive(Debug)]
pub struct Handover {
    cell: Option<NonNull<Cell>>,
}

// SAFETY: the cell is reached through its atomic state: what the function's side writes, the future's side
// reads only after it has seen the state change.
unsafe impl Send for Handover {}
// SAFETY: as above; and nothing is reachable through a shared reference.
unsafe impl Sync for Handover {}
// A panic of the future leaves the cell as it was.
impl UnwindSafe for Handover {}
impl RefUnwindSafe for Handover {}

/// Ends the synchronous part of a function that returns a future.
///
/// It stays on its thread (`!Send`), as `Guard` does.
#[must_use]
#[derive(Debug)]
pub struct Opening {
    thread: *const ThisThread,
    serial: u64,
    site: &'static Site,
    /// The path of the call; `None` when nothing was entered.
    path: Option<u32>,
    cell: StdCell<Option<NonNull<Cell>>>,
}

/// Enters `site` for a function that returns a future. As `enter` otherwise.
pub fn open(site: &'static Site) -> Opening {
    current(|thread| {
        let serial = thread.enter::<POLL>(site);
        Opening {
            thread: std::ptr::from_ref(thread).cast(),
            serial,
            site,
            path: thread.begin_call(serial),
            cell: StdCell::new(None),
        }
    })
}

/// The future of the function that `opening` is open for: its polls enter the same site and belong to the
/// same call.
///
/// Allocates a cell of memprof's own memory, which is given back when the future is first polled or dropped.
pub fn rest<F: Future>(opening: &Opening, future: F) -> Rest<F> {
    Rest::after(opening.site, opening.hand_over(), future)
}

/// As `rest`, for a stream: with the feature `stream`. Without it the stream itself, and the call is over
/// with the function.
#[cfg(feature = "stream")]
pub fn rest_of_stream<S: futures_core::Stream>(opening: &Opening, stream: S) -> Rest<S> {
    Rest::after(opening.site, opening.hand_over(), stream)
}

/// As above.
#[cfg(not(feature = "stream"))]
pub fn rest_of_stream<S>(_: &Opening, stream: S) -> S {
    stream
}

/// What is put into a box by a method that a future or stream may have under this name, or anything else.
#[derive(Debug)]
pub struct MayRest<T>(pub T);

/// A future by itself, and the trait below for what is none: the compiler takes the inherent method where there is one.
impl<F: Future> MayRest<F> {
    /// As `rest`.
    pub fn rest(self, opening: &Opening) -> Rest<F> {
        rest(opening, self.0)
    }
}

#[cfg(feature = "stream")]
impl<S: futures_core::Stream> MayRest<S> {
    /// As `rest_of_stream`.
    pub fn rest_of_stream(self, opening: &Opening) -> Rest<S> {
        rest_of_stream(opening, self.0)
    }
}

/// What is neither stays what it is, and the call is over with the function.
pub trait MayRestOfAny {
    /// What it is.
    type Value;

    /// The value itself.
    fn rest(self, opening: &Opening) -> Self::Value;

    /// The value itself.
    fn rest_of_stream(self, opening: &Opening) -> Self::Value;
}

impl<T> MayRestOfAny for MayRest<T> {
    type Value = T;

    fn rest(self, _: &Opening) -> T {
        self.0
    }

    fn rest_of_stream(self, _: &Opening) -> T {
        self.0
    }
}

impl Opening {
    fn hand_over(&self) -> Handover {
        // A function hands its call over once; a second future enters the site without a call of its own.
        let cell = if self.cell.get().is_none() && self.path.is_some() {
            take_zeroed::<Cell>(1)
        } else {
            None
        };
        if cell.is_some() {
            self.cell.set(cell);
        }
        Handover { cell }
    }
}

impl Drop for Opening {
    fn drop(&mut self) {
        // SAFETY: the opening does not leave its thread, whose words live until it ends.
        let thread = unsafe { &*self.thread.cast::<Thread>() };
        let mut figures = Figures::default();
        figures.add(thread.leave(self.serial));
        let Some(path) = self.path else { return };
        if let Some(cell) = self.cell.get() {
            // SAFETY: the cell lives until both sides have come; this is the first time for this one, and
            // until the state changes the other does not touch the rest.
            let is_first = unsafe {
                *cell.as_ref().path.get() = path;
                *cell.as_ref().figures.get() = figures;
                cell.as_ref().leave()
            };
            if is_first {
                return;
            }
            // SAFETY: the other side has come and gone.
            unsafe { give_back(cell.as_ptr(), 1) };
        }
        registry::finish_call(thread, path, figures.allocated_bytes, figures.peak_bytes);
    }
}

impl Begin for Handover {
    const COUNTS_UNPOLLED: bool = true;

    fn begin(call: &mut Call<Self>, _: Step<'_>) {
        if call.beginning().is_function_running() {
            return;
        }
        let begun = call.beginning().take();
        call.go_on(begun);
    }
}

impl Handover {
    fn is_function_running(&self) -> bool {
        // SAFETY: the cell lives until both sides have come, and this one has not.
        // Acquire: partner of `Cell::leave`.
        self.cell
            .is_some_and(|cell| unsafe { cell.as_ref() }.state.load(Ordering::Acquire) == OPEN)
    }

    /// What the function left; `None` when it still runs, or has handed its call to another future.
    fn take(&mut self) -> Option<(u32, Figures)> {
        let cell = self.cell.take()?;
        // SAFETY: the cell lives until both sides have come; this is the first time for this one.
        if unsafe { cell.as_ref() }.leave() {
            return None;
        }
        // SAFETY: the function's side has left, after it wrote both.
        let left = unsafe { (*cell.as_ref().path.get(), *cell.as_ref().figures.get()) };
        // SAFETY: the other side has come and gone.
        unsafe { give_back(cell.as_ptr(), 1) };
        Some(left)
    }
}

impl Drop for Handover {
    fn drop(&mut self) {
        // The future was dropped while the function ran, which now has its call for itself. Or it left
        // just now, on another thread.
        if let Some((path, figures)) = self.take() {
            current(|thread| {
                registry::finish_call(thread, path, figures.allocated_bytes, figures.peak_bytes);
            });
        }
    }
}

impl Cell {
    /// Whether this side is the first one to leave.
    fn leave(&self) -> bool {
        // Release: what this side wrote. Acquire: what the other wrote before it left. Partners of each other.
        self.state.swap(LEFT, Ordering::AcqRel) == OPEN
    }
}
