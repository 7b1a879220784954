//! A web service with `#[instrument]` on its handlers: 1,000 requests over real connections give each span the
//! figures that `#[track]` gives the same handlers, and both those that the handlers' code says.
#![forbid(unsafe_code)]

#[path = "tracing_spans/rows.rs"]
mod rows;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{get, post};
use memprof::OperationReport;
use rows::row;
use std::hint::black_box;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::pin::Pin;
use std::sync::{Arc, Barrier};
use std::task::{Context, Poll};
use tokio::runtime::{Builder, Runtime};
use tracing_subscriber::prelude::*;

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

const WORKERS: usize = 3;
const CLIENTS: usize = 8;
/// To each of the two services; every client asks for the same number.
const REQUESTS: usize = 1_000;

macro_rules! service {
    ($module:ident, $attribute:meta) => {
        mod $module {
            use super::*;

            pub(super) fn routes() -> Router {
                Router::new()
                    .route("/search/{size}", get(search))
                    .route("/items/{size}", post(insert))
            }

            #[$attribute]
            async fn search(Path(size): Path<usize>) -> Result<String, StatusCode> {
                let held = buffer(size);
                let found = look_up(size).await;
                Pause::default().await;
                drop(held);
                if is_missing(size) {
                    return Err(StatusCode::NOT_FOUND);
                }
                Ok("x".repeat(rank(found)))
            }

            #[$attribute]
            async fn insert(Path(size): Path<usize>, body: String) -> String {
                Pause::default().await;
                drop(buffer(size + body.len()));
                String::new()
            }

            #[$attribute]
            async fn look_up(size: usize) -> Vec<u8> {
                let held = buffer(2 * size);
                Pause::default().await;
                drop(held);
                buffer(size / 2)
            }

            #[$attribute]
            fn rank(found: Vec<u8>) -> usize {
                let mine = found;
                drop(buffer(64));
                mine.capacity()
            }
        }
    };
}

service!(spans, tracing::instrument(skip_all));
service!(tracked, memprof::track);

#[test]
fn a_thousand_requests() {
    tracing_subscriber::registry()
        .with(memprof::tracing::layer())
        .init();
    let runtime = Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .enable_io()
        .build()
        .unwrap();
    warm_up_workers(&runtime);
    let address = serve(&runtime);
    std::thread::scope(|clients| {
        for client in 0..CLIENTS {
            clients.spawn(move || ask(address, client));
        }
    });
    // The services are gone before figures are read: no call is open.
    drop(runtime);

    let report = memprof::snapshot();
    for function in ["search", "insert", "look_up", "rank"] {
        let [mut span, mut tracked] =
            ["::spans", "::tracked"].map(|module| row(&report, module, function));
        if function == "insert" {
            // It frees the request's text, whose room is the server's choice.
            leave_out_freed_bytes(&mut span);
            leave_out_freed_bytes(&mut tracked);
        }
        assert_eq!(span, tracked, "{function}");
        assert_eq!(span.open_calls, 0, "{function}");
    }
    assert_eq!(report.warnings, []);

    // The figures are those of the handlers' code.
    let sizes = || {
        (0..REQUESTS)
            .filter(|request| !is_insert(*request))
            .map(size_of)
    };
    let ranked = || sizes().filter(|size| !is_missing(*size));
    let (search, look_up, rank, insert) = (
        row(&report, "::spans", "search"),
        row(&report, "::spans", "look_up"),
        row(&report, "::spans", "rank"),
        row(&report, "::spans", "insert"),
    );
    assert_eq!(search.calls, sizes().count() as u64);
    assert_eq!(insert.calls, (REQUESTS - sizes().count()) as u64);
    assert_eq!(rank.calls, ranked().count() as u64);
    let sum = |figures: &mut dyn Iterator<Item = usize>| figures.sum::<usize>() as u64;
    assert_eq!(
        look_up.allocated_bytes,
        sum(&mut sizes().map(|size| 2 * size + size / 2))
    );
    assert_eq!(rank.allocated_bytes, 64 * rank.calls);
    // The answer's text is as long as what was found.
    assert_eq!(
        search.self_figures.allocated_bytes,
        sum(&mut sizes()) + sum(&mut ranked().map(|size| size / 2))
    );
    let inserted = (0..REQUESTS).filter(|request| is_insert(*request));
    assert_eq!(
        insert.allocated_bytes,
        sum(&mut inserted.map(|request| size_of(request) + BODY.len()))
    );
}

