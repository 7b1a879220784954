//! DHAT: the JSON, version 2, that Valgrind's viewer opens.
//!
//! A program point is a chain of places with its total bytes and blocks. Lifetimes, each point's own peak and
//! its blocks at the process's peak are in no report, so a document never claims to have them (`bklt` is
//! false); instead there is one for what was allocated and one for what is retained.

use std::collections::HashMap;

use serde::Serialize;

use super::error::Kind;
use super::samples::Samples;
use super::{FormatError, Weight};
use crate::Report;
use crate::labels::{Label, shown};

/// The report as a DHAT document, for Valgrind's `dh_view.html` and the Firefox Profiler.
///
/// Of allocated bytes or allocations it shows both, and so it does of retained bytes or blocks. Operations
/// are frames `operation (file:line)` above those of the call stacks. The times are those of the run.
///
/// ```
/// use memprof_report::{PathReport, Report, formats};
///
/// let mut report = Report::default();
/// report.run.allocator.installed = true;
/// report.paths = vec![PathReport {
///     path: vec!["Index".into(), "Tokenize".into()],
///     allocations: 2,
///     allocated_bytes: 1024,
///     ..Default::default()
/// }];
///
/// let dhat = formats::dhat(&report, formats::Weight::AllocatedBytes)?;
/// assert!(dhat.ends_with(r#""pps":[{"tb":1024,"tbk":2,"fs":[1,2]}],"ftbl":["[root]","Tokenize","Index"]}"#));
/// # Ok::<(), formats::FormatError>(())
/// ```
///
/// # Errors
/// Those of [`folded()`](super::folded()), and for [`Weight::AtPeakBytes`]: the format has blocks beside
/// bytes, which at the peak are not known.
pub fn dhat(report: &Report, weight: Weight) -> Result<String, FormatError> {
    let (verb, weights) = match weight {
        Weight::AllocatedBytes | Weight::Allocations => {
            ("Allocated", [Weight::AllocatedBytes, Weight::Allocations])
        }
        Weight::RetainedBytes | Weight::RetainedBlocks => (
            "Retained, allocated",
            [Weight::RetainedBytes, Weight::RetainedBlocks],
        ),
        Weight::AtPeakBytes => {
            let format = "dhat";
            return Err(Kind::NotHeld { format, weight }.into());
        }
    };
    let samples = Samples::new(report, &weights)?;
    let (pps, ftbl) = points(&samples);
    let document = Document {
        version: 2,
        mode: format!("memprof, {}", samples.standing(weight)),
        verb,
        bklt: false,
        bkacc: false,
        tu: "µs",
        mtu: "s",
        cmd: command(report),
        pid: report.run.pid,
        te: report.run.duration_ns / 1000,
        pps,
        ftbl,
    };
    serde_json::to_string(&document).map_err(|error| Kind::Json(error).into())
}

#[derive(Serialize)]
struct Document<'a> {
    #[serde(rename = "dhatFileVersion")]
    version: u32,
    mode: String,
    verb: &'static str,
    /// Whether lifetimes were recorded.
    bklt: bool,
    /// Whether accesses were recorded.
    bkacc: bool,
    /// The unit of times, and that of 1,000,000 of it.
    tu: &'static str,
    #[serde(rename = "Mtu")]
    mtu: &'static str,
    cmd: &'a str,
    pid: u32,
    /// The time at the end.
    te: u64,
    pps: Vec<Point>,
    ftbl: Vec<String>,
}

/// A program point.
#[derive(Serialize)]
struct Point {
    /// Total bytes.
    tb: u64,
    /// Total blocks.
    tbk: u64,
    /// Indexes into the table of frames, the innermost first.
    fs: Vec<usize>,
}

/// The points and the table of frames. No two points have the same frames: a viewer refuses that.
fn points(samples: &Samples<'_>) -> (Vec<Point>, Vec<String>) {
    let mut table = vec!["[root]".to_owned()];
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut index_of = vec![0; samples.labels.len()];
    let mut points: Vec<Point> = Vec::new();
    let mut point_of: HashMap<Vec<usize>, usize> = HashMap::new();
    // The table in the order in which the points use it.
    for sample in &samples.samples {
        let mut fs = Vec::with_capacity(sample.chain.len());
        for place in sample.chain.iter().rev().copied() {
            if index_of[place] == 0 {
                let text = frame(&samples.labels[place]);
                index_of[place] = *known.entry(text).or_insert_with_key(|text| {
                    table.push(text.clone());
                    table.len() - 1
                });
            }
            fs.push(index_of[place]);
        }
        let at = *point_of.entry(fs).or_insert_with_key(|fs| {
            let fs = fs.clone();
            points.push(Point { tb: 0, tbk: 0, fs });
            points.len() - 1
        });
        let point = &mut points[at];
        point.tb = point.tb.saturating_add(sample.figures[0]);
        point.tbk = point.tbk.saturating_add(sample.figures[1]);
    }
    (points, table)
}

/// `0x1f: function (file:line:column)` or `operation (file:line)`, of which there may be less.
fn frame(label: &Label<'_>) -> String {
    let Some(frame) = label.frame else {
        return match (label.file, label.line) {
            (Some(file), Some(line)) if !label.has_place => {
                format!("{} ({}:{line})", label.name, shown(file))
            }
            _ => label.name.clone(),
        };
    };
    let mut text = String::new();
    if let Some(address) = frame.address {
        text += &format!("{address:#x}: ");
    }
    text += label.function.as_deref().unwrap_or("???");
    match (label.file, label.line, label.column, &frame.object) {
        (Some(file), Some(line), Some(column), _) => {
            text += &format!(" ({}:{line}:{column})", shown(file));
        }
        (Some(file), Some(line), None, _) => text += &format!(" ({}:{line})", shown(file)),
        (Some(file), None, ..) => text += &format!(" ({})", shown(file)),
        (None, .., Some(object)) => text += &format!(" (in {})", shown(object)),
        (None, .., None) => {}
    }
    text
}

fn command(report: &Report) -> &str {
    match report.run.executable.as_str() {
        "" => &report.run.name,
        executable => executable,
    }
}
