//! The arguments: what can be typed.

use std::path::PathBuf;
use std::str::FromStr;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use memprof_report::{DiffOptions, Selection, SortKey};

use crate::examples;
use crate::format::{DiffFormat, Format, View, Weight};
use crate::input::Input;
use crate::output::Output;
use crate::values::{share, size};

/// Exact memory figures per operation: run, test and bench under memprof, look, compare, gate
#[derive(Debug, Parser)]
#[command(name = "cargo-memprof", bin_name = "cargo memprof", version)]
#[command(after_help = examples::ALL)]
pub(crate) struct Arguments {
    /// Say nothing but what was asked for, and errors
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// `cargo run`, then what it allocated
    #[command(after_help = examples::RUN, override_usage = "cargo memprof run [OPTIONS] [ARGUMENTS OF CARGO]")]
    Run(RunOptions),
    /// `cargo test`, then what all its processes allocated
    #[command(after_help = examples::TEST, override_usage = "cargo memprof test [OPTIONS] [ARGUMENTS OF CARGO]")]
    Test(RunOptions),
    /// `cargo bench`, then what it allocated
    #[command(after_help = examples::BENCH, override_usage = "cargo memprof bench [OPTIONS] [ARGUMENTS OF CARGO]")]
    Bench(RunOptions),
    /// `cargo nextest run`, then what all its processes allocated
    #[command(after_help = examples::NEXTEST, override_usage = "cargo memprof nextest [OPTIONS] [ARGUMENTS OF CARGO]")]
    Nextest(RunOptions),
    /// Show reports, several as one
    #[command(after_help = examples::REPORT)]
    Report(ReportOptions),
    /// Compare two reports; exits with 3 where something got worse
    #[command(after_help = examples::DIFF)]
    Diff(DiffArguments),
    /// Compare a run with the committed baseline; exits with 3 where something got worse
    #[command(after_help = examples::CHECK)]
    Check(CheckOptions),
    /// Take a run into the baseline, a file to be committed
    #[command(after_help = examples::ACCEPT)]
    Accept(AcceptOptions),
    /// Make one report of those of several processes
    #[command(after_help = examples::MERGE)]
    Merge(MergeOptions),
    /// List every tracked site of a program, those that were never called too
    #[command(after_help = examples::LIST)]
    List(ListOptions),
    /// Set a package up: configuration, a bench, a workflow. Changes no file that is there
    #[command(after_help = examples::INIT)]
    Init(InitOptions),
    /// Print the completions for a shell
    #[command(after_help = examples::COMPLETIONS)]
    Completions {
        /// The shell
        shell: Shell,
    },
}

/// Which operations are shown.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct ViewOptions {
    /// Sort operations by this
    #[arg(long, value_name = "KEY", value_parser = sort_keys())]
    pub(crate) sort: Option<SortKey>,

    /// Show operations with this in their name, module, function or file
    #[arg(long, value_name = "TEXT")]
    pub(crate) filter: Option<String>,

    /// Show at most so many operations
    #[arg(long, value_name = "NUMBER")]
    pub(crate) top: Option<usize>,

    /// Show the call tree instead of the operations
    #[arg(long, conflicts_with_all = ["sort", "filter"])]
    pub(crate) tree: bool,

    /// The figure that folded, dhat and flamegraph show
    #[arg(long, value_name = "FIGURE")]
    pub(crate) weight: Option<Weight>,

    /// Show call stacks with their frames of the standard library and of collections
    #[arg(long)]
    pub(crate) library_frames: bool,
}

/// What `run`, `test`, `bench` and `nextest` take besides cargo's arguments.
#[derive(Debug, Args)]
pub(crate) struct RunOptions {
    /// Write the report in these forms, separated by commas [default: `reporting.format`, else json]
    #[arg(long, value_name = "FORMAT", value_delimiter = ',')]
    pub(crate) format: Vec<Format>,

    /// Write it to this directory [default: `reporting.output_directory`, else one below `target/memprof`]
    #[arg(long, value_name = "DIRECTORY")]
    pub(crate) output_directory: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) view: ViewOptions,

    /// Enable no feature; else `memprof`, `memory-profiling` or `memory` where the package has it
    #[arg(long)]
    pub(crate) no_memory_feature: bool,

    /// Build without frame pointers: call stacks take longer
    #[arg(long)]
    pub(crate) no_frame_pointers: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ReportOptions {
    /// Reports, or directories of them; `-` is stdin [default: the last run]
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// The form
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(crate) format: Format,

    #[command(flatten)]
    pub(crate) view: ViewOptions,

    #[command(flatten)]
    pub(crate) output: Output,

    #[command(flatten)]
    pub(crate) input: Input,
}

