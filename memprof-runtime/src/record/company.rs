//! The company of a checked call: other threads that were at work while it went on, without its context.
//!
//! A budget counts its own thread and what carried its context. What else was its own work shows by two signs: a thread that
//! began meanwhile and freed a block of the call is one that the call started (`std::thread` boxes the closure on the parent
//! and frees it on the child); and where a process runs one test alone, nobody else started any.
//!
//! Threads that end are looked at when they are retired, those that live when the call ends. All of it under the registry's
//! lock, and nothing of it where no call is checked.

use super::memory::Array;
use super::own::current;
use super::paths::ROOT;
use super::registry::{self, Registry};
use super::row::Events;
use super::site::Site;
use super::thread::Thread;

/// So many checked calls have their company looked at.
const MOST_CALLS: usize = 256;

/// What threads did under the operation of no checked call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Outside {
    /// How many threads allocated anything there.
    pub(crate) threads: u64,
    pub(crate) allocations: u64,
    pub(crate) allocated_bytes: u64,
    pub(crate) deallocated_bytes: u64,
    pub(crate) net_bytes: i64,
    /// The highest peak of one of them.
    pub(crate) peak_bytes: u64,
    /// All of their peaks together: more than they can have had at a time.
    pub(crate) peaks_bytes: u64,
    /// What they allocated and did not free themselves.
    pub(crate) held_bytes: i64,
}

impl Outside {
    pub(crate) fn add(&mut self, other: &Self) {
        self.threads += other.threads;
        self.allocations += other.allocations;
        self.allocated_bytes += other.allocated_bytes;
        self.deallocated_bytes += other.deallocated_bytes;
        self.net_bytes += other.net_bytes;
        self.peak_bytes = self.peak_bytes.max(other.peak_bytes);
        self.peaks_bytes += other.peaks_bytes;
        self.held_bytes += other.held_bytes;
    }
}

/// What is known of a call's company.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Company {
    /// Began meanwhile and freed blocks of the call; have ended.
    pub(crate) ended: Outside,
    /// The same, and still alive.
    pub(crate) alive: Outside,
    /// Are older than the call, and freed blocks of it: a pool that was handed its work, for instance.
    pub(crate) older: Outside,
    /// Began meanwhile and freed nothing of the call; have ended.
    pub(crate) strangers_ended: Outside,
    /// The same, and still alive.
    pub(crate) strangers_alive: Outside,
    /// Are older than the call and freed nothing of it.
    pub(crate) strangers_older: Outside,
    /// How many threads began meanwhile and are alive.
    pub(crate) started_alive: u64,
    /// What the calling thread freed of the call's blocks; `None` where the call was on other threads too.
    pub(crate) own_freed_bytes: Option<u64>,
}

/// The checked calls that go on.
pub(super) struct CheckedCalls {
    calls: Array<CheckedCall>,
    last_serial: u64,
    /// The operations that checked calls ever had.
    sites: Array<*const Site>,
}

impl CheckedCalls {
    pub(super) const fn new() -> Self {
        Self {
            calls: Array::new(),
            last_serial: 0,
            sites: Array::new(),
        }
    }

    fn position(&self, serial: u64) -> Option<usize> {
        let mut calls = self.calls.as_slice().iter();
        calls.position(|call| call.serial == serial)
    }
}

/// One of them.
#[derive(Clone, Copy)]
struct CheckedCall {
    serial: u64,
    site: *const Site,
    /// Threads up to this number are older than the call.
    last_older: u64,
    related: Outside,
    strangers: Outside,
}

/// A thread that was there when the call began.
#[derive(Debug, Clone, Copy)]
struct Older {
    number: u64,
    outside: Outside,
    freed_blocks: u64,
    freed_bytes: u64,
}

/// The watch over a call's company; ends when dropped.
#[derive(Debug)]
pub(crate) struct Watched {
    serial: u64,
    site: &'static Site,
    /// The thread that began it.
    number: u64,
    /// By their numbers.
    older: Vec<Older>,
}

