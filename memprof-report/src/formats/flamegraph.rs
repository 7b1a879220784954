//! The flame graph: the folded stacks as a picture that a browser opens and zooms.
//!
//! Drawn by inferno. The same report gives the same bytes: colours come from the names, and frames are in the
//! order of the folded lines.

use std::borrow::Cow;

use inferno::flamegraph::color::{BasicPalette, Palette};
use inferno::flamegraph::{Options, from_lines};

use super::error::Kind;
use super::folded::lines;
use super::samples::Samples;
use super::{FormatError, Weight};
use crate::Report;
use crate::labels::shown;

/// The report as a flame graph, an SVG document with its script inside.
///
/// The width of a frame is the weight's figure, nested operations included; those below 0.01 % of the whole
/// are not drawn. A report in which there is nothing of the weight gives a picture that says so.
///
/// ```
/// use memprof_report::{PathReport, Report, formats};
///
/// let mut report = Report::default();
/// report.run.allocator.installed = true;
/// report.paths = vec![PathReport { path: vec!["Search".into()], allocated_bytes: 1024, ..Default::default() }];
///
/// let svg = formats::flamegraph(&report, formats::Weight::AllocatedBytes)?;
/// assert!(svg.contains("Search (1,024 bytes, 100.00%)"));
/// # Ok::<(), formats::FormatError>(())
/// ```
///
/// # Errors
/// Those of [`folded()`](super::folded()), and where the figures add up to more than 64 bits hold.
pub fn flamegraph(report: &Report, weight: Weight) -> Result<String, FormatError> {
    let samples = Samples::new(report, &[weight])?;
    let mut total: u64 = 0;
    for sample in &samples.samples {
        let sum = total.checked_add(sample.figures[0]);
        total = sum.ok_or(Kind::TooLarge(weight))?;
    }
    let title = title(report, weight);
    if total == 0 {
        return Ok(nothing(&title, weight));
    }
    let mut options = Options::default();
    options.title = title;
    options.subtitle = Some(samples.standing(weight));
    options.count_name = weight.unit().to_owned();
    options.name_type = "Frame:".to_owned();
    options.colors = Palette::Basic(BasicPalette::Mem);
    options.deterministic = true;
    // Lines in their own order, which keeps a frame and what is below it together. By themselves they would
    // be sorted as text, and `Index Build` would stand between `Index` and `Index;Tokenize`. A chart takes
    // them from the last to the first.
    options.flame_chart = true;
    let lines = lines(&samples);
    let mut svg = Vec::new();
    let drawn = from_lines(
        &mut options,
        lines.iter().rev().map(String::as_str),
        &mut svg,
    );
    drawn.map_err(|error| Kind::Failed {
        to: "draw the flame graph",
        error,
    })?;
    Ok(match String::from_utf8_lossy(&svg) {
        Cow::Borrowed(text) => text.to_owned(),
        Cow::Owned(text) => text,
    })
}

fn title(report: &Report, weight: Weight) -> String {
    if report.run.name.is_empty() {
        return weight.title().to_owned();
    }
    format!("{}: {}", weight.title(), shown(&report.run.name))
}

/// A picture without frames.
fn nothing(title: &str, weight: Weight) -> String {
    let title = title.replace('&', "&amp;").replace('<', "&lt;");
    format!(
        "<?xml version=\"1.0\" standalone=\"no\"?>\n\
         <svg version=\"1.1\" width=\"1200\" height=\"72\" xmlns=\"http://www.w3.org/2000/svg\">\n\
         <text x=\"50%\" y=\"24\" text-anchor=\"middle\" font-family=\"monospace\">{title}</text>\n\
         <text x=\"50%\" y=\"48\" text-anchor=\"middle\" font-family=\"monospace\">0 {}</text>\n\
         </svg>\n",
        weight.unit()
    )
}
