//! What two processes hold at their ends as one list.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::{LeakPath, LeakReport};

/// Adds up what each operation and path holds; with `places`, where operations and paths stand in the merged
/// report. The class is the more alarming of the two. Trends are of one process, and end when both have one.
pub(super) fn merge(
    ours: (Vec<LeakReport>, &[usize], &[usize]),
    theirs: (Vec<LeakReport>, &[usize], &[usize]),
) -> Vec<LeakReport> {
    let mut merged: BTreeMap<usize, LeakReport> = BTreeMap::new();
    for (leaks, operations, paths) in [ours, theirs] {
        for mut leak in leaks {
            // What leads nowhere, in a damaged document, stays as it is.
            let moved = |places: &[usize], index| places.get(index).copied().unwrap_or(index);
            leak.operation = moved(operations, leak.operation);
            for path in &mut leak.paths {
                path.path = moved(paths, path.path);
            }
            match merged.get_mut(&leak.operation) {
                Some(known) => add(known, leak),
                None => {
                    merged.insert(leak.operation, leak);
                }
            }
        }
    }
    let mut merged: Vec<LeakReport> = merged.into_values().collect();
    for leak in &mut merged {
        // Of paths that hold as much, the first of the report, whichever process had it.
        let order = |path: &LeakPath| (Reverse(path.retained_bytes), path.path);
        leak.paths.sort_by_key(order);
    }
    merged.sort_by_key(|leak| Reverse(leak.retained_bytes));
    merged
}

fn add(leak: &mut LeakReport, other: LeakReport) {
    leak.class = leak.class.max(other.class);
    for (to, from) in [
        (&mut leak.calls, other.calls),
        (&mut leak.retained_blocks, other.retained_blocks),
        (&mut leak.retained_bytes, other.retained_bytes),
        (&mut leak.tail_blocks, other.tail_blocks),
        (&mut leak.tail_bytes, other.tail_bytes),
    ] {
        *to = to.saturating_add(from);
    }
    leak.bytes_per_call = per_call(leak.retained_bytes, leak.calls);
    for path in other.paths {
        match leak.paths.iter_mut().find(|known| known.path == path.path) {
            Some(known) => add_path(known, &path),
            None => leak.paths.push(path),
        }
    }
}

fn add_path(path: &mut LeakPath, other: &LeakPath) {
    path.class = path.class.max(other.class);
    for (to, from) in [
        (&mut path.calls, other.calls),
        (&mut path.retained_blocks, other.retained_blocks),
        (&mut path.retained_bytes, other.retained_bytes),
        (&mut path.tail_blocks, other.tail_blocks),
        (&mut path.tail_bytes, other.tail_bytes),
    ] {
        *to = to.saturating_add(from);
    }
    path.bytes_per_call = per_call(path.retained_bytes, path.calls);
    path.trend.clear();
}

fn per_call(bytes: u64, calls: u64) -> f64 {
    if calls == 0 {
        0.0
    } else {
        bytes as f64 / calls as f64
    }
}
