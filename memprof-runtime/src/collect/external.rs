//! External memory is what no allocator sees and the program declares: mapped files, shared memory, a GPU's.
//!
//! The *ledger* holds what is declared now and was at most, exactly: per name and path, per operation, and for
//! the process. Its size depends on the names and paths, not on the number of regions. It has a lock of its
//! own, under which only paused threads allocate, and which is never held while the registry's is wanted.

use super::index::{Index, hash_of_name, hash_of_path};
use crate::record::lock::Lock;
use crate::record::pause::Pause;
use crate::record::{context::Context, registry};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// More names than this count together, under [`OTHER`].
const MAX_NAMES: usize = 1024;
/// More pairs of name and path than this count under [`OTHER`] with their path.
const MAX_ENTRIES: usize = 1 << 16;
/// Names are told apart by so much of them.
const MAX_NAME_BYTES: usize = 256;
/// Stands for the names above the bound.
const OTHER: &str = "(other names)";

static LEDGER: Lock<Ledger> = Lock::new(Ledger::new());

/// A region of memory that no allocator sees, declared for as long as this guard lives.
///
/// Made by [`external`]. It counts for the operation that was current then, whichever thread changes or drops
/// it.
///
/// ```
/// # use memprof_runtime as memprof;
/// struct Ring {
///     /// Beside the mapping, so that both go together.
///     _declared: memprof::External,
/// }
/// let ring = Ring { _declared: memprof::external("ring", 4096) };
/// assert_eq!(memprof::snapshot().process.external_bytes, Some(4096));
/// drop(ring);
/// assert_eq!(memprof::snapshot().process.external_bytes, Some(0));
/// ```
#[must_use = "the memory counts until its guard is dropped; keep it beside what it stands for"]
#[derive(Debug)]
pub struct External {
    entry: u32,
    bytes: u64,
}

/// Declares `bytes` of memory that no allocator sees, e.g. a mapped file, shared memory or a GPU's buffer.
///
/// They count until the guard is dropped, for the operation that is current now: in `external_bytes` of the
/// process, of each operation on the path, and of the name. They are in no allocated, live or retained figure.
///
/// The name is text or a `String`. Its first 256 bytes tell it from others, and a program may have 1,024 of
/// them: what is beyond counts as `(other names)`. So name the kind of region, not each one.
///
/// Takes a short lock. Allocates the first time that a name is declared under a path, which counts as memprof's
/// own.
///
/// ```
/// # use memprof_runtime as memprof;
/// let mut ring = memprof::external("shared ring", 4096);
/// ring.resize(8192);
/// let report = memprof::snapshot();
/// assert_eq!(report.process.external_bytes, Some(8192));
/// assert_eq!(report.external[0].name, "shared ring");
/// ```
pub fn external(name: impl Into<Cow<'static, str>>, bytes: u64) -> External {
    let name = name.into();
    let path = Context::current().path();
    let entry = open(shortened(&name), path, bytes);
    // The name is the caller's and is dropped outside of lock and pause.
    External { entry, bytes }
}

impl External {
    /// Sets how large the region is now.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// let mut ring = memprof::external("ring", 4096);
    /// ring.resize(1024);
    /// let report = memprof::snapshot();
    /// assert_eq!((report.external[0].bytes, report.external[0].peak_bytes), (1024, 4096));
    /// ```
    pub fn resize(&mut self, bytes: u64) {
        let before = std::mem::replace(&mut self.bytes, bytes);
        LEDGER.lock().change(self.entry, before, bytes);
    }

    /// How large the region was last said to be.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// assert_eq!(memprof::external("ring", 4096).bytes(), 4096);
    /// ```
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The region stays for the rest of the process and goes on counting. So does that of a guard which is
    /// forgotten.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// memprof::external("firmware", 4096).leak();
    /// assert_eq!(memprof::snapshot().process.external_bytes, Some(4096));
    /// ```
    pub fn leak(self) {
        std::mem::forget(self);
    }
}

impl Drop for External {
    fn drop(&mut self) {
        LEDGER.lock().close(self.entry, self.bytes);
    }
}

fn open(name: &str, path: u32, bytes: u64) -> u32 {
    let known = LEDGER.lock().open_known(name, path, bytes);
    known.unwrap_or_else(|| {
        // Before the lock: to pause may take the registry's.
        let _pause = Pause::new();
        let chain = registry::sites_on(path);
        LEDGER.lock().open_new(name, path, bytes, &chain)
    })
}

fn shortened(name: &str) -> &str {
    let mut end = name.len().min(MAX_NAME_BYTES);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    &name[..end]
}