impl Watched {
    /// Begins to watch for a call that is about to enter `site`, in which nobody else is. `None` where too many are watched.
    /// Allocates under the lock, so the caller is paused.
    pub(crate) fn begin(site: &'static Site) -> Option<Self> {
        debug_assert!(current(Thread::is_paused));
        let mut registry = registry::lock();
        if registry.checked.calls.as_slice().len() >= MOST_CALLS {
            return None;
        }
        let mut older = Vec::new();
        let at_site = registry.under(site);
        registry.each_thread(|thread| {
            // SAFETY: the lock is held.
            let did = unsafe { at_site.did(thread, false) };
            older.push(Older {
                number: thread.number.get(),
                outside: did.outside,
                freed_blocks: did.freed_blocks,
                freed_bytes: did.freed_bytes,
            });
        });
        older.sort_unstable_by_key(|older| older.number);
        let checked = &mut registry.checked;
        if !checked.sites.as_slice().contains(&std::ptr::from_ref(site)) {
            checked.sites.push(site);
        }
        registry.checked.last_serial += 1;
        let serial = registry.checked.last_serial;
        let last_older = registry.started;
        let is_watched = registry.checked.calls.push(CheckedCall {
            serial,
            site,
            last_older,
            related: Outside::default(),
            strangers: Outside::default(),
        });
        is_watched.then_some(Self {
            serial,
            site,
            number: current(|me| me.number.get()),
            older,
        })
    }

    fn own_freed_bytes(&self, me: &Thread, did: &Did) -> Option<u64> {
        let number = me.number.get();
        let before = self.older_of(number).filter(|_| number == self.number)?;
        Some(did.freed_bytes.saturating_sub(before.freed_bytes))
    }

    fn older_of(&self, number: u64) -> Option<&Older> {
        let at = self.older.binary_search_by_key(&number, |it| it.number);
        self.older.get(at.ok()?)
    }

    /// What is known so far. Allocates under the lock, so the caller is paused.
    pub(crate) fn company(&self) -> Company {
        debug_assert!(current(Thread::is_paused));
        let registry = registry::lock();
        let Some(at) = registry.checked.position(self.serial) else {
            return Company::default();
        };
        let call = &registry.checked.calls.as_slice()[at];
        let mut company = Company {
            ended: call.related,
            strangers_ended: call.strangers,
            ..Company::default()
        };
        let at_site = registry.under(self.site);
        let me = current(std::ptr::from_ref);
        registry.each_thread(|thread| {
            // SAFETY: the lock is held.
            let did = unsafe { at_site.did(thread, false) };
            if std::ptr::eq(thread, me) {
                company.own_freed_bytes = self.own_freed_bytes(thread, &did);
                return;
            }
            if thread.number.get() > call.last_older {
                company.started_alive += 1;
                match did.freed_blocks {
                    0 => company.strangers_alive.add(&did.outside),
                    _ => company.alive.add(&did.outside),
                }
                return;
            }
            let Some(before) = self.older_of(thread.number.get()) else {
                return;
            };
            if did.freed_blocks > before.freed_blocks {
                company.older.add(&did.outside.since(&before.outside));
            } else {
                let since = did.outside.since(&before.outside);
                company.strangers_older.add(&since);
            }
        });
        company
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let mut registry = registry::lock();
        if let Some(at) = registry.checked.position(self.serial) {
            let calls = registry.checked.calls.as_mut_slice();
            let last = calls.len() - 1;
            calls.swap(at, last);
            registry.checked.calls.pop();
        }
    }
}

impl Outside {
    /// Of one thread: what it did, its highest level if that is known, and what it freed of the call's blocks.
    fn of(events: &Events, highest: Option<i64>, freed_bytes: u64) -> Self {
        let freed = events.deallocated_bytes;
        let allocated = events.net_bytes.saturating_add_unsigned(freed);
        let allocated_bytes = u64::try_from(allocated).unwrap_or(0);
        // What is not known is no more than what was allocated.
        let peak = highest.and_then(|highest| u64::try_from(highest).ok());
        let peak_bytes = peak.unwrap_or(0).min(allocated_bytes);
        Self {
            threads: u64::from(events.allocations > 0),
            allocations: events.allocations,
            allocated_bytes,
            deallocated_bytes: events.deallocated_bytes,
            net_bytes: events.net_bytes,
            peak_bytes,
            peaks_bytes: peak.map_or(allocated_bytes, |_| peak_bytes),
            held_bytes: events.net_bytes.saturating_add_unsigned(freed_bytes),
        }
    }

