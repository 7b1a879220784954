//! A program with memprof's allocator and no tracked function.

#[global_allocator]
static ALLOC: memprof::Allocator = memprof::Allocator::system();

fn main() {
    println!("worked: {}", vec![7_u8; 10].len());
}
