//! speedscope: one document with a profile for each weight, over shared frames.

use serde::Serialize;

use super::error::Kind;
use super::samples::Samples;
use super::{FormatError, Weight};
use crate::Report;

const SCHEMA: &str = "https://www.speedscope.app/file-format-schema.json";

/// The report as a speedscope document, with a profile for every weight that the report has.
///
/// ```
/// use memprof_report::{PathReport, Report, formats};
///
/// let mut report = Report::default();
/// report.run.allocator.installed = true;
/// report.paths = vec![PathReport { path: vec!["Search".into()], allocated_bytes: 1024, ..Default::default() }];
///
/// let document: serde_json::Value = serde_json::from_str(&formats::speedscope(&report)?)?;
/// assert_eq!(document["profiles"][0]["name"], "Allocated bytes (exact)");
/// assert_eq!(document["profiles"][0]["weights"][0], 1024);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Where memprof's allocator was not installed, or a stack refers to a path or a frame that is not there.
pub fn speedscope(report: &Report) -> Result<String, FormatError> {
    let allocated = [Weight::AllocatedBytes];
    let others = Weight::ALL.into_iter().filter(|weight| {
        // What is always there says why where it is not.
        !allocated.contains(weight) && weight.is_in(report)
    });
    let weights: Vec<Weight> = allocated.into_iter().chain(others).collect();
    let samples = Samples::new(report, &weights)?;
    let document = Document {
        schema: SCHEMA,
        name: &report.run.name,
        exporter: concat!("memprof ", env!("CARGO_PKG_VERSION")),
        active_profile_index: 0,
        shared: Shared {
            frames: frames(&samples),
        },
        profiles: (0..weights.len())
            .map(|column| profile(&samples, weights[column], column))
            .collect(),
    };
    serde_json::to_string(&document).map_err(|error| Kind::Json(error).into())
}

#[derive(Serialize)]
struct Document<'a> {
    #[serde(rename = "$schema")]
    schema: &'a str,
    name: &'a str,
    exporter: &'a str,
    #[serde(rename = "activeProfileIndex")]
    active_profile_index: usize,
    shared: Shared<'a>,
    profiles: Vec<Profile<'a>>,
}

#[derive(Serialize)]
struct Shared<'a> {
    frames: Vec<Frame<'a>>,
}

#[derive(Serialize)]
struct Frame<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    col: Option<u32>,
}

#[derive(Serialize)]
struct Profile<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    name: String,
    unit: &'static str,
    #[serde(rename = "startValue")]
    start_value: u64,
    /// The sum of the weights; wider than they are, so that it is it in any case.
    #[serde(rename = "endValue")]
    end_value: u128,
    /// Indexes into the shared frames, the outermost first.
    samples: Vec<&'a [usize]>,
    weights: Vec<u64>,
}

fn frames<'a>(samples: &'a Samples<'_>) -> Vec<Frame<'a>> {
    let frame = samples.labels.iter().map(|label| Frame {
        name: &label.name,
        file: label.file,
        line: label.line,
        col: label.column,
    });
    frame.collect()
}

fn profile<'a>(samples: &'a Samples<'_>, weight: Weight, column: usize) -> Profile<'a> {
    let rows = samples
        .samples
        .iter()
        .filter(|sample| sample.figures[column] > 0);
    let weights: Vec<u64> = rows.clone().map(|sample| sample.figures[column]).collect();
    Profile {
        kind: "sampled",
        name: format!("{} ({})", weight.title(), samples.standing(weight)),
        // Counts have no unit there.
        unit: match weight.unit() {
            "bytes" => "bytes",
            _ => "none",
        },
        start_value: 0,
        end_value: weights.iter().copied().map(u128::from).sum(),
        samples: rows.map(|sample| sample.chain.as_slice()).collect(),
        weights,
    }
}
