//! A word is one number (or pointer) that a single thread writes (`Shared`: that others may move too) and any may read.
//!
//! That is what all counters of the recorder are made of. A reader on another thread sees some recent value, never a
//! torn one. Where several words must agree, the reader uses the thread's version (see `record::thread`).
//!
//! The owner adds to a word without a fence and without a locked instruction where it can. But it adds in one
//! instruction: a signal handler on this thread comes before or after an addition, never into it (see
//! `record::interrupted`).
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

            #[cfg_attr(optimised, inline(always))]
            pub(crate) fn get(&self) -> $number {
                self.0.load(Ordering::Relaxed)
            }

            /// The value, for the owner: a plain read, which the compiler may fold into its use.
            ///
            /// PERF: an atomic load always takes an instruction of its own.
            ///
            /// # Safety
            /// The caller is on the one thread that writes this word.
            #[cfg_attr(optimised, inline(always))]
            pub(crate) unsafe fn mine(&self) -> $number {
                // SAFETY: all writes come from this very thread, so none of them races with this read.
                unsafe { self.0.as_ptr().read_volatile() }
            }

            #[cfg_attr(optimised, inline(always))]
            pub(crate) fn set(&self, value: $number) {
                self.0.store(value, Ordering::Relaxed);
            }

            /// Adds in one instruction.
            ///
            /// PERF: an optimising compiler for x86-64 makes `add [memory], register` of load + store, which costs
            /// nothing. Elsewhere it is an atomic addition.
            #[cfg_attr(optimised, inline(always))]
            pub(crate) fn add(&self, value: $number) {
                if cfg!(all(adds_in_place, not(debug_assertions))) {
                    self.set(self.get().wrapping_add(value));
                } else {
                    self.0.fetch_add(value, Ordering::Relaxed);
                }
            }
        }
    };
}

/// For those that are also subtracted from.
macro_rules! subtract {
    ($name:ident, $number:ty) => {
        impl $name {
            /// Subtracts in one instruction, as `add`.
            #[cfg_attr(optimised, inline(always))]
            pub(crate) fn sub(&self, value: $number) {
                if cfg!(all(adds_in_place, not(debug_assertions))) {
                    self.set(self.get().wrapping_sub(value));
                } else {
                    self.0.fetch_sub(value, Ordering::Relaxed);
                }
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

subtract!(Level, i64);
subtract!(Small, u32);

/// A difference of bytes that other threads may move too: each change is one atomic step, so that what is taken out of it and
/// what is put in add up, whoever does it.
#[repr(transparent)]
pub(crate) struct Shared(AtomicI64);

impl Shared {
    pub(crate) const fn new(value: i64) -> Self {
        Self(AtomicI64::new(value))
    }

    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn get(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Makes it `value`; what it was.
    #[inline]
    pub(crate) fn swap(&self, value: i64) -> i64 {
        self.0.swap(value, Ordering::Relaxed)
    }

    /// Makes it `value` if it is `seen`; whether it was.
    pub(crate) fn replace(&self, seen: i64, value: i64) -> bool {
        self.0
            .compare_exchange(seen, value, Ordering::Relaxed, Ordering::Relaxed)
            .is_ok()
    }

    pub(crate) fn sub(&self, value: i64) {
        self.0.fetch_sub(value, Ordering::Relaxed);
    }
}

/// A pointer that its owner publishes to readers.
#[repr(transparent)]
pub(crate) struct Pointer<T>(AtomicPtr<T>);

impl<T> Pointer<T> {
    pub(crate) const fn null() -> Self {
        Self(AtomicPtr::new(std::ptr::null_mut()))
    }

    pub(crate) const fn to(value: &'static T) -> Self {
        Self(AtomicPtr::new(std::ptr::from_ref(value).cast_mut()))
    }

    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn get(&self) -> *mut T {
        self.0.load(Ordering::Acquire)
    }

    #[cfg_attr(optimised, inline(always))]
    pub(crate) fn set(&self, value: *mut T) {
        self.0.store(value, Ordering::Release);
    }

    /// As `mine` of the numbers: for the owner.
    ///
    /// # Safety
    /// The caller is on the one thread that writes this word.
    #[cfg_attr(optimised, inline(always))]
    pub(crate) unsafe fn mine(&self) -> *mut T {
        // SAFETY: all writes come from this very thread, so none of them races with this read.
        unsafe { self.0.as_ptr().read_volatile() }
    }
}
