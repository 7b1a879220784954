//! Rows of the same code under spans and under `#[track]`, to be held against each other.

use memprof::{OperationReport, Report};

/// The row of `function` in one of the modules, without its place and name.
pub(crate) fn row(report: &Report, module: &str, function: &str) -> OperationReport {
    let is_it = |row: &&OperationReport| {
        row.module.ends_with(module) && row.name.rsplit("::").next() == Some(function)
    };
    let found: Vec<_> = report.operations.iter().filter(is_it).collect();
    assert_eq!(found.len(), 1, "{module}: {function}");
    OperationReport {
        name: String::new(),
        module: String::new(),
        function: String::new(),
        line: 0,
        column: 0,
        ..found[0].clone()
    }
}
