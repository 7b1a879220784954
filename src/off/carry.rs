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
    use std::ops::{Deref, DerefMut};

    pub use ::tokio::spawn;
    pub use ::tokio::task::spawn_blocking;

    /// tokio's own, whose methods it has.
    #[derive(Debug)]
    pub struct JoinSet<T> {
        inner: ::tokio::task::JoinSet<T>,
    }

    impl<T> Default for JoinSet<T> {
        fn default() -> Self {
            let inner = ::tokio::task::JoinSet::default();
            Self { inner }
        }
    }

    impl<T> JoinSet<T> {
        /// An empty set.
        #[must_use]
        pub fn new() -> Self {
            Self::default()
        }

        /// tokio's own, for what takes it by value.
        #[must_use]
        pub fn into_inner(self) -> ::tokio::task::JoinSet<T> {
            self.inner
        }
    }

    impl<T: 'static> JoinSet<T> {
        /// Waits until all tasks are done and gives their values, in the order of their ends.
        ///
        /// # Panics
        /// With the panic of a task.
        pub async fn join_all(self) -> Vec<T> {
            self.inner.join_all().await
        }
    }

    impl<T> Deref for JoinSet<T> {
        type Target = ::tokio::task::JoinSet<T>;

        fn deref(&self) -> &Self::Target {
            &self.inner
        }
    }

    impl<T> DerefMut for JoinSet<T> {
        fn deref_mut(&mut self) -> &mut Self::Target {
            &mut self.inner
        }
    }
}

/// `rayon`.
#[cfg(feature = "rayon")]
pub mod rayon {
    use super::Context;

    pub use ::rayon::{join, spawn};

    /// As `rayon::scope`.
    pub fn scope<'scope, F, R>(work: F) -> R
    where
        F: FnOnce(&Scope<'_, 'scope>) -> R + Send,
        R: Send,
    {
        ::rayon::scope(|inner| work(&Scope { inner }))
    }

    /// Where jobs are spawned: a type of its own, as when switched on, for those who name it.
    #[derive(Debug, Clone, Copy)]
    pub struct Scope<'a, 'scope> {
        inner: &'a ::rayon::Scope<'scope>,
    }

    impl<'scope> Scope<'_, 'scope> {
        /// As `rayon::Scope::spawn`.
        pub fn spawn<F>(&self, work: F)
        where
            F: FnOnce(&Scope<'_, 'scope>) + Send + 'scope,
        {
            self.inner.spawn(|inner| work(&Scope { inner }));
        }
    }

    /// The iterator itself.
    pub type InContext<I> = I;

    /// What parallel iterators can do with a [`Context`].
    pub trait ParallelIteratorExt: ::rayon::iter::ParallelIterator {
        /// The iterator itself.
        fn in_context(self, context: Context) -> InContext<Self>;
    }

    impl<I: ::rayon::iter::ParallelIterator> ParallelIteratorExt for I {
        #[inline(always)]
        fn in_context(self, _: Context) -> Self {
            self
        }
    }
}
