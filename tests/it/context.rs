//! Promise: work under an attached context belongs to its path alone. The path gets all of it, its ancestors
//! inclusively, on whichever thread; the scopes that it interrupts see none of it.

use memprof::{Context, FutureExt as _, Report};
use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Poll, Waker};

/// An allocation that the optimizer leaves in place.
fn buffer(bytes: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(bytes))
}

/// Inclusive allocated and deallocated, self allocated and deallocated, retained bytes.
fn figures(report: &Report, name: &str) -> [u64; 5] {
    let row = report.operation(name).unwrap();
    [
        row.allocated_bytes,
        row.deallocated_bytes,
        row.self_figures.allocated_bytes,
        row.self_figures.deallocated_bytes,
        row.retained_bytes.unwrap(),
    ]
}

#[test]
fn another_thread_works_for_the_path() {
    let context = {
        let _outer = memprof::scope!("thread: outer");
        let _inner = memprof::scope!("thread: inner");
        Context::current()
    };
    // The scopes have ended; the context lives on.
    let kept = std::thread::scope(|threads| {
        let work = || context.run(|| (buffer(1000), drop(buffer(10))).0);
        threads.spawn(work).join().unwrap()
    });
    let report = memprof::snapshot();
    assert_eq!(
        figures(&report, "thread: inner"),
        [1010, 10, 1010, 10, 1000]
    );
    assert_eq!(figures(&report, "thread: outer"), [1010, 10, 0, 0, 1000]);
    // Attaching is no call.
    assert_eq!(report.operation("thread: inner").unwrap().calls, 1);
    drop(kept);
    assert_eq!(figures(&memprof::snapshot(), "thread: inner")[4], 0);
}

#[test]
fn interrupted_scopes_see_none_of_it() {
    let context = {
        let _other = memprof::scope!("interrupt: other");
        Context::current()
    };
    let for_the_context;
    {
        let _outer = memprof::scope!("interrupt: outer");
        let before = buffer(100);
        {
            let _inner = memprof::scope!("interrupt: inner");
            let held = buffer(20);
            {
                let _attached = context.attach();
                for_the_context = buffer(5000);
                drop(buffer(3000));
                let _nested = memprof::scope!("interrupt: nested");
                drop(buffer(400));
            }
            drop(buffer(30));
            drop(held);
        }
        drop(before);
    }
    let report = memprof::snapshot();
    assert_eq!(figures(&report, "interrupt: inner"), [50, 50, 50, 50, 0]);
    assert_eq!(
        figures(&report, "interrupt: outer"),
        [150, 150, 100, 100, 0]
    );
    assert_eq!(
        figures(&report, "interrupt: other"),
        [8400, 3400, 8000, 3000, 5000]
    );
    for (name, peak, allocated) in [
        ("interrupt: inner", 50, 50),
        ("interrupt: outer", 150, 150),
        ("interrupt: nested", 400, 400),
    ] {
        let row = report.operation(name).unwrap();
        let per_call = row.per_call.as_ref().unwrap();
        assert_eq!(row.peak_bytes, peak, "{name}");
        assert_eq!(per_call.allocated_bytes.max, allocated, "{name}");
    }
    drop(for_the_context);
}

#[test]
fn blocks_cross_a_context_and_stay_their_origins() {
    let context = {
        let _other = memprof::scope!("cross: other");
        Context::current()
    };
    let _outer = memprof::scope!("cross: outer");
    let mine = buffer(64);
    let theirs = context.run(|| {
        drop(mine);
        buffer(7)
    });
    let report = memprof::snapshot();
    assert_eq!(figures(&report, "cross: outer"), [64, 0, 64, 0, 0]);
    assert_eq!(figures(&report, "cross: other"), [7, 64, 7, 64, 7]);
    drop(report);
    drop(theirs);
    let report = memprof::snapshot();
    assert_eq!(figures(&report, "cross: outer"), [64, 7, 64, 7, 0]);
    assert_eq!(figures(&report, "cross: other"), [7, 64, 7, 64, 0]);
}

#[test]
fn a_measurement_sees_none_of_it_either() {
    let context = {
        let _other = memprof::scope!("measured: other");
        Context::current()
    };
    let measured = memprof::measure(|| {
        let mut grown = buffer(10);
        grown.reserve_exact(20);
        context.run(|| {
            let mut other = buffer(100);
            other.reserve_exact(200);
        });
        drop(grown);
    });
    let stats = measured.stats;
    assert_eq!((stats.allocations, stats.allocated_bytes), (2, 30));
    assert_eq!((stats.deallocations, stats.deallocated_bytes), (2, 30));
    assert_eq!((stats.reallocations, stats.reallocated_new_bytes), (1, 20));
    assert_eq!((stats.net_bytes, stats.peak_bytes), (0, 20));
}

#[test]
fn the_current_path_changes_nothing() {
    let _scope = memprof::scope!("same");
    let measured = memprof::measure(|| Context::current().run(|| drop(buffer(40))));
    assert_eq!(measured.stats.allocated_bytes, 40);
    let report = memprof::snapshot();
    assert_eq!(figures(&report, "same"), [40, 40, 40, 40, 0]);
}

