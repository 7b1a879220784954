//! Spans that are not left as they were entered: forgotten, left late, closed elsewhere, or without their layer
//! for a while.
//!
//! What is promised: no byte is lost, calls end once, it heals at the next outer exit, and the report tells of
//! it. Nothing of it panics.

use memprof::OperationReport;
use std::cell::RefCell;
use std::hint::black_box;
use std::sync::{Barrier, Mutex};
use tracing::Span;
use tracing::subscriber::with_default;
use tracing_subscriber::prelude::*;
use tracing_subscriber::{Registry, reload};

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

fn buffer(bytes: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(bytes))
}

fn with_layer(work: impl FnOnce()) {
    let layer = memprof::tracing::layer();
    with_default(tracing_subscriber::registry().with(layer), || {
        // What the registry allocates once for a thread.
        let spans: Vec<_> = (0..8)
            .map(|_| tracing::info_span!("warm up").entered())
            .collect();
        spans.into_iter().rev().for_each(drop);
        work();
    });
}

fn row(name: &str) -> OperationReport {
    memprof::snapshot().operation(name).unwrap().clone()
}

/// Calls, open calls, allocated bytes, those of itself.
fn figures(name: &str) -> [u64; 4] {
    let report = memprof::snapshot();
    let row = report.operation(name).unwrap();
    [
        row.calls,
        row.open_calls,
        row.allocated_bytes,
        row.self_figures.allocated_bytes,
    ]
}

fn misused() -> u64 {
    let report = memprof::snapshot();
    let warning = report
        .warnings
        .iter()
        .find(|warning| warning.code == "guard-misused");
    warning.map_or(0, |warning| {
        let number = warning.message.split(' ').next().unwrap();
        number.parse().unwrap()
    })
}

/// In sequence, since the warnings are counted for the whole process.
#[test]
fn spans_are_misused() {
    left_in_the_wrong_order();
    left_after_an_attribute();
    forgotten_and_closed();
    forgotten_inside_another();
    forgotten_by_a_thread();
    entered_here_and_closed_elsewhere();
    entered_again_after_it_healed();
    the_layer_goes_away_inside();
    the_layer_comes_inside();
    two_layers_are_one();
    two_subscribers_on_one_thread();
    a_subscriber_ends_with_open_spans();
    a_thread_local_enters_when_its_thread_ends();
}

fn left_in_the_wrong_order() {
    let before = misused();
    with_layer(|| {
        let (first, second) = (tracing::info_span!("first"), tracing::info_span!("second"));
        let outer = first.enter();
        let inner = second.enter();
        drop(buffer(10));
        drop(outer);
        drop(buffer(1_000));
        drop(inner);
        drop(buffer(1_000));
        first.in_scope(|| second.in_scope(|| drop(buffer(1))));
    });
    assert_eq!(figures("first"), [1, 0, 11, 0]);
    assert_eq!(figures("second"), [1, 0, 11, 11]);
    assert_eq!(misused() - before, 1);
}

fn left_after_an_attribute() {
    let before = misused();
    with_layer(|| {
        let span = tracing::info_span!("left late");
        let scope = memprof::scope!("scope around");
        let late = span.enter();
        drop(buffer(10));
        drop(scope);
        drop(buffer(1_000));
        drop(late);
        let early = span.enter();
        let scope = memprof::scope!("scope inside");
        drop(buffer(20));
        drop(early);
        drop(buffer(1_000));
        drop(scope);
    });
    assert_eq!(figures("left late"), [1, 0, 30, 10]);
    assert_eq!(figures("scope around"), [1, 0, 10, 0]);
    assert_eq!(figures("scope inside"), [1, 0, 20, 20]);
    assert_eq!(misused() - before, 2);
}

