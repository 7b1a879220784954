//! Growth by steps: a list that is one block and takes a few bytes a call is moved to a larger one each time that it is full.
//!
//! The size that it has then divided by the calls is what it takes a call, the same at each of its steps. A buffer that grows to
//! the largest that was asked for, or a table that is made once, has no such figure.

use super::curve::Curve;

/// So many steps must agree.
const LEAST_STEPS: u32 = 4;
/// A step makes it this much larger at least.
const LEAST_STEP: f64 = 1.2;
/// How far the figure may be off: what else there is, and what a call takes more than another.
const TOLERANCE: f64 = 0.02;

/// Whether the last steps of `bytes` are those of a list that takes about as much at each call.
pub(super) fn grows(bytes: &Curve) -> bool {
    let points = bytes.points();
    if points.windows(2).any(|ends| ends[1].1 < ends[0].1) {
        return false;
    }
    // It began between the last point without anything and the next one.
    let empty = points.iter().take_while(|point| point.1 == 0.0).count() - 1;
    let Some(after) = points.get(empty + 1) else {
        return false;
    };
    let earliest = points[empty].0;
    let latest = if empty == 0 { 0.0 } else { after.0 - 1.0 };
    // It was not full at the end.
    let mut most = bytes.end() / (bytes.calls() - earliest);
    let mut least: f64 = 0.0;
    let mut steps = 0;
    for ends in points[empty + 1..].windows(2).rev() {
        let [(from, full), (to, larger)] = [ends[0], ends[1]];
        if larger <= full {
            continue;
        }
        if larger < LEAST_STEP * full {
            return false;
        }
        // Full at one of these calls.
        least = least.max(full / (to - earliest) * (1.0 - TOLERANCE));
        if from > latest {
            most = most.min(full / (from - latest) * (1.0 + TOLERANCE));
        }
        if least > most {
            return false;
        }
        steps += 1;
        if steps == LEAST_STEPS {
            return true;
        }
    }
    false
}
