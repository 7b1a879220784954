//! Columns: the operations that were called as a grid of cells, as wide as it may be.
//!
//! Operation, calls and self allocated always stay. Where the width does not hold the rest, columns leave
//! in this order: the exact byte columns; deallocated, external, net and allocated, which the lines under the
//! table repeat; then retained, and peak at last. What is then still too long is the name, which loses its
//! middle.

use super::NOT_AVAILABLE;
use super::apart::shortened_apart;
use super::color::Paint;
use super::text::{escaped, left, right, width};
use super::units;
use crate::labels::Namesakes;
use crate::{OperationReport, Report};

/// Between two columns.
const GAP: usize = 2;
/// A column leaves rather than to cut a name below this.
const NAME_WANTED: usize = 24;
/// A name is not cut below this, whatever the width. So much its title takes.
const NAME_LEAST: usize = 9;

/// A column of figures.
struct Column {
    title: &'static str,
    cells: Vec<String>,
    /// The column of the highest number leaves first; 0 stays.
    leaves: u8,
}

type Figure = fn(&OperationReport) -> Option<u64>;

/// The table of `rows`, operations of the report, a line each under a head and a rule.
pub(super) fn grid(
    report: &Report,
    rows: &[&OperationReport],
    limit: usize,
    paint: Paint,
) -> String {
    let counted = report.run.allocator.installed;
    let namesakes = Namesakes::new(report);
    let names = rows.iter().map(|row| escaped(&namesakes.name(row)));
    let names: Vec<String> = names.collect();
    let natural = names.iter().map(|name| width(name)).max().unwrap_or(0);
    let title = "operation";
    let natural = natural.max(width(title));
    let columns = chosen(columns(rows, counted), limit, natural.min(NAME_WANTED));

    // Once: each looks at every cell.
    let widths: Vec<usize> = columns.iter().map(Column::width).collect();
    let taken: usize = widths.iter().sum();
    let name_width = natural.min(limit.saturating_sub(taken).max(NAME_LEAST));

    let mut head = left(title, name_width);
    for (column, &width) in columns.iter().zip(&widths) {
        head.push_str(&right(column.title, width));
    }
    let rule = "─".repeat(width(&head));
    let mut out = format!("{}\n{}\n", paint.bold(&head), paint.dim(&rule));
    let short = shortened_apart(&names, name_width);
    for (index, name) in short.iter().enumerate() {
        out.push_str(&left(name, name_width));
        for (column, &width) in columns.iter().zip(&widths) {
            out.push_str(&right(&column.cells[index], width));
        }
        out.push('\n');
    }
    out
}

fn columns(rows: &[&OperationReport], counted: bool) -> Vec<Column> {
    let column = |title, leaves, cell: &dyn Fn(&OperationReport) -> String| Column {
        title,
        cells: rows.iter().map(|row| cell(row)).collect(),
        leaves,
    };
    let figures = |title, leaves, figure: Figure| {
        column(title, leaves, &|row| {
            shown(counted.then(|| figure(row)).flatten())
        })
    };
    let mut columns = vec![
        column("calls", 0, &calls),
        figures("self allocated", 0, self_allocated),
        figures("allocated", 4, |row| Some(row.allocated_bytes)),
        figures("deallocated", 7, |row| Some(row.deallocated_bytes)),
        column("net", 5, &|row| match counted {
            true => units::signed_bytes(row.net_bytes),
            false => NOT_AVAILABLE.to_owned(),
        }),
        column("peak", 2, &|row| {
            shown_peak(row, shown(counted.then_some(row.peak_bytes)))
        }),
        figures("retained", 3, retained),
    ];
    // Of use only to the programs that declare some.
    if rows.iter().any(|row| row.peak_external_bytes > 0) {
        columns.push(column("external", 6, &|row| {
            units::bytes(row.external_bytes)
        }));
    }
    let exact: [(_, _, Figure); 3] = [
        ("self bytes", 8, self_allocated),
        ("peak bytes", 9, peak),
        ("retained bytes", 10, retained),
    ];
    for (title, leaves, figure) in exact {
        // Of use only where the cells before do not say it already.
        if counted
            && rows
                .iter()
                .any(|row| figure(row).is_some_and(units::is_rounded))
        {
            columns.push(column(title, leaves, &|row| match figure(row) {
                Some(number) => units::count(number),
                None => NOT_AVAILABLE.to_owned(),
            }));
        }
    }
    columns
}

fn self_allocated(row: &OperationReport) -> Option<u64> {
    Some(row.self_figures.allocated_bytes)
}

/// Says of a peak that may have been higher what it was at least, or, where nothing is certain, at most.
fn shown_peak(row: &OperationReport, text: String) -> String {
    match (row.peak_bytes, row.peak_error_bytes) {
        (_, 0) => text,
        (0, error) => format!("≤ {}", units::bytes(error)),
        _ => format!("≥ {text}"),
    }
}

fn peak(row: &OperationReport) -> Option<u64> {
    Some(row.peak_bytes)
}

fn retained(row: &OperationReport) -> Option<u64> {
    row.retained_bytes
}

fn calls(row: &OperationReport) -> String {
    let calls = units::count(row.calls);
    match row.open_calls {
        0 => calls,
        open => format!("{calls} ({} open)", units::count(open)),
    }
}

fn shown(figure: Option<u64>) -> String {
    figure.map_or_else(|| NOT_AVAILABLE.to_owned(), units::bytes)
}

/// Those that fit beside a name of that width.
fn chosen(mut columns: Vec<Column>, limit: usize, name: usize) -> Vec<Column> {
    while name + columns.iter().map(Column::width).sum::<usize>() > limit {
        let first = columns
            .iter()
            .map(|column| column.leaves)
            .max()
            .unwrap_or(0);
        if first == 0 {
            break;
        }
        columns.retain(|column| column.leaves != first);
    }
    columns
}

impl Column {
    /// With the gap before it.
    fn width(&self) -> usize {
        let cells = self.cells.iter().map(|cell| width(cell)).max().unwrap_or(0);
        GAP + cells.max(width(self.title))
    }
}
