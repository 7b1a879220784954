//! The counted program with `Allocator`: counts, and remembers who allocated what.
#![forbid(unsafe_code)]

use instructions::{Fixed, Variant};
use memprof::Allocator;
use std::process::ExitCode;

#[global_allocator]
static ALLOC: Allocator<Fixed> = Allocator::new(Fixed);

fn main() -> ExitCode {
    instructions::main(Variant::Tracked)
}