/// How much worse a figure may be.
#[derive(Debug, Clone, Args)]
pub(crate) struct Allowances {
    /// Let figures be so much worse: `5%`
    #[arg(long, value_name = "SHARE", value_parser = share, default_value = "0%")]
    pub(crate) tolerance: f64,

    /// Let figures in bytes be so much worse: `4KiB`
    #[arg(long, value_name = "BYTES", value_parser = size, default_value = "0")]
    pub(crate) slack: u64,
}

#[derive(Debug, Args)]
pub(crate) struct DiffArguments {
    /// The report to compare with, or a directory of reports
    #[arg(value_name = "BEFORE")]
    pub(crate) before: PathBuf,

    /// The report to compare [default: the last run]
    #[arg(value_name = "AFTER")]
    pub(crate) after: Option<PathBuf>,

    /// The form
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(crate) format: DiffFormat,

    #[command(flatten)]
    pub(crate) allowances: Allowances,

    /// Let the figures of the whole process count too
    #[arg(long)]
    pub(crate) gate_process: bool,

    #[command(flatten)]
    pub(crate) output: Output,

    #[command(flatten)]
    pub(crate) input: Input,
}

#[derive(Debug, Args)]
pub(crate) struct CheckOptions {
    /// Reports, or directories of them; `-` is stdin [default: the last run]
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// The baseline [default: `memprof.baseline.json` here or above]
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,

    /// The form
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(crate) format: DiffFormat,

    #[command(flatten)]
    pub(crate) allowances: Allowances,

    #[command(flatten)]
    pub(crate) output: Output,

    #[command(flatten)]
    pub(crate) input: Input,
}

#[derive(Debug, Args)]
pub(crate) struct AcceptOptions {
    /// Reports, or directories of them; `-` is stdin [default: the last run]
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// The baseline [default: `memprof.baseline.json` here or above, else in the workspace]
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) input: Input,
}

#[derive(Debug, Args)]
pub(crate) struct MergeOptions {
    /// Reports, or directories of them; `-` is stdin
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) output: Output,

    #[command(flatten)]
    pub(crate) input: Input,
}

#[derive(Debug, Args)]
pub(crate) struct ListOptions {
    /// Reports of the program, or directories of them; `-` is stdin [default: the last run]
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// Only those that were never called
    #[arg(long)]
    pub(crate) never_called: bool,

    #[command(flatten)]
    pub(crate) input: Input,
}

#[derive(Debug, Args)]
pub(crate) struct InitOptions {
    /// The package's directory [default: here]
    #[arg(value_name = "DIRECTORY")]
    pub(crate) directory: Option<PathBuf>,

    /// Say what would be done, and do nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

impl ViewOptions {
    /// Fails where none of the formats would heed an option.
    pub(crate) fn check(&self, formats: &[Format]) -> Result<(), crate::failure::Failure> {
        let selects = formats.iter().any(|format| format.selects());
        let has_tree = formats.contains(&Format::Table);
        let has_weight = formats.iter().any(|format| format.has_weight());
        let hides = formats.iter().any(|format| format.hides_library_frames());
        let options = [
            ("--sort", self.sort.is_some() && !selects),
            ("--filter", self.filter.is_some() && !selects),
            ("--top", self.top.is_some() && !selects),
            ("--tree", self.tree && !has_tree),
            ("--weight", self.weight.is_some() && !has_weight),
            ("--library-frames", self.library_frames && !hides),
        ];
        let Some((option, _)) = options.into_iter().find(|(_, is_idle)| *is_idle) else {
            return Ok(());
        };
        let formats: Vec<String> = formats.iter().map(Format::to_string).collect();
        Err(crate::failure::Failure::usage(format!(
            "`{option}` has no effect on {}: leave it out, or choose another `--format`",
            formats.join(", ")
        )))
    }

    pub(crate) fn view(&self) -> View {
        let mut selection = Selection::default();
        selection.sort = self.sort.unwrap_or_default();
        selection.filter = self.filter.clone();
        selection.top = self.top;
        View {
            library_frames: self.library_frames,
            selection,
            tree: self.tree,
            weight: self.weight.unwrap_or_default(),
        }
    }
}

impl Allowances {
    pub(crate) fn options(&self) -> DiffOptions {
        let mut options = DiffOptions::default();
        options.tolerance = self.tolerance;
        options.slack_bytes = self.slack;
        options
    }
}

fn sort_keys() -> impl TypedValueParser<Value = SortKey> {
    PossibleValuesParser::new(SortKey::ALL.map(SortKey::name))
        .try_map(|name| SortKey::from_str(&name))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Arguments::command().debug_assert();
    }
}
