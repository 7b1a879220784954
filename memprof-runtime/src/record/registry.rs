//! The registry knows every live thread, every path, and what the ended threads left behind.
//!
//! One lock guards it all; it is taken when a thread starts or ends, when a thread meets a path or an origin
//! for the first time, for a snapshot, and around `fork`. A thread that ends is merged into the retired rows
//! and its memory given back, so any number of short threads leaves nothing behind.

use super::level::fold;
use super::lock::{Held, Lock};
use super::memory::{Array, give_back, take_zeroed};
use super::paths::{Node, PathTable, ROOT, hash};
use super::pause::{pause, resume};
use super::row::{Events, Freed, PathFigures, PerCallCopy, Row};
use super::scope::MISUSED_GUARDS;
use super::site::Site;
use super::thread::{Child, ENDED, LIVE, NEW, Owned, Thread};
use crate::os;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering, fence};

static REGISTRY: Lock<Registry> = Lock::new(Registry::new());

/// Set by the allocators' cold path: every thread's first event takes it.
static IS_OWNING: AtomicBool = AtomicBool::new(false);

pub(crate) struct Registry {
    threads: *mut Thread,
    alive: u64,
    most_alive: u64,
    started: u64,
    paths: PathTable,
    retired_rows: Array<*mut Row>,
    retired_freed: Array<FreedCopy>,
}

// SAFETY: the raw pointers in it lead to threads and rows, which are made of atomics and stay while the lock
// is held.
unsafe impl Send for Registry {}

/// How many paths a snapshot reads thread by thread.
const PATHS_AT_ONCE: usize = 64;

#[derive(Clone, Copy)]
struct FreedCopy {
    bytes: u64,
    blocks: u64,
}

/// All that a snapshot needs, copied out.
pub(crate) struct Copied {
    pub(crate) nodes: Vec<Node>,
    /// Figures of each path, by its number.
    pub(crate) figures: Vec<PathFigures>,
    /// The sites on these paths.
    pub(crate) sites: Vec<&'static Site>,
    /// What the calls of each of these sites had.
    pub(crate) per_call: Vec<PerCallCopy>,
    /// Which of the sites each path is currently in.
    slot_of: Vec<Option<usize>>,
    pub(crate) threads_started: u64,
    pub(crate) most_threads: u64,
    /// The exact peak, when this is the only thread that there ever was.
    pub(crate) lone_peak: Option<i64>,
}

/// Notes what kind of allocator calls.
pub(crate) fn note_allocator(is_owning: bool) {
    if is_owning && !IS_OWNING.load(Ordering::Relaxed) {
        IS_OWNING.store(true, Ordering::Relaxed);
    }
}

/// Whether blocks carry their origin.
pub(crate) fn is_owning() -> bool {
    IS_OWNING.load(Ordering::Relaxed)
}

pub(crate) fn lock() -> Held<'static, Registry> {
    REGISTRY.lock()
}

/// Makes the thread known; `false` when it has ended or its end could not be observed. What happened on it
/// so far belongs to the root path.
pub(crate) fn register(thread: &Thread) -> bool {
    match thread.state.get() {
        NEW => {}
        state => return state == LIVE && !thread.is_paused(),
    }
    thread.empty_frames();
    os::fork::install();
    if !os::thread_exit::watch(std::ptr::from_ref(thread)) {
        // Without notice of its end its words must not be known to others: all its events are booked late.
        thread.state.set(ENDED);
        thread.never_fast();
        return false;
    }
    let mut registry = REGISTRY.lock();
    if registry.started == 0 {
        os::process::note_start();
    }
    let origins = registry.paths.plant_root().max(64);
    if let Some(freed) = take_zeroed::<Freed>(origins) {
        thread.freed.set(freed.as_ptr());
        thread.freed_length.set(origins as u32);
    }
    let root = std::ptr::from_ref(&thread.root).cast_mut();
    // SAFETY: the thread itself is the caller, with the lock held and no other reference.
    unsafe { thread.rows_mut() }.push(root);
    thread.row.set(root);
    thread.state.set(LIVE);
    registry.link(thread);
    true
}

