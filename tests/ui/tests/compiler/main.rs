//! What the compiler and clippy say of a user's code under the attributes.
#![forbid(unsafe_code)]

mod build;
mod editions;
mod lints;
mod messages;
mod normalize;
