//! A program: random operations, made into steps that are possible one after the other.

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use std::alloc::Layout;

/// How many sites there are.
pub(crate) const SITES: usize = 6;
/// The most threads that take part.
pub(crate) const THREADS: usize = 4;
const MOST_OPEN: usize = 12;
const MOST_BYTES: usize = 200 << 10;

/// What proptest makes up. `pick` is a block among those that live.
#[derive(Debug, Clone)]
pub(crate) enum Operation {
    Allocate {
        bytes: usize,
        is_zeroed: bool,
        align: usize,
    },
    Reallocate {
        pick: usize,
        bytes: usize,
    },
    Free {
        pick: usize,
    },
    Enter {
        site: usize,
    },
    /// Works under the path that another thread (or the same) is on.
    Attach {
        from: usize,
    },
    Exit,
}

/// What a thread does in its turn. Blocks have slots, one for each that the program ever makes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Action {
    Allocate {
        slot: usize,
        layout: Layout,
        is_zeroed: bool,
    },
    Reallocate {
        slot: usize,
        layout: Layout,
        bytes: usize,
    },
    Free {
        slot: usize,
        layout: Layout,
    },
    Enter {
        site: usize,
    },
    Attach {
        from: usize,
    },
    /// Ends what was entered or attached last.
    Exit,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    pub(crate) thread: usize,
    pub(crate) action: Action,
    /// Whether figures are compared after it.
    pub(crate) ends_window: bool,
}

pub(crate) type Program = Vec<(usize, Operation, bool)>;

pub(crate) fn program() -> impl Strategy<Value = Program> {
    let threads = 1..=THREADS;
    threads.prop_flat_map(|threads| {
        let often = proptest::bool::weighted(0.15);
        vec((0..threads, operation(), often), 1..=120)
    })
}

fn operation() -> impl Strategy<Value = Operation> {
    let allocate = (
        bytes(),
        any::<bool>(),
        prop_oneof![3 => Just(8), 1 => Just(64), 1 => Just(1)],
    );
    prop_oneof![
        4 => allocate.prop_map(|(bytes, is_zeroed, align)| {
            Operation::Allocate { bytes, is_zeroed, align }
        }),
        2 => (any::<usize>(), bytes()).prop_map(|(pick, bytes)| Operation::Reallocate { pick, bytes }),
        3 => any::<usize>().prop_map(|pick| Operation::Free { pick }),
        4 => (0..SITES).prop_map(|site| Operation::Enter { site }),
        2 => (0..THREADS).prop_map(|from| Operation::Attach { from }),
        4 => Just(Operation::Exit),
    ]
}

/// Mostly small; sometimes above what a thread keeps to itself before it tells the process.
fn bytes() -> impl Strategy<Value = usize> {
    prop_oneof![3 => 1..=300_usize, 2 => 1..=8_000_usize, 2 => 1..=MOST_BYTES]
}

/// Leaves out what is not possible: to free without a block, to exit what is not open.
pub(crate) fn steps(program: &Program) -> Vec<Step> {
    let mut blocks: Vec<(usize, Layout)> = Vec::new();
    let mut slots = 0;
    let mut open = [0; THREADS];
    let mut steps = Vec::new();
    for (thread, operation, ends_window) in program {
        let action = match *operation {
            Operation::Allocate {
                bytes,
                is_zeroed,
                align,
            } => {
                let slot = slots;
                slots += 1;
                let layout = layout(bytes, align);
                blocks.push((slot, layout));
                Action::Allocate {
                    slot,
                    layout,
                    is_zeroed,
                }
            }
            Operation::Reallocate { .. } | Operation::Free { .. } if blocks.is_empty() => continue,
            Operation::Reallocate { pick, bytes } => {
                let at = pick % blocks.len();
                let (slot, old) = blocks[at];
                blocks[at].1 = layout(bytes, old.align());
                Action::Reallocate {
                    slot,
                    layout: old,
                    bytes,
                }
            }
            Operation::Free { pick } => {
                let (slot, layout) = blocks.swap_remove(pick % blocks.len());
                Action::Free { slot, layout }
            }
            Operation::Enter { .. } | Operation::Attach { .. } if open[*thread] == MOST_OPEN => {
                continue;
            }
            Operation::Attach { from } => {
                open[*thread] += 1;
                Action::Attach { from }
            }
            Operation::Enter { site } => {
                open[*thread] += 1;
                Action::Enter { site }
            }
            Operation::Exit if open[*thread] == 0 => continue,
            Operation::Exit => {
                open[*thread] -= 1;
                Action::Exit
            }
        };
        steps.push(Step {
            thread: *thread,
            action,
            ends_window: *ends_window,
        });
    }
    steps
}

pub(crate) fn layout(bytes: usize, align: usize) -> Layout {
    Layout::from_size_align(bytes, align).expect("sizes are small and alignments powers of two")
}
