//! Does not compile where serde_json is in the graph: what the slices are compared with is ambiguous then.

#[memprof::track]
fn main() {
    let numbers: Vec<u32> = Vec::new();
    assert_eq!(&numbers[..], &[]);
    let bytes: Vec<u8> = vec![1];
    assert_eq!(bytes[..], [1]);
}
