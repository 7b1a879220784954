//! A hybrid search engine: the documents of a folder, found by their words (BM25) and by their likeness
//! (vectors), with both rankings fused into one.
//!
//! It is a program as one writes it, with [`memprof::track`] on the functions whose memory matters;
//! nothing in the engine exists for memprof's sake. From a folder to an answer:
//!
//! ```text
//! corpus  ->  document  ->  fulltext (tantivy)      \
//! (which      (title,   ->  embed -> vector (HNSW)  -> engine -> hits
//!  files)      digest)                              /  fuse
//! ```
//!
//! The full-text index is written on a thread of its own, which takes the operation that asked for it along:
//! its memory is counted there, as `Index Writer`.

#![forbid(unsafe_code)]

pub mod allocator;
pub mod corpus;
pub mod document;
pub mod embed;
pub mod engine;
pub mod error;
pub mod fulltext;
pub mod fuse;
pub mod phase;
pub mod progress;
pub mod recording;
pub mod vector;

pub use corpus::Corpus;
pub use document::Document;
pub use engine::{Engine, Hit};
pub use error::{Error, Result};
