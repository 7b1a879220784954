//! Figures that are exact in debug builds are exact in optimised builds too.
//!
//! LLVM knows the size of a block that it sees allocated, and may assume that nobody reads behind it, where memprof keeps
//! the owner. Each shape is an operation that frees all it allocates: what it deallocated is what it allocated, and it
//! retains nothing, in every build. Scenes are several operations, or ones that keep something.

#[path = "../../../alone/mod.rs"]
mod alone;

mod aligned;
mod blocks;
mod boundaries;
mod boxes;
mod calls;
mod carried;
mod check;
mod cold;
mod collections;
mod iterators;
mod kept;
mod moved;
mod raw;
mod resized;
mod strings;
mod zeroed;

use check::{Expected, Scene, Shape};
use std::hint::black_box;

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

/// How many times each shape allocates its blocks. Sizes that grow with the pass reach 4,000 bytes.
const COUNT: usize = 4_000;

const SHAPES: [&[Shape]; 11] = [
    aligned::SHAPES,
    boxes::SHAPES,
    calls::SHAPES,
    cold::SHAPES,
    collections::SHAPES,
    iterators::SHAPES,
    moved::SHAPES,
    raw::SHAPES,
    resized::SHAPES,
    strings::SHAPES,
    zeroed::SHAPES,
];

const SCENES: [&[Scene]; 3] = [boundaries::SCENES, carried::SCENES, kept::SCENES];

fn main() {
    alone::run("every_shape_is_exact", every_shape_is_exact);
}

fn every_shape_is_exact() {
    let count = black_box(COUNT);
    let mut expected = Vec::new();
    let mut wrong = Vec::new();
    for shape in SHAPES.into_iter().flatten() {
        black_box((shape.run)(count));
        expected.push(shape.expected(count));
    }
    for scene in SCENES.into_iter().flatten() {
        let mismatches = (scene.run)(count);
        if mismatches != 0 {
            wrong.push(format!("{}: {mismatches} figures are wrong", scene.name));
        }
        expected.extend((scene.expected)(count));
    }
    wrong.extend(check::wrong(&expected));
    // Leaked blocks stay; all others are free now.
    kept::free();
    kept::expect_freed(&mut expected);
    wrong.extend(check::wrong(&expected));
    for line in &wrong {
        println!("{line}");
    }
    assert!(wrong.is_empty(), "{} lines above are wrong", wrong.len());
    println!("{}", summary(&expected));
}

fn summary(expected: &[Expected]) -> String {
    let removed = check::removed(expected);
    format!(
        "{} shapes are exact; in {removed} the compiler removed allocations",
        expected.len()
    )
}