#[test]
fn outside_any_operation_is_a_path_too() {
    let root = std::thread::spawn(Context::current).join().unwrap();
    let kept = {
        let _scope = memprof::scope!("rootless");
        drop(buffer(10));
        root.run(|| buffer(1 << 20))
    };
    let report = memprof::snapshot();
    assert_eq!(figures(&report, "rootless"), [10, 10, 10, 10, 0]);
    assert_eq!(report.operation("rootless").unwrap().peak_bytes, 10);
    assert!(report.process.live_bytes >= 1 << 20);
    drop(kept);
}

#[test]
fn guards_out_of_order_and_leaked_heal() {
    alone!();
    let context = {
        let _other = memprof::scope!("misuse: other");
        Context::current()
    };
    {
        let _outer = memprof::scope!("misuse: outer");
        let scope = memprof::scope!("misuse: inner");
        let attached = context.attach();
        drop(buffer(100));
        // Ends the context, which is still attached.
        drop(scope);
        drop(buffer(30));
        drop(attached);
        std::mem::forget(context.attach());
        drop(buffer(5));
    }
    drop(buffer(1_000_000));
    let report = memprof::snapshot();
    assert_eq!(figures(&report, "misuse: other"), [105, 105, 105, 105, 0]);
    assert_eq!(figures(&report, "misuse: outer"), [30, 30, 30, 30, 0]);
    assert_eq!(figures(&report, "misuse: inner"), [0; 5]);
    assert!(report.warnings.iter().any(|it| it.code == "guard-misused"));
}

#[test]
fn a_panic_under_a_context_leaves_it() {
    let context = {
        let _other = memprof::scope!("panic: other");
        Context::current()
    };
    let _outer = memprof::scope!("panic: outer");
    let path = Context::current();
    for _ in 0..1000 {
        let caught = std::panic::catch_unwind(|| {
            context.run(|| {
                let _held = buffer(10);
                std::panic::resume_unwind(Box::new(()));
            });
        });
        assert!(caught.is_err());
        assert_eq!(Context::current(), path);
    }
    let row = figures(&memprof::snapshot(), "panic: other");
    assert!(row[0] >= 10_000 && row[4] == 0, "{row:?}");
}

#[test]
fn threads_of_ours_carry_the_path() {
    {
        let _scope = memprof::scope!("carried");
        let worker = memprof::thread::spawn(|| drop(buffer(1000)));
        worker.join().unwrap();
        memprof::thread::scope(|scope| {
            scope.spawn(|| drop(buffer(2000)));
            scope.spawn(move || {
                drop(buffer(3000));
                scope.spawn(|| drop(buffer(4000)));
            });
            let named = memprof::thread::Builder::new().name("named".into());
            let worker = named.spawn_scoped(scope, || drop(buffer(5000)));
            worker.unwrap().join().unwrap();
        });
        let builder = memprof::thread::Builder::new().stack_size(1 << 20);
        let worker = builder.spawn(|| {
            let _nested = memprof::scope!("carried: nested");
            drop(buffer(6000));
        });
        worker.unwrap().join().unwrap();
    }
    let report = memprof::snapshot();
    let nested = report.operation("carried: nested").unwrap();
    assert_eq!(nested.allocated_bytes, 6000);
    // Making a thread allocates too, on either side: the harness captures output, or it does not.
    let row = report.operation("carried").unwrap();
    let of_threads = row.self_figures.allocated_bytes - 15_000;
    assert_eq!(row.allocated_bytes, 21_000 + of_threads);
    assert!(of_threads < 15_000, "{of_threads}");
    let path = |row: &&memprof::report::PathReport| row.path == ["carried", "carried: nested"];
    assert_eq!(report.paths.iter().filter(path).count(), 1);
}

#[test]
fn a_future_carries_it_through_polls_and_drop() {
    let context = {
        let _other = memprof::scope!("future: other");
        Context::current()
    };
    let future = |kept: Vec<u8>| {
        async move {
            let mine = buffer(50);
            let mut first = true;
            std::future::poll_fn(|_| match std::mem::take(&mut first) {
                true => Poll::Pending,
                false => Poll::Ready(()),
            })
            .await;
            mine.capacity() + kept.capacity()
        }
        .in_context(context)
    };
    let mut cx = std::task::Context::from_waker(Waker::noop());
    let _poller = memprof::scope!("future: poller");
    let (one, other) = (buffer(7), buffer(9));
    {
        let mut finished = pin!(future(one));
        assert!(finished.as_mut().poll(&mut cx).is_pending());
        assert!(finished.as_mut().poll(&mut cx).is_ready());
    }
    // What it holds is freed on another thread, under the context all the same.
    let mut cancelled = Box::pin(future(other));
    assert!(cancelled.as_mut().poll(&mut cx).is_pending());
    std::thread::scope(|threads| {
        threads.spawn(move || drop(cancelled));
    });
    let report = memprof::snapshot();
    assert_eq!(figures(&report, "future: other"), [100, 116, 100, 116, 0]);
}

#[test]
fn a_future_grows_by_eight_bytes_and_stays_send() {
    fn is_send<T: Send>(value: T) -> T {
        value
    }
    let future = async { buffer(1) };
    let plain = size_of_val(&future);
    let carried = is_send(future.in_context(Context::current()));
    assert_eq!(size_of_val(&carried), plain.next_multiple_of(4) + 8);
}
