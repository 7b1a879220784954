//! A future in a context: it is attached for every poll, and for the drop.

use super::context::{Attached, Context};
use super::scope::NOTHING;
use pin_project_lite::pin_project;
use std::future::Future;
use std::pin::Pin;
use std::task::{self, Poll};

pin_project! {
    /// A future that runs under a [`Context`], wherever it is polled. Made by [`FutureExt::in_context`].
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
pub trait FutureExt: Sized {
    /// This future under `context`: every poll of it, and its drop, counts for the context's path.
    ///
    /// Adds eight bytes to the future, allocates nothing, and leaves it as `Send` as it was.
    ///
    /// ```
    /// use memprof_runtime::{Context, FutureExt as _};
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
