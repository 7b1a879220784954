//! A program that forgets a guard in a loop, a million times, is not harmed.
//!
//! What is promised: memprof's memory stays bounded whatever the number, no byte of the user's is miscounted,
//! the report says what it could not tell apart, and all is well again when the outer scope ends.

use std::hint::black_box;

/// So many scopes may be open on a thread.
const MOST_SCOPES: u64 = 1 << 20;

/// The most that memprof may hold for one thread's open scopes, at 56 bytes, and one frame below them; and for its rows.
const BOUND_BYTES: u64 = (MOST_SCOPES + 1) * 56 + 8_192;

const LOOPS: u64 = 1 << 20;

fn forget_many() {
    for _ in 0..LOOPS {
        std::mem::forget(memprof::scope!("forgotten"));
        drop(black_box(Box::new(1_u8)));
    }
}

#[test]
fn a_million_forgotten_guards() {
    alone!();
    let before = memprof::snapshot().process.overhead_bytes;
    let overhead = {
        let _outer = memprof::scope!("forgotten guards: outer");
        forget_many();
        let after_one_round = memprof::snapshot().process.overhead_bytes;
        forget_many();
        let after_two = memprof::snapshot().process.overhead_bytes;
        assert_eq!(after_one_round, after_two);
        after_two
    };
    assert!(overhead - before <= BOUND_BYTES, "{}", overhead - before);

    let report = memprof::snapshot();
    let (outer, forgotten) = (
        report.operation("forgotten guards: outer").unwrap(),
        report.operation("forgotten").unwrap(),
    );
    assert_eq!((outer.calls, outer.open_calls), (1, 0));
    assert_eq!(
        (outer.allocations, outer.allocated_bytes),
        (2 * LOOPS, 2 * LOOPS)
    );
    assert_eq!((outer.net_bytes, outer.peak_bytes), (0, 1));
    assert_eq!(forgotten.allocated_bytes, 2 * LOOPS);
    assert_eq!(forgotten.open_calls, 0);

    // The outer one is open too.
    assert_eq!(forgotten.calls, MOST_SCOPES - 1);

    // Each entry is either a call or told as lost.
    let told = |code: &str| {
        let warning = report
            .warnings
            .iter()
            .find(|warning| warning.code == code)
            .unwrap();
        let number = warning.message.split(' ').next().unwrap();
        number.parse::<u64>().unwrap()
    };
    assert_eq!(forgotten.calls + told("entries-lost"), 2 * LOOPS);
    assert_eq!(told("guard-misused"), forgotten.calls);

    // The thread is back outside, and scopes work as before.
    {
        let _scope = memprof::scope!("forgotten: afterwards");
        drop(black_box(vec![0_u8; 10]));
    }
    let report = memprof::snapshot();
    let row = report.path(&["forgotten: afterwards"]).unwrap();
    assert_eq!((row.calls, row.allocated_bytes, row.net_bytes), (1, 10, 0));
}
