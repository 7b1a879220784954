//! The warnings of a report: whatever memprof could not know, and why.

use super::foreign::Foreign;
use super::say::{counted, were};
use super::settings::Settings;
use crate::os;
use crate::record::copy::Copied;
use crate::record::detail::LOST_FLOWS;
use crate::record::interrupted::{INTERRUPTING_BLOCKS, INTERRUPTING_ENTRIES};
use crate::record::level::DAMAGED_FOOTERS;
use crate::record::panicking::risen_in_panics;
use crate::record::scope::{LATE_ENTRIES, LOST_ENTRIES, MISUSED_GUARDS, MOVED_GUARDS};
use crate::record::sizes::LOST_SIZES;
use memprof_report::{AllocatorInfo, Warning};
use std::sync::atomic::Ordering;

/// The symbols of no program are smaller.
const SYMBOLS: u64 = 1 << 20;

/// What it means that there are several copies of memprof in the program.
fn several(copies: &[&str], is_installed: bool) -> String {
    let mut versions = copies.to_vec();
    versions.sort_unstable();
    let own = env!("CARGO_PKG_VERSION");
    let of_own = match is_installed {
        true => format!("this report is of {own}, and the operations of the others are not in it"),
        false => format!("this report is of {own}, whose allocator is not installed"),
    };
    format!(
        "the program has {} copies of memprof ({}), which do not know of each other: {of_own}; have all packages depend on \
         one version, `cargo tree --duplicates` shows who needs which",
        copies.len(),
        versions.join(", ")
    )
}

/// All warnings of a run in this moment.
pub(super) fn collect(
    allocator: AllocatorInfo,
    foreign: Foreign,
    settings: &Settings,
    copied: &Copied,
) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut warn = |code: &str, message: String| {
        warnings.push(Warning {
            code: code.to_owned(),
            message,
        });
    };
    let copies = os::copies::versions();
    let are_several = copies.len() > 1;
    let is_std_elsewhere = os::object::is_std_elsewhere();
    if is_std_elsewhere {
        warn(
            "standard-library-elsewhere",
            "the standard library is a shared library of its own, as with `-C prefer-dynamic`: what it allocates and frees \
             does not come to memprof's allocator, so operations lack some of it, and blocks that it frees show as live; \
             build without `-C prefer-dynamic`"
                .to_owned(),
        );
    }
    // There the probe may say so of an allocator that counts elsewhere in the program.
    if !allocator.installed && !is_std_elsewhere {
        let remedy = match are_several {
            true => {
                "the allocator of this version is not installed; that of another one may be, see below"
            }
            false => {
                "add `#[global_allocator] static ALLOC: memprof::Allocator = memprof::Allocator::system();` to the \
                 program"
            }
        };
        warn(
            "allocator-not-installed",
            format!("no allocation was counted: {remedy}"),
        );
    }
    if are_several {
        warn("several-versions", several(&copies, allocator.installed));
    }
    if let Some(error) = &settings.error {
        warn(
            "configuration-not-used",
            format!("{error}; the defaults apply"),
        );
    }
    for setting in settings.config.without_effect_yet() {
        warn("setting-without-effect", setting.to_string());
    }
    let (risen, path) = risen_in_panics();
    if risen >= SYMBOLS && has_backtraces() {
        let name = copied.nodes.get(path as usize).and_then(|node| node.site());
        let whose = name.map_or_else(
            || "outside any operation".to_owned(),
            |site| format!("in \"{}\"", site.name()),
        );
        warn(
            "panic-backtrace",
            format!(
                "{} were allocated while a thread panicked {whose}: with RUST_BACKTRACE the standard library reads the \
                 program's symbols and keeps them, which counts for the operation; run with RUST_BACKTRACE=0",
                counted(risen, "byte")
            ),
        );
    }
    let misused = MISUSED_GUARDS.load(Ordering::Relaxed);
    if misused > 0 {
        warn(
            "guard-misused",
            format!(
                "{} {} leaked or dropped after an outer one; what happened until that outer scope ended counts for {}",
                counted(misused, "scope guard"),
                were(misused),
                if misused == 1 { "it" } else { "them" },
            ),
        );
    }
    let moved = MOVED_GUARDS.load(Ordering::Relaxed);
    if moved > 0 {
        warn(
            "guard-moved",
            format!(
                "at least {} ended on another thread than it began on, as in a stackful coroutine that moves: what was done \
                 after that counts for whatever was open there; use memprof::future! or memprof::Context",
                counted(moved, "call"),
            ),
        );
    }
    let lost = LOST_ENTRIES.load(Ordering::Relaxed);
    if lost > 0 {
        warn(
            "entries-lost",
            format!(
                "{lost} {} not recorded: too many paths, open scopes, or no memory; what is done in it counts for the \
                     operation around it",
                entries(lost),
            ),
        );
    }
    let late = LATE_ENTRIES.load(Ordering::Relaxed);
    if late > 0 {
        warn(
            "entries-late",
            format!(
                "{late} {} not recorded: their threads had ended, as the system says, and still ran destructors of \
                 thread-locals or keys; what is done in them counts outside any operation",
                entries(late),
            ),
        );
    }
    let interrupting = INTERRUPTING_ENTRIES.load(Ordering::Relaxed);
    let blocks = INTERRUPTING_BLOCKS.load(Ordering::Relaxed);
    if interrupting > 0 || blocks > 0 {
        warn(
            "signal-handler",
            format!(
                "signal handlers interrupted memprof itself: {interrupting} {} in them not recorded, and {} that they \
                 allocated or freed {} less",
                entries(interrupting),
                counted(blocks, "block"),
                if blocks == 1 { "counts" } else { "count" },
            ),
        );
    }
    let sizes = LOST_SIZES.load(Ordering::Relaxed);
    if sizes > 0 {
        warn(
            "sizes-lost",
            format!(
                "{} {} told and not kept: of futures, outside of any operation, or too many different \
                 ones",
                counted(sizes, "size"),
                were(sizes),
            ),
        );
    }
    let damaged = DAMAGED_FOOTERS.load(Ordering::Relaxed);
    if damaged > 0 {
        warn(
            "footer-damaged",
            format!(
                "{} had no valid footer: written past the end, and shown as retained by the operation; or made by another \
                 allocator",
                counted(damaged, "freed block"),
            ),
        );
    }
    if foreign.blocks > 0 {
        warn(
            "foreign-blocks",
            format!(
                "at least {} ({}) {} not made by memprof's allocator but by another one of this \
                 process; live, retained and peak figures are too low",
                counted(foreign.blocks, "freed block"),
                counted(foreign.bytes, "byte"),
                were(foreign.blocks),
            ),
        );
    }
    let lost = LOST_FLOWS.load(Ordering::Relaxed);
    if lost > 0 {
        warn(
            "flow-incomplete",
            format!(
                "{} {} not in the flow: too many pairs of paths, or no memory",
                counted(lost, "freed block"),
                if lost == 1 { "is" } else { "are" },
            ),
        );
    }
    warnings
}

/// `entry was`, `entries were`
fn entries(number: u64) -> &'static str {
    if number == 1 {
        "entry was"
    } else {
        "entries were"
    }
}

/// Whether a panic asks for a backtrace.
fn has_backtraces() -> bool {
    std::env::var_os("RUST_BACKTRACE").is_some_and(|wish| wish != "0")
}
