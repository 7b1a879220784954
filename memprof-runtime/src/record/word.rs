//! A word is one number (or pointer) that a single thread writes and any thread may read.
//!
//! That is what all counters of the recorder are made of. The owner updates a word with a plain load and a
//! plain store: no read-modify-write, no fence, no shared cache line. A reader on another thread sees some
//! recent value, never a torn one. Where several words must agree, the reader uses the thread's version
//! (see `record::thread`).
//!
//! Orderings: every access is relaxed and pairs with nothing, except `Pointer`, which publishes what it
//! points to: its `set` is a release store and its `get` an acquire load, partners of each other.

use std::sync::atomic::{AtomicI64, AtomicPtr, AtomicU32, AtomicU64, Ordering};

macro_rules! word {
    ($(#[$doc:meta])* $name:ident, $atomic:ty, $number:ty) => {
        $(#[$doc])*
        #[repr(transparent)]
        pub(crate) struct $name($atomic);

        impl $name {
            pub(crate) const fn new(value: $number) -> Self {
                Self(<$atomic>::new(value))
            }

            #[inline(always)]
            pub(crate) fn get(&self) -> $number {
                self.0.load(Ordering::Relaxed)
            }

            /// The value, for the owner: a plain read, which the compiler may fold into its use.
            ///
            /// PERF: an atomic load always takes an instruction of its own.
            ///
            /// # Safety
            /// The caller is on the one thread that writes this word.
            #[inline(always)]
            pub(crate) unsafe fn mine(&self) -> $number {
                // SAFETY: all writes come from this very thread, so none of them races with this read.
                unsafe { self.0.as_ptr().read_volatile() }
            }

            #[inline(always)]
            pub(crate) fn set(&self, value: $number) {
                self.0.store(value, Ordering::Relaxed);
            }

            /// PERF: load + store, which the compiler makes one `add [memory], register`.
            #[inline(always)]
            pub(crate) fn add(&self, value: $number) {
                self.set(self.get().wrapping_add(value));
            }
        }
    };
}

word! {
    /// A count of events or bytes; never negative.
    Count, AtomicU64, u64
}
word! {
    /// A difference of bytes; may be negative.
    Level, AtomicI64, i64
}
word! {
    /// A small number: an origin, a length.
    Small, AtomicU32, u32
}

impl Count {
    #[inline(always)]
    pub(crate) fn sub(&self, value: u64) {
        self.add(value.wrapping_neg());
    }

    /// The value, which becomes zero.
    #[inline(always)]
    pub(crate) fn take(&self) -> u64 {
        let value = self.get();
        self.set(0);
        value
    }
}

impl Level {
    #[inline(always)]
    pub(crate) fn sub(&self, value: i64) {
        self.set(self.get().wrapping_sub(value));
    }
}

/// A pointer that its owner publishes to readers.
#[repr(transparent)]
pub(crate) struct Pointer<T>(AtomicPtr<T>);

impl<T> Pointer<T> {
    pub(crate) const fn null() -> Self {
        Self(AtomicPtr::new(std::ptr::null_mut()))
    }

    #[inline(always)]
    pub(crate) fn get(&self) -> *mut T {
        self.0.load(Ordering::Acquire)
    }

    #[inline(always)]
    pub(crate) fn set(&self, value: *mut T) {
        self.0.store(value, Ordering::Release);
    }

    /// As `mine` of the numbers: for the owner.
    ///
    /// # Safety
    /// The caller is on the one thread that writes this word.
    #[inline(always)]
    pub(crate) unsafe fn mine(&self) -> *mut T {
        // SAFETY: all writes come from this very thread, so none of them races with this read.
        unsafe { self.0.as_ptr().read_volatile() }
    }
}
