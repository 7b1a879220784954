//! tracing: a layer that makes operations of spans, so that code with `#[instrument]` gets its memory per
//! span without another attribute.
//!
//! The operation is the span's place in the source, named as the span; its target stands for the module. A
//! call is one span, from its first enter until it is closed; each enter is a part of it, on whichever thread,
//! so futures that are entered poll by poll are exact however their tasks interleave. The layer may be used
//! beside `#[track]`, each inside the other.
//!
//! What counts:
//! - The path is that of what is entered on the thread, not the chain of the spans' parents.
//! - What `tracing` and the registry allocate for a span belongs to whoever is current, as any library's
//!   memory does. Most spans take none, because the registry uses again what closed ones leave. What this
//!   layer keeps is memprof's own and not in the figures; it depends on how many spans are open at once, not
//!   on how many there were. (With `CountingAllocator`, which cannot tell whose a freed block is, a registry
//!   that makes the table of a span's extensions grow may show as a free too many.)
//! - A span that is entered again on a thread where it is entered already goes on as it is. Entered on two
//!   threads at once, it counts what both do; its peak is then the highest that one of them rose above what
//!   the ended parts hold, as if the other's were not there.
//! - `#[instrument]` on a function that is not `async` leaves the span before the function's owned arguments
//!   and the temporaries of its last expression are freed; they are freed in the caller. `#[track]` has them.
//! - Spans left in another order than entered heal as guards do, and are warned of: `guard-misused`.
//! - A span that is never left (a forgotten guard) ends when an outer operation or its thread ends, or when it
//!   is closed on that thread. So does one whose layer was replaced in between.
//! - A span that was there before the layer takes part from its next enter.
//! - Filters say which spans take part: `layer().with_filter(…)`. A span that is filtered out is part of the
//!   operation around it.
//! - Spans' operations are known (`memprof::sites`, rows with no calls) from when their line is first reached.
//!
//! The subscriber must be, or wrap, `tracing_subscriber::Registry`; another does not compile.
//!
//! ```
//! # use memprof_runtime as memprof;
//! use tracing_subscriber::prelude::*;
//!
//! // One layer among others.
//! # let _ =
//! tracing_subscriber::registry().with(memprof::tracing::layer());
//! ```

use crate::record::met;
use crate::record::pause::Pause;
use crate::record::site::Site;
use crate::record::visit::VisitedCall;
use std::fmt;
use std::marker::PhantomData;
use tracing_core::Metadata;
use tracing_core::span::Id;
use tracing_core::subscriber::{Interest, Subscriber};
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::{LookupSpan, SpanRef};

/// Makes operations of spans. Made by [`layer`].
///
/// ```
/// # use memprof_runtime as memprof;
/// use memprof::tracing::{Layer, layer};
/// use tracing_subscriber::{Registry, prelude::*};
///
/// let spans: Layer<Registry> = layer();
/// # let _ =
/// tracing_subscriber::registry().with(spans);
/// ```
pub struct Layer<S> {
    /// Only for what the compiler infers; a layer has no state of its own.
    subscriber: PhantomData<fn(S)>,
}

/// A layer that makes an operation of every span that it is told of (see the [module](self)).
///
/// Entering and leaving take no lock but the span's own, except that the first entry on a new path takes one
/// for a moment. Neither panics nor blocks.
///
/// ```
/// # use memprof_runtime as memprof;
/// use tracing_subscriber::prelude::*;
///
/// tracing_subscriber::registry()
///     .with(memprof::tracing::layer())
///     .init();
/// ```
#[must_use = "a layer does nothing until it is added to a subscriber"]
pub fn layer<S>() -> Layer<S> {
    Layer {
        subscriber: PhantomData,
    }
}

impl<S> Default for Layer<S> {
    fn default() -> Self {
        layer()
    }
}

impl<S> Clone for Layer<S> {
    fn clone(&self) -> Self {
        layer()
    }
}

impl<S> fmt::Debug for Layer<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Layer").finish()
    }
}

impl<S> tracing_subscriber::Layer<S> for Layer<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if metadata.is_span() {
            site_of(metadata);
        }
        Interest::always()
    }

    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        let pause = Pause::new();
        let Some(span) = context.span(id) else {
            return;
        };
        if let Some(call) = span.extensions().get::<VisitedCall>() {
            drop(pause);
            return call.enter();
        }
        begin_call(&span);
        with_call(&span, pause, VisitedCall::enter);
    }

    fn on_exit(&self, id: &Id, context: Context<'_, S>) {
        let pause = Pause::new();
        if let Some(span) = context.span(id) {
            with_call(&span, pause, VisitedCall::leave);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let pause = Pause::new();
        let Some(span) = context.span(&id) else {
            return;
        };
        let is_visited = |call: &VisitedCall| call.is_visited();
        if span.extensions().get().is_some_and(is_visited) {
            with_call(&span, pause, VisitedCall::leave_wholly);
        }
        let _pause = Pause::new();
        drop(span.extensions_mut().remove::<VisitedCall>());
    }
}

/// Gives `span` its call, if it has none. memprof's own work.
fn begin_call<'a, S: LookupSpan<'a>>(span: &SpanRef<'a, S>) {
    let Some(site) = site_of(span.metadata()) else {
        return;
    };
    let mut extensions = span.extensions_mut();
    // Another thread may have been first.
    if extensions.get_mut::<VisitedCall>().is_none() {
        extensions.insert(VisitedCall::new(site, span.id().into_u64()));
    }
}

/// Does `work` with the call of `span`, after the pause: a scope begins and ends in the user's time.
fn with_call<'a, S: LookupSpan<'a>>(
    span: &SpanRef<'a, S>,
    pause: Pause,
    work: impl FnOnce(&VisitedCall),
) {
    let extensions = span.extensions();
    drop(pause);
    if let Some(call) = extensions.get() {
        work(call);
    }
}

/// The one site of a callsite, whose metadata is a static of its own.
fn site_of(metadata: &'static Metadata<'static>) -> Option<&'static Site> {
    met::site(std::ptr::from_ref(metadata).addr(), || {
        Site::named(
            metadata.name(),
            metadata.target(),
            metadata.file().unwrap_or_default(),
            metadata.line().unwrap_or_default(),
        )
    })
}
