//! What carries a path elsewhere, when there are no paths: the libraries themselves.

use std::future::Future;

/// Nothing to carry: memprof is switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Context(());

impl Context {
    /// Nothing.
    #[inline(always)]
    #[must_use]
    pub fn current() -> Self {
        Self(())
    }

    /// Runs `work`.
    #[inline(always)]
    pub fn run<R>(self, work: impl FnOnce() -> R) -> R {
        work()
    }

    /// Attaches nothing.
    #[inline(always)]
    pub fn attach(self) -> Attached {
        Attached(std::marker::PhantomData)
    }

    /// The closure itself.
    #[inline(always)]
    pub fn wrap<R>(self, work: impl FnOnce() -> R) -> impl FnOnce() -> R {
        work
    }
}

/// Does nothing when dropped: memprof is switched off.
#[must_use = "a context is attached until its guard is dropped; bind it: `let _attached = context.attach();`"]
#[derive(Debug)]
pub struct Attached(std::marker::PhantomData<*mut ()>);

// As when switched on: a guard has a destructor, so that `drop(guard)` is no lint.
impl Drop for Attached {
    #[inline(always)]
    fn drop(&mut self) {}
}

/// What futures can do with a [`Context`].
pub trait FutureExt: Sized {
    /// The future itself.
    fn in_context(self, context: Context) -> Self;
}

impl<F: Future> FutureExt for F {
    #[inline(always)]
    fn in_context(self, _: Context) -> Self {
        self
    }
}

/// `std::thread`.
pub mod thread {
    pub use std::thread::{Builder, JoinHandle, ScopedJoinHandle, scope, spawn};

    /// Where scoped threads are spawned.
    pub type Scope<'scope, 'env> = &'scope std::thread::Scope<'scope, 'env>;
}

/// `tokio`.
#[cfg(feature = "tokio")]
pub mod tokio {
    pub use ::tokio::spawn;
    pub use ::tokio::task::{JoinSet, spawn_blocking};
}

/// `rayon`.
#[cfg(feature = "rayon")]
pub mod rayon {
    use super::Context;

    pub use ::rayon::{join, scope, spawn};

    /// Where jobs are spawned.
    pub type Scope<'a, 'scope> = &'a ::rayon::Scope<'scope>;

    /// What parallel iterators can do with a [`Context`].
    pub trait ParallelIteratorExt: ::rayon::iter::ParallelIterator {
        /// The iterator itself.
        fn in_context(self, context: Context) -> Self;
    }

    impl<I: ::rayon::iter::ParallelIterator> ParallelIteratorExt for I {
        #[inline(always)]
        fn in_context(self, _: Context) -> Self {
            self
        }
    }
}
