//! A program with a tracked function and no allocator of memprof.

#[memprof::track("Work")]
fn work(size: usize) -> Vec<u8> {
    vec![7; size]
}

fn main() {
    println!("worked: {}", work(10).len());
}
