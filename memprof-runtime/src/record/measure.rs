//! A measurement is what one closure does on the calling thread, with its own peak.

use super::own::current;
use super::thread::Thread;
use memprof_report::Stats;

/// A closure's value and what it did on the calling thread.
///
/// ```
/// # use memprof_runtime as memprof;
/// use memprof::Measured;
///
/// let Measured { value, stats } = memprof::measure(|| 6 * 7);
/// assert_eq!((value, stats.allocations), (42, 0));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Measured<T> {
    /// What the closure returned.
    pub value: T,
    /// What it allocated and freed, and how high it rose above its beginning.
    pub stats: Stats,
}

/// Runs `work` and tells what it did on this thread, exactly: bytes and counts of what it allocated and
/// freed (by whichever operation), and its peak above the level at its beginning.
///
/// Other threads' work is not in it. Without an installed allocator all figures are zero; the report then
/// warns. Neither blocks nor allocates. If `work` panics, the panic passes through.
///
/// ```
/// # use memprof_runtime as memprof;
/// # #[global_allocator] static ALLOC: memprof::Allocator = memprof::Allocator::system();
/// let measured = memprof::measure(|| vec![1_u8; 1000].len());
/// assert_eq!(measured.value, 1000);
/// assert_eq!(measured.stats.allocated_bytes, 1000);
/// assert_eq!(measured.stats.net_bytes, 0);
/// assert_eq!(measured.stats.peak_bytes, 1000);
/// ```
pub fn measure<T>(work: impl FnOnce() -> T) -> Measured<T> {
    let open = Open::new();
    let value = work();
    let stats = open.end();
    Measured { value, stats }
}

/// A measurement that goes on; closes its frame also when the closure panics.
#[derive(Debug)]
pub(crate) struct Open {
    serial: u64,
    before: Stats,
}

impl Open {
    pub(crate) fn new() -> Self {
        current(|thread| {
            let serial = thread.enter_same_path();
            Self {
                serial,
                before: thread.totals(),
            }
        })
    }

    pub(crate) fn end(self) -> Stats {
        let after = current(Thread::totals);
        let passed = current(|thread| thread.leave(self.serial));
        let before = &self.before;
        let stats = Stats {
            allocations: after.allocations.wrapping_sub(before.allocations),
            allocated_bytes: passed.allocated_bytes,
            deallocations: after.deallocations.wrapping_sub(before.deallocations),
            deallocated_bytes: passed
                .allocated_bytes
                .wrapping_add_signed(passed.net_bytes.wrapping_neg()),
            net_bytes: passed.net_bytes,
            reallocations: after.reallocations.wrapping_sub(before.reallocations),
            reallocated_old_bytes: after
                .reallocated_old_bytes
                .wrapping_sub(before.reallocated_old_bytes),
            reallocated_new_bytes: after
                .reallocated_new_bytes
                .wrapping_sub(before.reallocated_new_bytes),
            peak_bytes: passed.peak_bytes,
        };
        std::mem::forget(self);
        stats
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        current(|thread| thread.leave(self.serial));
    }
}

impl Thread {
    /// The counts of all events of this thread; bytes are left to the frame.
    pub(crate) fn totals(&self) -> Stats {
        let counts = &self.counts;
        Stats {
            allocations: counts.allocations.get() + u64::from(self.pending.allocations.get()),
            deallocations: counts.deallocations.get() + u64::from(self.pending.deallocations.get()),
            reallocations: counts.reallocations.get(),
            reallocated_old_bytes: counts.reallocated_old_bytes.get(),
            reallocated_new_bytes: counts.reallocated_new_bytes.get(),
            ..Stats::default()
        }
    }
}
