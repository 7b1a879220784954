//! The leaks of a report: what operations still hold when the profiler ends, and what its trend says.
//!
//! Work outside any operation is left out: it holds the program's statics and caches.

use super::tree::Tree;
use crate::record::trend::Point;
use memprof_report::{Judgement, LeakPath, LeakReport, TrendPoint};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// One row for each operation that holds something, most bytes first.
pub(super) fn collect(tree: &Tree<'_>, trends: &[Vec<Point>]) -> Vec<LeakReport> {
    let mut leaks: BTreeMap<usize, LeakReport> = BTreeMap::new();
    for (place, &path) in tree.order.iter().enumerate() {
        let Some(operation) = tree.row_of(path) else {
            continue;
        };
        if let Some(leak) = of_path(tree, path, place, &trends[path]) {
            leaks.entry(operation).or_default().paths.push(leak);
        }
    }
    let calls = calls_of_operations(tree);
    let mut leaks: Vec<LeakReport> = leaks
        .into_iter()
        .map(|(operation, leak)| of_operation(operation, calls[operation], leak.paths))
        .collect();
    leaks.sort_by_key(|leak| Reverse(leak.retained_bytes));
    leaks
}

fn of_path(tree: &Tree<'_>, path: usize, place: usize, points: &[Point]) -> Option<LeakPath> {
    let figures = &tree.figures[path];
    let (blocks, bytes) = tree.retained(path)?;
    if blocks == 0 {
        return None;
    }
    let end = TrendPoint {
        calls: figures.finished,
        retained_blocks: blocks,
        retained_bytes: bytes,
    };
    let mut trend: Vec<TrendPoint> = points
        .iter()
        .map(|point| TrendPoint {
            calls: point.calls,
            retained_blocks: point.blocks,
            retained_bytes: point.bytes,
        })
        .filter(|point| point.calls < end.calls)
        .collect();
    trend.push(end);
    let judgement = Judgement::of(&trend);
    Some(LeakPath {
        path: place,
        class: judgement.class,
        calls: end.calls,
        retained_blocks: blocks,
        retained_bytes: bytes,
        bytes_per_call: per_call(bytes, end.calls),
        tail_blocks: judgement.tail_blocks,
        tail_bytes: judgement.tail_bytes,
        trend,
    })
}

fn of_operation(operation: usize, calls: u64, mut paths: Vec<LeakPath>) -> LeakReport {
    paths.sort_by_key(|path| Reverse(path.retained_bytes));
    let sum = |figure: fn(&LeakPath) -> u64| paths.iter().map(figure).sum();
    let bytes = sum(|path| path.retained_bytes);
    LeakReport {
        operation,
        class: paths
            .iter()
            .map(|path| path.class)
            .max()
            .unwrap_or_default(),
        calls,
        retained_blocks: sum(|path| path.retained_blocks),
        retained_bytes: bytes,
        bytes_per_call: per_call(bytes, calls),
        tail_blocks: sum(|path| path.tail_blocks),
        tail_bytes: sum(|path| path.tail_bytes),
        paths,
    }
}

/// Finished calls of each operation, also on paths of which nothing is left.
fn calls_of_operations(tree: &Tree<'_>) -> Vec<u64> {
    let mut calls = vec![0; tree.sites.len()];
    for (path, figures) in tree.figures.iter().enumerate() {
        if let Some(row) = tree.row_of(path) {
            calls[row] += figures.finished;
        }
    }
    calls
}

fn per_call(bytes: u64, calls: u64) -> f64 {
    if calls == 0 {
        0.0
    } else {
        bytes as f64 / calls as f64
    }
}
