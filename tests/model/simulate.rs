//! The model: what memprof should say, from lists of blocks and of open scopes, word for word after the
//! semantics.

use super::figures::{Path, Paths};
use super::program::{Action, SITES, Step, THREADS};
use std::alloc::Layout;
use std::collections::BTreeMap;

#[derive(Debug, Clone)]
pub(crate) struct Simulation {
    pub(crate) paths: Paths,
    pub(crate) calls: [Calls; SITES],
    threads: [Thread; THREADS],
    /// Slot to layout and the path that allocated it.
    blocks: BTreeMap<usize, (Layout, Path)>,
    live_bytes: i128,
    /// The highest that live bytes were since the window began.
    highest_live_bytes: i128,
}

/// The finished calls of one site.
#[derive(Debug, Clone, Default)]
pub(crate) struct Calls {
    pub(crate) allocated: Vec<i128>,
    pub(crate) peak: Vec<i128>,
}

#[derive(Debug, Clone, Default)]
struct Thread {
    path: Path,
    level: i128,
    open: Vec<Open>,
}

#[derive(Debug, Clone)]
enum Open {
    Scope(Scope),
    /// The path and the level that its end goes back to.
    Context(Path, i128),
    /// A context that was current already.
    Nothing,
}

#[derive(Debug, Clone)]
struct Scope {
    site: usize,
    outer: Path,
    allocated: i128,
    entry_level: i128,
    peak: i128,
}

impl Simulation {
    pub(crate) fn new() -> Self {
        Self {
            paths: Paths::new(),
            calls: Default::default(),
            threads: Default::default(),
            blocks: BTreeMap::new(),
            live_bytes: 0,
            highest_live_bytes: 0,
        }
    }

    pub(crate) fn step(&mut self, step: &Step) {
        let thread = step.thread;
        match step.action {
            Action::Allocate { slot, layout, .. } => self.allocate(thread, slot, layout),
            Action::Free { slot, layout } => {
                let (known, origin) = self.blocks.remove(&slot).expect("it lives");
                assert_eq!(known, layout);
                let path = self.threads[thread].path.clone();
                self.free(&path, layout, &origin);
                self.change(thread, 0, -(layout.size() as i128));
            }
            Action::Reallocate {
                slot,
                layout,
                bytes,
            } => {
                self.reallocate(thread, slot, layout, bytes);
            }
            Action::Enter { site } => self.enter(thread, site),
            Action::Attach { from } => self.attach(thread, from),
            Action::Exit => self.exit(thread),
        }
    }

    fn allocate(&mut self, thread: usize, slot: usize, layout: Layout) {
        let path = self.threads[thread].path.clone();
        self.own(&path, slot, layout);
        self.change(thread, layout.size() as i128, layout.size() as i128);
    }

    fn own(&mut self, path: &Path, slot: usize, layout: Layout) {
        let bytes = layout.size() as i128;
        let row = self.paths.entry(path.clone()).or_default();
        row.allocations += 1;
        row.allocated_bytes += bytes;
        row.net_bytes += bytes;
        row.retained_blocks += 1;
        row.retained_bytes += bytes;
        self.blocks.insert(slot, (layout, path.clone()));
    }

    /// The path gives back a block of `origin`.
    fn free(&mut self, path: &Path, layout: Layout, origin: &Path) {
        let bytes = layout.size() as i128;
        let row = self.paths.entry(path.clone()).or_default();
        row.deallocations += 1;
        row.deallocated_bytes += bytes;
        row.net_bytes -= bytes;
        let row = self.paths.entry(origin.clone()).or_default();
        row.retained_blocks -= 1;
        row.retained_bytes -= bytes;
    }

