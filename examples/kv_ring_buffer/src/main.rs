//! Puts entries into a cache in shared memory from several threads, takes them out in others, and shows where the
//! memory of it is.
//!
//! This file is only arguments, threads and output; the cache is the library beside it. Run it with
//! `cargo run --release -p kv_ring_buffer`.

#![forbid(unsafe_code)]

fn main() {}
