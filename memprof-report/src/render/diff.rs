//! The diff as a table: what changed by how much, the worst verdict first.
//!
//! The look is that of the report's table: a head in bold, a rule, figures at the right, long bytes
//! rounded. Differences are what matters, hence rounded only where they are long themselves.

use std::fmt;

use super::color::Paint;
use super::signs::{difference, figure, share};
use super::text::{escaped, left, right, shortened, width, wrapped};
use super::{LEAST_WIDTH, TableOptions};
use crate::{Change, Diff, DiffRow, Metric, Subject, SubjectKind, Verdict};

/// In the order in which they are counted and shown.
const VERDICTS: [(Verdict, &str); 6] = [
    (Verdict::Regressed, "regressed"),
    (Verdict::NotComparable, "not comparable"),
    (Verdict::Improved, "improved"),
    (Verdict::New, "new"),
    (Verdict::Gone, "gone"),
    (Verdict::Unchanged, "unchanged"),
];
const TITLES: [&str; 5] = ["figure", "old", "new", "change", "share"];
/// Which columns stay as the place gets narrower.
const LAYOUTS: [&[usize]; 3] = [&[0, 1, 2, 3, 4], &[0, 1, 2, 3], &[0, 2, 3]];
const GAP: usize = 2;

/// The table without colour, 120 columns wide or as the format says: `{:100}`.
impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut options = TableOptions::default();
        options.width = f.width().unwrap_or(options.width);
        f.write_str(&self.to_text(options))
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = VERDICTS.iter().find(|(verdict, _)| verdict == self);
        f.pad(found.map_or("", |(_, name)| name))
    }
}

impl Diff {
    /// The table as wide and as coloured as asked, with a line break at its end.
    ///
    /// ```
    /// use memprof_report::{Diff, TableOptions};
    ///
    /// let text = Diff::default().to_text(TableOptions::default());
    /// assert_eq!(text, "memprof diff: nothing to compare\n");
    /// ```
    pub fn to_text(&self, options: TableOptions) -> String {
        let limit = options.width.max(LEAST_WIDTH);
        let paint = Paint::new(options.color);
        let title = format!("memprof diff: {}", self.summary_line());
        let mut parts = vec![
            wrapped(&title, limit, GAP)
                .lines()
                .map(|line| paint.bold(line) + "\n")
                .collect(),
            self.grid(limit, paint),
        ];
        let notices = self.notices.iter().map(|notice| {
            let text = wrapped(&format!("NOTICE {}", escaped(notice)), limit, GAP);
            let rest = text.strip_prefix("NOTICE").unwrap_or(&text);
            format!("{}{rest}\n", paint.yellow("NOTICE"))
        });
        parts.push(notices.collect());
        parts.retain(|part| !part.is_empty());
        parts.join("\n")
    }

    /// How many subjects have which verdict, and the worst regression, in one line.
    ///
    /// ```
    /// assert_eq!(memprof_report::Diff::default().summary_line(), "nothing to compare");
    /// ```
    pub fn summary_line(&self) -> String {
        let counts: Vec<String> = VERDICTS
            .iter()
            .map(|(verdict, name)| (self.count(*verdict), name))
            .filter(|(number, _)| *number > 0)
            .map(|(number, name)| format!("{number} {name}"))
            .collect();
        let counts = match counts.is_empty() {
            true => "nothing to compare".to_owned(),
            false => counts.join(", "),
        };
        match self.worst() {
            Some((row, change)) => {
                let label = change.metric.label();
                let name = escaped(&row.subject.name);
                let change = in_words(change);
                format!("{counts}: {label} of \"{name}\" {change}")
            }
            None => counts,
        }
    }

    /// The regression by the largest share; the first of several.
    fn worst(&self) -> Option<(&DiffRow, &Change)> {
        let mut worst: Option<(&DiffRow, &Change, f64)> = None;
        for row in self.gating() {
            for change in &row.changes {
                // From nothing to something is more than any share.
                let share = change.share().unwrap_or(f64::INFINITY);
                let is_worse = worst.is_none_or(|(_, _, other)| share > other);
                if change.verdict == Verdict::Regressed && is_worse {
                    worst = Some((row, change, share));
                }
            }
        }
        worst.map(|(row, change, _)| (row, change))
    }

    fn grid(&self, limit: usize, paint: Paint) -> String {
        let mut blocks: Vec<(String, Vec<[String; 5]>)> = Vec::new();
        for (verdict, _) in &VERDICTS[..VERDICTS.len() - 1] {
            let rows = self.rows.iter().filter(|row| row.verdict == *verdict);
            blocks.extend(rows.map(|row| (self.title(row, limit, paint), cells(row))));
        }
        if blocks.is_empty() {
            return String::new();
        }
        let all = || blocks.iter().flat_map(|(_, lines)| lines);
        let widths: [usize; 5] = std::array::from_fn(|column| {
            let cells = all().map(|line| width(&line[column])).max().unwrap_or(0);
            cells.max(width(TITLES[column]))
        });
        let taken = |layout: &&&[usize]| {
            layout.iter().map(|&column| widths[column]).sum::<usize>() + GAP * (layout.len() - 1)
        };
        let layout = LAYOUTS.iter().find(|layout| taken(layout) <= limit);
        let layout = layout.unwrap_or(&LAYOUTS[LAYOUTS.len() - 1]);

        let line = |cells: &[String; 5]| -> String {
            let mut out = left(&cells[0], widths[0]);
            for &column in &layout[1..] {
                out.push_str(&right(&cells[column], GAP + widths[column]));
            }
            out.trim_end().to_owned() + "\n"
        };
        let head = line(&TITLES.map(str::to_owned));
        let rule = "─".repeat(width(head.trim_end()));
        let mut out = format!("{}\n{}\n", paint.bold(head.trim_end()), paint.dim(&rule));
        for (title, lines) in &blocks {
            out.push_str(title);
            out.extend(lines.iter().map(line));
        }
        out
    }

