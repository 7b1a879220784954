//! A snapshot copies all counters at one moment and makes a report of them.
//!
//! It runs paused from the first to the last line, and the report stays invisible for as long as it lives:
//! neither making, holding nor dropping it counts as the user's.

use super::begin::Begin;
use super::budget::{self, fold_twins};
use super::external::{Declared, declared};
use super::foreign::Foreign;
use super::fragmentation::fragmentation;
use super::probe::is_allocator_installed;
use super::settings::Settings;
use super::sites::sites;
use super::tree::Tree;
use super::{counts, detail, leaks, peak, run, stacks, violations, warnings, workers};
use crate::record::copy::{Copied, copy};
use crate::record::pause::{Pause, pause, resume};
use crate::record::row::PathFigures;
use crate::record::{inherited, memory, registry::is_owning};
use memprof_report::{AllocatorInfo, Process, Report};

/// The report of everything so far: all operations, all paths, the process.
///
/// Scopes that are open count with what they have done. At rest it is exact. Where threads go on meanwhile, each path and
/// what lives in the process are of moments close to each other, and may miss or hold events in flight. Takes a lock
/// against threads that start or end; allocates, which counts as memprof's own (`overhead_bytes`).
///
/// ```
/// # use memprof_runtime as memprof;
/// # #[global_allocator] static ALLOC: memprof::Allocator = memprof::Allocator::system();
/// let report = memprof::snapshot();
/// assert!(report.run.allocator.installed);
/// println!("{report}");
/// ```
#[must_use]
pub fn snapshot() -> Report {
    let _pause = Pause::new();
    take(Settings::current(), None).report
}

/// A report, and what it does not tell.
pub(super) struct Taken {
    pub(super) report: Report,
    /// The largest block of each path, by its number.
    pub(super) largest_blocks: Vec<u64>,
}

/// The report under `settings` of what happened since `begin`, or since the process began.
pub(super) fn take(settings: &Settings, begin: Option<&Begin>) -> Taken {
    let _pause = Pause::new();
    // Before the paths, so that all of its paths are among them.
    let declared = declared();
    let mut copied = copy();
    fold_twins(&mut copied);
    let installed = is_allocator_installed();
    let allocator = AllocatorInfo {
        installed,
        ownership: installed && is_owning(),
    };
    let tree = Tree::new(&copied, sites(), allocator.ownership);
    let foreign = Foreign::of(&copied);
    let mut process = process(&copied, &declared, foreign);
    let analysis = &settings.config.heap_analysis;
    if installed && analysis.enabled && analysis.fragmentation_analysis {
        process.fragmentation = fragmentation(&process);
    }
    // Made empty and filled, because a report also has parts that only its own crate can make.
    let mut report = Report::default();
    report.run = run::describe(settings.name.as_deref(), allocator, copied.threads_started);
    report.operations = tree.operations();
    budget::declared::grow(&copied, &tree.sites, &mut report.operations);
    report.paths = tree.paths();
    tree.fill_external(&mut report, declared);
    let follows = settings.switches();
    if follows.trends {
        report.leaks = leaks::collect(&tree, &copied.trends);
    }
    let mut not_composed = None;
    if follows.peak && installed {
        not_composed = peak::fill(&mut report.paths, &tree, &copied, &process);
        report.timeline = peak::timeline(
            &process,
            report.run.duration_ns,
            copied.inherited_live_bytes,
        );
    }
    if installed {
        report.sizes = detail::sizes(&tree, &copied, follows);
    }
    if follows.flow && allocator.ownership {
        report.flow = detail::flow(&tree, &copied);
    }
    report.warnings = warnings::collect(allocator, foreign, settings, &copied);
    report.warnings.extend(not_composed);
    report.warnings.extend(budget::warnings());
    report.warnings.extend(workers::warning(&copied));
    report.process = process;
    stacks::fill(&mut report, &tree, &settings.config);
    let counts = counts::collect(&tree, &copied, &report.operations);
    report.set_call_counts(counts);
    if let Some(begin) = begin {
        report = report.since(&begin.report);
    }
    let before = begin.map_or(&[][..], |begin| &begin.largest_blocks);
    report.violations = violations::collect(&tree, &report, &settings.config, before);
    let of_budgets = budget::declared::violations(&copied, &tree.sites, &report);
    report.violations.extend(of_budgets);
    let largest_blocks = copied.figures.iter().map(|path| path.largest_block);
    Taken {
        largest_blocks: largest_blocks.collect(),
        report: report.quiet(pause, resume),
    }
}

fn process(copied: &Copied, declared: &Declared, foreign: Foreign) -> Process {
    let mut all = PathFigures::default();
    for figures in &copied.figures {
        all.add(figures);
    }
    let paths = copied.figures.iter();
    let of_paths = paths.fold((0, 0), |(blocks, bytes), path| {
        (
            blocks + path.retained_blocks(),
            bytes + path.retained_bytes(),
        )
    });
    let of_totals = (
        all.allocations.saturating_sub(all.deallocations),
        u64::try_from(all.net_bytes).unwrap_or(0),
    );
    // Threads went on: what was allocated and what was freed were read at different moments, so their difference is of none.
    let meanwhile = copied
        .live_meanwhile
        .map(|bytes| u64::try_from(bytes.wrapping_sub(copied.inherited_live_bytes)).unwrap_or(0));
    let (live_blocks, live) = match meanwhile {
        // A forked child may have freed its parent's blocks; what it made itself its paths know.
        _ if is_owning() && inherited::forked_at_ns() > 0 => of_paths,
        Some(live) if is_owning() => (of_paths.0, live),
        Some(live) => (of_totals.0, live),
        None => of_totals,
    };
    let (mut deallocations, mut deallocated) = (all.deallocations, all.deallocated_bytes);
    if meanwhile.is_some() {
        deallocations = all.allocations.saturating_sub(live_blocks);
        deallocated = all.allocated_bytes().saturating_sub(live);
    }
    let peak = u64::try_from(copied.peak.bytes).unwrap_or(0);
    let error = copied.peak.error.unsigned_abs();
    Process {
        allocations: all.allocations,
        allocated_bytes: all.allocated_bytes(),
        deallocations,
        deallocated_bytes: deallocated,
        reallocations: all.reallocations,
        live_blocks,
        live_bytes: live,
        peak_live_bytes: peak.max(live),
        // A foreign block that is freed lowers the level as if it had been counted.
        peak_error_bytes: error.saturating_add(foreign.bytes),
        external_bytes: declared.process.map(|(now, _)| now),
        peak_external_bytes: declared.process.map(|(_, peak)| peak),
        // No process has none: some systems answer so where they do not tell.
        rss_bytes: memory_stats::memory_stats()
            .map(|stats| stats.physical_mem as u64)
            .filter(|bytes| *bytes != 0),
        peak_rss_bytes: crate::os::process::peak_resident_bytes(),
        overhead_bytes: memory::overhead_bytes(),
        fragmentation: None,
    }
}
