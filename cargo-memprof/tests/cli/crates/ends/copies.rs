//! A program with memprof's allocator, no tracked function, and another version of memprof in it.

#[global_allocator]
static ALLOC: memprof::Allocator = memprof::Allocator::system();

/// What every version leaves in the executable.
#[repr(C)]
struct Record {
    version: *const u8,
    length: usize,
}

// SAFETY: the text is never written.
unsafe impl Sync for Record {}

const OTHER: &str = "0.1.9";

#[used]
#[cfg_attr(target_os = "linux", unsafe(link_section = "memprof_copies"))]
static RECORD: Record = Record {
    version: OTHER.as_ptr(),
    length: OTHER.len(),
};

fn main() {
    println!("worked: {}", vec![7_u8; 10].len());
}
