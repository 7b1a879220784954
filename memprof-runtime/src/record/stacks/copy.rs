//! The copy of all stacks for a report. Allocates, so the caller is paused.

use super::stack::Figures;
use super::table;

/// A stack, copied out.
#[derive(Clone, Debug)]
pub(crate) struct StackCopy {
    /// The path that was current.
    pub(crate) path: u32,
    /// Return addresses, the innermost first, with memprof's own at the beginning.
    pub(crate) frames: &'static [usize],
    /// How many frames the user wants.
    pub(crate) depth: usize,
    pub(crate) figures: Figures,
}

/// All stacks so far.
pub(crate) fn copy() -> Vec<StackCopy> {
    table::all()
        .map(|stack| StackCopy {
            path: stack.path,
            frames: stack.frames(),
            depth: super::plan::numbered(stack.plan).map_or(0, |plan| plan.depth as usize),
            figures: stack.figures(),
        })
        .collect()
}
