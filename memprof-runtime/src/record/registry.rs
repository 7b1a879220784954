//! The registry knows every live thread, every path, and what the ended threads left behind.
//!
//! One lock guards it all (`copy` reads under it, `late` books under it). It is taken when a thread starts or ends,
//! when a thread meets a path or an origin for the first time, when one of its tables is replaced by a wider one, when a
//! call ends that told its size, for a snapshot, for a composition of the peak, and around `fork`; points of trends
//! are taken only where nobody else holds it. A thread that ends is merged into the retired rows
//! and its memory given back, so any number of short threads leaves nothing behind.

#[cfg(feature = "report")]
use super::company::CheckedCalls;
use super::composition;
use super::detail::Flows;
use super::freed::FreedCopy;
use super::inherited::Inherited;
use super::interrupted::{lose_interrupting_entry, nowhere};
use super::live::fold;
use super::lock::{Held, Lock};
use super::memory::{self, Array, give_back, take_zeroed};
use super::own::{Notice, current, give_back as give_back_words, noticed};
use super::paths::{PathTable, ROOT};
use super::pause::{pause, resume};
use super::rooms;
use super::row::Row;
use super::scope::MISUSED_GUARDS;
use super::site::Site;
use super::sizes::Points;
use super::stacks;
use super::thread::{Child, ENDED, LIVE, NEW, Thread};
use super::timeline;
use super::trend::{Series, Watch};
use super::workers::Workers;
use crate::os;
use std::sync::atomic::{AtomicBool, Ordering};

/// Origins that a thread has a place for in its freed table from its first event on.
const FIRST_ORIGINS: usize = 64;

static REGISTRY: Lock<Registry> = Lock::new(Registry::new());

/// Set by the allocators' cold path: every thread's first event takes it.
static IS_OWNING: AtomicBool = AtomicBool::new(false);

pub(crate) struct Registry {
    pub(super) threads: *mut Thread,
    pub(super) alive: u64,
    pub(super) started: u64,
    pub(super) paths: PathTable,
    pub(super) retired_rows: Array<*mut Row>,
    pub(super) retired_freed: Array<FreedCopy>,
    pub(super) retired_flows: Flows,
    /// The trend of each path, or null, and when it is summed up next.
    pub(super) trends: Array<*mut Series>,
    pub(super) watches: Array<Watch>,
    /// What calls had by the size of their input.
    pub(super) points: Points,
    pub(super) ended_workers: Workers,
    /// The checked calls that go on, of which each thread that ends is told.
    #[cfg(feature = "report")]
    pub(super) checked: CheckedCalls,
    /// What a forked child leaves out.
    pub(super) inherited: Inherited,
}

// SAFETY: the raw pointers in it lead to threads and rows, which are made of atomics and stay while the lock
// is held.
unsafe impl Send for Registry {}

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

/// The registry, if nobody has it.
pub(crate) fn try_lock() -> Option<Held<'static, Registry>> {
    REGISTRY.try_lock()
}

