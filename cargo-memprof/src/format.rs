//! The format: the forms that a report or a comparison can be written in, by name.

use std::borrow::Cow;
use std::path::Path;

use clap::ValueEnum;
use memprof_report::{Diff, DiffOptions, Report, Selection, Table, Tree, formats};

use crate::failure::{Failure, Result};
use crate::look;

/// A form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ValueEnum)]
pub(crate) enum Format {
    /// Text for the terminal
    Table,
    /// The report itself, which every other tool of memprof reads
    Json,
    /// One page for a browser, with pictures
    Html,
    /// For a step summary or a comment on a pull request
    Markdown,
    /// Stacks, one a line: flamegraph.pl, inferno, speedscope
    Folded,
    /// For Valgrind's dh_view.html and the Firefox Profiler
    Dhat,
    /// A gzipped profile for `go tool pprof`, Parca, Pyroscope
    Pprof,
    /// A picture for a browser
    Flamegraph,
    /// For speedscope.app
    Speedscope,
    /// For whatever shows test results
    Junit,
    /// Annotations of a GitHub workflow
    Github,
    /// Bencher Metric Format, for bencher.dev
    Bencher,
    /// `customSmallerIsBetter`, for github-action-benchmark
    Benchmark,
}

/// The name of every format, as it is typed.
impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let value = self.to_possible_value();
        f.pad(value.as_ref().map_or("", |value| value.get_name()))
    }
}

/// A form of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DiffFormat {
    /// Text for the terminal
    Table,
    /// The comparison as data
    Json,
    /// One page for a browser, with both reports; of `diff` alone
    Html,
    /// For a step summary or a comment on a pull request
    Markdown,
    /// For whatever shows test results
    Junit,
    /// Annotations of a GitHub workflow
    Github,
}

/// A figure that folded, dhat and flamegraph show.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Weight {
    /// Bytes asked for
    #[default]
    Allocated,
    /// Allocations
    Allocations,
    /// Bytes that still live
    Retained,
    /// Blocks that still live
    RetainedBlocks,
    /// Bytes that lived at the peak
    AtPeak,
}

/// What of a report is shown.
#[derive(Debug, Clone, Default)]
pub(crate) struct View {
    pub(crate) selection: Selection,
    pub(crate) tree: bool,
    pub(crate) weight: Weight,
    pub(crate) library_frames: bool,
}

impl Format {
    /// What stands behind `report` in the name of its file.
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Table => "txt",
            Self::Json => "json",
            Self::Html => "html",
            Self::Markdown => "md",
            Self::Folded => "folded",
            Self::Dhat => "dhat.json",
            Self::Pprof => "pb.gz",
            Self::Flamegraph => "svg",
            Self::Speedscope => "speedscope.json",
            Self::Junit => "junit.xml",
            Self::Github => "github.txt",
            Self::Bencher => "bencher.json",
            Self::Benchmark => "benchmark.json",
        }
    }

    /// Whether it shows a selection of the operations.
    pub(crate) fn selects(self) -> bool {
        matches!(self, Self::Table | Self::Markdown)
    }

    /// Whether it leaves frames of libraries out unless they are asked for. What has a filter of its own has all.
    pub(crate) fn hides_library_frames(self) -> bool {
        matches!(
            self,
            Self::Table | Self::Folded | Self::Flamegraph | Self::Speedscope
        )
    }

    /// Whether it is binary, which no terminal shows.
    pub(crate) fn is_binary(self) -> bool {
        self == Self::Pprof
    }

    /// Whether it shows one figure of several.
    pub(crate) fn has_weight(self) -> bool {
        matches!(self, Self::Folded | Self::Dhat | Self::Flamegraph)
    }

    /// The report in this form, for that place.
    pub(crate) fn render(self, report: &Report, view: &View, to: Option<&Path>) -> Result<Vec<u8>> {
        let weight = view.weight.into();
        let without_library = || {
            let hides = self.hides_library_frames() && !view.library_frames;
            match hides {
                true => {
                    let mut report = report.clone();
                    report.hide_library_frames();
                    Cow::Owned(report)
                }
                false => Cow::Borrowed(report),
            }
        };
        let text = match self {
            Self::Table if view.tree => {
                let tree = Tree::new(report).options(look::options(to));
                Ok(tree.top(view.selection.top).to_string())
            }
            Self::Table => {
                let mut options = look::options(to);
                options.library_frames = view.library_frames;
                let table = Table::new(report).options(options);
                Ok(table.selection(&view.selection).to_string())
            }
            Self::Json => return json(report.to_json_pretty()),
            Self::Html => formats::html(report),
            Self::Markdown => Ok(formats::markdown(report, &view.selection)),
            Self::Folded => formats::folded(&without_library(), weight),
            Self::Dhat => formats::dhat(report, weight).map(|text| text + "\n"),
            Self::Flamegraph => formats::flamegraph(&without_library(), weight),
            Self::Speedscope => formats::speedscope(&without_library()).map(|text| text + "\n"),
            Self::Junit => Ok(formats::junit(report)),
            Self::Github => Ok(formats::github(report)),
            Self::Bencher => formats::bencher(report),
            Self::Benchmark => formats::benchmark(report),
            Self::Pprof => return formats::pprof(report).map_err(|error| self.failed(&error)),
        };
        text.map(String::into_bytes)
            .map_err(|error| self.failed(&error))
    }

    fn failed(self, error: &formats::FormatError) -> Failure {
        Failure::error(format!(
            "the report cannot be written as {self}: {error}: choose another `--format` or `--weight`"
        ))
    }
}

/// What a comparison with a report, not with a baseline, is of.
pub(crate) struct Compared<'a> {
    pub(crate) old: &'a Report,
    pub(crate) new: &'a Report,
    pub(crate) options: &'a DiffOptions,
}

impl DiffFormat {
    /// The comparison in this form, for that place.
    pub(crate) fn render(
        self,
        diff: &Diff,
        compared: Option<&Compared<'_>>,
        to: Option<&Path>,
    ) -> Result<Vec<u8>> {
        let text = match self {
            Self::Table => diff.to_text(look::options(to)),
            Self::Json => return json(serde_json::to_string_pretty(diff)),
            Self::Html => return page(compared),
            Self::Markdown => formats::markdown_diff(diff),
            Self::Junit => formats::junit_diff(diff),
            Self::Github => formats::github_diff(diff),
        };
        Ok(text.into_bytes())
    }
}

fn page(compared: Option<&Compared<'_>>) -> Result<Vec<u8>> {
    let Some(Compared { old, new, options }) = compared else {
        return Err(Failure::usage(
            "a baseline is too little for a page, which shows two reports: use `cargo memprof diff`",
        ));
    };
    formats::html_diff(old, new, options)
        .map(String::into_bytes)
        .map_err(|error| Failure::error(format!("failed to write html: {error}")))
}

impl From<Weight> for formats::Weight {
    fn from(weight: Weight) -> Self {
        match weight {
            Weight::Allocated => Self::AllocatedBytes,
            Weight::Allocations => Self::Allocations,
            Weight::Retained => Self::RetainedBytes,
            Weight::RetainedBlocks => Self::RetainedBlocks,
            Weight::AtPeak => Self::AtPeakBytes,
        }
    }
}

fn json(text: serde_json::Result<String>) -> Result<Vec<u8>> {
    match text {
        Ok(text) => Ok((text + "\n").into_bytes()),
        Err(error) => Err(Failure::error(format!("failed to write json: {error}"))),
    }
}