/// The thread's row for `site` entered from `outer`; null when a limit or the memory is reached.
pub(crate) fn child_row(thread: &Thread, outer: &Row, site: &'static Site) -> *mut Row {
    let chain = outer.chain.get();
    // SAFETY: the thread itself is the caller, and no other reference to its owned part is alive.
    let owned = unsafe { thread.owned() };
    if let Some(row) = owned.child(chain, site) {
        return row;
    }
    os::process_exit::install();
    let mut registry = REGISTRY.lock();
    let row = registry
        .paths
        .enter(outer.path.get(), site)
        .and_then(|path| row_of(thread, &registry, path));
    let Some(row) = row else {
        return std::ptr::null_mut();
    };
    owned.add_child(Child { site, chain, row });
    row
}

/// Counts a call as ended on `path`, which may have begun on another thread.
pub(crate) fn finish_call(thread: &Thread, path: u32, allocated: u64, peak: u64) {
    // SAFETY: the thread itself is the caller.
    let known = unsafe { thread.row_of(path) };
    if !known.is_null() {
        // SAFETY: rows live as long as their thread.
        return unsafe { &*known }.finish_call(allocated, peak);
    }
    let mut registry = REGISTRY.lock();
    let row = if thread.is_live() {
        row_of(thread, &registry, path)
    } else {
        // Written under the lock, as everything retired is.
        registry.retired_row(path)
    };
    if let Some(row) = row {
        // SAFETY: rows live as long as their thread, retired ones for good.
        unsafe { &*row }.finish_call(allocated, peak);
    }
}

/// The row of `path` of the calling thread, made if need be; `None` without memory.
fn row_of(thread: &Thread, registry: &Held<'_, Registry>, path: u32) -> Option<*mut Row> {
    // SAFETY: the lock is held.
    let known = unsafe { thread.row_of(path) };
    if !known.is_null() {
        return Some(known);
    }
    // SAFETY: the lock is held by the thread itself, and no other reference is alive.
    new_row(unsafe { thread.rows_mut() }, &registry.paths, path)
}

/// Gives the thread's freed table an entry for `origin`; `false` when there is no such path or no memory.
pub(crate) fn list_origin(thread: &Thread, origin: u32) -> bool {
    let registry = REGISTRY.lock();
    let known = registry.paths.nodes().len();
    if origin as usize >= known || !thread.is_live() {
        return false;
    }
    let old_length = thread.freed_length.get() as usize;
    let length = known.max(old_length * 2);
    let Some(freed) = take_zeroed::<Freed>(length) else {
        return false;
    };
    let old = thread.freed.get();
    if !old.is_null() {
        // SAFETY: two different blocks; the old one has `old_length` entries, the new one more.
        unsafe { std::ptr::copy_nonoverlapping(old, freed.as_ptr(), old_length) };
    }
    thread.freed.set(freed.as_ptr());
    thread.freed_length.set(length as u32);
    if !old.is_null() {
        // SAFETY: taken with `old_length`; readers hold the lock that is held here.
        unsafe { give_back(old, old_length) };
    }
    true
}

