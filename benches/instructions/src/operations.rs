//! Cases of synchronous operations, each with its plain twin, which is not inlined either.

use std::hint::black_box;

#[inline(never)]
fn plain() {
    black_box(());
}

#[memprof::track]
#[inline(never)]
fn tracked() {
    black_box(());
}

pub(crate) fn plain_empty(rounds: u64) {
    (0..rounds).for_each(|_| plain());
}

pub(crate) fn tracked_empty(rounds: u64) {
    (0..rounds).for_each(|_| tracked());
}

#[inline(never)]
fn plain_one() {
    black_box(Box::new([1_u64; 8]));
}

#[memprof::track]
#[inline(never)]
fn tracked_one() {
    black_box(Box::new([1_u64; 8]));
}

pub(crate) fn plain_pair(rounds: u64) {
    (0..rounds).for_each(|_| plain_one());
}

pub(crate) fn tracked_pair(rounds: u64) {
    (0..rounds).for_each(|_| tracked_one());
}

/// Four functions, each of which calls the next one.
macro_rules! nest {
    ($(#[$attribute:meta])* $a:ident $b:ident $c:ident $d:ident) => {
        nest!(@one $(#[$attribute])* $a $b());
        nest!(@one $(#[$attribute])* $b $c());
        nest!(@one $(#[$attribute])* $c $d());
        nest!(@one $(#[$attribute])* $d black_box(()));
    };
    (@one $(#[$attribute:meta])* $name:ident $inner:expr) => {
        $(#[$attribute])*
        #[inline(never)]
        fn $name() {
            $inner;
            // Keeps the inner call from becoming a jump.
            black_box(());
        }
    };
}

nest!(plain_a plain_b plain_c plain_d);
nest!(#[memprof::track] tracked_a tracked_b tracked_c tracked_d);

pub(crate) fn plain_nested(rounds: u64) {
    (0..rounds).for_each(|_| plain_a());
}

pub(crate) fn tracked_nested(rounds: u64) {
    (0..rounds).for_each(|_| tracked_a());
}

pub(crate) fn plain_scope(rounds: u64) {
    (0..rounds).for_each(|_| black_box(()));
}

pub(crate) fn tracked_scope(rounds: u64) {
    for _ in 0..rounds {
        let _scope = memprof::scope!("scope");
        black_box(());
    }
}