/// Bytes now and at most. Wide enough for the sum of as many regions as there can be.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    now: u128,
    peak: u128,
}

impl Sum {
    fn change(&mut self, before: u64, after: u64) {
        let now = self.now.saturating_add(u128::from(after));
        self.now = now.saturating_sub(u128::from(before));
        self.peak = self.peak.max(self.now);
    }
}

struct Entry {
    name: u32,
    path: u32,
    regions: u64,
    sum: Sum,
}

/// The operations on a path, as indexes into `Ledger::operations`.
struct Chain {
    path: u32,
    operations: Vec<usize>,
}

struct Ledger {
    names: Vec<String>,
    name_ids: Index,
    entries: Vec<Entry>,
    /// By path and name.
    entry_ids: Index,
    chains: Vec<Chain>,
    /// By path.
    chain_ids: Index,
    /// The addresses of their sites, and what was declared while they were on the path.
    operations: Vec<(usize, Sum)>,
    process: Sum,
}

impl Ledger {
    const fn new() -> Self {
        Self {
            names: Vec::new(),
            name_ids: Index::new(),
            entries: Vec::new(),
            entry_ids: Index::new(),
            chains: Vec::new(),
            chain_ids: Index::new(),
            operations: Vec::new(),
            process: Sum { now: 0, peak: 0 },
        }
    }

    /// Allocates nothing.
    fn open_known(&mut self, name: &str, path: u32, bytes: u64) -> Option<u32> {
        let name = self.known_name(name)?;
        let entry = self.known_entry(path, name)?;
        self.add_region(entry, bytes);
        Some(entry)
    }

    /// Allocates: the caller is paused. `chain` holds the addresses of the sites on the path.
    fn open_new(&mut self, name: &str, path: u32, bytes: u64, chain: &[usize]) -> u32 {
        let mut name = self.name_id(name);
        if self.entries.len() >= MAX_ENTRIES && self.known_entry(path, name).is_none() {
            name = self.name_id(OTHER);
        }
        if self.chain_of(path).is_none() {
            let mut operations: Vec<usize> = Vec::with_capacity(chain.len());
            for &site in chain {
                let operation = self.operation(site);
                // A checked call may be under a twin of its own operation: that is on the path once.
                if !operations.contains(&operation) {
                    operations.push(operation);
                }
            }
            self.chains.push(Chain { path, operations });
            let chains = &self.chains;
            self.chain_ids.add(|at| hash_of_path(chains[at].path, 0));
        }
        let entry = self.known_entry(path, name).unwrap_or_else(|| {
            self.entries.push(Entry {
                name,
                path,
                regions: 0,
                sum: Sum::default(),
            });
            let entries = &self.entries;
            self.entry_ids
                .add(|at| hash_of_path(entries[at].path, entries[at].name))
        });
        self.add_region(entry, bytes);
        entry
    }

    fn name_id(&mut self, name: &str) -> u32 {
        if let Some(known) = self.known_name(name) {
            return known;
        }
        let is_full = self.names.len() >= MAX_NAMES;
        let name = if is_full { OTHER } else { name };
        if is_full && let Some(other) = self.known_name(OTHER) {
            return other;
        }
        self.names.push(name.to_owned());
        let names = &self.names;
        self.name_ids.add(|at| hash_of_name(&names[at]))
    }

    fn known_name(&self, name: &str) -> Option<u32> {
        self.name_ids
            .find(hash_of_name(name), |at| self.names[at] == name)
    }

    fn known_entry(&self, path: u32, name: u32) -> Option<u32> {
        let is_it = |at: usize| self.entries[at].path == path && self.entries[at].name == name;
        self.entry_ids.find(hash_of_path(path, name), is_it)
    }

    fn chain_of(&self, path: u32) -> Option<u32> {
        self.chain_ids
            .find(hash_of_path(path, 0), |at| self.chains[at].path == path)
    }

    /// The operation of a site, by its address.
    fn operation(&mut self, site: usize) -> usize {
        let known = self.operations.iter().position(|known| known.0 == site);
        known.unwrap_or_else(|| {
            self.operations.push((site, Sum::default()));
            self.operations.len() - 1
        })
    }

    fn add_region(&mut self, entry: u32, bytes: u64) {
        if let Some(entry) = self.entries.get_mut(entry as usize) {
            entry.regions = entry.regions.saturating_add(1);
        }
        self.change(entry, 0, bytes);
    }

