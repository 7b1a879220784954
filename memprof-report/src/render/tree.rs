//! The tree: the call paths of a report, each under the one that it was entered from.
//!
//! Figures are inclusive: those of a path with all that is below it. Paths are shown most bytes first. What was
//! done in an operation that was entered once more has a line below the path that it was entered from.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt;

use super::apart::shortened_apart;
use super::color::Paint;
use super::text::{escaped, left, right, width};
use super::units::{bytes, count};
use super::{LEAST_WIDTH, NOT_AVAILABLE, TableOptions};
use crate::labels::{Namesakes, OUTSIDE, listed, shown};
use crate::{PathReport, Report};

const TITLES: [&str; 4] = ["calls", "self allocated", "allocated", "retained"];
const GAP: usize = 2;
/// A name is not cut below this.
const NAME_LEAST: usize = 24;
/// What is deeper is indented no further, so that a line has a bound.
const MOST_INDENT: usize = 32;
/// What is deeper counts in the path of this depth. Distinct operations make a path, so none is near it but
/// in a damaged document, whose prefixes would fill the memory.
const MOST_DEPTH: usize = 512;

/// The call tree of a report as text for people; `Display` writes it, with a line break at its end.
///
/// ```
/// use memprof_report::{PathReport, Report, Tree};
///
/// let mut report = Report::default();
/// report.run.allocator.installed = true;
/// report.paths = [vec!["Index"], vec!["Index", "Tokenize"]]
///     .map(|path| PathReport {
///         path: path.into_iter().map(Into::into).collect(),
///         calls: 1,
///         allocated_bytes: 64,
///         ..Default::default()
///     })
///     .into();
/// let tree = Tree::new(&report).to_string();
/// assert!(tree.contains("Index           1            64 B      128 B"), "{tree}");
/// assert!(tree.contains("  Tokenize      1            64 B       64 B"), "{tree}");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Tree<'a> {
    report: &'a Report,
    options: TableOptions,
    top: Option<usize>,
}

impl<'a> Tree<'a> {
    /// The tree of a report, 120 columns wide and without colour.
    ///
    /// ```
    /// # use memprof_report::{PathReport, Report, Tree};
    /// # let mut report = Report::default();
    /// # for path in [vec!["Index"], vec!["Index", "Tokenize"], vec!["Index", "Stem"]] {
    /// #     let path = path.into_iter().map(String::from).collect();
    /// #     report.paths.push(PathReport { path, calls: 1, ..Default::default() });
    /// # }
    /// // Under "Index" there are "Tokenize" and "Stem".
    /// let tree = Tree::new(&report).to_string();
    /// assert!(tree.contains("Index") && tree.contains("  Tokenize"));
    /// ```
    pub fn new(report: &'a Report) -> Self {
        Self {
            report,
            options: TableOptions::default(),
            top: None,
        }
    }

    /// Sets width and colour.
    ///
    /// ```
    /// # use memprof_report::{PathReport, Report, TableOptions, Tree};
    /// # let mut report = Report::default();
    /// # for path in [vec!["Index"], vec!["Index", "Tokenize"], vec!["Index", "Stem"]] {
    /// #     let path = path.into_iter().map(String::from).collect();
    /// #     report.paths.push(PathReport { path, calls: 1, ..Default::default() });
    /// # }
    /// let mut options = TableOptions::default();
    /// options.color = true;
    /// assert!(Tree::new(&report).options(options).to_string().contains("\x1b["));
    /// ```
    #[must_use]
    pub fn options(mut self, options: TableOptions) -> Self {
        self.options = options;
        self
    }

    /// Shows of each path at most so many of those below it.
    ///
    /// ```
    /// # use memprof_report::{PathReport, Report, Tree};
    /// # let mut report = Report::default();
    /// # for path in [vec!["Index"], vec!["Index", "Tokenize"], vec!["Index", "Stem"]] {
    /// #     let path = path.into_iter().map(String::from).collect();
    /// #     report.paths.push(PathReport { path, calls: 1, ..Default::default() });
    /// # }
    /// // Under "Index" there are "Tokenize" and "Stem".
    /// let tree = Tree::new(&report).top(Some(1)).to_string();
    /// assert!(tree.contains("Index") && tree.contains("… and 1 more"), "{tree}");
    /// ```
    #[must_use]
    pub fn top(mut self, top: Option<usize>) -> Self {
        self.top = top;
        self
    }
}

impl fmt::Display for Tree<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.report.quiet_text(|| text(self));
        f.write_str(&text)
    }
}

/// One operation of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step<'a> {
    /// As an index into the report's, since several may bear one name.
    Operation(usize),
    /// One that the report names and does not list.
    Name(&'a str),
}

/// The operations of a path, outermost first; the one that was entered once more is the last again.
type Chain<'a> = Vec<Step<'a>>;

/// What was done on a chain and below it.
struct Node {
    calls: u64,
    self_allocated: u64,
    allocated: u64,
    /// None as soon as one is not known.
    retained: Option<u64>,
}

impl Node {
    const EMPTY: Self = Self {
        calls: 0,
        self_allocated: 0,
        allocated: 0,
        retained: Some(0),
    };
}

/// A line: its indent and name, and its cells.
struct Line {
    name: String,
    cells: [String; 4],
}

