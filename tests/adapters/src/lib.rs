//! Empty but for the README: the tests are in `tests/`.
#![forbid(unsafe_code)]

/// The README's examples compile. Here, because some need other libraries.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