/// An allocation that the optimizer leaves in place.
fn buffer(bytes: usize) -> Vec<u8> {
    black_box(Vec::with_capacity(bytes))
}

/// Lets others go first, once. Not tokio's, whose list of those that yielded grows in whoever comes last.
#[derive(Default)]
struct Pause {
    is_over: bool,
}

impl Future for Pause {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.is_over, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

const BODY: &str = "a body that is freed by its handler";

fn is_insert(request: usize) -> bool {
    request % 4 == 3
}

fn is_missing(size: usize) -> bool {
    size.is_multiple_of(10)
}

fn size_of(request: usize) -> usize {
    100 + request % 137
}

/// Both services under one address.
fn serve(runtime: &Runtime) -> SocketAddr {
    let routes = Router::new()
        .nest("/spans", spans::routes())
        .nest("/tracked", tracked::routes());
    let _in_runtime = runtime.enter();
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
    runtime.spawn(async move { axum::serve(listener, routes).await });
    address
}

/// One client's share of the requests, each to both services, over one connection.
fn ask(address: SocketAddr, client: usize) {
    let mut connection = BufReader::new(TcpStream::connect(address).unwrap());
    for request in (client..REQUESTS).step_by(CLIENTS) {
        for service in ["spans", "tracked"] {
            let size = size_of(request);
            let (request_text, expected) = if is_insert(request) {
                let length = BODY.len();
                let head = format!("POST /{service}/items/{size} HTTP/1.1\r\nHost: here");
                let text = format!("{head}\r\nContent-Length: {length}\r\n\r\n{BODY}");
                (text, (200, 0))
            } else {
                let text = format!("GET /{service}/search/{size} HTTP/1.1\r\nHost: here\r\n\r\n");
                let is_there = !is_missing(size);
                (text, if is_there { (200, size / 2) } else { (404, 0) })
            };
            connection
                .get_mut()
                .write_all(request_text.as_bytes())
                .unwrap();
            assert_eq!(answer(&mut connection), expected, "{request_text}");
        }
    }
}

/// The status, and the length of the body.
fn answer(connection: &mut impl BufRead) -> (u16, usize) {
    let mut line = String::new();
    connection.read_line(&mut line).unwrap();
    let status = line.split(' ').nth(1).unwrap().parse().unwrap();
    let mut length = 0;
    loop {
        line.clear();
        connection.read_line(&mut line).unwrap();
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().unwrap();
        }
    }
    connection.read_exact(&mut vec![0; length]).unwrap();
    (status, length)
}

/// What the registry allocates once for a thread, it allocates here, outside of the spans that are looked at.
fn warm_up_workers(runtime: &Runtime) {
    let all_here = Arc::new(Barrier::new(WORKERS));
    let warm_up = |_| {
        let all_here = Arc::clone(&all_here);
        runtime.spawn(async move {
            all_here.wait();
            let many: Vec<_> = (0..512)
                .map(|_| tracing::info_span!("warm up").entered())
                .collect();
            many.into_iter().rev().for_each(drop);
        })
    };
    let tasks: Vec<_> = (0..WORKERS).map(warm_up).collect();
    for task in tasks {
        runtime.block_on(task).unwrap();
    }
}

/// The bytes that a call freed, and what is made of them.
fn leave_out_freed_bytes(row: &mut OperationReport) {
    (row.deallocated_bytes, row.net_bytes) = (0, 0);
    (
        row.self_figures.deallocated_bytes,
        row.self_figures.net_bytes,
    ) = (0, 0);
}