    fn close(&mut self, entry: u32, bytes: u64) {
        self.change(entry, bytes, 0);
        if let Some(entry) = self.entries.get_mut(entry as usize) {
            entry.regions = entry.regions.saturating_sub(1);
        }
    }

    /// A region grew or shrank.
    fn change(&mut self, entry: u32, before: u64, after: u64) {
        let Some(entry) = self.entries.get_mut(entry as usize) else {
            return;
        };
        entry.sum.change(before, after);
        self.process.change(before, after);
        let path = entry.path;
        if let Some(chain) = self.chain_of(path) {
            for &operation in &self.chains[chain as usize].operations {
                self.operations[operation].1.change(before, after);
            }
        }
    }
}

/// What is declared, copied out for a report. Figures above the greatest integer stay at it.
#[derive(Default)]
pub(super) struct Declared {
    /// Now and at most; `None` where nothing ever was.
    pub(super) process: Option<(u64, u64)>,
    /// By the address of an operation's site.
    pub(super) operations: BTreeMap<usize, (u64, u64)>,
    pub(super) rows: Vec<Row>,
}

/// What was declared by one name under one path.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) path: usize,
    pub(super) regions: u64,
    pub(super) bytes: u64,
    pub(super) peak_bytes: u64,
}

/// Copies the ledger; the caller is paused. Every path in it is one that the registry knows by now.
pub(super) fn declared() -> Declared {
    let ledger = LEDGER.lock();
    let figures = |sum: &Sum| (saturated(sum.now), saturated(sum.peak));
    let sites = ledger.operations.iter();
    let rows = ledger.entries.iter().map(|entry| Row {
        name: ledger.names[entry.name as usize].clone(),
        path: entry.path as usize,
        regions: entry.regions,
        bytes: saturated(entry.sum.now),
        peak_bytes: saturated(entry.sum.peak),
    });
    Declared {
        process: (!ledger.entries.is_empty()).then(|| figures(&ledger.process)),
        operations: sites.map(|(site, sum)| (*site, figures(sum))).collect(),
        rows: rows.collect(),
    }
}

fn saturated(bytes: u128) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

/// Held across `fork`, so that the child cannot wait for a thread that is not there.
pub(super) fn before_fork() {
    LEDGER.acquire();
}

pub(super) fn after_fork() {
    LEDGER.release();
}

#[cfg(test)]
mod tests {
    use super::{Ledger, MAX_ENTRIES, MAX_NAMES, OTHER, saturated, shortened};

    #[test]
    fn sums_are_exact_beyond_the_greatest_integer() {
        let mut ledger = Ledger::new();
        let entry = ledger.open_new("gpu", 0, u64::MAX, &[]);
        assert_eq!(ledger.open_known("gpu", 0, u64::MAX), Some(entry));
        assert_eq!(saturated(ledger.process.now), u64::MAX);
        ledger.close(entry, u64::MAX);
        ledger.change(entry, u64::MAX, 7);
        assert_eq!(ledger.process.now, 7);
        assert_eq!(ledger.entries[0].regions, 1);
        assert_eq!(saturated(ledger.process.peak), u64::MAX);
    }

    #[test]
    fn names_are_bounded() {
        let mut ledger = Ledger::new();
        for number in 0..MAX_NAMES + 10 {
            ledger.open_new(&format!("region {number}"), 0, 1, &[]);
        }
        assert_eq!(ledger.names.len(), MAX_NAMES + 1);
        let other = ledger.entries.last().expect("entries");
        assert_eq!(ledger.names[other.name as usize], OTHER);
        assert_eq!((other.regions, other.sum.now), (10, 10));
        assert_eq!(ledger.process.now, MAX_NAMES as u128 + 10);
    }

    #[test]
    fn entries_are_bounded_by_the_paths() {
        let mut ledger = Ledger::new();
        let paths = MAX_ENTRIES as u32 / 2;
        for path in 0..paths {
            for name in ["a", "b", "c", "d"] {
                ledger.open_new(name, path, 1, &[1]);
            }
        }
        assert!(ledger.entries.len() <= MAX_ENTRIES + paths as usize);
        assert_eq!(ledger.process.now, u128::from(paths) * 4);
        assert_eq!(ledger.operations.len(), 1);
        assert_eq!(ledger.operations[0].1.now, u128::from(paths) * 4);
    }

    #[test]
    fn long_names_end_at_a_character() {
        let name = "é".repeat(200) + "x";
        assert_eq!(shortened(&name), "é".repeat(128));
        assert_eq!(
            shortened(&format!("x{name}")),
            format!("x{}", "é".repeat(127))
        );
        assert_eq!(shortened(""), "");
    }
}