    /// What came since `before`. The peak is the most that it can have been.
    fn since(&self, before: &Self) -> Self {
        let allocated_bytes = self.allocated_bytes.saturating_sub(before.allocated_bytes);
        Self {
            threads: u64::from(allocated_bytes > 0),
            allocations: self.allocations.saturating_sub(before.allocations),
            allocated_bytes,
            deallocated_bytes: self
                .deallocated_bytes
                .saturating_sub(before.deallocated_bytes),
            net_bytes: self.net_bytes - before.net_bytes,
            peak_bytes: allocated_bytes,
            peaks_bytes: allocated_bytes,
            held_bytes: self.held_bytes - before.held_bytes,
        }
    }
}

/// Which paths are those of a call.
struct Under<'a> {
    registry: &'a Registry,
    site: *const Site,
}

/// What one thread did, as a call sees it.
#[derive(Default)]
struct Did {
    /// What it did under the operation of no checked call.
    outside: Outside,
    /// So much of the call's blocks it freed.
    freed_blocks: u64,
    freed_bytes: u64,
}

impl Under<'_> {
    fn has(&self, path: usize) -> bool {
        let nodes = self.registry.paths.nodes();
        // SAFETY: a call's site is a `&'static Site`.
        let site = unsafe { &*self.site };
        path != ROOT as usize
            && nodes
                .get(path)
                .is_some_and(|node| node.is_under(nodes, site))
    }

    /// What `thread` did; `has_ended` where it does not run any more, or is the caller.
    ///
    /// # Safety
    /// The registry's lock is held, and the thread is linked or is being retired under it.
    unsafe fn did(&self, thread: &Thread, has_ended: bool) -> Did {
        let mut did = Did::default();
        let mut events = Events::default();
        // SAFETY: by the caller's promise.
        let (rows, freed) = unsafe { (thread.rows(), thread.freed_tables()) };
        for (path, row) in rows.iter().enumerate() {
            // SAFETY: null, or a row, which stays while the lock is held.
            if let Some(row) = unsafe { row.as_ref() }
                && !self.is_checked(path)
            {
                events.add(&match has_ended {
                    true => thread.events_of(row),
                    false => thread.consistent(|thread| thread.events_of(row)),
                });
            }
        }
        let paths = freed.all().map(<[_]>::len).max().unwrap_or(0);
        for path in 0..paths {
            let (bytes, blocks) = freed.of_origin(path);
            if blocks > 0 && self.has(path) {
                did.freed_blocks += blocks;
                did.freed_bytes += bytes;
            }
        }
        let highest = match has_ended {
            true => Some(thread.highest()),
            false => thread.highest_for_others(),
        };
        let highest = highest.filter(|_| thread.shifts.get() == 0);
        did.outside = Outside::of(&events, highest, did.freed_bytes);
        did
    }

    /// Whether the path is under the operation of any checked call.
    fn is_checked(&self, path: usize) -> bool {
        let sites = self.registry.checked.sites.as_slice();
        let mut on_chain = self.registry.paths.sites_on(path as u32);
        on_chain.any(|site| sites.contains(&site))
    }
}

impl Registry {
    fn under(&self, site: *const Site) -> Under<'_> {
        Under {
            registry: self,
            site,
        }
    }

    /// Tells the checked calls that the thread ends. All that it did is in its rows.
    ///
    /// # Safety
    /// The lock is held, and the thread is the caller or does not run any more.
    pub(super) unsafe fn tell_checked_calls(&mut self, thread: &Thread) {
        for at in 0..self.checked.calls.as_slice().len() {
            let call = &self.checked.calls.as_slice()[at];
            let is_older = thread.number.get() <= call.last_older;
            // SAFETY: by the caller's promise.
            let did = unsafe { self.under(call.site).did(thread, true) };
            let call = &mut self.checked.calls.as_mut_slice()[at];
            match (is_older, did.freed_blocks) {
                // What it had done before the call is not known here: all of it, then.
                (true, _) => call.strangers.add(&did.outside),
                (false, 0) => call.strangers.add(&did.outside),
                (false, _) => call.related.add(&did.outside),
            }
        }
    }
}