    /// Frees, allocates anew for the current path, and changes the level once.
    fn reallocate(&mut self, thread: usize, slot: usize, layout: Layout, bytes: usize) {
        let (old, new) = (layout.size() as i128, bytes as i128);
        let (_, origin) = self.blocks.remove(&slot).expect("it lives");
        let path = self.threads[thread].path.clone();
        self.free(&path, layout, &origin);
        self.own(&path, slot, super::program::layout(bytes, layout.align()));
        let row = self.paths.entry(path).or_default();
        row.reallocations += 1;
        row.reallocated_old_bytes += old;
        row.reallocated_new_bytes += new;
        self.change(thread, new, new - old);
    }

    /// The thread's open scopes see what it does, but for those that a context interrupts; those of other
    /// threads do not.
    fn change(&mut self, thread: usize, allocated: i128, net: i128) {
        let thread = &mut self.threads[thread];
        thread.level += net;
        for open in thread.open.iter_mut().rev() {
            match open {
                Open::Scope(scope) => {
                    scope.allocated += allocated;
                    scope.peak = scope.peak.max(thread.level - scope.entry_level);
                }
                Open::Context(..) => break,
                Open::Nothing => {}
            }
        }
        self.live_bytes += net;
        self.highest_live_bytes = self.highest_live_bytes.max(self.live_bytes);
    }

    fn enter(&mut self, thread: usize, site: usize) {
        let thread = &mut self.threads[thread];
        let outer = thread.path.clone();
        if !thread.path.0.contains(&site) {
            thread.path.0.push(site);
        }
        thread.path.1 = Some(site);
        let row = self.paths.entry(thread.path.clone()).or_default();
        row.calls += 1;
        row.open_calls += 1;
        thread.open.push(Open::Scope(Scope {
            site,
            outer,
            allocated: 0,
            entry_level: thread.level,
            peak: 0,
        }));
    }

    fn attach(&mut self, thread: usize, from: usize) {
        let path = self.threads[from].path.clone();
        let thread = &mut self.threads[thread];
        thread.open.push(if path == thread.path {
            Open::Nothing
        } else {
            let outer = std::mem::replace(&mut thread.path, path);
            Open::Context(outer, thread.level)
        });
    }

    fn exit(&mut self, thread: usize) {
        let thread = &mut self.threads[thread];
        let scope = match thread.open.pop().expect("it is open") {
            Open::Scope(scope) => scope,
            Open::Context(outer, level) => {
                thread.path = outer;
                thread.level = level;
                return;
            }
            Open::Nothing => return,
        };
        let row = self.paths.entry(thread.path.clone()).or_default();
        row.open_calls -= 1;
        self.calls[scope.site].allocated.push(scope.allocated);
        self.calls[scope.site].peak.push(scope.peak);
        thread.path = scope.outer;
    }

    pub(crate) fn leave_all(&mut self) {
        for thread in 0..THREADS {
            while !self.threads[thread].open.is_empty() {
                self.exit(thread);
            }
        }
    }

    /// The model at the beginning of a window.
    pub(crate) fn begin_window(&mut self) -> Self {
        self.highest_live_bytes = self.live_bytes;
        self.clone()
    }

    pub(crate) fn blocks(&self) -> Vec<(usize, Layout)> {
        let blocks = self.blocks.iter();
        blocks.map(|(slot, (layout, _))| (*slot, *layout)).collect()
    }

    /// Frees all blocks on the root path of a thread without scopes.
    pub(crate) fn free_all(&mut self) {
        for (layout, origin) in std::mem::take(&mut self.blocks).values() {
            self.free(&Path::default(), *layout, origin);
            self.live_bytes -= layout.size() as i128;
        }
    }

    /// The highest peak so far of the site's open calls.
    pub(crate) fn open_peak(&self, site: usize) -> i128 {
        let open = self.threads.iter().flat_map(|thread| &thread.open);
        let peaks = open.filter_map(|open| match open {
            Open::Scope(scope) if scope.site == site => Some(scope.peak),
            _ => None,
        });
        peaks.max().unwrap_or(0)
    }

    /// How far above the earlier moment's live bytes the highest since was.
    pub(crate) fn highest_above(&self, earlier: &Self) -> i128 {
        self.highest_live_bytes - earlier.live_bytes
    }
}
