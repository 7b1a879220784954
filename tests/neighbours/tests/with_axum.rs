//! Promise: tracked functions are handlers as plain ones are, and above and below `#[debug_handler]`, `#[track]` measures the
//! handler, once: copies that it makes to be compiled are no operations.
#![forbid(unsafe_code)]
#![deny(warnings)]

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{FromRef, Path, Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{debug_handler, debug_middleware};
use neighbours::{buffer, expected, pause, rows, run};
use std::future::Future;
use tower::ServiceExt as _;

#[derive(Clone)]
pub(crate) struct Shared {
    length: Length,
}

#[derive(Clone)]
pub(crate) struct Length(usize);

impl FromRef<Shared> for Length {
    fn from_ref(shared: &Shared) -> Self {
        shared.length.clone()
    }
}

macro_rules! handlers {
    ([$($handler:tt)*] [$($stateful:tt)*] [$($middleware:tt)*] [$($above:tt)*] [$($below:tt)*]) => {
        use super::*;

        $($above)*
        $($handler)*
        $($below)*
        async fn echo(Path((left, right)): Path<(usize, usize)>, body: String) -> String {
            drop(buffer(left));
            pause().await;
            drop(buffer(right));
            body
        }

        $($above)*
        $($stateful)*
        $($below)*
        async fn length(State(Length(length)): State<Length>) -> impl IntoResponse {
            let held = buffer(length);
            pause().await;
            (StatusCode::ACCEPTED, [("x-length", held.capacity().to_string())])
        }

        $($above)*
        $($handler)*
        $($below)*
        async fn fails(State(shared): State<Shared>) -> Result<&'static str, StatusCode> {
            drop(buffer(shared.length.0));
            pause().await;
            Err(StatusCode::NOT_FOUND)?;
            Ok("found")
        }

        $($above)*
        $($handler)*
        $($below)*
        fn later(path: Path<usize>) -> impl Future<Output = &'static str> + Send {
            drop(buffer(1));
            async move {
                pause().await;
                drop(buffer(path.0));
                "later"
            }
        }

        $($above)*
        $($middleware)*
        $($below)*
        async fn marks(request: Request, next: Next) -> Response {
            let mut response = next.run(request).await;
            *response.version_mut() = axum::http::Version::HTTP_10;
            response
        }

        pub(crate) fn router() -> Router {
            Router::new()
                .route("/echo/{left}/{right}", post(echo))
                .route("/length", get(length))
                .route("/fails", get(fails))
                .route("/later/{bytes}", get(later))
                .layer(from_fn(marks))
                .with_state(Shared { length: Length(50) })
        }
    };
}

mod plain {
    handlers!([#[debug_handler]] [#[debug_handler(state = Shared)]] [#[debug_middleware]] [] []);
}

mod above {
    handlers!([#[debug_handler]] [#[debug_handler(state = Shared)]] [#[debug_middleware]] [#[memprof::track]] []);
}

mod below {
    handlers!([#[debug_handler]] [#[debug_handler(state = Shared)]] [#[debug_middleware]] [] [#[memprof::track]]);
}

mod alone {
    handlers!([] [] [] [#[memprof::track]] []);
}

/// A handler of any state.
#[memprof::track]
async fn generic<S: Clone + Send>(State(state): State<S>) -> String
where
    Length: FromRef<S>,
{
    let Length(length) = Length::from_ref(&state);
    pause().await;
    "x".repeat(length)
}

/// Status, version, header and body of each answer.
fn answers(router: &Router) -> Vec<String> {
    let requests = [
        ("POST", "/echo/10/20"),
        ("GET", "/length"),
        ("GET", "/fails"),
        ("GET", "/later/30"),
        ("POST", "/echo/x/20"),
    ];
    let answer = |(method, path)| {
        let request = Request::builder().method(method).uri(path);
        let request = request.body(Body::from("red")).expect("a request");
        let answer = run(router.clone().oneshot(request)).expect("an answer");
        let (head, body) = answer.into_parts();
        let body = run(to_bytes(body, 1000)).expect("a body");
        let length = head.headers.get("x-length");
        format!("{} {:?} {length:?} {body:?}", head.status, head.version)
    };
    requests.map(answer).to_vec()
}

#[test]
fn handlers_answer_as_plain_ones() {
    let plain = answers(&plain::router());
    assert!(plain[0].starts_with("200 OK HTTP/1.0"), "{plain:?}");
    assert!(plain[1].contains("\"50\""), "{plain:?}");
    for router in [above::router(), below::router(), alone::router()] {
        assert_eq!(answers(&router), plain);
    }
    let report = memprof::snapshot();
    let above = rows(&report, "above");
    let figures = expected(&[
        ("echo", 1, 30),
        ("fails", 1, 50),
        ("later", 1, 31),
        ("length", 1, 52),
    ]);
    for row in figures {
        assert!(above.contains(&row), "{row:?} in {above:?}");
    }
    assert_eq!(above.len(), 5, "{above:?}");
    assert_eq!(rows(&report, "below"), above);
    assert_eq!(rows(&report, "alone"), above);
    assert_eq!(rows(&report, "plain"), []);
}

#[test]
fn a_handler_may_be_generic() {
    let router = Router::new()
        .route("/", get(generic::<Shared>))
        .with_state(Shared { length: Length(6) });
    let request = Request::new(Body::empty());
    let answer = run(router.oneshot(request)).expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    let report = memprof::snapshot();
    let row = report
        .operation("generic")
        .map(|row| (row.calls, row.allocated_bytes));
    assert_eq!(row, Some((1, 6)));
}
