//! The copy of everything that a snapshot needs, taken under the registry's lock.
//!
//! Threads go on while they are read. What belongs together is read together: a row and what is still to be
//! moved into it and its calls (`consistent`), what a path allocated and what was freed of it (`steady`), peaks
//! and frames (`open_scopes`). Allocates, so the caller is paused.
//!
//! Paths are read a few at a time, and between two holds of the lock whoever waits for it goes first: starting and ending
//! threads wait for milliseconds, however many paths there are. A path is read in one hold. What a thread that ends
//! meanwhile had on it is there either way: in its row, or merged into the retired one.

use super::composition;
use super::detail::{Flow, SizesCopy};
use super::freed::{FreedCopy, Tables};
use super::live::{self, Peak};
use super::own::current;
use super::paths::Node;
use super::registry::{self, Registry};
use super::row::{Calls, Events, PathFigures, PerCallCopy, Row};
use super::site::Site;
use super::switches;
use super::thread::Thread;
use super::trend::Point;
use super::workers::Workers;
use std::collections::HashMap;
use std::ops::Range;

/// How many paths a snapshot reads thread by thread.
const PATHS_AT_ONCE: usize = 64;

/// About how many rows are read in one hold of the lock: less than a millisecond or two.
const ROWS_PER_HOLD: usize = 4_096;

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
    /// Bytes that lived at the end of the reading, where threads went on meanwhile.
    pub(crate) live_meanwhile: Option<i64>,
    /// Freed blocks, and their bytes, of paths that there are not: another copy of memprof made them.
    pub(crate) foreign: FreedCopy,
    /// Whether this is the only thread that there ever was.
    pub(crate) is_lone: bool,
    /// The process's peak.
    pub(crate) peak: Peak,
    /// What calls had by the size of their input.
    pub(crate) points: Vec<super::sizes::Point>,
    /// What lived at the highest composition, by path; those of later paths are left out. Empty without one.
    pub(crate) at_peak: Vec<i64>,
    /// What each path retained over its calls, for those of which something is left.
    pub(crate) trends: Vec<Vec<Point>>,
    /// The sizes of each path; empty where they are not asked for.
    pub(crate) sizes: Vec<SizesCopy>,
    /// Who freed whose blocks; a pair may be there several times.
    pub(crate) flows: Vec<Flow>,
    /// Threads to which operations handed jobs without their context.
    pub(crate) workers: Workers,
    /// What lived when this process was forked: none of its own.
    pub(crate) inherited_live_bytes: i64,
    pub(crate) inherited_blocks: u64,
}

/// Copies everything out. Allocates under the lock, so the caller must be paused.
pub(crate) fn copy() -> Copied {
    debug_assert!(current(Thread::is_paused));
    let nodes = registry::lock().paths.nodes().to_vec();
    let mut copied = Copied::of_paths(nodes);
    let mut registry = registry::lock();
    let at_begin = registry.live();
    let mut next = 0;
    while next < copied.nodes.len() {
        next = registry.copy_paths(next, &mut copied);
        registry.give_way();
    }
    registry.each_thread(|thread| copy_open_scopes(thread, &mut copied));
    // Again, if it changed: between the two readings, what the paths say is of many moments.
    copied.live_meanwhile = Some(registry.live())
        .filter(|live| *live != at_begin)
        .map(|live| live.bytes);
    copied.foreign = registry.freed_of_no_path();
    copied.threads_started = registry.started;
    copied.is_lone = registry.is_lone();
    copied.peak = registry.peak();
    copied.flows = registry.flows();
    copied.workers = registry.workers();
    copied.points = registry.points.all().collect();
    registry.take_off_inherited(&mut copied);
    drop(registry);
    // After the peak, so that it is not of a lower one.
    copied.at_peak = composition::copy();
    let registry = registry::lock();
    copied.count_later_paths(registry.paths.nodes());
    let retained_before = registry.inherited_bytes(copied.at_peak.len());
    drop(registry);
    for (bytes, before) in copied.at_peak.iter_mut().zip(retained_before) {
        *bytes = bytes.wrapping_sub(before).max(0);
    }
    copied
}

