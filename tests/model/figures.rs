//! Figures of a path or an operation, wide and signed so that differences are figures too.

use std::collections::BTreeMap;
use std::ops::{AddAssign, Sub};

/// The chain of distinct sites and the one that is current; `None` on the root.
pub(crate) type Path = (Vec<usize>, Option<usize>);
pub(crate) type Paths = BTreeMap<Path, Figures>;

#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Figures {
    pub(crate) calls: i128,
    pub(crate) open_calls: i128,
    pub(crate) allocations: i128,
    pub(crate) allocated_bytes: i128,
    pub(crate) deallocations: i128,
    pub(crate) deallocated_bytes: i128,
    pub(crate) net_bytes: i128,
    pub(crate) reallocations: i128,
    pub(crate) reallocated_old_bytes: i128,
    pub(crate) reallocated_new_bytes: i128,
    pub(crate) retained_blocks: i128,
    pub(crate) retained_bytes: i128,
}

impl Figures {
    fn each(&mut self) -> [&mut i128; 12] {
        [
            &mut self.calls,
            &mut self.open_calls,
            &mut self.allocations,
            &mut self.allocated_bytes,
            &mut self.deallocations,
            &mut self.deallocated_bytes,
            &mut self.net_bytes,
            &mut self.reallocations,
            &mut self.reallocated_old_bytes,
            &mut self.reallocated_new_bytes,
            &mut self.retained_blocks,
            &mut self.retained_bytes,
        ]
    }

    /// Those that have a `self` figure of their own in the report.
    pub(crate) fn without_reallocations(mut self) -> Self {
        self.reallocations = 0;
        self.reallocated_old_bytes = 0;
        self.reallocated_new_bytes = 0;
        self
    }
}

impl AddAssign for Figures {
    fn add_assign(&mut self, mut other: Self) {
        for (mine, theirs) in self.each().into_iter().zip(other.each()) {
            *mine += *theirs;
        }
    }
}

impl Sub for Figures {
    type Output = Self;

    fn sub(mut self, mut other: Self) -> Self {
        for (mine, theirs) in self.each().into_iter().zip(other.each()) {
            *mine -= *theirs;
        }
        self
    }
}

/// What changed from `before` to `after`; paths where nothing did are left out.
pub(crate) fn difference(after: &Paths, before: &Paths) -> Paths {
    let change =
        |path: &Path, after: &Figures| *after - before.get(path).copied().unwrap_or_default();
    after
        .iter()
        .map(|(path, figures)| (path.clone(), change(path, figures)))
        .filter(|(_, figures)| *figures != Figures::default())
        .collect()
}
