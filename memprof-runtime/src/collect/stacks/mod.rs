//! Call stacks: which are taken under the settings in force, and the rows that a report has of them.
//!
//! Symbols are looked up here and nowhere else, when a report is made. Estimates stay as they are, so that
//! they are unbiased; whoever shows them beside the exact figures of a path scales them to these.

mod rows;
mod symbols;
mod trim;

use super::config::{Config, Memory};
use super::settings::Settings;
use super::tree::Tree;
use crate::record::stacks::{self, Kind, Plan};
use memprof_report::{Report, Warning};
use std::sync::atomic::{AtomicBool, Ordering};

pub(super) use symbols::{after_fork, before_fork};

/// Whether a plan was not followed because there were too many before.
static IS_REFUSED: AtomicBool = AtomicBool::new(false);

/// These settings come into force.
pub(super) fn begin(settings: &Settings) {
    follow(plan_of(&settings.config.memory));
}

/// There are none any more.
pub(super) fn end() {
    follow(None);
}

fn follow(plan: Option<Plan>) {
    if !stacks::follow(plan) {
        IS_REFUSED.store(true, Ordering::Relaxed);
    }
}

fn plan_of(memory: &Memory) -> Option<Plan> {
    let interval = memory.sample_interval.filter(|bytes| *bytes > 0);
    let kind = match (interval, memory.sample_rate) {
        (Some(bytes), _) => Kind::Bytes(bytes),
        (None, 0) => return None,
        (None, 1) => Kind::Every,
        (None, count) => Kind::OneIn(count),
    };
    let depth = u32::try_from(memory.stack_trace_depth).unwrap_or(u32::MAX);
    Some(Plan { kind, depth })
}

/// Gives the report the stacks that were taken so far, if it is to have any.
pub(super) fn fill(report: &mut Report, tree: &Tree<'_>, config: &Config) {
    report.run.sample_rate = config.memory.sample_rate;
    report.run.sample_interval_bytes = config.memory.sample_interval.filter(|bytes| *bytes > 0);
    if config.reporting.include_call_stacks {
        rows::fill(report, &tree.places());
    }
    warn(&mut report.warnings);
}

fn warn(warnings: &mut Vec<Warning>) {
    let mut warn = |code: &str, message: String| {
        warnings.push(Warning {
            code: code.to_owned(),
            message,
        });
    };
    let lost = stacks::lost();
    if lost > 0 {
        warn(
            "stacks-lost",
            format!(
                "{lost} sampled allocations have no call stack: there are too many different stacks, or no \
                 memory; the figures of operations have them"
            ),
        );
    }
    if IS_REFUSED.load(Ordering::Relaxed) {
        warn(
            "sampling-not-changed",
            "call stacks were sampled in too many different ways in this process; the last one went on"
                .to_owned(),
        );
    }
}
