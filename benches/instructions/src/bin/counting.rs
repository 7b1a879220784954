//! The counted program with `CountingAllocator`: counts only.
#![forbid(unsafe_code)]

use instructions::{Fixed, Variant};
use memprof::CountingAllocator;
use std::process::ExitCode;

#[global_allocator]
static ALLOC: CountingAllocator<Fixed> = CountingAllocator::new(Fixed);

fn main() -> ExitCode {
    instructions::main(Variant::Tracked)
}
