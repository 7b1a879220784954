//! Integrations: each carries the current path into what another library runs elsewhere.
//!
//! They are made of `Context` alone and know nothing of the recorder. `thread` is always there, the others
//! are features.

#[cfg(feature = "rayon")]
pub mod rayon;
pub mod thread;
#[cfg(feature = "tokio")]
pub mod tokio;
