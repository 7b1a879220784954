//! The probe finds out whether our allocator is the program's: it makes one allocation and looks whether
//! the thread's words moved. So "not installed" is never told as a silent zero.

use crate::record::own::current;
use std::hint::black_box;

/// Whether the global allocator counts. The caller is paused, so the probe itself does not count.
pub(super) fn is_allocator_installed() -> bool {
    let before = current(|thread| thread.pending.allocations.get());
    drop(black_box(Box::new(black_box(1_u8))));
    current(|thread| thread.pending.allocations.get()) != before
}
