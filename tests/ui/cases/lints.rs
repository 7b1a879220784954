//! The user's lints still reach the user's code, and nothing else.
#![deny(warnings)]

#[memprof::track]
pub fn unused_argument(first: Vec<u8>, second: Vec<u8>) -> usize {
    first.len()
}

#[memprof::track]
pub async fn unused_in_future(first: Vec<u8>, second: Vec<u8>) -> usize {
    first.len()
}

#[memprof::track]
pub fn needless_mut(mut bytes: Vec<u8>) -> usize {
    let unused = 1;
    bytes.len()
}

#[memprof::track]
pub fn unreachable() -> usize {
    return 1;
    2
}

fn main() {}