    /// `regressed  Index (src/index.rs:30)`
    fn title(&self, row: &DiffRow, limit: usize, paint: Paint) -> String {
        let gates = self.gates_process || row.subject.kind != SubjectKind::Process;
        let verdict = row.verdict.to_string();
        let painted = match row.verdict {
            Verdict::Regressed if gates => paint.red(&verdict),
            Verdict::Regressed | Verdict::NotComparable => paint.yellow(&verdict),
            _ => paint.bold(&verdict),
        };
        let mut name = place(&row.subject);
        if !gates {
            name.push_str(" (not gated)");
        }
        let room = limit.saturating_sub(width(&verdict) + GAP);
        let mut out = format!("{painted}  {}\n", shortened(&name, room));
        if let Some(reason) = &row.reason {
            let room = limit.saturating_sub(GAP);
            for line in wrapped(&escaped(reason), room, 0).lines() {
                out.push_str(&format!("  {line}\n"));
            }
        }
        out
    }
}

/// `Index (src/index.rs:30)`, `test parse_all (tests/parse.rs)`
fn place(subject: &Subject) -> String {
    let name = escaped(&subject.name);
    let file = escaped(&subject.file);
    let kind = match subject.kind {
        SubjectKind::Test => "test ",
        SubjectKind::Bench => "bench ",
        _ => "",
    };
    match (subject.line, file.is_empty()) {
        (_, true) => format!("{kind}{name}"),
        (Some(line), false) => format!("{kind}{name} ({file}:{line})"),
        (None, false) => format!("{kind}{name} ({file})"),
    }
}

/// A line for each figure. Of what is on one side only, zeros and those of single calls say nothing more; nor
/// do those of single calls that are as another figure is, because all calls are alike or there is one.
fn cells(row: &DiffRow) -> Vec<[String; 5]> {
    let is_alone = matches!(row.verdict, Verdict::New | Verdict::Gone);
    row.changes
        .iter()
        .filter(|change| !is_alone || (change.metric <= Metric::RetainedBytes && !is_zero(change)))
        .filter(|change| !is_said(change, &row.changes))
        .map(line)
        .collect()
}

/// Whether another figure of `changes` went from and to the same, by the same verdict.
fn is_said(change: &Change, changes: &[Change]) -> bool {
    use Metric::{
        AllocatedBytes, MaxCallAllocatedBytes, MaxCallPeakBytes, MinCallAllocatedBytes,
        MinCallPeakBytes, P50CallAllocatedBytes, P50CallPeakBytes, P95CallAllocatedBytes,
        P95CallPeakBytes, P99CallAllocatedBytes, P99CallPeakBytes, PeakBytes,
    };
    let by = match change.metric {
        MaxCallAllocatedBytes => AllocatedBytes,
        MaxCallPeakBytes => PeakBytes,
        MinCallAllocatedBytes
        | P50CallAllocatedBytes
        | P95CallAllocatedBytes
        | P99CallAllocatedBytes => MaxCallAllocatedBytes,
        MinCallPeakBytes | P50CallPeakBytes | P95CallPeakBytes | P99CallPeakBytes => {
            MaxCallPeakBytes
        }
        _ => return false,
    };
    changes.iter().any(|other| {
        other.metric == by
            && (other.old, other.new, other.verdict) == (change.old, change.new, change.verdict)
    })
}

fn is_zero(change: &Change) -> bool {
    change.old.or(change.new) == Some(0)
}

fn line(change: &Change) -> [String; 5] {
    let metric = change.metric;
    let mark = match change.verdict {
        Verdict::Regressed => "✗",
        Verdict::Improved => "✓",
        _ => " ",
    };
    let number = |number: Option<i128>| number.map_or_else(String::new, |n| figure(n, metric));
    let mut by = change
        .difference()
        .map_or_else(String::new, |by| difference(by, metric));
    if change.error > 0 && !by.is_empty() {
        by.push_str(&format!(" ± {}", figure(change.error.into(), metric)));
    }
    [
        format!("{mark} {}", metric.label()),
        number(change.old),
        number(change.new),
        by,
        change.share().map_or_else(String::new, share),
    ]
}

/// `+112 KiB (+0.91 %)`
fn in_words(change: &Change) -> String {
    let number = difference(change.difference().unwrap_or_default(), change.metric);
    match change.share() {
        Some(part) => format!("{number} ({})", share(part)),
        None => format!("{number} (from 0)"),
    }
}
