//! Spans as operations: with the layer, code with `#[instrument]` has the figures that it would have with
//! `#[track]`.
//!
//! What is promised: the same program under both attributes has equal rows and paths, synchronous, recursive,
//! asynchronous by hand, and on tokio's workers; both may stand inside each other; a filter leaves spans out.
#![forbid(unsafe_code)]

#[path = "tracing_spans/program.rs"]
mod program;
#[path = "tracing_spans/rows.rs"]
mod rows;

use memprof::Report;
use program::{Pause, buffer, spans, tracked};
use rows::row;
use std::future::Future;
use std::hint::black_box;
use std::pin::Pin;
use std::sync::{Arc, Barrier, Once};
use std::task::{Context, Waker};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::prelude::*;

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

/// Spans of this target are not the layer's.
const LEFT_OUT: &str = "left out";

/// One subscriber for all tests: tokio's workers have it too.
fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let is_taken = filter_fn(|metadata| metadata.target() != LEFT_OUT);
        tracing_subscriber::registry()
            .with(memprof::tracing::layer().with_filter(is_taken))
            .init();
    });
    warm_up();
}

/// What the registry allocates once for a thread, it allocates here: its stack, and room for spans.
fn warm_up() {
    let many: Vec<_> = (0..512)
        .map(|_| tracing::info_span!("warm up").entered())
        .collect();
    black_box(many).into_iter().rev().for_each(drop);
}

/// Both programs have equal rows for `functions`, and equal paths among them.
fn assert_alike(functions: &[&str]) {
    let report = memprof::snapshot();
    for function in functions {
        let (span, tracked) = (
            row(&report, "::spans", function),
            row(&report, "::tracked", function),
        );
        assert!(tracked.calls > 0, "{function}");
        assert_eq!(span, tracked, "{function}");
    }
    let paths = |module| paths(&report, module, functions[0]);
    assert_eq!(paths("::spans"), paths("::tracked"));
}

/// The chain of a path, what is entered again on it, calls, allocations, bytes, net.
type PathFigures = (Vec<String>, Option<String>, u64, u64, u64, i64);

/// The paths that begin with `first` of a module.
fn paths(report: &Report, module: &str, first: &str) -> Vec<PathFigures> {
    let short = |name: &String| name.rsplit("::").next().unwrap().to_owned();
    let mut paths: Vec<_> = report
        .paths
        .iter()
        .filter(|path| {
            let outermost = path.operations.first();
            outermost.is_some_and(|&row| {
                report.operations[row].module.ends_with(module) && short(&path.path[0]) == first
            })
        })
        .map(|path| {
            (
                path.path.iter().map(short).collect(),
                path.reentered.as_ref().map(short),
                path.calls,
                path.allocations,
                path.allocated_bytes,
                path.net_bytes,
            )
        })
        .collect();
    paths.sort();
    paths
}

#[test]
fn nested_calls() {
    install();
    for round in 1..=10 {
        assert_eq!(spans::index(round), tracked::index(round));
    }
    assert_alike(&["index", "tokenize", "store"]);
    let index = row(&memprof::snapshot(), "::spans", "index");
    assert_eq!(
        (index.calls, index.allocated_bytes, index.net_bytes),
        (10, 55 * 1111, 0)
    );
    assert_eq!(index.peak_bytes, 10 * 1100);
}

#[test]
fn recursion() {
    install();
    for depth in 0..12 {
        spans::fold(depth);
        tracked::fold(depth);
    }
    assert_alike(&["fold", "unfold"]);
}

#[test]
fn interleaved_futures() {
    install();
    interleave(spans::fetch);
    interleave(tracked::fetch);
    assert_alike(&["fetch", "receive"]);
    let fetch = row(&memprof::snapshot(), "::spans", "fetch");
    assert_eq!((fetch.calls, fetch.open_calls), (4, 0));
    assert_eq!(fetch.retained_bytes, Some(0));
}

type Task = Pin<Box<dyn Future<Output = usize> + Send>>;

/// Four tasks: two are polled in turn, here and on another thread; one is cancelled in its middle, one is
/// never polled again.
fn interleave<F: Future<Output = usize> + Send + 'static>(fetch: fn(usize) -> F) {
    let mut tasks: Vec<Task> = (1..=5)
        .map(|size| -> Task { Box::pin(fetch(size)) })
        .collect();
    let never_polled = tasks.pop();
    let poll = |task: &mut Task| {
        let mut context = Context::from_waker(Waker::noop());
        task.as_mut().poll(&mut context).is_ready()
    };
    poll(&mut tasks[3]);
    drop(tasks.pop());
    drop(never_polled);
    poll(&mut tasks[2]);
    std::thread::scope(|threads| {
        threads.spawn(|| {
            warm_up();
            while !tasks.is_empty() {
                tasks.retain_mut(|task| !poll(task));
            }
        });
    });
}

