//! A level of nested operations adds a constant to the size of a future.

use crate::block_on;
use std::future::Future;

/// Twelve levels in all: each function awaits the one after it.
macro_rules! levels {
    ($make:ident) => {
        levels! { @ $make one two three four five six seven eight nine ten eleven twelve }
    };
    (@ $make:ident $last:ident) => { $make! { $last crate::pause() } };
    (@ $make:ident $name:ident $next:ident $($after:ident)*) => {
        $make! { $name $next() }
        levels! { @ $make $next $($after)* }
    };
}

macro_rules! awaiting {
    ($name:ident $inner:expr) => {
        pub(super) async fn $name() {
            $inner.await;
        }
    };
}

macro_rules! tracked_awaiting {
    ($name:ident $inner:expr) => {
        #[memprof::track]
        pub(super) async fn $name() {
            $inner.await;
        }
    };
}

macro_rules! tracked_returning {
    ($name:ident $inner:expr) => {
        #[memprof::track]
        #[allow(clippy::manual_async_fn)]
        pub(super) fn $name() -> impl super::Future<Output = ()> {
            async { $inner.await }
        }
    };
}

macro_rules! sizes {
    ($module:ident: $make:ident) => {
        mod $module {
            levels!($make);

            /// Of one level, two, … twelve.
            pub(super) fn sizes() -> [usize; 12] {
                [
                    size_of_val(&twelve()),
                    size_of_val(&eleven()),
                    size_of_val(&ten()),
                    size_of_val(&nine()),
                    size_of_val(&eight()),
                    size_of_val(&seven()),
                    size_of_val(&six()),
                    size_of_val(&five()),
                    size_of_val(&four()),
                    size_of_val(&three()),
                    size_of_val(&two()),
                    size_of_val(&one()),
                ]
            }
        }
    };
}

sizes!(plain: awaiting);
sizes!(tracked: tracked_awaiting);
sizes!(returning: tracked_returning);

#[test]
fn twelve_levels_cost_twelve_frames() {
    let plain = plain::sizes();
    for tracked in [tracked::sizes(), returning::sizes()] {
        let added: Vec<usize> = (0..12).map(|level| tracked[level] - plain[level]).collect();
        // Linear: each level adds the same, and no more than a frame.
        let per_level = added[0];
        assert!(per_level <= 48, "{added:?}");
        let linear: Vec<usize> = (1..=12).map(|levels| levels * per_level).collect();
        assert_eq!(added, linear);
    }
}

#[test]
fn twelve_levels_are_sent_and_run() {
    fn send<F: Future + Send>(future: F) -> F {
        future
    }
    block_on(plain::one());
    block_on(send(tracked::one()));
    block_on(send(returning::one()));
    // Each of them has been a call.
    let report = memprof::snapshot();
    for levels in ["tracked", "returning"] {
        let module = format!("sizes::{levels}");
        let rows = report.operations.iter();
        let rows = rows.filter(|row| row.module.ends_with(&module));
        assert_eq!(rows.map(|row| row.calls).collect::<Vec<_>>(), [1; 12]);
    }
}
