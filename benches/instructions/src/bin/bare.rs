//! The counted program without memprof: what the other two are compared with.
#![forbid(unsafe_code)]

use instructions::{Fixed, Variant};
use std::process::ExitCode;

#[global_allocator]
static ALLOC: Fixed = Fixed;

fn main() -> ExitCode {
    instructions::main(Variant::Plain)
}
