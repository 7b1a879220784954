//! A visit is the stay of a thread in a call of which others tell: "entered", "left", as they do of spans.
//!
//! Nobody holds a guard: who leaves says which call, not which entry. So a thread keeps the list of its
//! visits, and each call what its visits did so far, on whichever threads. Entering again what the thread is
//! already in goes on with the same visit, which ends when it was left as often. Two threads may be in one
//! call at once: each visit then rises above what the visits that ended before hold.
//!
//! A visit whose frame was closed by an outer scope has nothing left to end. Such visits are the last ones of
//! their list, because frames close from the top; they go with the next entry, so the list is never longer
//! than the stack of frames.

use super::call::Figures;
use super::frames::POLL;
use super::interrupted::lose_interrupting_entry;
use super::lock::Lock;
use super::memory::Array;
use super::own::current;
use super::registry;
use super::scope::NOTHING;
use super::site::Site;
use super::thread::Thread;
use std::sync::atomic::{AtomicU32, Ordering};

/// A call that is entered and left by whoever is told so. Ends when dropped.
///
/// It must stay where it is between an entry and its end: its address says which call it is.
pub(crate) struct VisitedCall {
    site: &'static Site,
    /// Tells it from another call that was at this address before.
    number: u64,
    /// The path of the first visit.
    path: AtomicU32,
    figures: Lock<Figures>,
}

/// The path of a call that was never entered.
const NOT_BEGUN: u32 = u32::MAX;

/// One stay; in the order of their frames.
#[derive(Clone, Copy)]
pub(crate) struct Visit {
    call: *const VisitedCall,
    number: u64,
    serial: u64,
    /// How often the call was entered in this stay and not left.
    depth: u64,
}

impl VisitedCall {
    /// A call of `site`; two that are ever at one address differ in their `number`.
    pub(crate) fn new(site: &'static Site, number: u64) -> Self {
        Self {
            site,
            number,
            path: AtomicU32::new(NOT_BEGUN),
            figures: Lock::new(Figures::default()),
        }
    }

    /// This thread enters. Takes no lock unless the path is new on the thread. A thread that is paused or has
    /// ended enters nothing.
    pub(crate) fn enter(&self) {
        current(|thread| {
            if thread.is_paused() {
                return;
            }
            // A signal handler must not meet the list half changed.
            if !thread.begin_work() {
                lose_interrupting_entry();
                return;
            }
            thread.forget_closed_visits();
            let is_again = thread.visit_again(self);
            thread.end_work();
            if is_again {
                return;
            }
            let serial = thread.enter::<POLL>(self.site);
            if serial == NOTHING {
                return;
            }
            let visit = Visit {
                call: self,
                number: self.number,
                serial,
                depth: 1,
            };
            let is_listed = thread.begin_work() && {
                let is_listed = thread.list_visit(visit);
                thread.end_work();
                is_listed
            };
            if !is_listed {
                thread.leave(serial);
                thread.lose_entry();
                return;
            }
            self.begin(thread, serial);
        });
    }

    /// This thread leaves what it entered last; without an entry it does nothing.
    pub(crate) fn leave(&self) {
        self.leave_some(|depth| depth - 1);
    }

    /// Ends the visit of this thread, however often it entered.
    pub(crate) fn leave_wholly(&self) {
        self.leave_some(|_| 0);
    }

    /// Whether this thread entered and has not left.
    pub(crate) fn is_visited(&self) -> bool {
        // SAFETY: the thread itself is the caller, and no other reference to its owned part is alive.
        current(|thread| self.find(&unsafe { thread.owned() }.visits).is_some())
    }

    fn leave_some(&self, depth_after: impl FnOnce(u64) -> u64) {
        current(|thread| {
            // A frame cannot be closed in a pause; an outer one will close it.
            if thread.is_paused() {
                return;
            }
            if !thread.begin_work() {
                return;
            }
            let ended = thread.end_visit(self, depth_after);
            thread.end_work();
            if let Some(serial) = ended {
                let passed = thread.leave(serial);
                self.figures.lock().add(passed);
            }
        });
    }

    /// The first entry begins the call.
    #[inline]
    fn begin(&self, thread: &Thread, serial: u64) {
        // Relaxed: whoever changes it counts the call, and it is read again only when the call is dropped.
        if self.path.load(Ordering::Relaxed) == NOT_BEGUN {
            let path = thread.current_path();
            let begun =
                self.path
                    .compare_exchange(NOT_BEGUN, path, Ordering::Relaxed, Ordering::Relaxed);
            if begun.is_ok() {
                thread.begin_call(serial);
            }
        }
    }

    /// Where in `visits` this call is.
    #[inline]
    fn find(&self, visits: &Array<Visit>) -> Option<usize> {
        let is_mine = |visit: &Visit| std::ptr::eq(visit.call, self) && visit.number == self.number;
        visits.as_slice().iter().rposition(is_mine)
    }
}

impl Drop for VisitedCall {
    fn drop(&mut self) {
        // An entry of this thread that was never left; those of others end with their outer scopes.
        self.leave_wholly();
        let path = *self.path.get_mut();
        if path != NOT_BEGUN {
            let figures = *self.figures.lock();
            current(|thread| {
                registry::finish_call(thread, path, figures.allocated_bytes, figures.peak_bytes);
            });
        }
    }
}

impl Thread {
    /// Enters once more what the thread is in; `false` when it is not.
    #[inline]
    fn visit_again(&self, call: &VisitedCall) -> bool {
        // SAFETY: the thread itself is the caller, and no other reference to its owned part is alive.
        let visits = &mut unsafe { self.owned() }.visits;
        let Some(at) = call.find(visits) else {
            return false;
        };
        visits.as_mut_slice()[at].depth += 1;
        true
    }

    /// `false` when there is no memory.
    #[inline]
    fn list_visit(&self, visit: Visit) -> bool {
        // SAFETY: the thread itself is the caller, and no other reference to its owned part is alive.
        let visits = &mut unsafe { self.owned() }.visits;
        // The child of a fork gives the lists of all threads back: none may get other memory meanwhile.
        let _registry = visits.is_full().then(registry::lock);
        visits.push(visit)
    }

    /// The serial of the visit of `call`, when it ends by this.
    #[inline]
    fn end_visit(&self, call: &VisitedCall, depth_after: impl FnOnce(u64) -> u64) -> Option<u64> {
        // SAFETY: the thread itself is the caller, and no other reference to its owned part is alive.
        let visits = &mut unsafe { self.owned() }.visits;
        let at = call.find(visits)?;
        let rest = &mut visits.as_mut_slice()[at..];
        let Visit { serial, depth, .. } = rest[0];
        rest[0].depth = depth_after(depth);
        if rest[0].depth != 0 {
            return None;
        }
        rest.rotate_left(1);
        visits.pop();
        Some(serial)
    }

    /// Visits whose frames were closed by outer scopes.
    #[inline]
    fn forget_closed_visits(&self) {
        // SAFETY: the thread itself is the caller, and no other reference to its owned part is alive.
        let visits = &mut unsafe { self.owned() }.visits;
        while let Some(last) = visits.as_slice().last()
            && !self.is_open(last.serial)
        {
            visits.pop();
        }
    }
}
