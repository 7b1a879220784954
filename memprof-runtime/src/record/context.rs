//! A context is a path that is carried: to another thread, a task or a job, where it is attached.
//!
//! What is done under an attached context belongs to its path alone. The scopes that it interrupts on that
//! thread see none of it: when the context is left, the thread's level and counts go back to what they
//! were, and what the process's live bytes already hold of it moves along, so that no byte is folded twice.

use super::frames::{CONTEXT, Frame};
use super::interrupted::lose_interrupting_entry;
use super::own::current;
use super::registry;
use super::row::Row;
use super::scope::NOTHING;
use super::thread::{OVERHEAD, Thread};

/// The path of operations that is current somewhere, to be attached elsewhere.
///
/// Costs four bytes and no lock. It may outlive the scopes that it was taken in, and the thread: work that
/// is done under it later still counts for its path.
///
/// ```
/// # use memprof_runtime as memprof;
/// # #[global_allocator] static ALLOC: memprof::Allocator = memprof::Allocator::system();
/// let context = memprof::Context::current();
/// let worker = std::thread::spawn(move || context.run(|| vec![0_u8; 1000]));
/// assert_eq!(worker.join().unwrap().len(), 1000);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Context {
    path: u32,
}

impl Context {
    /// The path that is current on this thread; outside any operation it is the root. Neither allocates nor
    /// blocks.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// use memprof::Context;
    ///
    /// // Outside of any operation.
    /// assert_eq!(Context::current(), Context::default());
    /// ```
    #[inline]
    #[must_use]
    pub fn current() -> Self {
        Self {
            path: current(Thread::current_path),
        }
    }

    /// Runs `work` with this path as the current one.
    ///
    /// A panic of `work` passes through. The first time on a thread it takes a lock for a moment.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// let context = memprof::Context::current();
    /// let worker = std::thread::spawn(move || context.run(|| vec![0_u8; 1000].len()));
    /// assert_eq!(worker.join().unwrap(), 1000);
    /// ```
    #[inline]
    pub fn run<R>(self, work: impl FnOnce() -> R) -> R {
        let _attached = self.attach();
        work()
    }

    /// Makes this path the current one until the guard is dropped, on this thread.
    ///
    /// What happens until then belongs to this path, also where scopes were open before: they see none of
    /// it. Attaching the path that is current already changes nothing. A guard must not be held across an
    /// `.await`; for futures there is `FutureExt::in_context`.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// # let context = memprof::Context::current();
    /// let attached = context.attach();
    /// let for_the_context = vec![1, 2, 3];
    /// drop(attached);
    /// # drop(for_the_context);
    /// ```
    #[inline]
    pub fn attach(self) -> Attached {
        current(|thread| Attached {
            thread: std::ptr::from_ref(thread),
            serial: thread.attach(self.path),
        })
    }

    /// A closure that does `work` under this path, wherever it is called.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// let context = memprof::Context::current();
    /// let job = context.wrap(|| vec![0_u8; 10].len());
    /// assert_eq!(std::thread::spawn(job).join().unwrap(), 10);
    /// ```
    #[inline]
    pub fn wrap<R>(self, work: impl FnOnce() -> R) -> impl FnOnce() -> R {
        move || self.run(work)
    }
}

/// Detaches its context when dropped. Made by [`Context::attach`].
///
/// It stays on its thread (`!Send`). Leaking it, or dropping it after an outer guard, is noticed, heals when
/// the next outer scope ends, and is counted in the report's warnings.
///
/// ```
/// # use memprof_runtime as memprof;
/// use memprof::{Attached, Context};
///
/// let attached: Attached = Context::current().attach();
/// let for_the_context = vec![1, 2, 3];
/// drop(attached);
/// # assert_eq!(for_the_context.len(), 3);
/// ```
#[must_use = "a context is attached until its guard is dropped; bind it: `let _attached = context.attach();`"]
#[derive(Debug)]
pub struct Attached {
    /// As in `Guard`: the words of the guard's thread.
    thread: *const Thread,
    serial: u64,
}

impl Drop for Attached {
    #[inline]
    fn drop(&mut self) {
        if self.serial != NOTHING {
            // SAFETY: the guard does not leave its thread, whose words live until it ends.
            unsafe { &*self.thread }.detach(self.serial);
        }
    }
}

