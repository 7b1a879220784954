//! What the allocator holds beyond the live bytes, in a line for now and one for the peak.

use super::text::escaped;
use super::units::bytes;
use crate::{Fragmentation, MemoryParts};

/// Less than this is not worth a line: every allocator keeps some memory at hand.
const LEAST_BYTES: u64 = 1 << 20;
/// Nor is less than this share of what is held: one in so many.
const LEAST_SHARE: u64 = 20;

/// `38.1 MiB by glibc, of which 14.2 MiB (37 %) unused, 1.10 MiB rounding, 9.00 MiB of other users (C code)`
///
/// With a label; no line where so little is lost that it says nothing of the program.
pub(super) fn fragmentation(found: &Fragmentation) -> Vec<(&'static str, String)> {
    let at = |label, parts: &MemoryParts| {
        let is_worth_a_line = lost(parts) >= (parts.held_bytes / LEAST_SHARE).max(LEAST_BYTES);
        is_worth_a_line.then(|| (label, line(&found.allocator, parts)))
    };
    let peak = found.at_peak.as_ref();
    let lines = [
        at("held", &found.now),
        peak.and_then(|it| at("held at peak", it)),
    ];
    lines.into_iter().flatten().collect()
}

fn lost(parts: &MemoryParts) -> u64 {
    let beyond = [parts.rounding_bytes, parts.other_bytes];
    beyond
        .into_iter()
        .flatten()
        .fold(parts.unused_bytes, u64::saturating_add)
}

fn line(allocator: &str, parts: &MemoryParts) -> String {
    let share = parts.unused_bytes as f64 / parts.held_bytes.max(1) as f64 * 100.0;
    let mut line = format!(
        "{} by {}, of which {} ({share:.0} %) unused",
        bytes(parts.held_bytes),
        escaped(allocator),
        bytes(parts.unused_bytes),
    );
    match (parts.rounding_bytes, parts.other_bytes) {
        (None, _) => line += ", rounding or other users",
        (Some(rounding), None) => {
            line += &format!(", {} rounding or other users", bytes(rounding));
        }
        (Some(rounding), Some(other)) => {
            line += &format!(", {} rounding", bytes(rounding));
            if other >= LEAST_BYTES {
                line += &format!(", {} of other users (C code)", bytes(other));
            }
        }
    }
    match parts.absent_bytes {
        None | Some(0) => line,
        Some(absent) => format!("{line}; {} not resident", bytes(absent)),
    }
}
