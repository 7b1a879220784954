//! The suite as a program, for the tests.
#![forbid(unsafe_code)]

include!("suite.rs");
