//! A key-value cache on a ring buffer in shared memory, for any number of writers and readers in any number of
//! processes.
//!
//! Entries stand in the ring in the order in which they were put, each in a slot of a fixed stride. The oldest
//! may be taken out; any may be looked up by its key as long as it is there:
//!
//! ```text
//!   put -> [ slot | slot | slot | slot | … ] -> take      each slot: state, lengths, key, value
//!              ^ get, through an index from hashes to the latest entries
//! ```
//!
//! Nothing on these ways allocates: all memory is the mapping's. `shared` maps it, `layout` says what is where,
//! `ring` is the queue, `index` finds keys, `cache` is what users name. `allocator` chooses the program's allocator.

#![deny(unsafe_code)]

pub mod allocator;
pub mod cache;
pub mod error;
mod index;
pub mod layout;
mod ring;
pub mod shared;

pub use cache::Cache;
pub use error::{Error, PutError};
pub use layout::Layout;
pub use shared::Shared;
