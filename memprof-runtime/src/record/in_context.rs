//! A future in a context: it is attached for every poll, and for the drop.

use super::context::{Attached, Context};
use super::scope::NOTHING;
use pin_project_lite::pin_project;
use std::future::Future;
use std::pin::Pin;
use std::task::{self, Poll};

pin_project! {
    /// A future that runs under a [`Context`], wherever it is polled. Made by [`FutureExt::in_context`].
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// use memprof::{Context, FutureExt as _};
    ///
    /// let future = async { 1 };
    /// let bytes = size_of_val(&future);
    /// let carried = future.in_context(Context::current());
    /// assert_eq!(size_of_val(&carried), (bytes + 8).next_multiple_of(4));
    /// ```
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct InContext<F> {
        // Dropped in this order: the future, then what `PinnedDrop` attached for it.
        #[pin]
        inner: F,
        carried: Carried,
    }

    impl<F> PinnedDrop for InContext<F> {
        fn drop(this: Pin<&mut Self>) {
            this.project().carried.attach_for_drop();
        }
    }
}

impl<F: Future> Future for InContext<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut task::Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _attached: Attached = this.carried.context.attach();
        this.inner.poll(context)
    }
}

/// What futures can do with a [`Context`].
///
/// ```
/// # use memprof_runtime as memprof;
/// use memprof::{Context, FutureExt as _};
/// # use std::{future::Future as _, pin::pin, task::{self, Poll, Waker}};
///
/// let context = Context::current();
/// let future = async { vec![0_u8; 1000].len() }.in_context(context);
/// # let poll = pin!(future).poll(&mut task::Context::from_waker(Waker::noop()));
/// # assert_eq!(poll, Poll::Ready(1000));
/// ```
pub trait FutureExt: Sized {
    /// This future under `context`: every poll of it, and its drop, counts for the context's path.
    ///
    /// Adds eight bytes to the future, allocates nothing, and leaves it as `Send` as it was.
    ///
    /// ```
    /// # use memprof_runtime as memprof;
    /// use memprof::{Context, FutureExt as _};
    ///
    /// let job = async { vec![0_u8; 1000].len() }.in_context(Context::current());
    /// # let _ = job;
    /// ```
    fn in_context(self, context: Context) -> InContext<Self>;
}

impl<F: Future> FutureExt for F {
    fn in_context(self, context: Context) -> InContext<Self> {
        InContext {
            inner: self,
            carried: Carried {
                context,
                dropping: NOT_ATTACHED,
            },
        }
    }
}

/// The context of a future; attached, by its lower half of a serial, while the future is dropped.
#[derive(Debug)]
struct Carried {
    context: Context,
    dropping: u32,
}

/// The lower half of no context's serial: the last bits are the frame's kind.
const NOT_ATTACHED: u32 = NOTHING as u32;

impl Carried {
    fn attach_for_drop(&mut self) {
        self.dropping = self.context.attach_serial() as u32;
    }
}

impl Drop for Carried {
    fn drop(&mut self) {
        if self.dropping != NOT_ATTACHED {
            Context::detach(self.dropping);
        }
    }
}
