//! `std::thread`, with the path carried along.
//!
//! What a thread that is made here does counts for the path that was current where it was made. Names,
//! arguments and results are those of [`std::thread`]; only handles of scopes are passed by value.
//!
//! ```
//! # use memprof_runtime as memprof;
//! let texts = vec!["red", "green"];
//! let worker = memprof::thread::spawn(move || texts.concat());
//! assert_eq!(worker.join().unwrap(), "redgreen");
//! ```

use crate::Context;
use std::io;
use std::thread;

pub use std::thread::{JoinHandle, ScopedJoinHandle};

/// As [`std::thread::spawn`]; `work` runs under the path that is current here.
///
/// # Panics
/// As the original: when the system can make no thread.
///
/// ```
/// # use memprof_runtime as memprof;
/// let worker = memprof::thread::spawn(|| vec![0_u8; 1000].len());
/// assert_eq!(worker.join().unwrap(), 1000);
/// ```
pub fn spawn<F, T>(work: F) -> JoinHandle<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    thread::spawn(Context::current().wrap(work))
}

/// As [`std::thread::scope`]; each thread of it runs under the path that is current where it is spawned.
///
/// The closure gets its [`Scope`] by value. It is `Copy`: a thread that spawns further ones takes it along
/// with `move`.
///
/// # Panics
/// As the original: when a thread of it panicked and was not joined by hand.
///
/// ```
/// # use memprof_runtime as memprof;
/// let words = vec!["a", "b"];
/// let lengths = memprof::thread::scope(|scope| {
///     let longer = scope.spawn(|| words.iter().map(|word| word.repeat(3)).collect::<Vec<_>>());
///     longer.join().unwrap()
/// });
/// assert_eq!(lengths, ["aaa", "bbb"]);
/// ```
pub fn scope<'env, F, T>(work: F) -> T
where
    F: for<'scope> FnOnce(Scope<'scope, 'env>) -> T,
{
    thread::scope(|inner| work(Scope { inner }))
}

/// Where scoped threads are spawned; see [`scope`].
///
/// ```
/// # use memprof_runtime as memprof;
/// use memprof::thread::{Scope, scope};
///
/// // It is `Copy`: a thread that spawns further ones takes it along.
/// fn sum<'scope>(scope: Scope<'scope, '_>, numbers: &'scope [u64]) -> u64 {
///     let (left, right) = numbers.split_at(numbers.len() / 2);
///     let left = scope.spawn(move || left.iter().sum::<u64>());
///     right.iter().sum::<u64>() + left.join().unwrap()
/// }
/// let numbers = [1, 2, 3, 4];
/// assert_eq!(scope(|scope| sum(scope, &numbers)), 10);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Scope<'scope, 'env> {
    inner: &'scope thread::Scope<'scope, 'env>,
}

impl<'scope> Scope<'scope, '_> {
    /// As [`std::thread::Scope::spawn`]; `work` runs under the path that is current here.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// let words = ["a", "b"];
    /// let joined = memprof::thread::scope(|scope| scope.spawn(|| words.concat()).join());
    /// assert_eq!(joined.unwrap(), "ab");
    /// ```
    ///
    /// # Panics
    /// As the original: when the system can make no thread.
    pub fn spawn<F, T>(self, work: F) -> ScopedJoinHandle<'scope, T>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        self.inner.spawn(Context::current().wrap(work))
    }
}

/// As [`std::thread::Builder`]; its threads run under the path that is current where they are spawned.
///
/// ```
/// # use memprof_runtime as memprof;
/// let named = memprof::thread::Builder::new().name("indexer".into());
/// let worker = named.spawn(|| std::thread::current().name().map(str::len)).unwrap();
/// assert_eq!(worker.join().unwrap(), Some(7));
/// ```
#[derive(Debug)]
#[must_use = "must eventually spawn the thread"]
pub struct Builder {
    inner: thread::Builder,
}

impl Builder {
    /// As [`std::thread::Builder::new`].
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// let builder = memprof::thread::Builder::new();
    /// assert_eq!(builder.spawn(|| 1).unwrap().join().unwrap(), 1);
    /// ```
    #[expect(clippy::new_without_default, reason = "the original has none either")]
    pub fn new() -> Self {
        Self {
            inner: thread::Builder::new(),
        }
    }

    /// As [`std::thread::Builder::name`].
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// let builder = memprof::thread::Builder::new().name("indexer".into());
    /// let worker = builder.spawn(|| {}).unwrap();
    /// assert_eq!(worker.thread().name(), Some("indexer"));
    /// # worker.join().unwrap();
    /// ```
    pub fn name(self, name: String) -> Self {
        Self {
            inner: self.inner.name(name),
        }
    }

    /// As [`std::thread::Builder::stack_size`], in bytes.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// let builder = memprof::thread::Builder::new().stack_size(4 << 20);
    /// assert_eq!(builder.spawn(|| [0_u8; 1 << 20].len()).unwrap().join().unwrap(), 1 << 20);
    /// ```
    pub fn stack_size(self, size: usize) -> Self {
        Self {
            inner: self.inner.stack_size(size),
        }
    }

    /// As [`std::thread::Builder::spawn`].
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// let worker = memprof::thread::Builder::new().spawn(|| vec![0_u8; 1000].len())?;
    /// assert_eq!(worker.join().unwrap(), 1000);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// As the original: when the system can make no thread.
    pub fn spawn<F, T>(self, work: F) -> io::Result<JoinHandle<T>>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        self.inner.spawn(Context::current().wrap(work))
    }

    /// As [`std::thread::Builder::spawn_scoped`].
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// use memprof::thread::{Builder, scope};
    ///
    /// let words = ["a", "b"];
    /// let joined = scope(|scope| {
    ///     let worker = Builder::new().name("joiner".into()).spawn_scoped(scope, || words.concat())?;
    ///     Ok::<_, std::io::Error>(worker.join().unwrap())
    /// })?;
    /// assert_eq!(joined, "ab");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// As the original: when the system can make no thread.
    pub fn spawn_scoped<'scope, F, T>(
        self,
        scope: Scope<'scope, '_>,
        work: F,
    ) -> io::Result<ScopedJoinHandle<'scope, T>>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        self.inner
            .spawn_scoped(scope.inner, Context::current().wrap(work))
    }
}
