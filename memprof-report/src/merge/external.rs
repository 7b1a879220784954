//! External memory of two processes as one: that of the same name and path adds up.

use std::collections::BTreeMap;

use crate::ExternalReport;

/// Those of both, in the order of their paths and names. `paths` say where each path stands in the merged
/// report; a row that leads nowhere (of a damaged document) is left out.
pub(super) fn merge(
    ours: (&[ExternalReport], &[usize]),
    theirs: (&[ExternalReport], &[usize]),
) -> Vec<ExternalReport> {
    let mut merged: BTreeMap<(usize, String), ExternalReport> = BTreeMap::new();
    for (rows, paths) in [ours, theirs] {
        for row in rows {
            let Some(&path) = paths.get(row.path) else {
                continue;
            };
            let blank = ExternalReport {
                name: row.name.clone(),
                path,
                ..ExternalReport::default()
            };
            let sum = merged.entry((path, row.name.clone())).or_insert(blank);
            sum.regions = sum.regions.saturating_add(row.regions);
            sum.bytes = sum.bytes.saturating_add(row.bytes);
            sum.peak_bytes = sum.peak_bytes.max(row.peak_bytes);
        }
    }
    merged.into_values().collect()
}
