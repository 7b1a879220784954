//! A call stack is where in the program's code a block was allocated, below the path that was current.
//!
//! Stacks are taken on the cold path of the level, and nowhere else: a thread's limits are set so that the
//! allocation whose stack is wanted passes one of them (`sampler`). The stack is captured by frame pointers
//! where these hold, else by the platform's unwinder (`capture`), and interned together with the path
//! (`table`); the block's footer then names the stack instead of the path, so whoever frees the block finds
//! both. What a sampled block stands for follows from its own size (`plan`).
//!
//! Nothing here allocates through the global allocator unless paused. Symbols are a matter of the report.

mod capture;
mod copy;
mod plan;
mod sampler;
mod stack;
mod table;

pub use capture::follows_frame_pointers;
pub(crate) use copy::copy;
pub(crate) use plan::{Kind, Plan};
pub(crate) use sampler::Sampler;
pub use sampler::seed;
pub(crate) use stack::Figures;
pub(crate) use table::{after_fork, before_fork, begin_anew, lost};

/// Origins from here on are stacks; below are paths. `OVERHEAD` is far above every stack.
const FIRST: u32 = 0x4000_0000;

/// Follows `plan` from now on; the thread that calls at once, others at their next look, which is at the
/// latest when they moved 64 KiB. Blocks that were sampled before keep what they stand for.
///
/// `false` when there were too many different plans in this process already; the last one goes on.
pub(crate) fn follow(plan: Option<Plan>) -> bool {
    plan::make_current(plan)
}

/// The path that a block of this origin and size was allocated under. A stack books the block as freed, so
/// this must be called once for each block that goes.
#[inline]
pub(super) fn settle(origin: u32, size: u64) -> u32 {
    let stack = origin.checked_sub(FIRST).and_then(table::known);
    match stack {
        None => origin,
        Some(stack) => {
            stack.free(size);
            stack.path()
        }
    }
}
