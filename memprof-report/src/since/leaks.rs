//! The leaks of a part of the time: what is retained beyond what was retained at its beginning, judged by the calls since.

use super::Matched;
use crate::{Judgement, LeakPath, LeakReport, Report, TrendPoint};

/// Takes off what was retained before. What then holds nothing more has no row.
pub(super) fn subtract(leaks: &mut Vec<LeakReport>, matched: &Matched, earlier: &Report) {
    for leak in leaks.iter_mut() {
        for path in &mut leak.paths {
            let before = matched.paths.get(path.path).copied().flatten();
            if let Some(row) = before.and_then(|at| earlier.paths.get(at)) {
                let before = TrendPoint {
                    calls: row.calls.saturating_sub(row.open_calls),
                    retained_blocks: row.retained_blocks.unwrap_or(0),
                    retained_bytes: row.retained_bytes.unwrap_or(0),
                };
                of_path(path, before);
            }
        }
        leak.paths.retain(|path| path.retained_bytes > 0);
        of_operation(leak, matched, earlier);
    }
    leaks.retain(|leak| !leak.paths.is_empty());
    leaks.sort_by_key(|leak| std::cmp::Reverse(leak.retained_bytes));
}

fn of_path(path: &mut LeakPath, before: TrendPoint) {
    if before == TrendPoint::default() {
        return;
    }
    path.trend.retain(|point| point.calls > before.calls);
    for point in &mut path.trend {
        subtract_point(point, before);
    }
    let mut end = TrendPoint {
        calls: path.calls,
        retained_blocks: path.retained_blocks,
        retained_bytes: path.retained_bytes,
    };
    subtract_point(&mut end, before);
    if path.trend.last() != Some(&end) {
        path.trend.push(end);
    }
    let judgement = Judgement::of(&path.trend);
    (path.class, path.tail_blocks, path.tail_bytes) =
        (judgement.class, judgement.tail_blocks, judgement.tail_bytes);
    (path.calls, path.retained_blocks, path.retained_bytes) =
        (end.calls, end.retained_blocks, end.retained_bytes);
    path.bytes_per_call = per_call(path.retained_bytes, path.calls);
}

fn subtract_point(point: &mut TrendPoint, before: TrendPoint) {
    point.calls = point.calls.saturating_sub(before.calls);
    point.retained_blocks = point.retained_blocks.saturating_sub(before.retained_blocks);
    point.retained_bytes = point.retained_bytes.saturating_sub(before.retained_bytes);
}

fn of_operation(leak: &mut LeakReport, matched: &Matched, earlier: &Report) {
    leak.paths
        .sort_by_key(|path| std::cmp::Reverse(path.retained_bytes));
    let before = matched.operation(Some(leak.operation)).flatten();
    if let Some(row) = before.and_then(|at| earlier.operations.get(at)) {
        let finished = row.calls.saturating_sub(row.open_calls);
        leak.calls = leak.calls.saturating_sub(finished);
    }
    let sum = |figure: fn(&LeakPath) -> u64| leak.paths.iter().map(figure).sum();
    leak.retained_blocks = sum(|path| path.retained_blocks);
    leak.retained_bytes = sum(|path| path.retained_bytes);
    leak.tail_blocks = sum(|path| path.tail_blocks);
    leak.tail_bytes = sum(|path| path.tail_bytes);
    leak.bytes_per_call = per_call(leak.retained_bytes, leak.calls);
    let classes = leak.paths.iter().map(|path| path.class);
    leak.class = classes.max().unwrap_or_default();
}

fn per_call(bytes: u64, calls: u64) -> f64 {
    bytes as f64 / calls.max(1) as f64
}