/// What the calling thread did so far on each path, by its number, and the paths. Allocates, so the caller
/// must be paused.
pub(crate) fn copy_own() -> (Vec<Node>, Vec<Events>) {
    debug_assert!(current(Thread::is_paused));
    let registry = registry::lock();
    let nodes = registry.paths.nodes().to_vec();
    let mut events = vec![Events::default(); nodes.len()];
    current(|me| {
        // SAFETY: the lock is held, and it is the thread itself.
        let rows = unsafe { me.rows() };
        for (row, events) in rows.iter().zip(&mut events) {
            // SAFETY: null, or a row of this thread, which lives as long as the thread.
            if let Some(row) = unsafe { row.as_ref() } {
                *events = me.events_of(row);
            }
        }
    });
    (nodes, events)
}

impl Copied {
    /// Every path and every site on them, with nothing counted yet.
    fn of_paths(nodes: Vec<Node>) -> Self {
        let mut sites = Vec::new();
        let mut slots = HashMap::new();
        let mut slot_of = Vec::with_capacity(nodes.len());
        for node in &nodes {
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
            figures: vec![PathFigures::default(); nodes.len()],
            nodes,
            per_call: vec![PerCallCopy::default(); sites.len()],
            sites,
            slot_of,
            threads_started: 0,
            live_meanwhile: None,
            foreign: FreedCopy::default(),
            is_lone: false,
            peak: Peak::default(),
            points: Vec::new(),
            at_peak: Vec::new(),
            trends: Vec::new(),
            sizes: Vec::new(),
            flows: Vec::new(),
            workers: Workers::default(),
            inherited_live_bytes: 0,
            inherited_blocks: 0,
        }
    }

    /// What lived on paths that were made since the copy began counts for the path that each came from.
    fn count_later_paths(&mut self, nodes: &[Node]) {
        for path in (self.nodes.len()..self.at_peak.len()).rev() {
            let bytes = std::mem::take(&mut self.at_peak[path]);
            let from = nodes.get(path).map_or(0, |node| node.parent as usize);
            self.at_peak[if from < path { from } else { 0 }] += bytes;
        }
    }

    /// Adds a row but for its events.
    fn add_calls(&mut self, row: &Row, calls: Calls) {
        let path = row.path.get() as usize;
        self.figures[path].add_calls(row, calls);
        // What calls had comes after, so that of each one that ended it is there.
        if let Some(slot) = self.slot_of[path] {
            self.per_call[slot].add(row);
        }
    }
}

/// What lives, and by what it is told that something was allocated or freed.
#[derive(Clone, Copy, PartialEq, Eq)]
struct LiveNow {
    bytes: i64,
    freed: i64,
    started: u64,
}

impl Registry {
    /// What lives now: what the threads folded in and what they did since.
    fn live(&self) -> LiveNow {
        let mut now = LiveNow {
            bytes: 0,
            freed: 0,
            started: self.started,
        };
        for _ in 0..8 {
            let folded = live::now();
            (now.bytes, now.freed) = (folded, 0);
            self.each_thread(|thread| {
                let read = |thread: &Thread| (thread.level_and_freed(), thread.folded.get());
                let ((level, freed), folded) = thread.consistent(read);
                now.bytes = now.bytes.wrapping_add(level.wrapping_sub(folded));
                now.freed = now.freed.wrapping_add(freed);
            });
            // A fold meanwhile could count twice, or not at all.
            if live::now() == folded {
                break;
            }
        }
        now
    }

    /// What was freed of origins beyond the paths that there are.
    fn freed_of_no_path(&self) -> FreedCopy {
        let paths = self.paths.nodes().len();
        let mut sum = FreedCopy::default();
        let retired = self.retired_freed.as_slice().iter().skip(paths);
        retired.for_each(|freed| sum.add(freed.bytes, freed.blocks));
        self.each_thread(|thread| {
            // SAFETY: the lock is held.
            let tables = unsafe { thread.freed_tables() }.all();
            let beyond = tables.flat_map(|table| table.iter().skip(paths));
            beyond.for_each(|freed| sum.add(freed.bytes.get(), freed.blocks.get()));
        });
        sum
    }

    /// Whether the caller is the only thread that there ever was, and its own level is the process's.
    fn is_lone(&self) -> bool {
        let is_caller = current(|me| std::ptr::eq(self.threads, me) && me.shifts.get() == 0);
        self.started == 1 && is_caller
    }

    /// The process's peak; exact with a lone thread.
    pub(super) fn peak(&self) -> Peak {
        match self.is_lone() {
            true => Peak {
                bytes: current(Thread::highest),
                error: 0,
            },
            false => self.peak_of_threads(),
        }
    }