#[test]
fn tokio_tasks() {
    const WORKERS: usize = 3;
    const TASKS: usize = 64;
    install();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .build()
        .unwrap();
    // Every worker once.
    let all_here = Arc::new(Barrier::new(WORKERS));
    let warmed: Vec<_> = (0..WORKERS)
        .map(|_| {
            let all_here = Arc::clone(&all_here);
            runtime.spawn(async move {
                all_here.wait();
                warm_up();
            })
        })
        .collect();
    runtime.block_on(async {
        for task in warmed {
            task.await.unwrap();
        }
    });
    for round in 1..=20_u64 {
        let spawn = |task: usize| {
            [
                runtime.spawn(spans::serve(task)),
                runtime.spawn(tracked::serve(task)),
            ]
        };
        let tasks: Vec<_> = (0..TASKS).flat_map(spawn).collect();
        runtime.block_on(async {
            for task in tasks {
                task.await.unwrap();
            }
        });
        assert_alike(&["serve", "answer", "encode"]);
        let report = memprof::snapshot();
        let serve = row(&report, "::spans", "serve");
        assert_eq!((serve.calls, serve.open_calls), (64 * round, 0));
        assert_eq!((serve.net_bytes, serve.retained_bytes), (0, Some(0)));
        assert_eq!(serve.allocated_bytes, program::served_bytes(TASKS) * round);
    }
}

#[test]
fn spans_and_attributes_nest_in_both_orders() {
    install();
    #[memprof::track("attribute")]
    fn attribute(inside: impl FnOnce()) {
        let held = buffer(10);
        inside();
        drop(held);
    }
    #[tracing::instrument(name = "span", skip_all)]
    fn span(inside: impl FnOnce()) {
        let held = buffer(100);
        inside();
        drop(held);
    }
    attribute(|| span(|| attribute(|| ())));
    span(|| attribute(|| span(|| ())));
    let report = memprof::snapshot();
    let (attribute, span) = (
        report.operation("attribute").unwrap(),
        report.operation("span").unwrap(),
    );
    assert_eq!((attribute.calls, span.calls), (3, 3));
    assert_eq!(
        (attribute.allocated_bytes, span.allocated_bytes),
        (230, 320)
    );
    assert_eq!((attribute.peak_bytes, span.peak_bytes), (120, 210));
    let own = |path: &[&str], reentered: Option<&str>| {
        let is_it = |row: &&memprof::report::PathReport| {
            row.path == path && row.reentered.as_deref() == reentered
        };
        report.paths.iter().find(is_it).unwrap().allocated_bytes
    };
    assert_eq!(own(&["attribute"], None), 10);
    assert_eq!(own(&["attribute", "span"], None), 100);
    assert_eq!(own(&["attribute", "span"], Some("attribute")), 10);
    assert_eq!(own(&["span", "attribute"], Some("span")), 100);
}

#[test]
fn a_filter_leaves_spans_out() {
    install();
    let taken = tracing::info_span!("taken");
    let left_out = tracing::info_span!(target: LEFT_OUT, "left out");
    taken.in_scope(|| left_out.in_scope(|| drop(buffer(7))));
    left_out.in_scope(|| taken.in_scope(|| drop(buffer(8))));
    drop((taken, left_out));
    let report = memprof::snapshot();
    let row = report.operation("taken").unwrap();
    assert_eq!((row.calls, row.self_figures.allocated_bytes), (1, 15));
    assert!(report.operation("left out").is_none());
}

#[test]
fn an_operation_is_the_spans_place() {
    install();
    let line = line!() + 1;
    let make = || tracing::info_span!(target: "a target", "placed");
    assert!(memprof::snapshot().operation("placed").is_none());
    drop((make(), make()));
    let report = memprof::snapshot();
    let rows: Vec<_> = report.operations_named("placed").collect();
    assert_eq!(rows.len(), 1);
    // Reached, and never entered.
    assert_eq!((rows[0].calls, &rows[0].per_call), (0, &None));
    assert_eq!(
        (&*rows[0].module, &*rows[0].function),
        ("a target", "placed")
    );
    assert_eq!(
        (&*rows[0].file, rows[0].line, rows[0].column),
        (file!(), line, 0)
    );
    let sites = memprof::sites();
    let site = sites.iter().find(|site| site.name() == "placed").unwrap();
    assert_eq!((site.module(), site.line()), ("a target", line));
}

