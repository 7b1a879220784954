//! The churn over the system's allocator alone.
#![forbid(unsafe_code)]

#[global_allocator]
static ALLOC: std::alloc::System = std::alloc::System;

fn main() {
    stacks::run();
}