fn forgotten_and_closed() {
    with_layer(|| {
        let span = tracing::info_span!("forgotten and closed");
        std::mem::forget(span.enter());
        std::mem::forget(span.enter());
        drop(buffer(10));
        drop(span);
        drop(buffer(1_000));
    });
    assert_eq!(figures("forgotten and closed"), [1, 0, 10, 10]);
    let per_call = row("forgotten and closed").per_call.unwrap();
    assert_eq!(per_call.allocated_bytes.max, 10);
}

fn forgotten_inside_another() {
    let before = misused();
    with_layer(|| {
        let span = tracing::info_span!("forgotten inside");
        tracing::info_span!("around").in_scope(|| {
            std::mem::forget(span.enter());
            drop(buffer(10));
        });
        drop(buffer(1_000));
        // Closed only here: `span` outlives what is around its guard.
        drop(span);
    });
    assert_eq!(figures("forgotten inside"), [1, 0, 10, 10]);
    assert_eq!(figures("around"), [1, 0, 10, 0]);
    assert_eq!(misused() - before, 1);
}

fn forgotten_by_a_thread() {
    let before = misused();
    with_layer(|| {
        let span = tracing::info_span!("forgotten by a thread");
        // What the registry allocates when its first thread ends.
        let warm_up = tracing::info_span!("warm up");
        std::thread::spawn(move || warm_up.in_scope(|| ()))
            .join()
            .unwrap();
        for _ in 0..10 {
            std::thread::scope(|threads| {
                threads.spawn(|| {
                    std::mem::forget(span.enter());
                    drop(buffer(10));
                });
            });
        }
        assert_eq!(figures("forgotten by a thread"), [1, 1, 100, 100]);
        // A thread that may have the same words as one of those.
        std::thread::scope(|threads| {
            threads.spawn(|| span.in_scope(|| drop(buffer(5))));
        });
    });
    assert_eq!(figures("forgotten by a thread"), [1, 0, 105, 105]);
    assert_eq!(misused() - before, 10);
}

fn entered_here_and_closed_elsewhere() {
    // On a thread of its own, which stays in the span until it ends.
    std::thread::spawn(|| with_layer(close_elsewhere))
        .join()
        .unwrap();
    assert_eq!(row("closed elsewhere").open_calls, 0);
}

fn close_elsewhere() {
    let handed_over = Mutex::new(None);
    let step = Barrier::new(2);
    std::thread::scope(|threads| {
        threads.spawn(|| {
            step.wait();
            drop(handed_over.lock().unwrap().take());
            step.wait();
        });
        let span = tracing::info_span!("closed elsewhere");
        std::mem::forget(span.enter());
        let held = buffer(10);
        *handed_over.lock().unwrap() = Some(span);
        step.wait();
        step.wait();
        drop(held);
    });
    assert_eq!(figures("closed elsewhere"), [1, 0, 10, 10]);
    // What this thread does counts for it until something around it ends; other spans are not taken for it.
    for _ in 0..100 {
        tracing::info_span!("after that").in_scope(|| drop(buffer(1)));
    }
    assert_eq!(figures("after that"), [100, 0, 100, 100]);
    assert_eq!(figures("closed elsewhere"), [1, 0, 110, 10]);
}

fn entered_again_after_it_healed() {
    with_layer(|| {
        let span = tracing::info_span!("healed");
        {
            let _scope = memprof::scope!("heals");
            std::mem::forget(span.enter());
            drop(buffer(10));
        }
        drop(buffer(1_000));
        span.in_scope(|| drop(buffer(20)));
        drop(buffer(1_000));
        // Left once more than it is entered now: the forgotten entry's.
        span.with_subscriber(|(id, dispatch)| dispatch.exit(id));
        span.in_scope(|| drop(buffer(30)));
    });
    assert_eq!(figures("healed"), [1, 0, 60, 60]);
    let per_call = row("healed").per_call.unwrap();
    // The first part ended with the scope around it, which the call has not seen.
    assert_eq!(per_call.allocated_bytes.max, 50);
}