    /// Copies all that there is of some paths, from `first` on; the first of those that are left.
    fn copy_paths(&self, first: usize, copied: &mut Copied) -> usize {
        let mut views = Vec::new();
        // SAFETY: the lock is held for as long as the views live.
        self.each_thread(|thread| views.push(unsafe { View::of(thread) }));
        let rows_of_path = views.len() + 1;
        let paths = (ROWS_PER_HOLD / rows_of_path).max(PATHS_AT_ONCE);
        let end = copied.nodes.len().min(first + paths);
        for first in (first..end).step_by(PATHS_AT_ONCE) {
            self.copy_some_paths(&views, first..end.min(first + PATHS_AT_ONCE), copied);
        }
        for path in first..end {
            let figures = &copied.figures[path];
            copied
                .trends
                .push(match figures.allocations > figures.freed_blocks {
                    true => self.points(path),
                    false => Vec::new(),
                });
            if switches::sizes() {
                copied.sizes.push(self.sizes_of(path));
            }
        }
        end
    }

    /// PERF: thread by thread, since a thread's rows lie side by side; and few paths at a time, so that little
    /// happens between the readings.
    fn copy_some_paths(&self, views: &[View<'_>], paths: Range<usize>, copied: &mut Copied) {
        for path in paths.clone() {
            copied.figures[path].set_freed(self.freed_of(views, path));
            if let Some(row) = self.known_retired_row(path) {
                copied.figures[path].add_events(&Events::of_row(row));
                copied.add_calls(row, Calls::of_row(row));
            }
        }
        for view in views {
            for path in paths.clone() {
                if let Some(row) = view.row(path) {
                    let read = |thread: &Thread| (thread.events_of(row), Calls::of_row(row));
                    let (events, calls) = view.thread.consistent(read);
                    copied.figures[path].add_events(&events);
                    copied.add_calls(row, calls);
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

    /// What was freed of a path's blocks, and what the path did, close together: between the two readings nothing was freed,
    /// unless threads never leave off. Then what was freed when the events were read lies between what was freed before and
    /// after, and the middle is taken, of the closest readings.
    fn steady(&self, views: &[View<'_>], path: usize) -> (FreedCopy, Events) {
        let mut closest = u64::MAX;
        let mut best = Default::default();
        let mut before = self.freed_of(views, path);
        for _ in 0..8 {
            let events = self.events_of(views, path);
            let after = self.freed_of(views, path);
            let apart = after.blocks - before.blocks;
            if apart < closest {
                closest = apart;
                best = (before.middle(after, &events), events);
            }
            if apart == 0 {
                break;
            }
            before = after;
        }
        best
    }

    fn freed_of(&self, views: &[View<'_>], path: usize) -> FreedCopy {
        let retired = self.retired_freed.as_slice().get(path).copied();
        let mut sum = retired.unwrap_or_default();
        for view in views {
            let (bytes, blocks) = view.freed.of_origin(path);
            sum.bytes += bytes;
            sum.blocks += blocks;
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
                // Without waiting for the thread: meanwhile others free.
                let read = |thread: &Thread| thread.events_of(row);
                let events = view.thread.soon_consistent(read);
                sum.add(&events.unwrap_or_else(|| read(view.thread)));
            }
        }
        sum
    }
}

impl FreedCopy {
    /// Between this and a later reading, and never more than was allocated.
    fn middle(self, later: Self, events: &Events) -> Self {
        let most = |before: u64, after: u64, made: u64| {
            (before + (after - before) / 2).min(before.max(made))
        };
        let made = events
            .deallocated_bytes
            .saturating_add_signed(events.net_bytes);
        Self {
            bytes: most(self.bytes, later.bytes, made),
            blocks: most(self.blocks, later.blocks, events.allocations),
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
    freed: Tables<'a>,
    rows: &'a [*mut Row],
}

impl<'a> View<'a> {
    /// # Safety
    /// The registry's lock is held for `'a`, and the thread is linked.
    unsafe fn of(thread: &Thread) -> Self {
        // SAFETY: linked threads are alive while the lock is held.
        let thread: &'a Thread = unsafe { &*std::ptr::from_ref(thread) };
        // SAFETY: the lock is held.
        let (freed, rows) = unsafe { (thread.freed_tables(), thread.rows()) };
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
