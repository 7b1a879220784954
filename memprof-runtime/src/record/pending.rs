//! What is pending: the events of a thread since its last boundary, which the next one moves into a row.

use super::word::Small;

/// How many events there were since the last boundary. They are few: a thread's limits are drawn anew after 64 KiB.
#[repr(C, align(8))]
pub(crate) struct Pending {
    pub(crate) allocations: Small,
    pub(crate) deallocations: Small,
}

impl Pending {
    pub(super) const fn new() -> Self {
        Self {
            allocations: Small::new(0),
            deallocations: Small::new(0),
        }
    }

    /// Whether there is any.
    ///
    /// # Safety
    /// The caller is on the thread that writes it, or that thread does not run.
    #[cfg_attr(optimised, inline(always))]
    pub(super) unsafe fn is_any(&self) -> bool {
        // SAFETY: passed on.
        unsafe { self.all() != 0 }
    }

    /// Both in one number.
    ///
    /// # Safety
    /// As `is_any`.
    #[cfg_attr(optimised, inline(always))]
    pub(super) unsafe fn all(&self) -> u64 {
        // SAFETY: two words side by side, as large and as aligned as this number; nobody else writes them.
        unsafe { std::ptr::from_ref(self).cast::<u64>().read_volatile() }
    }

    /// Whether a word is about to be full.
    ///
    /// # Safety
    /// As `is_any`.
    #[cfg_attr(optimised, inline(always))]
    pub(super) unsafe fn are_many(&self) -> bool {
        const FROM: u64 = 1 << 30;
        // SAFETY: passed on.
        unsafe { self.all() & !(((FROM - 1) << 32) | (FROM - 1)) != 0 }
    }

    /// Makes it what `other` is.
    pub(super) fn set(&self, other: &Self) {
        self.allocations.set(other.allocations.get());
        self.deallocations.set(other.deallocations.get());
    }

    /// Makes it none.
    pub(super) fn clear(&self) {
        self.allocations.set(0);
        self.deallocations.set(0);
    }
}
