//! Integrations with other libraries. All but `dhat` and `tracing` carry the current path into what the library runs
//! elsewhere, are made of `Context` alone and know nothing of the recorder; `tracing` makes operations of
//! spans, `dhat` runs another profiler underneath.
//!
//! `thread` is always there, the others are features.

#[cfg(feature = "dhat")]
pub mod dhat;
#[cfg(feature = "rayon")]
pub mod rayon;
pub mod thread;
#[cfg(feature = "tokio")]
pub mod tokio;
#[cfg(feature = "tracing")]
pub mod tracing;
