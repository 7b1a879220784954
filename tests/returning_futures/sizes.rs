//! A level of nested operations adds a constant to the size of a future.

use crate::{block_on, pause};
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

mod plain {
    levels!(awaiting);
}
mod tracked {
    levels!(tracked_awaiting);
}
mod returning {
    levels!(tracked_returning);
}

#[test]
fn twelve_levels_cost_twelve_frames() {
    let plain = size_of_val(&plain::one());
    for tracked in [size_of_val(&tracked::one()), size_of_val(&returning::one())] {
        assert!(tracked <= plain + 12 * 48, "{plain} became {tracked}");
    }
    block_on(plain::one());
    block_on(tracked::one());
    block_on(returning::one());
    block_on(pause());
}
