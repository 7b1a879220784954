//! The copy of all stacks for a report. Allocates, so the caller is paused.

use super::capture::CUT;
use super::stack::Figures;
use super::table;

/// A stack, copied out.
#[derive(Clone, Debug)]
pub(crate) struct StackCopy {
    /// The path that was current.
    pub(crate) path: u32,
    /// Return addresses, the innermost first, with memprof's own at the beginning.
    pub(crate) frames: &'static [usize],
    /// Whether there were more.
    pub(crate) is_cut: bool,
    /// How many frames the user wants.
    pub(crate) depth: usize,
    pub(crate) figures: Figures,
}

/// All stacks so far.
pub(crate) fn copy() -> Vec<StackCopy> {
    table::all()
        .map(|stack| {
            let (frames, is_cut) = match stack.frames() {
                [frames @ .., CUT] => (frames, true),
                frames => (frames, false),
            };
            StackCopy {
                path: stack.path,
                frames,
                is_cut,
                depth: super::plan::numbered(stack.plan).map_or(0, |plan| plan.depth as usize),
                figures: stack.figures(),
            }
        })
        .collect()
}