fn the_layer_goes_away_inside() {
    let (layer, handle) = reload::Layer::new(Some(memprof::tracing::layer::<Registry>()));
    with_default(tracing_subscriber::registry().with(layer), || {
        let span = tracing::info_span!("left alone");
        let entered = span.enter();
        drop(buffer(10));
        let reload = memprof::measure(|| handle.reload(None).unwrap()).stats;
        drop(entered);
        // Nobody told that it was left.
        drop(buffer(20));
        assert_eq!(figures("left alone")[..2], [1, 1]);
        drop(span);
        drop(buffer(1_000));
        let own = 30 + reload.allocated_bytes;
        assert_eq!(figures("left alone"), [1, 0, own, own]);
    });
}

fn the_layer_comes_inside() {
    // With no layer at all there would be no spans.
    struct Other;
    impl tracing_subscriber::Layer<Registry> for Other {}
    let (layer, handle) = reload::Layer::new(None);
    let subscriber = tracing_subscriber::registry().with(Other).with(layer);
    with_default(subscriber, || {
        let span = tracing::info_span!("was there");
        let entered = span.enter();
        handle.reload(memprof::tracing::layer()).unwrap();
        assert_eq!(figures("was there"), [0, 0, 0, 0]);
        drop(buffer(1_000));
        drop(entered);
        span.in_scope(|| drop(buffer(10)));
        assert_eq!(figures("was there"), [1, 1, 10, 10]);
        // One layer for another is none.
        let entered = span.enter();
        drop(buffer(1));
        drop(entered);
    });
    assert_eq!(figures("was there"), [1, 0, 11, 11]);
}

fn two_layers_are_one() {
    let twice = tracing_subscriber::registry()
        .with(memprof::tracing::layer())
        .with(memprof::tracing::layer());
    with_default(twice, || {
        let span = tracing::info_span!("told twice");
        span.in_scope(|| drop(buffer(10)));
        drop(buffer(1_000));
        span.in_scope(|| drop(buffer(10)));
    });
    assert_eq!(figures("told twice"), [1, 0, 20, 20]);
}

fn two_subscribers_on_one_thread() {
    fn both(depth: u32) {
        let span = tracing::info_span!("in both");
        span.in_scope(|| {
            drop(buffer(10));
            if depth > 0 {
                with_layer(|| both(depth - 1));
            }
            drop(buffer(1));
        });
    }
    with_layer(|| both(0));
    let alone = row("in both").allocated_bytes;
    assert_eq!(alone, 11);
    // The same number of a span, in another registry, is another call.
    with_layer(|| both(3));
    assert_eq!(figures("in both")[..2], [5, 0]);
}

fn a_subscriber_ends_with_open_spans() {
    let mut open = None;
    with_layer(|| {
        let span = tracing::info_span!("outlives the rest");
        span.in_scope(|| drop(buffer(10)));
        open = Some(span);
    });
    assert_eq!(figures("outlives the rest"), [1, 1, 10, 10]);
    open.as_ref().unwrap().in_scope(|| drop(buffer(10)));
    drop(open);
    assert_eq!(figures("outlives the rest"), [1, 0, 20, 20]);
}

fn a_thread_local_enters_when_its_thread_ends() {
    struct Enters(Span);
    impl Drop for Enters {
        fn drop(&mut self) {
            self.0.in_scope(|| drop(buffer(10)));
        }
    }
    thread_local! {
        static LOCAL: RefCell<Option<Enters>> = const { RefCell::new(None) };
    }
    with_layer(|| {
        let span = tracing::info_span!("at the end");
        let on_thread = span.clone();
        std::thread::spawn(move || {
            on_thread.in_scope(|| drop(buffer(1)));
            // After the registry's own, so that it ends before it: without that the registry panics.
            LOCAL.set(Some(Enters(on_thread)));
        })
        .join()
        .unwrap();
        drop(span);
    });
    assert_eq!(figures("at the end"), [1, 0, 11, 11]);
}