#[test]
fn a_call_is_a_span_from_its_first_enter_to_its_close() {
    install();
    let span = tracing::info_span!("entered thrice");
    let of = || {
        let report = memprof::snapshot();
        report.operation("entered thrice").unwrap().clone()
    };
    assert_eq!(of().calls, 0);
    let held = span.in_scope(|| buffer(100));
    span.in_scope(|| drop(buffer(50)));
    assert_eq!((of().calls, of().open_calls), (1, 1));
    assert_eq!(of().per_call, None);
    std::thread::scope(|threads| {
        threads.spawn(|| span.in_scope(|| drop(held)));
    });
    // Closed where it was never entered.
    std::thread::spawn(move || drop(span)).join().unwrap();
    let row = of();
    assert_eq!((row.calls, row.open_calls), (1, 0));
    assert_eq!((row.allocated_bytes, row.net_bytes), (150, 0));
    assert_eq!(row.peak_bytes, 150);
    let per_call = row.per_call.unwrap();
    assert_eq!(
        (per_call.allocated_bytes.min, per_call.peak_bytes.min),
        (150, 150)
    );
}

#[test]
fn entered_again_on_its_thread_a_span_goes_on() {
    install();
    let span = tracing::info_span!("again");
    span.in_scope(|| {
        let outer = buffer(100);
        span.in_scope(|| span.in_scope(|| drop(buffer(10))));
        // Still inside.
        drop(buffer(1));
        drop(outer);
    });
    drop(buffer(1_000));
    span.in_scope(|| drop(buffer(5)));
    drop(span);
    let report = memprof::snapshot();
    let row = report.operation("again").unwrap();
    assert_eq!((row.calls, row.open_calls), (1, 0));
    assert_eq!((row.allocated_bytes, row.peak_bytes), (116, 110));
    let per_call = row.per_call.as_ref().unwrap();
    assert_eq!(per_call.allocated_bytes.max, 116);
    assert_eq!(per_call.peak_bytes.max, 110);
}

#[test]
fn two_threads_in_one_span_at_once() {
    install();
    let span = tracing::info_span!("at once");
    let together = Barrier::new(2);
    std::thread::scope(|threads| {
        for size in [100, 30] {
            let (span, together) = (&span, &together);
            threads.spawn(move || {
                for _ in 0..1_000 {
                    together.wait();
                    span.in_scope(|| {
                        let held = buffer(size);
                        together.wait();
                        span.in_scope(|| drop(buffer(1)));
                        drop(held);
                    });
                }
            });
        }
    });
    drop(span);
    let report = memprof::snapshot();
    let row = report.operation("at once").unwrap();
    assert_eq!((row.calls, row.open_calls), (1, 0));
    assert_eq!((row.allocated_bytes, row.net_bytes), (132_000, 0));
    assert_eq!(row.per_call.as_ref().unwrap().allocated_bytes.max, 132_000);
    // Each rises above what ended parts hold, and those hold nothing.
    assert_eq!(row.peak_bytes, 101);
}

#[test]
fn a_panic_leaves_the_span() {
    install();
    for unwind in [spans::unwind, tracked::unwind] {
        assert!(std::panic::catch_unwind(unwind).is_err());
        drop(buffer(1_000));
    }
    assert_alike(&["unwind"]);
    assert_eq!(row(&memprof::snapshot(), "::spans", "unwind").open_calls, 0);
}

#[test]
fn memory_belongs_to_the_span_that_made_it() {
    install();
    let made = tracing::info_span!("makes").in_scope(|| buffer(77));
    let retained = || {
        memprof::snapshot()
            .operation("makes")
            .unwrap()
            .retained_bytes
    };
    assert_eq!(retained(), Some(77));
    tracing::info_span!("frees").in_scope(|| drop(made));
    assert_eq!(retained(), Some(0));
    let report = memprof::snapshot();
    assert_eq!(report.operation("frees").unwrap().net_bytes, -77);
}

#[test]
fn a_future_in_a_span_of_its_own() {
    install();
    use tracing::Instrument as _;
    let future = async {
        let held = buffer(100);
        Pause::default().await;
        drop(held);
    };
    let mut future = Box::pin(future.instrument(tracing::info_span!("instrumented")));
    let mut context = Context::from_waker(Waker::noop());
    while future.as_mut().poll(&mut context).is_pending() {
        drop(buffer(1_000));
    }
    drop(future);
    let report = memprof::snapshot();
    let row = report.operation("instrumented").unwrap();
    assert_eq!((row.calls, row.open_calls), (1, 0));
    assert_eq!((row.allocated_bytes, row.peak_bytes), (100, 100));
}
