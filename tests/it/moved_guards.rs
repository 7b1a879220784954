//! Promise: a call that goes on on another thread, as a stackful coroutine that moves has it, is warned of, and harms nothing.

use std::hint::black_box;
use std::thread;

/// What a coroutine's stack is to the scheduler: it goes from thread to thread with all that is on it.
struct Stack<T>(T);

// SAFETY: the thread that made it waits until it is dropped.
unsafe impl<T> Send for Stack<T> {}

impl<T> Drop for Stack<T> {
    fn drop(&mut self) {}
}

fn buffer(bytes: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(bytes))
}

fn moved() -> Option<String> {
    let report = memprof::snapshot();
    let warning = report
        .warnings
        .iter()
        .find(|warning| warning.code == "guard-moved");
    warning.map(|warning| warning.message.clone())
}

#[test]
fn a_call_that_moves_is_told() {
    alone!();
    for _ in 0..100 {
        let _scope = memprof::scope!("stays");
        drop(buffer(10));
    }
    thread::spawn(|| {
        let _scope = memprof::scope!("stays");
        drop(buffer(10));
    })
    .join()
    .expect("it ends");
    assert_eq!(moved(), None);

    let scope = Stack(memprof::scope!("moves"));
    drop(buffer(1_000));
    thread::spawn(move || {
        drop(buffer(100));
        drop(scope);
    })
    .join()
    .expect("it ends");
    let message = moved().expect("a warning");
    assert!(
        message.starts_with("at least 1 call ended on another thread than it began on"),
        "{message}"
    );
    // The thread that it began on goes on as before.
    {
        let _scope = memprof::scope!("afterwards");
        drop(buffer(5));
    }
    let report = memprof::snapshot();
    assert_eq!(
        report
            .operation("afterwards")
            .expect("a row")
            .allocated_bytes,
        5
    );
    assert_eq!(report.operation("moves").expect("a row").open_calls, 0);
}