/// Makes the thread known; `false` when it is paused, has ended, or its end could not be observed. What happened on it
/// so far belongs to the root path. The row is hidden.
pub(crate) fn register(thread: &Thread) -> bool {
    match thread.state.get() {
        NEW => {}
        state => return state == LIVE && !thread.is_paused(),
    }
    os::fork::install();
    if !os::thread_exit::watch(std::ptr::from_ref(thread)) {
        // Without notice of its end its words must not be known to others: all its events are booked late.
        thread.state.set(ENDED);
        thread.never_fast();
        return false;
    }
    // Nobody else knows the thread yet: what it needs is made before the lock is taken.
    // SAFETY: the state says that the registry does not know it.
    unsafe { thread.take_first_frames() };
    thread.lengthen_freed(FIRST_ORIGINS);
    let root = std::ptr::from_ref(&thread.root).cast_mut();
    // SAFETY: the thread itself is the caller, and no other reference is alive.
    unsafe { thread.rows_mut() }.push(root);
    let mut registry = REGISTRY.lock();
    if registry.started == 0 {
        os::process::note_start();
    }
    registry.paths.plant_root();
    thread.turn_to_work(root);
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

/// The calling thread's row of `path`; null when there is no such path or no memory. The thread is live.
pub(crate) fn row_on(thread: &Thread, path: u32) -> *mut Row {
    // SAFETY: the thread itself is the caller.
    let known = unsafe { thread.row_of(path) };
    if !known.is_null() {
        return known;
    }
    row_of(thread, &REGISTRY.lock(), path).unwrap_or(std::ptr::null_mut())
}

/// Counts a call as ended on `path`, which may have begun on another thread.
pub(crate) fn finish_call(thread: &Thread, path: u32, allocated: u64, peak: u64) {
    if !thread.begin_work() {
        lose_interrupting_entry();
        return;
    }
    finish_in_work(thread, path, allocated, peak);
    thread.end_work();
}

fn finish_in_work(thread: &Thread, path: u32, allocated: u64, peak: u64) {
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

/// The addresses of the sites on the chain of `path`. Allocates under the lock, so the caller must be paused.
pub(crate) fn sites_on(path: u32) -> Vec<usize> {
    REGISTRY
        .lock()
        .paths
        .sites_on(path)
        // SAFETY: made from `&'static Site`s.
        .map(|site| std::ptr::from_ref(unsafe { &*site }.original()).addr())
        .collect()
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

/// Gives the thread's freed table an entry for `origin`; `false` when there is no such path or no memory. The row is hidden.
pub(crate) fn list_origin(thread: &Thread, origin: u32) -> bool {
    let registry = REGISTRY.lock();
    let known = registry.paths.nodes().len();
    if origin as usize >= known || !thread.is_live() {
        return false;
    }
    let length = known.max(thread.true_freed_length() as usize * 2);
    thread.lengthen_freed(length)
}

/// Called when the system tells of the thread's end.
///
/// # Safety
/// `thread` is the calling thread's own `Thread`.
pub(crate) unsafe fn thread_ends(thread: *const Thread) {
    // SAFETY: by the caller's promise it is alive.
    let words = unsafe { &*thread };
    let notice = noticed(words);
    if notice == Notice::Early || (words.is_live() && !end(words)) {
        return;
    }
    if notice == Notice::Over {
        // SAFETY: its own, and the registry has let go of it.
        unsafe { give_back_words(thread) };
    }
}

/// `false` where a signal handler ends the thread in the middle of memprof's work.
fn end(thread: &Thread) -> bool {
    thread.end_pauses();
    if !thread.begin_work() {
        return false;
    }
    // A guard that is still open now was leaked.
    MISUSED_GUARDS.fetch_add(thread.close_all(), Ordering::Relaxed);
    // SAFETY: the thread itself is the caller.
    unsafe { REGISTRY.lock().retire(thread) };
    thread.end_work();
    true
}

/// Before `fork`: nobody else is inside, and nobody comes in.
///
/// The thread pauses too: other handlers of `fork` may run while the lock is held, and a paused thread never
/// wants it.
pub(crate) fn before_fork() {
    pause();
    composition::before_fork();
    REGISTRY.acquire();
    stacks::before_fork();
    timeline::before_fork();
    memory::before_fork();
}

pub(crate) fn after_fork_in_parent() {
    memory::after_fork();
    timeline::after_fork();
    stacks::after_fork();
    REGISTRY.release();
    composition::after_fork();
    resume();
}

/// After `fork`, in the child: only the calling thread goes on; what the others had counted is retired, and none of it is the
/// child's own.
pub(crate) fn after_fork_in_child() {
    // SAFETY of the hold: `before_fork` took the locks on this very thread.
    memory::after_fork();
    timeline::after_fork();
    stacks::after_fork();
    REGISTRY.release();
    composition::forget_others();
    composition::after_fork();
    let mut registry = REGISTRY.lock();
    current(|me| {
        let mut at = registry.threads;
        while !at.is_null() {
            // SAFETY: the words of the parent's threads are in memory that the child has a copy of.
            let thread = unsafe { &*at };
            at = thread.next.get();
            if !std::ptr::eq(thread, me) {
                thread.end_pauses();
                // SAFETY: that thread does not exist in this process.
                unsafe {
                    registry.retire(thread);
                    give_back_words(thread);
                }
            }
        }
    });
    registry.begin_anew();
    drop(registry);
    resume();
}

impl Registry {
    const fn new() -> Self {
        Self {
            threads: std::ptr::null_mut(),
            alive: 0,
            started: 0,
            paths: PathTable::new(),
            retired_rows: Array::new(),
            retired_freed: Array::new(),
            retired_flows: Flows::new(),
            trends: Array::new(),
            watches: Array::new(),
            points: Points::new(),
            ended_workers: Workers::new(),
            #[cfg(feature = "report")]
            checked: CheckedCalls::new(),
            inherited: Inherited::new(),
        }
    }

    fn link(&mut self, thread: &Thread) {
        let this = std::ptr::from_ref(thread).cast_mut();
        thread.next.set(self.threads);
        thread.previous.set(std::ptr::null_mut());
        if !self.threads.is_null() {
            // SAFETY: linked threads are alive.
            unsafe { &*self.threads }.previous.set(this);
        }
        self.threads = this;
        self.started += 1;
        thread.number.set(self.started);
        self.alive += 1;
        if self.started == 2
            // SAFETY: as above.
            && let Some(first) = unsafe { thread.next.get().as_ref() }
        {
            self.leave_alone_no_more(first);
        }
        rooms::threads_changed(self.alive, self.started);
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
        rooms::threads_changed(self.alive, self.started);
    }

    /// Merges the thread into the retired rows and gives its memory back.
    ///
    /// # Safety
    /// The thread is the caller or does not run any more.
    unsafe fn retire(&mut self, thread: &Thread) {
        self.unlink(thread);
        thread.close_all();
        thread.close_for_good();
        // A forked child may have a copy of a thread in the middle of a change or boundary: its last events are lost.
        let is_whole = !thread.is_changing() && !thread.is_at_boundary();
        thread.pay();
        if is_whole && let Some(row) = thread.current_row() {
            thread.shut_hot_path();
            thread.flush(row);
            thread.open_hot_path();
        }
        #[cfg(feature = "report")]
        // SAFETY: by the caller's promise, and the lock is held.
        unsafe {
            self.tell_checked_calls(thread);
        }
        // SAFETY: as above.
        unsafe { self.ended_workers.add(thread, true) };
        self.end_lone(thread);
        fold(thread.level_mark.get().wrapping_sub(thread.folded.get()));
        thread.settle_lone_room();
        thread.set_room(0);
        thread.state.set(ENDED);
        thread.turn_to_work(nowhere());
        thread.origin.set(ROOT);
        thread.never_fast();
        self.merge_rows(thread);
        self.merge_freed(thread);
        self.book_owed(thread);
        // SAFETY: by the caller's promise, and the lock is held.
        unsafe {
            self.retire_flow(thread);
            thread.recent.release();
            thread.release_frames();
            let owned = thread.owned();
            *thread.rows_mut() = Array::new();
            owned.children = Array::new();
            owned.counts_before = Array::new();
            #[cfg(feature = "tracing")]
            {
                owned.visits = Array::new();
            }
        }
    }

    fn merge_rows(&mut self, thread: &Thread) {
        let root = std::ptr::from_ref(&thread.root).cast_mut();
        // SAFETY: the lock is held.
        for path in 0..unsafe { thread.rows() }.len() as u32 {
            // SAFETY: the lock is held.
            let start = unsafe { thread.row_of(path) };
            // SAFETY: the thread's rows are alive until given back below.
            let Some(row) = (unsafe { start.as_ref() }) else {
                continue;
            };
            self.tell_calls(row);
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
        // SAFETY: the lock is held.
        for table in unsafe { thread.freed_tables() }.all() {
            for (origin, freed) in table.iter().enumerate() {
                self.free_retired(origin, freed.bytes.get(), freed.blocks.get());
            }
        }
        // SAFETY: the lock is held, and the thread has ended; the slices above are not used any more.
        unsafe { thread.release_freed() };
    }

    pub(super) fn free_retired(&mut self, origin: usize, bytes: u64, blocks: u64) -> bool {
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

    pub(super) fn retired_row(&mut self, path: u32) -> Option<*mut Row> {
        match self.retired_rows.as_slice().get(path as usize) {
            Some(row) if !row.is_null() => Some(*row),
            _ => new_row(&mut self.retired_rows, &self.paths, path),
        }
    }

    pub(super) fn known_retired_row(&self, path: usize) -> Option<&Row> {
        let row = self.retired_rows.as_slice().get(path)?;
        // SAFETY: null, or a retired row, which is never given back.
        unsafe { row.as_ref() }
    }

    pub(super) fn each_thread(&self, mut each: impl FnMut(&Thread)) {
        let mut at = self.threads;
        while !at.is_null() {
            // SAFETY: linked threads are alive while the lock is held.
            let thread = unsafe { &*at };
            each(thread);
            at = thread.next.get();
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
