//! Tests that measure at the same time do not disturb each other.
//!
//! What is promised: under the usual parallel runner, `measure` in eight tests is exact in each, for it tells
//! what its own thread did. Each has a noisy neighbour of its own besides.

use memprof::Stats;
use std::hint::black_box;
use std::sync::mpsc::channel;

const ROUNDS: u64 = 2_000;

/// Allocates `size` bytes again and again inside one measurement, while other threads do so too.
fn check(size: usize) {
    let (noise, stop) = channel::<()>();
    let noisy = std::thread::spawn(move || {
        while stop.try_recv() == Err(std::sync::mpsc::TryRecvError::Empty) {
            drop(black_box(vec![1_u8; 3 * size]));
        }
    });
    for _ in 0..20 {
        let bytes = ROUNDS * size as u64;
        let measured = memprof::measure(|| {
            for _ in 0..ROUNDS {
                drop(black_box(Vec::<u8>::with_capacity(size)));
            }
            black_box(Vec::<u8>::with_capacity(size))
        });
        assert_eq!(
            measured.stats,
            Stats {
                allocations: ROUNDS + 1,
                allocated_bytes: bytes + size as u64,
                deallocations: ROUNDS,
                deallocated_bytes: bytes,
                net_bytes: size as i64,
                peak_bytes: size as u64,
                ..Stats::default()
            }
        );
    }
    drop(noise);
    noisy.join().unwrap();
}

macro_rules! tests {
    ($($name:ident: $size:literal;)*) => {
        $(
            #[test]
            fn $name() {
                check($size);
            }
        )*
    };
}

tests! {
    of_1_byte: 1;
    of_10_bytes: 10;
    of_64_bytes: 64;
    of_100_bytes: 100;
    of_1_000_bytes: 1_000;
    of_4_096_bytes: 4_096;
    of_10_000_bytes: 10_000;
    of_100_000_bytes: 100_000;
}
