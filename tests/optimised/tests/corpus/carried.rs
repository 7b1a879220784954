//! Contexts that are attached inside scopes, and futures that are polled in place. Their figures are exact too.

use crate::blocks::{Blocks, blocks};
use crate::boundaries::{are_right, bytes};
use crate::check::{Expected, Figures, Scene};
use crate::moved::{block_on, pause};
use memprof::Context;

pub(crate) const SCENES: &[Scene] = &[
    Scene {
        name: "context in a scope",
        run: carried,
        expected: carried_rows,
    },
    Scene {
        name: "future in a loop",
        run: awaited,
        expected: |n| {
            let all = Blocks::of([64, 16]).times(n);
            vec![Expected::balanced("future in a loop", n, all).with_peak(80)]
        },
    },
    Scene {
        name: "future in a future",
        run: awaited_inside,
        expected: awaited_rows,
    },
];

fn carried(count: usize) -> u64 {
    let context = {
        let _scope = memprof::scope!("carried");
        Context::current()
    };
    let mut wrong = 0;
    for i in 0..count {
        let _scope = memprof::scope!("interrupted");
        let kept = bytes(10, i);
        let given = bytes(20, i);
        // Neither this allocation nor this free belongs to the scope.
        let is_right = context.run(|| are_right(&given, i) & are_right(&bytes(40, i), i));
        context.run(|| drop(given));
        wrong += u64::from(!is_right) + u64::from(!are_right(&kept, i));
    }
    wrong
}

fn carried_rows(n: usize) -> Vec<Expected> {
    let given = blocks(n, 20);
    let carried = Figures::new(1, blocks(n, 40), blocks(n, 40).and(given), Blocks::NONE);
    let interrupted = Figures {
        peak_bytes: Some(30),
        ..Figures::new(n, blocks(n, 10).and(given), blocks(n, 10), Blocks::NONE)
    };
    vec![
        Expected::new("carried", carried),
        Expected::new("interrupted", interrupted),
    ]
}

#[memprof::track("future in a loop")]
async fn wait(i: usize) -> bool {
    let first = bytes(64, i);
    pause().await;
    let second = bytes(16, i);
    are_right(&first, i) & are_right(&second, i)
}

fn awaited(count: usize) -> u64 {
    (0..count).map(|i| u64::from(!block_on(wait(i)))).sum()
}

#[memprof::track("inner future")]
async fn inner(i: usize) -> Vec<u8> {
    let first = bytes(12, i);
    pause().await;
    let second = bytes(48, i);
    drop(first);
    second
}

#[memprof::track("outer future")]
async fn outer(i: usize) -> bool {
    let own = bytes(4, i);
    let from_inner = inner(i).await;
    are_right(&own, i) & are_right(&from_inner, i)
}

fn awaited_inside(count: usize) -> u64 {
    (0..count).map(|i| u64::from(!block_on(outer(i)))).sum()
}

fn awaited_rows(n: usize) -> Vec<Expected> {
    let all = Blocks::of([4, 12, 48]).times(n);
    let outer = Figures {
        self_allocated_bytes: blocks(n, 4).bytes,
        peak_bytes: Some(64),
        ..Figures::new(n, all, all, Blocks::NONE)
    };
    let inner = Figures {
        peak_bytes: Some(60),
        ..Figures::new(
            n,
            Blocks::of([12, 48]).times(n),
            blocks(n, 12),
            Blocks::NONE,
        )
    };
    vec![
        Expected::new("outer future", outer),
        Expected::new("inner future", inner),
    ]
}
