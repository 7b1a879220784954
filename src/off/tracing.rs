//! The `tracing` layer, doing nothing: memprof is switched off.

use std::marker::PhantomData;
use tracing_core::subscriber::Subscriber;

/// Does nothing: memprof is switched off.
#[derive(Debug)]
pub struct Layer<S> {
    subscriber: PhantomData<fn(S)>,
}

/// A layer that does nothing: memprof is switched off.
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

impl<S: Subscriber> tracing_subscriber::Layer<S> for Layer<S> {}
