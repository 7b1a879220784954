//! Promise: where mimalloc is the inner allocator, its own figures take resident memory apart.

#[path = "../../fragmented/mod.rs"]
mod fragmented;

use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: memprof::Allocator<MiMalloc> = memprof::Allocator::new(MiMalloc);

#[test]
fn the_heap_of_mimalloc() {
    fragmented::is_taken_apart("mimalloc", false);
}
