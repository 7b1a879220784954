//! tokio, with the path carried along: each task runs under the path that was current where it was spawned.
//!
//! The task's own block is tokio's, allocated where it is spawned; what the task does, poll by poll on any
//! worker, and what is freed when it ends, counts for the carried path.
//!
//! ```
//! # use memprof_runtime as memprof;
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let texts = vec!["red", "green"];
//! let task = memprof::tokio::spawn(async move { texts.concat() });
//! assert_eq!(task.await.unwrap(), "redgreen");
//! # });
//! ```

use crate::{Context, FutureExt as _};
use std::future::Future;
use std::ops::{Deref, DerefMut};
use tokio::task::{self, AbortHandle, JoinHandle};

/// As `tokio::spawn`; the task runs under the path that is current here.
///
/// # Panics
/// As the original: outside a runtime.
///
/// ```
/// # use memprof_runtime as memprof;
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let task = memprof::tokio::spawn(async { vec![0_u8; 1000].len() });
/// assert_eq!(task.await.unwrap(), 1000);
/// # });
/// ```
#[track_caller]
pub fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    tokio::spawn(future.in_context(Context::current()))
}

/// As `tokio::task::spawn_blocking`; `work` runs under the path that is current here.
///
/// # Panics
/// As the original: outside a runtime.
///
/// ```
/// # use memprof_runtime as memprof;
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let task = memprof::tokio::spawn_blocking(|| vec![0_u8; 1000].len());
/// assert_eq!(task.await.unwrap(), 1000);
/// # });
/// ```
#[track_caller]
pub fn spawn_blocking<F, R>(work: F) -> JoinHandle<R>
where
    F: FnOnce() -> R + Send + 'static,
    R: Send + 'static,
{
    task::spawn_blocking(Context::current().wrap(work))
}

/// As `tokio::task::JoinSet`, whose methods it has; tasks that are spawned on it run under the path that is
/// current there.
///
/// ```
/// # use memprof_runtime as memprof;
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let mut tasks = memprof::tokio::JoinSet::new();
/// for length in [1, 2, 3] {
///     tasks.spawn(async move { vec![0_u8; length].len() });
/// }
/// let mut sum = 0;
/// while let Some(length) = tasks.join_next().await {
///     sum += length.unwrap();
/// }
/// assert_eq!(sum, 6);
/// # });
/// ```
#[derive(Debug)]
pub struct JoinSet<T> {
    inner: task::JoinSet<T>,
}

impl<T> Default for JoinSet<T> {
    fn default() -> Self {
        Self {
            inner: task::JoinSet::default(),
        }
    }
}

impl<T> JoinSet<T> {
    /// An empty set.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// let tasks = memprof::tokio::JoinSet::<usize>::new();
    /// assert!(tasks.is_empty());
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The set without memprof, for what takes it by value (`join_all`, say).
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let mut tasks = memprof::tokio::JoinSet::new();
    /// tasks.spawn(async { 1 });
    /// let tasks: tokio::task::JoinSet<i32> = tasks.into_inner();
    /// assert_eq!(tasks.join_all().await, [1]);
    /// # });
    /// ```
    #[must_use]
    pub fn into_inner(self) -> task::JoinSet<T> {
        self.inner
    }
}

impl<T: Send + 'static> JoinSet<T> {
    /// As the original; the task runs under the path that is current here.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let mut tasks = memprof::tokio::JoinSet::new();
    /// tasks.spawn(async { vec![0_u8; 1000].len() });
    /// assert_eq!(tasks.join_next().await.unwrap().unwrap(), 1000);
    /// # });
    /// ```
    ///
    /// # Panics
    /// As the original: outside a runtime.
    #[track_caller]
    pub fn spawn<F>(&mut self, future: F) -> AbortHandle
    where
        F: Future<Output = T> + Send + 'static,
    {
        self.inner.spawn(future.in_context(Context::current()))
    }

    /// As the original; `work` runs under the path that is current here.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let mut tasks = memprof::tokio::JoinSet::new();
    /// tasks.spawn_blocking(|| vec![0_u8; 1000].len());
    /// assert_eq!(tasks.join_next().await.unwrap().unwrap(), 1000);
    /// # });
    /// ```
    ///
    /// # Panics
    /// As the original: outside a runtime.
    #[track_caller]
    pub fn spawn_blocking<F>(&mut self, work: F) -> AbortHandle
    where
        F: FnOnce() -> T + Send + 'static,
    {
        self.inner.spawn_blocking(Context::current().wrap(work))
    }

    /// As the original: waits until all tasks are done and gives their values, in the order of their ends.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let mut tasks = memprof::tokio::JoinSet::new();
    /// for number in [1, 2, 3] {
    ///     tasks.spawn(async move { 10 * number });
    /// }
    /// assert_eq!(tasks.join_all().await.iter().sum::<i32>(), 60);
    /// # });
    /// ```
    ///
    /// # Panics
    /// As the original: with the panic of a task.
    pub async fn join_all(self) -> Vec<T> {
        self.inner.join_all().await
    }
}

impl<T> Deref for JoinSet<T> {
    type Target = task::JoinSet<T>;

    fn deref(&self) -> &Self::Target {
        &self.inner
    }
}

impl<T> DerefMut for JoinSet<T> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.inner
    }
}
