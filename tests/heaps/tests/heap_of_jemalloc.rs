//! Promise: where jemalloc is the inner allocator, its own figures take resident memory apart.

#[path = "../../fragmented/mod.rs"]
mod fragmented;

use tikv_jemallocator::Jemalloc;

#[global_allocator]
static ALLOCATOR: memprof::Allocator<Jemalloc> = memprof::Allocator::new(Jemalloc);

#[test]
fn the_heap_of_jemalloc() {
    fragmented::is_taken_apart("jemalloc", true);
}