/// Books an event of a thread that has ended, or that could not be registered.
pub(crate) fn late<R>(book: impl FnOnce(&mut Late<'_>) -> R) -> R {
    book(&mut Late {
        registry: &mut REGISTRY.lock(),
    })
}

/// Called by the system when the thread ends, as late as it allows.
///
/// # Safety
/// `thread` is the calling thread's own `Thread`.
pub(crate) unsafe fn thread_ends(thread: *const Thread) {
    // SAFETY: by the caller's promise it is alive.
    let thread = unsafe { &*thread };
    if !thread.is_live() {
        return;
    }
    thread.end_pauses();
    // A guard that is still open now was leaked.
    MISUSED_GUARDS.fetch_add(thread.close_all(), Ordering::Relaxed);
    let mut registry = REGISTRY.lock();
    // SAFETY: the thread itself is the caller.
    unsafe { registry.retire(thread) };
}

/// Before `fork`: nobody else is inside, and nobody comes in.
///
/// The thread pauses too: other handlers of `fork` may run while the lock is held, and a paused thread never
/// wants it.
pub(crate) fn before_fork() {
    pause();
    REGISTRY.acquire();
}

pub(crate) fn after_fork_in_parent() {
    REGISTRY.release();
    resume();
}

/// After `fork`, in the child: only the calling thread goes on; what the others had counted is retired.
pub(crate) fn after_fork_in_child() {
    // SAFETY of the hold: `before_fork` took the lock on this very thread.
    REGISTRY.release();
    let mut registry = REGISTRY.lock();
    super::thread::current(|me| {
        let mut at = registry.threads;
        while !at.is_null() {
            // SAFETY: the words of the parent's threads are in memory that the child has a copy of.
            let thread = unsafe { &*at };
            at = thread.next.get();
            if !std::ptr::eq(thread, me) {
                thread.end_pauses();
                // SAFETY: that thread does not exist in this process.
                unsafe { registry.retire(thread) };
            }
        }
    });
    drop(registry);
    resume();
}

/// Copies everything out. Allocates under the lock, so the caller must be paused.
pub(crate) fn copy() -> Copied {
    debug_assert!(super::thread::current(Thread::is_paused));
    let registry = REGISTRY.lock();
    let mut copied = Copied::of_paths(registry.paths.nodes());
    registry.copy_paths(&mut copied);
    copied.threads_started = registry.started;
    copied.most_threads = registry.most_alive;
    copied.lone_peak = super::thread::current(|me| {
        let is_lone = registry.started == 1 && std::ptr::eq(registry.threads, me);
        is_lone.then(|| me.highest())
    });
    copied
}

impl Copied {
    /// Every path and every site on them, with nothing counted yet.
    fn of_paths(nodes: &[Node]) -> Self {
        let mut sites = Vec::new();
        let mut slots = HashMap::new();
        let mut slot_of = Vec::with_capacity(nodes.len());
        for node in nodes {
            // SAFETY: a node's site is null (the root) or came from a `&'static Site`.
            let slot = unsafe { node.site.as_ref() }.map(|site| {
                *slots.entry(node.site).or_insert_with(|| {
                    sites.push(site);
                    sites.len() - 1
                })
            });
            slot_of.push(slot);
        }
        Self {
            nodes: nodes.to_vec(),
            figures: vec![PathFigures::default(); nodes.len()],
            per_call: vec![PerCallCopy::default(); sites.len()],
            sites,
            slot_of,
            threads_started: 0,
            most_threads: 0,
            lone_peak: None,
        }
    }

    /// Adds a row but for its events.
    fn add_calls(&mut self, row: &Row) {
        let path = row.path.get() as usize;
        self.figures[path].add_calls(row);
        if let Some(slot) = self.slot_of[path] {
            self.per_call[slot].add(row);
        }
    }
}

impl Registry {
    const fn new() -> Self {
        Self {
            threads: std::ptr::null_mut(),
            alive: 0,
            most_alive: 0,
            started: 0,
            paths: PathTable::new(),
            retired_rows: Array::new(),
            retired_freed: Array::new(),
        }
    }

    fn link(&mut self, thread: &Thread) {
        let this = std::ptr::from_ref(thread).cast_mut();
        // A thread whose first event came in the very last round of the system's destructors ends without
        // notice; its memory may by now be this thread's.
        self.forget(this);
        thread.next.set(self.threads);
        thread.previous.set(std::ptr::null_mut());
        if !self.threads.is_null() {
            // SAFETY: linked threads are alive.
            unsafe { &*self.threads }.previous.set(this);
        }
        self.threads = this;
        self.started += 1;
        self.alive += 1;
        self.most_alive = self.most_alive.max(self.alive);
    }

    fn forget(&mut self, address: *mut Thread) {
        let mut is_known = false;
        self.each_thread(|known| is_known |= std::ptr::eq(known, address));
        if is_known {
            self.threads = std::ptr::null_mut();
        }
    }

    fn unlink(&mut self, thread: &Thread) {
        let (previous, next) = (thread.previous.get(), thread.next.get());
        if previous.is_null() {
            self.threads = next;
        } else {
            // SAFETY: linked threads are alive.
            unsafe { &*previous }.next.set(next);
        }
        if !next.is_null() {
            // SAFETY: as above.
            unsafe { &*next }.previous.set(previous);
        }
        self.alive = self.alive.saturating_sub(1);
    }

    /// Merges the thread into the retired rows and gives its memory back.
    ///
    /// # Safety
    /// The thread is the caller or does not run any more.
    unsafe fn retire(&mut self, thread: &Thread) {
        self.unlink(thread);
        thread.close_all();
        let row = thread.row.get();
        // A forked child may have a copy of a thread in the middle of a change: its last events are lost.
        if !row.is_null() && !thread.is_changing() && thread.has_pending() {
            // SAFETY: a live thread's row.
            thread.flush(unsafe { &*row });
        }
        fold(thread.level().wrapping_sub(thread.folded.get()));
        thread.state.set(ENDED);
        thread.row.set(std::ptr::null_mut());
        thread.origin.set(ROOT);
        thread.never_fast();
        self.merge_rows(thread);
        self.merge_freed(thread);
        // SAFETY: by the caller's promise, and the lock is held.
        unsafe {
            thread.release_frames();
            let owned = thread.owned();
            *thread.rows_mut() = Array::new();
            owned.children = Array::new();
        }
    }

    fn merge_rows(&mut self, thread: &Thread) {
        let root = std::ptr::from_ref(&thread.root).cast_mut();
        for path in 0..self.paths.nodes().len() as u32 {
            // SAFETY: the lock is held.
            let start = unsafe { thread.row_of(path) };
            // SAFETY: the thread's rows are alive until given back below.
            let Some(row) = (unsafe { start.as_ref() }) else {
                continue;
            };
            if let Some(retired) = self.retired_row(path) {
                // SAFETY: retired rows are never given back.
                unsafe { &*retired }.merge(row);
            }
            // SAFETY: the thread is out of the list and its words name no row any more.
            unsafe {
                row.release();
                if start != root {
                    give_back(start, 1);
                }
            }
        }
    }

    fn merge_freed(&mut self, thread: &Thread) {
        let length = thread.freed_length.get() as usize;
        let start = thread.freed.get();
        thread.freed_length.set(0);
        thread.freed.set(std::ptr::null_mut());
        if start.is_null() {
            return;
        }
        // SAFETY: the table has `length` entries and is reachable from here alone now.
        let entries = unsafe { std::slice::from_raw_parts(start, length) };
        for (origin, freed) in entries.iter().enumerate() {
            self.free_retired(origin, freed.bytes.get(), freed.blocks.get());
        }
        // SAFETY: taken with `length`; the slice above is not used any more.
        unsafe { give_back(start, length) };
    }

    fn free_retired(&mut self, origin: usize, bytes: u64, blocks: u64) -> bool {
        if blocks == 0 {
            return true;
        }
        if origin >= self.paths.nodes().len() || !self.retired_freed.grow_to(origin + 1) {
            return false;
        }
        let entry = &mut self.retired_freed.as_mut_slice()[origin];
        entry.bytes += bytes;
        entry.blocks += blocks;
        true
    }

    fn retired_row(&mut self, path: u32) -> Option<*mut Row> {
        match self.retired_rows.as_slice().get(path as usize) {
            Some(row) if !row.is_null() => Some(*row),
            _ => new_row(&mut self.retired_rows, &self.paths, path),
        }
    }

    /// Copies the figures of every path.
    fn copy_paths(&self, copied: &mut Copied) {
        let mut views = Vec::new();
        // SAFETY: the lock is held for as long as the views live.
        self.each_thread(|thread| views.push(unsafe { View::of(thread) }));
        let paths = copied.nodes.len();
        for first in (0..paths).step_by(PATHS_AT_ONCE) {
            self.copy_some_paths(&views, first..paths.min(first + PATHS_AT_ONCE), copied);
        }
        views
            .iter()
            .for_each(|view| copy_open_scopes(view.thread, copied));
    }

    /// PERF: thread by thread, since a thread's rows lie side by side; and few paths at a time, so that little
    /// happens between the readings.
    fn copy_some_paths(&self, views: &[View<'_>], paths: Range<usize>, copied: &mut Copied) {
        for path in paths.clone() {
            copied.figures[path].set_freed(self.freed_of(views, path));
            if let Some(row) = self.known_retired_row(path) {
                copied.figures[path].add_events(&Events::of_row(row));
                copied.add_calls(row);
            }
        }
        for view in views {
            for path in paths.clone() {
                if let Some(row) = view.row(path) {
                    let events = view.thread.consistent(|thread| thread.events_of(row));
                    copied.figures[path].add_events(&events);
                    copied.add_calls(row);
                }
            }
        }
        for path in paths {
            if self.freed_of(views, path).blocks != copied.figures[path].freed_blocks {
                let (freed, events) = self.steady(views, path);
                copied.figures[path].set_freed(freed);
                copied.figures[path].set_events(&events);
            }
        }
    }

    /// What was freed of a path's blocks, and what the path did, close together: between the two readings
    /// nothing was freed, unless threads never leave off; then the events in flight show as live. Freed comes
    /// first, so it never exceeds what was allocated.
    fn steady(&self, views: &[View<'_>], path: usize) -> (FreedCopy, Events) {
        let mut best = (self.freed_of(views, path), self.events_of(views, path));
        for _ in 0..8 {
            let freed = self.freed_of(views, path);
            if freed.blocks == best.0.blocks {
                break;
            }
            let again = (freed, self.events_of(views, path));
            let live = |(freed, events): &(FreedCopy, Events)| {
                events.allocations.saturating_sub(freed.blocks)
            };
            if live(&again) <= live(&best) {
                best = again;
            }
        }
        best
    }

    fn freed_of(&self, views: &[View<'_>], path: usize) -> FreedCopy {
        let none = FreedCopy {
            bytes: 0,
            blocks: 0,
        };
        let mut sum = self
            .retired_freed
            .as_slice()
            .get(path)
            .copied()
            .unwrap_or(none);
        for freed in views.iter().filter_map(|view| view.freed.get(path)) {
            sum.bytes += freed.bytes.get();
            sum.blocks += freed.blocks.get();
        }
        sum
    }

    fn events_of(&self, views: &[View<'_>], path: usize) -> Events {
        let mut sum = self
            .known_retired_row(path)
            .map(Events::of_row)
            .unwrap_or_default();
        for view in views {
            if let Some(row) = view.row(path) {
                sum.add(&view.thread.consistent(|thread| thread.events_of(row)));
            }
        }
        sum
    }

    fn known_retired_row(&self, path: usize) -> Option<&Row> {
        let row = self.retired_rows.as_slice().get(path)?;
        // SAFETY: null, or a retired row, which is never given back.
        unsafe { row.as_ref() }
    }

    fn each_thread(&self, mut each: impl FnMut(&Thread)) {
        let mut at = self.threads;
        while !at.is_null() {
            // SAFETY: linked threads are alive while the lock is held.
            let thread = unsafe { &*at };
            each(thread);
            at = thread.next.get();
        }
    }
}

impl PathFigures {
    fn set_freed(&mut self, freed: FreedCopy) {
        self.freed_bytes = freed.bytes;
        self.freed_blocks = freed.blocks;
    }
}

/// A thread as a snapshot sees it: its tables, which are replaced and given back under the lock only.
struct View<'a> {
    thread: &'a Thread,
    freed: &'a [Freed],
    rows: &'a [*mut Row],
}

impl<'a> View<'a> {
    /// # Safety
    /// The registry's lock is held for `'a`, and the thread is linked.
    unsafe fn of(thread: &Thread) -> Self {
        // SAFETY: linked threads are alive while the lock is held.
        let thread: &'a Thread = unsafe { &*std::ptr::from_ref(thread) };
        let (start, length) = thread.consistent(Thread::freed_table);
        let freed = if start.is_null() {
            &[]
        } else {
            // SAFETY: the table has `length` entries and stays while the lock is held.
            unsafe { std::slice::from_raw_parts(start, length as usize) }
        };
        // SAFETY: the lock is held.
        let rows = unsafe { thread.rows() };
        Self {
            thread,
            freed,
            rows,
        }
    }

    fn row(&self, path: usize) -> Option<&'a Row> {
        let row = self.rows.get(path)?;
        // SAFETY: null, or a row, which stays while the lock is held.
        unsafe { row.as_ref() }
    }
}

/// Adds the peaks so far of the thread's open scopes.
fn copy_open_scopes(thread: &Thread, copied: &mut Copied) {
    for (row, peak) in thread.open_scopes() {
        // SAFETY: rows are given back under the lock only, which is held.
        let path = unsafe { row.as_ref() }.map(|row| row.path.get() as usize);
        if let Some(figures) = path.and_then(|path| copied.figures.get_mut(path)) {
            figures.open_peak = figures.open_peak.max(peak);
        }
    }
}

/// Makes a row for `path` and enters it in `rows`.
fn new_row(rows: &mut Array<*mut Row>, paths: &PathTable, path: u32) -> Option<*mut Row> {
    let node = paths.nodes().get(path as usize)?;
    if !rows.grow_to(path as usize + 1) {
        return None;
    }
    let row = take_zeroed::<Row>(1)?.as_ptr();
    // SAFETY: just taken for one row; nobody else knows it.
    unsafe {
        row.write(Row::new());
        (*row).path.set(path);
        (*row).chain.set(node.chain);
    }
    rows.as_mut_slice()[path as usize] = row;
    Some(row)
}

impl Owned {
    fn child(&self, chain: u32, site: *const Site) -> Option<*mut Row> {
        let children = self.children.as_slice();
        let mask = children.len().checked_sub(1)?;
        let mut slot = hash(chain, site) as usize & mask;
        loop {
            let child = children[slot];
            if child.row.is_null() {
                return None;
            }
            if child.chain == chain && std::ptr::eq(child.site, site) {
                return Some(child.row);
            }
            slot = (slot + 1) & mask;
        }
    }

    /// Without memory the next entry looks the child up under the lock again.
    fn add_child(&mut self, child: Child) {
        let slots = self.children.as_slice().len();
        if (self.children_used + 1) * 4 > slots * 3 {
            let mut wider = Array::new();
            if !wider.grow_to((slots * 2).max(16)) {
                return;
            }
            for old in self
                .children
                .as_slice()
                .iter()
                .filter(|child| !child.row.is_null())
            {
                place(wider.as_mut_slice(), *old);
            }
            self.children = wider;
        }
        place(self.children.as_mut_slice(), child);
        self.children_used += 1;
    }
}

fn place(children: &mut [Child], child: Child) {
    let mask = children.len() - 1;
    let mut slot = hash(child.chain, child.site) as usize & mask;
    while !children[slot].row.is_null() {
        slot = (slot + 1) & mask;
    }
    children[slot] = child;
}

/// Events of threads that have ended: they go straight into the retired rows, to the root path.
pub(crate) struct Late<'a> {
    registry: &'a mut Registry,
}

impl Late<'_> {
    pub(crate) fn allocate(&mut self, size: u64) {
        self.on_root(|row| {
            row.see_block(size);
            row.allocations.add(1);
            row.net_bytes.add(size as i64);
        });
        fold(size as i64);
    }

    pub(crate) fn deallocate(&mut self, size: u64, origin: Option<u32>) {
        self.on_root(|row| {
            row.deallocations.add(1);
            row.deallocated_bytes.add(size);
            row.net_bytes.sub(size as i64);
        });
        fold(-(size as i64));
        if let Some(origin) = origin {
            self.free_of(origin, size);
        }
    }

    pub(crate) fn reallocate(&mut self, old: u64, new: u64, origin: Option<u32>) {
        self.on_root(|row| {
            row.see_block(new);
            row.allocations.add(1);
            row.deallocations.add(1);
            row.deallocated_bytes.add(old);
            row.net_bytes.add((new as i64).wrapping_sub(old as i64));
            row.reallocations.add(1);
            row.reallocated_old_bytes.add(old);
            row.reallocated_new_bytes.add(new);
        });
        fold((new as i64).wrapping_sub(old as i64));
        if let Some(origin) = origin {
            self.free_of(origin, old);
        }
    }

    /// `false` when there is no such path.
    pub(crate) fn free_of(&mut self, origin: u32, size: u64) -> bool {
        self.registry.free_retired(origin as usize, size, 1)
    }

    fn on_root(&mut self, write: impl FnOnce(&Row)) {
        self.registry.paths.plant_root();
        if let Some(row) = self.registry.retired_row(ROOT) {
            // SAFETY: retired rows are never given back, and the lock makes this the only writer.
            write(unsafe { &*row });
        }
    }
}

impl Thread {
    /// The freed table and its length, whether or not the thread is paused.
    fn freed_table(&self) -> (*mut Freed, u32) {
        let length = if self.is_paused() {
            &self.saved.freed_length
        } else {
            &self.freed_length
        };
        (self.freed.get(), length.get())
    }

    /// What `row` holds, and what is still to be moved into it when it is the current one.
    fn events_of(&self, row: &Row) -> Events {
        let mut events = Events::of_row(row);
        let saved = &self.saved;
        let (current, headroom, credit, allocations, deallocations) = if self.is_paused() {
            (
                &saved.row,
                &saved.headroom,
                &saved.credit,
                &saved.allocations,
                &saved.deallocations,
            )
        } else {
            (
                &self.row,
                &self.headroom,
                &self.credit,
                &self.allocations,
                &self.deallocations,
            )
        };
        let (allocations, deallocations) = (allocations.get(), deallocations.get());
        // Also because a boundary where nothing happened changes the level's two words unannounced.
        if !std::ptr::eq(current.get(), row) || allocations | deallocations == 0 {
            return events;
        }
        fence(Ordering::Acquire);
        let level = self.ceiling.get().wrapping_sub(headroom.get());
        let freed = self.credit_base.get().wrapping_sub(credit.get());
        events.add(&Events {
            allocations,
            deallocations,
            deallocated_bytes: u64::try_from(freed.wrapping_sub(self.freed_mark.get()))
                .unwrap_or(0),
            net_bytes: level.wrapping_sub(self.level_mark.get()),
        });
        events
    }
}
