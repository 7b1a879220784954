//! The suite as users have it: `cargo bench`, `cargo test --benches`.
#![forbid(unsafe_code)]

include!("../src/suite.rs");
