//! rayon, with the path carried along: each job runs under the path that was current where it was made.
//!
//! rayon has no hook per job, and a worker that waits in `join` may run any other job meanwhile, inside the
//! scopes that are open on it. So a job sets its path and never inherits the worker's. Jobs that are given
//! to rayon itself, not to these functions, count for whatever path the worker is in.
//!
//! ```
//! # use memprof_runtime as memprof;
//! let (left, right) = memprof::rayon::join(|| vec![1; 10], || vec![2; 20]);
//! assert_eq!(left.len() + right.len(), 30);
//! ```

mod iter;

use crate::Context;

pub use iter::{InContext, ParallelIteratorExt};

/// As `rayon::join`; both closures run under the path that is current here.
///
/// # Panics
/// As the original: with the panic of either closure.
///
/// ```
/// # use memprof_runtime as memprof;
/// let (a, b) = memprof::rayon::join(|| vec![1; 10].len(), || vec![2; 20].len());
/// assert_eq!((a, b), (10, 20));
/// ```
pub fn join<A, B, RA, RB>(a: A, b: B) -> (RA, RB)
where
    A: FnOnce() -> RA + Send,
    B: FnOnce() -> RB + Send,
    RA: Send,
    RB: Send,
{
    let context = Context::current();
    rayon::join(context.wrap(a), context.wrap(b))
}

/// As `rayon::spawn`; `work` runs under the path that is current here.
///
/// ```
/// # use memprof_runtime as memprof;
/// memprof::rayon::spawn(|| drop(vec![1; 10]));
/// ```
pub fn spawn<F>(work: F)
where
    F: FnOnce() + Send + 'static,
{
    rayon::spawn(Context::current().wrap(work));
}

/// As `rayon::scope`; `work`, and each job that is spawned in the scope, runs under the path that is current
/// where it was made.
///
/// # Panics
/// As the original: with the panic of `work` or of a job.
///
/// ```
/// # use memprof_runtime as memprof;
/// let mut halves = [0, 0];
/// let [left, right] = &mut halves;
/// memprof::rayon::scope(|scope| {
///     scope.spawn(|_| *left = vec![1; 10].len());
///     scope.spawn(|_| *right = vec![1; 20].len());
/// });
/// assert_eq!(halves, [10, 20]);
/// ```
pub fn scope<'scope, F, R>(work: F) -> R
where
    F: FnOnce(&Scope<'_, 'scope>) -> R + Send,
    R: Send,
{
    let context = Context::current();
    rayon::scope(move |inner| context.run(|| work(&Scope { inner })))
}

/// Where jobs are spawned; see [`scope`].
///
/// ```
/// # use memprof_runtime as memprof;
/// use memprof::rayon::{Scope, scope};
///
/// fn fill<'a>(scope: &Scope<'_, 'a>, numbers: &'a mut Vec<u32>) {
///     scope.spawn(move |_| numbers.extend(0..10));
/// }
/// let mut numbers = Vec::new();
/// scope(|scope| fill(scope, &mut numbers));
/// assert_eq!(numbers.len(), 10);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a, 'scope> {
    inner: &'a rayon::Scope<'scope>,
}

impl<'scope> Scope<'_, 'scope> {
    /// As `rayon::Scope::spawn`; `work` runs under the path that is current here.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// let (mut outer, mut inner) = (0, 0);
    /// let (one, other) = (&mut outer, &mut inner);
    /// memprof::rayon::scope(|scope| {
    ///     scope.spawn(move |scope| {
    ///         *one = vec![1; 10].len();
    ///         scope.spawn(move |_| *other = vec![1; 20].len());
    ///     });
    /// });
    /// assert_eq!((outer, inner), (10, 20));
    /// ```
    pub fn spawn<F>(&self, work: F)
    where
        F: FnOnce(&Scope<'_, 'scope>) + Send + 'scope,
    {
        let context = Context::current();
        self.inner
            .spawn(move |inner| context.run(|| work(&Scope { inner })));
    }
}
