//! What the allocator holds beyond the live bytes, in a line for now and one for the peak.

use super::text::escaped;
use super::units::bytes;
use crate::{Fragmentation, MemoryParts};

/// Less than this is not worth a line: every allocator keeps some memory at hand.
const LEAST_BYTES: u64 = 1 << 20;
/// Nor is less than this share of what is held: one in so many.
const LEAST_SHARE: u64 = 20;

/// `38.1 MiB by glibc, of which 14.2 MiB (37 %) unused, 1.10 MiB rounding`
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
    let rounding = parts.rounding_bytes.unwrap_or(0);
    parts.unused_bytes.saturating_add(rounding)
}

fn line(allocator: &str, parts: &MemoryParts) -> String {
    let share = parts.unused_bytes as f64 / parts.held_bytes.max(1) as f64 * 100.0;
    let mut line = format!(
        "{} by {}, of which {} ({share:.0} %) unused",
        bytes(parts.held_bytes),
        escaped(allocator),
        bytes(parts.unused_bytes),
    );
    match parts.rounding_bytes {
        Some(rounding) => line += &format!(", {} rounding", bytes(rounding)),
        None => line += " or rounding",
    }
    match parts.absent_bytes {
        None | Some(0) => line,
        Some(absent) => format!("{line}; {} not resident", bytes(absent)),
    }
}
