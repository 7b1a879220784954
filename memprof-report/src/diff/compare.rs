//! The comparison itself: pairs in, rows out.

use super::figures::{Figure, Figures};
use super::pairs::{Item, Pair};
use super::row::{Change, DiffRow, Verdict};
use crate::{DiffOptions, Metric};

/// The row of a pair.
pub(crate) fn row(pair: Pair, options: &DiffOptions) -> DiffRow {
    match pair {
        Pair::Both(old, new) => {
            let (verdict, changes) = compare(&old.figures, &new.figures, options);
            DiffRow {
                subject: new.subject,
                verdict,
                reason: None,
                changes,
            }
        }
        Pair::New(item) => alone(item, Verdict::New),
        Pair::Old(item) => alone(item, Verdict::Gone),
        Pair::Unsure(item, reason) => DiffRow {
            subject: item.subject,
            verdict: Verdict::NotComparable,
            reason: Some(reason),
            changes: Vec::new(),
        },
    }
}

/// A subject that is on one side only.
fn alone(item: Item, verdict: Verdict) -> DiffRow {
    let changes = item.figures.iter().map(|(&metric, figure)| Change {
        metric,
        old: (verdict == Verdict::Gone).then_some(figure.value),
        new: (verdict == Verdict::New).then_some(figure.value),
        error: figure.error,
        verdict,
    });
    DiffRow {
        changes: changes.collect(),
        subject: item.subject,
        verdict,
        reason: None,
    }
}

/// One regression makes the verdict, whatever else is better.
fn compare(old: &Figures, new: &Figures, options: &DiffOptions) -> (Verdict, Vec<Change>) {
    let changes: Vec<Change> = old
        .iter()
        .filter_map(|(&metric, &old)| change(metric, old, *new.get(&metric)?, options))
        .collect();
    let has = |verdict| changes.iter().any(|change| change.verdict == verdict);
    let verdict = [Verdict::Regressed, Verdict::Improved]
        .into_iter()
        .find(|verdict| has(*verdict));
    (verdict.unwrap_or(Verdict::Unchanged), changes)
}

fn change(metric: Metric, old: Figure, new: Figure, options: &DiffOptions) -> Option<Change> {
    if old.value == new.value {
        return None;
    }
    let error = old.error.saturating_add(new.error);
    let allowed = options
        .allowance(metric)
        .of(old.value)
        .saturating_add(error.into());
    let is_beyond = old.value.abs_diff(new.value) > allowed;
    let verdict = match (metric.gates() && is_beyond, new.value > old.value) {
        (false, _) => Verdict::Unchanged,
        (true, true) => Verdict::Regressed,
        (true, false) => Verdict::Improved,
    };
    Some(Change {
        metric,
        old: Some(old.value),
        new: Some(new.value),
        error,
        verdict,
    })
}
