//! The page: a report as one HTML file for a browser, which asks nobody else for anything.
//!
//! Rust writes the frame and the data; the pictures are drawn by `page.js`, which the folder `page/` of the
//! repository builds and which is checked in, so that nobody needs Node.js for this crate.
//!
//! A name of the program never becomes markup: the data is JSON in which no `<` is left, the script puts
//! it into the page as text, and the page's policy lets no script run but the bundled one, by its hash.

mod data;

use std::fmt::Write;

use serde::Serialize;

use super::FormatError;
use crate::labels::shown;
use crate::{Diff, DiffOptions, Refusal, Report};

/// The bundle, as `page/build.mjs` makes it.
const SCRIPT: &str = include_str!("page.js");
const STYLE: &str = include_str!("page.css");
/// What the browser may load: this very script and style, nothing else.
const POLICY: &str = include_str!("policy.txt");

/// The report as a page: totals and findings, a table of operations, an icicle of the call tree, the timeline
/// of live bytes, the spread over calls, and what is still held.
///
/// One HTML file without any request to elsewhere. What the report lacks is left out and the page says why,
/// so no report is refused. The report's JSON document is in the page, in the element `report`.
///
/// ```
/// use memprof_report::{OperationReport, Report, formats};
///
/// let mut report = Report::default();
/// report.operations.push(OperationReport { name: "</script>".into(), calls: 1, ..Default::default() });
///
/// let page = formats::html(&report)?;
/// assert!(page.starts_with("<!doctype html>"));
/// assert!(page.contains(r#""name":"\u003c/script\u003e""#));
/// # Ok::<(), formats::FormatError>(())
/// ```
///
/// # Errors
/// None that is known: a report is plain data with text as keys.
pub fn html(report: &Report) -> Result<String, FormatError> {
    let data = [
        ("report", data::script(report)?),
        ("library", data::script(&library(report))?),
    ];
    page(&report.run.name, &data)
}

/// Two reports as a page: what has become of each operation, and both reports to look at.
///
/// They are compared as [`Diff::between`] does. Reports of unlike builds are shown with the reason why they
/// cannot be compared.
///
/// ```
/// use memprof_report::{DiffOptions, Report, formats};
///
/// let mut old = Report::default();
/// old.run.allocator.installed = true;
/// let page = formats::html_diff(&old, &old.clone(), &DiffOptions::default())?;
/// assert!(page.contains(r#"id="diff""#));
/// # Ok::<(), formats::FormatError>(())
/// ```
///
/// # Errors
/// None that is known, as for [`html()`].
pub fn html_diff(old: &Report, new: &Report, options: &DiffOptions) -> Result<String, FormatError> {
    let comparison = Comparison::from(Diff::between(old, new, options));
    let title = match (old.run.name.as_str(), new.run.name.as_str()) {
        (old, new) if old == new => new.to_owned(),
        (old, new) => format!("{} → {}", shown(old), shown(new)),
    };
    page(
        &title,
        &[
            ("report", data::script(new)?),
            ("library", data::script(&library(new))?),
            ("old", data::script(old)?),
            ("old-library", data::script(&library(old))?),
            ("diff", data::script(&comparison)?),
        ],
    )
}

/// Which frames of the report are of libraries, so that the page can leave them out.
fn library(report: &Report) -> Vec<usize> {
    let frames = report.frames.iter().enumerate();
    let of_library = frames.filter(|(_, frame)| frame.is_library());
    of_library.map(|(index, _)| index).collect()
}

/// What the page is told of a comparison. One of the two is there.
#[derive(Serialize)]
struct Comparison {
    diff: Option<Diff>,
    /// Why the reports were not compared.
    refusal: Option<Vec<String>>,
}

impl From<Result<Diff, Refusal>> for Comparison {
    fn from(result: Result<Diff, Refusal>) -> Self {
        match result {
            Ok(diff) => Self {
                diff: Some(diff),
                refusal: None,
            },
            Err(refusal) => Self {
                diff: None,
                refusal: Some(refusal.reasons().to_vec()),
            },
        }
    }
}

/// The file: the frame around the data, each under its id.
fn page(title: &str, data: &[(&str, String)]) -> Result<String, FormatError> {
    let held: usize = data.iter().map(|(_, json)| json.len()).sum();
    let mut out = String::with_capacity(SCRIPT.len() + STYLE.len() + held + 2048);
    let title = match title {
        "" => String::new(),
        title => format!(": {}", data::text(&shown(title))),
    };
    let policy = POLICY.trim_end();
    // Not indented, so that the blocks are what the policy's hashes are of.
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <link rel=\"icon\" href=\"data:,\">\n\
         <title>memprof{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <noscript>This page draws its report with a script, and scripts are switched off. \
         The report itself is in the page's source as JSON.</noscript>\n<div id=\"page\"></div>\n"
    );
    for (id, json) in data {
        let _ = writeln!(
            out,
            "<script type=\"application/json\" id=\"{id}\">{json}</script>"
        );
    }
    let _ = write!(out, "<script>{SCRIPT}</script>\n</body>\n</html>\n");
    Ok(out)
}
