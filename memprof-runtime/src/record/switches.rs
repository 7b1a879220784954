//! The switches: what the settings ask of the recorder beyond counting.
//!
//! Recording begins before any setting is read, so each switch starts as the default has it. They are read on
//! cold paths only. All orderings are relaxed: a switch that is seen late costs or spares a look.

use std::sync::atomic::{AtomicBool, Ordering};

static FOLLOWS_PEAK: AtomicBool = AtomicBool::new(true);
static FOLLOWS_TRENDS: AtomicBool = AtomicBool::new(true);
static SIZES: AtomicBool = AtomicBool::new(false);
static FLOWS: AtomicBool = AtomicBool::new(false);
/// Whether one of the two above is on.
static DETAILS: AtomicBool = AtomicBool::new(false);

/// What is recorded beyond counting.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Switches {
    /// What lived at the process's peak, and the timeline.
    pub(crate) peak: bool,
    /// What paths retain over their calls.
    pub(crate) trends: bool,
    /// The sizes of blocks.
    pub(crate) sizes: bool,
    /// Who frees whose blocks.
    pub(crate) flow: bool,
}

impl Default for Switches {
    /// What holds before any setting is read.
    fn default() -> Self {
        Self {
            peak: true,
            trends: true,
            sizes: false,
            flow: false,
        }
    }
}

impl Switches {
    /// Puts these in force.
    pub(crate) fn set(self) {
        FOLLOWS_PEAK.store(self.peak, Ordering::Relaxed);
        FOLLOWS_TRENDS.store(self.trends, Ordering::Relaxed);
        SIZES.store(self.sizes, Ordering::Relaxed);
        FLOWS.store(self.flow, Ordering::Relaxed);
        DETAILS.store(self.sizes || self.flow, Ordering::Relaxed);
    }
}

pub(super) fn follows_peak() -> bool {
    FOLLOWS_PEAK.load(Ordering::Relaxed)
}

#[inline]
pub(super) fn sizes() -> bool {
    SIZES.load(Ordering::Relaxed)
}

#[inline]
pub(super) fn details() -> bool {
    DETAILS.load(Ordering::Relaxed)
}

#[inline]
pub(super) fn flows() -> bool {
    FLOWS.load(Ordering::Relaxed)
}

pub(super) fn follows_trends() -> bool {
    FOLLOWS_TRENDS.load(Ordering::Relaxed)
}
