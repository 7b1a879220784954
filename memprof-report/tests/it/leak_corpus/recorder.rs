//! What memprof's recorder keeps of a history: the rules of its `record::trend`.

use super::Held;
use memprof_report::TrendPoint;

/// As many points as a series can have.
const POINTS: usize = 32;

/// Which calls end with a look at what is held: those that allocate or free.
#[derive(Clone, Copy, Debug)]
pub(super) enum Looks {
    /// All: each uses something for a while.
    Each,
    /// Those after which something else is held: the others allocate nothing.
    Changes,
}

/// The points of a history and its end.
pub(super) fn trend(held: &Held, looks: Looks) -> Vec<TrendPoint> {
    let point = |calls: u64| {
        let (retained_blocks, retained_bytes) = held[calls as usize - 1];
        TrendPoint {
            calls,
            retained_blocks,
            retained_bytes,
        }
    };
    let calls = held.len() as u64;
    let (mut points, mut stride) = (Vec::new(), 1);
    let mut misses = 0;
    let mut due = 1;
    let is_look = |call: u64| match looks {
        Looks::Each => true,
        Looks::Changes if call == 1 => held[0] != (0, 0),
        Looks::Changes => held[call as usize - 1] != held[call as usize - 2],
    };
    while due <= calls {
        let Some(look) = (due..=calls).find(|call| is_look(*call)) else {
            break;
        };
        due = look;
        let now = point(due);
        if points.is_empty() {
            if now.retained_blocks == 0 {
                misses = due;
                due += due / 16 + 1;
                continue;
            }
            stride = (due / 16).max(1);
            points.push(TrendPoint {
                calls: misses,
                ..TrendPoint::default()
            });
        }
        if points.len() == POINTS {
            points = points.into_iter().skip(1).step_by(2).collect();
            stride *= 2;
        }
        points.push(now);
        due += scattered(stride, now.calls);
    }
    points.retain(|point| point.calls < calls);
    points.push(point(calls));
    points
}

fn scattered(stride: u64, calls: u64) -> u64 {
    let random = calls.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
    stride - stride / 4 + random % (stride / 4 * 2 + 1)
}