fn text(tree: &Tree<'_>) -> String {
    let nodes = nodes(tree.report);
    let mut below: BTreeMap<&[Step<'_>], Vec<&Chain<'_>>> = BTreeMap::new();
    for chain in nodes.keys() {
        if let Some((_, parent)) = chain.split_last() {
            below.entry(parent).or_default().push(chain);
        }
    }
    for chains in below.values_mut() {
        chains.sort_by_key(|chain| Reverse(nodes[*chain].allocated));
    }
    let counted = tree.report.run.allocator.installed;
    let namesakes = Namesakes::new(tree.report);
    let mut lines = Vec::new();
    // Not by recursion: how deep a path is, a file decides.
    let mut open: Vec<(&[Step<'_>], usize)> = vec![(&[], 0)];
    while let Some((parent, next)) = open.pop() {
        let chains = below.get(parent).map_or(&[][..], Vec::as_slice);
        let shown = tree.top.unwrap_or(usize::MAX).min(chains.len());
        let indent = " ".repeat(GAP * parent.len().min(MOST_INDENT));
        if next < shown {
            let chain = chains[next];
            let name = name(tree.report, &namesakes, chain);
            lines.push(line(&indent, &name, &nodes[chain], counted));
            open.push((parent, next + 1));
            open.push((chain, 0));
        } else if shown < chains.len() {
            lines.push(Line {
                name: format!("{indent}… and {} more", chains.len() - shown),
                cells: [const { String::new() }; 4],
            });
        }
    }
    let root = tree.report.path(&[]).map(|root| {
        let node = Node {
            retained: root.retained_bytes,
            self_allocated: root.allocated_bytes,
            allocated: root.allocated_bytes,
            calls: 0,
        };
        let mut line = line("", OUTSIDE, &node, counted);
        line.cells[0].clear();
        line
    });
    lines.extend(root);
    grid(&lines, tree.options)
}

/// Every chain that is in the report or above one that is.
fn nodes(report: &Report) -> BTreeMap<Chain<'_>, Node> {
    let mut nodes: BTreeMap<Chain<'_>, Node> = BTreeMap::new();
    for path in &report.paths {
        let chain = chain(report, path);
        for depth in 1..=chain.len() {
            let node = nodes.entry(chain[..depth].to_vec());
            add(node.or_insert(Node::EMPTY), path, depth == chain.len());
        }
    }
    nodes
}

fn chain<'a>(report: &'a Report, path: &'a PathReport) -> Chain<'a> {
    let step = |position| match listed(report, path, position) {
        Some(index) => Step::Operation(index),
        None => Step::Name(&path.path[position]),
    };
    let depth = path.path.len().min(MOST_DEPTH);
    let mut chain: Chain<'_> = (0..depth).map(step).collect();
    // It is the current one: calls and self figures of the row are not those of the path's last operation.
    if let Some(again) = &path.reentered
        && depth < MOST_DEPTH
    {
        let position = path.path.iter().rposition(|name| name == again);
        chain.push(position.map_or(Step::Name(again), step));
    }
    chain
}

/// What the last operation of a chain is called.
fn name(report: &Report, namesakes: &Namesakes<'_>, chain: &[Step<'_>]) -> String {
    let Some((last, above)) = chain.split_last() else {
        return String::new();
    };
    let mut name = match *last {
        Step::Operation(index) => namesakes.name(&report.operations[index]),
        Step::Name(name) => shown(name),
    };
    if above.contains(last) {
        name.push_str(" (re-entered)");
    }
    name
}

fn add(node: &mut Node, path: &PathReport, is_own: bool) {
    if is_own {
        node.calls = node.calls.saturating_add(path.calls);
        node.self_allocated = node.self_allocated.saturating_add(path.allocated_bytes);
    }
    node.allocated = node.allocated.saturating_add(path.allocated_bytes);
    node.retained = match (node.retained, path.retained_bytes) {
        (Some(before), Some(retained)) => Some(before.saturating_add(retained)),
        _ => None,
    };
}

fn line(indent: &str, name: &str, node: &Node, counted: bool) -> Line {
    let figure = |figure: Option<u64>| match figure.filter(|_| counted) {
        Some(figure) => bytes(figure),
        None => NOT_AVAILABLE.to_owned(),
    };
    Line {
        name: indent.to_owned() + &escaped(name),
        cells: [
            count(node.calls),
            figure(Some(node.self_allocated)),
            figure(Some(node.allocated)),
            figure(node.retained),
        ],
    }
}

fn grid(lines: &[Line], options: TableOptions) -> String {
    if lines.is_empty() {
        return "no path was entered\n".to_owned();
    }
    let paint = Paint::new(options.color);
    let widths: [usize; 4] = std::array::from_fn(|column| {
        let cells = lines.iter().map(|line| width(&line.cells[column]));
        GAP + cells.max().unwrap_or(0).max(width(TITLES[column]))
    });
    let names = lines.iter().map(|line| width(&line.name)).max();
    let room = options.width.max(LEAST_WIDTH);
    let room = room.saturating_sub(widths.iter().sum()).max(NAME_LEAST);
    let name_width = names.unwrap_or(0).max(4).min(room);
    let row = |name: &str, cells: [&str; 4]| -> String {
        let mut out = left(name, name_width);
        for (cell, width) in cells.iter().zip(widths) {
            out.push_str(&right(cell, width));
        }
        out.trim_end().to_owned()
    };
    let head = row("path", TITLES);
    let rule = "─".repeat(width(&head));
    let mut out = format!("{}\n{}\n", paint.bold(&head), paint.dim(&rule));
    let names: Vec<String> = lines.iter().map(|line| line.name.clone()).collect();
    for (line, name) in lines.iter().zip(shortened_apart(&names, name_width)) {
        out.push_str(&row(&name, std::array::from_fn(|at| &*line.cells[at])));
        out.push('\n');
    }
    out
}
