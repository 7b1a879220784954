//! Promise: the system's allocator is told from those that are linked in and not at work.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

#[path = "../../fragmented/mod.rs"]
mod fragmented;

#[global_allocator]
static ALLOCATOR: memprof::CountingAllocator = memprof::CountingAllocator::system();

#[test]
fn the_heap_of_glibc() {
    fragmented::is_taken_apart("glibc", true);
}