impl Context {
    /// The path's number.
    pub(crate) fn path(self) -> u32 {
        self.path
    }

    /// As `attach`, for whoever cannot keep a guard; the serial is for `detach`.
    pub(super) fn attach_serial(self) -> u64 {
        current(|thread| thread.attach(self.path))
    }

    /// Ends what `attach_serial` began on this thread.
    pub(super) fn detach(low_serial: u32) {
        current(|thread| thread.detach(thread.serial_ending_in(low_serial)));
    }
}

impl Thread {
    /// The path that is current, also in a pause.
    #[inline]
    pub(super) fn current_path(&self) -> u32 {
        match self.origin.get() {
            OVERHEAD => self.saved.origin.get(),
            path => path,
        }
    }

    /// Makes `path` the current one; the serial of the frame, or `NOTHING` when that changes nothing or
    /// cannot be done.
    #[inline]
    fn attach(&self, path: u32) -> u64 {
        // The words' zero is the root's number, so this also holds for a thread without events.
        if self.origin.get() == path {
            return NOTHING;
        }
        self.attach_other(path)
    }

    #[inline(never)]
    fn attach_other(&self, path: u32) -> u64 {
        if !self.begin_work() {
            return lose_interrupting_entry();
        }
        let Some((outer, inner)) = self.prepare_context(path) else {
            // memprof's own work belongs to no context: in a pause it is a signal handler that attaches one.
            let serial = match self.is_paused() {
                true => lose_interrupting_entry(),
                false => self.lose_entry(),
            };
            self.end_work();
            return serial;
        };
        self.turn_to_boundary();
        // SAFETY: the stack has room.
        unsafe { self.push_frame::<CONTEXT>(self.frames_top.get(), outer, || inner) }
    }

    /// The current row and the one of `path`, once the stack has room and the thread's counts are kept; `None` when a limit or
    /// the memory is reached, or there is no current row.
    fn prepare_context(&self, path: u32) -> Option<(&Row, &Row)> {
        if !self.has_room() {
            return None;
        }
        let outer = self.current_row()?;
        // SAFETY: null, or a row of this thread, which lives as long as the thread.
        let inner = unsafe { registry::row_on(self, path).as_ref() }?;
        self.turn_to_boundary();
        self.bring_up_to_date(outer);
        self.open_hot_path();
        self.turn_to_work(outer);
        // SAFETY: the thread itself is the caller, and no other reference to its owned part is alive.
        let counts_before = &mut unsafe { self.owned() }.counts_before;
        // The child of a fork gives the lists of all threads back: none may get other memory meanwhile.
        let _registry = counts_before.is_full().then(registry::lock);
        counts_before
            .push(self.counts.copy())
            .then_some((outer, inner))
    }

    fn detach(&self, serial: u64) {
        self.close_open(serial, |row| {
            let outer = self.close_context(self.top_frame(), row);
            self.show_row(outer);
        });
    }

    /// Closes the top frame, that of a context, whose `row` is hidden: the thread's numbers go back to what they were, but
    /// for what was booked in the rows and folded into the process's live bytes. The outer row, hidden.
    pub(super) fn close_context(&self, top: &Frame, row: &Row) -> &Row {
        let (risen, freed) = self.bring_up_to_date(row);
        let level = top.entry_level.get();
        let shift = risen.wrapping_sub(level);
        let freed = freed.wrapping_sub(top.entry_freed.get());
        self.begin_change();
        self.level_mark.set(level);
        self.ceiling.sub(shift);
        self.folded.sub(shift);
        self.fold_ceiling.sub(shift);
        self.freed_mark.set(top.entry_freed.get());
        self.mark.sub(Self::bytes_mark(shift, freed));
        self.credit_base.sub(freed);
        self.shift_sampler(shift.wrapping_add(freed));
        // SAFETY: the thread itself is the caller, or retires it while it cannot run.
        if let Some(counts) = unsafe { self.owned() }.counts_before.pop() {
            self.counts.set(counts);
        }
        // The highest level under a context is not compared with those around it.
        self.shifts.add(1);
        self.end_change();
        self.pop(top, top.outer_peak.get())
    }
}
