//! An error in what a function returns as its future reads as it does without the attribute, or nearly so.

use std::future::Future;
use std::pin::Pin;

#[memprof::track]
fn other_output(count: usize) -> impl Future<Output = String> {
    async move { count + 1 }
}

#[memprof::track]
fn no_future(count: usize) -> impl Future<Output = usize> {
    count + 1
}

#[memprof::track]
fn other_in_box(count: usize) -> Pin<Box<dyn Future<Output = String>>> {
    Box::pin(async move { count + 1 })
}

#[memprof::track]
fn not_send(count: usize) -> impl Future<Output = usize> + Send {
    let shared = std::rc::Rc::new(count);
    async move { *shared }
}

#[memprof::track]
fn within(text: &'static str) -> Pin<Box<dyn Future<Output = usize>>> {
    Box::pin(async move {
        let length: usize = text;
        length
    })
}

fn main() {
    drop((other_output(1), no_future(1), other_in_box(1), not_send(1), within("")));
}
