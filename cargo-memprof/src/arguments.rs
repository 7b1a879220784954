//! The arguments: what can be typed, and which of it is cargo's.

use std::ffi::OsString;
use std::path::PathBuf;
use std::str::FromStr;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, CommandFactory, Parser, Subcommand};
use clap_complete::Shell;
use memprof_report::{DiffOptions, Selection, SortKey};

use crate::examples;
use crate::format::{DiffFormat, Format, View, Weight};
use crate::input::Input;
use crate::output::Output;

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
    /// Fails where `format` would not heed an option.
    pub(crate) fn check(&self, format: Format) -> Result<(), crate::failure::Failure> {
        let selects = format.selects();
        let options = [
            ("--sort", self.sort.is_some() && !selects),
            ("--filter", self.filter.is_some() && !selects),
            ("--top", self.top.is_some() && !selects),
            ("--tree", self.tree && format != Format::Table),
            ("--weight", self.weight.is_some() && !format.has_weight()),
        ];
        match options.into_iter().find(|(_, is_idle)| *is_idle) {
            Some((option, _)) => Err(crate::failure::Failure::usage(format!(
                "`{option}` has no effect on {format}: leave it out, or choose another `--format`"
            ))),
            None => Ok(()),
        }
    }

    pub(crate) fn view(&self) -> View {
        let mut selection = Selection::default();
        selection.sort = self.sort.unwrap_or_default();
        selection.filter = self.filter.clone();
        selection.top = self.top;
        View {
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

/// Parts the arguments of the process into memprof's own and, of the commands that run cargo, cargo's.
///
/// What memprof knows is its own wherever it stands before `--`, the rest is cargo's. `--quiet` is both's.
pub(crate) fn split(
    arguments: impl IntoIterator<Item = OsString>,
) -> (Vec<OsString>, Vec<OsString>) {
    let mut arguments: Vec<OsString> = arguments.into_iter().collect();
    // Cargo calls `cargo-memprof memprof …`.
    if arguments
        .get(1)
        .is_some_and(|argument| argument == "memprof")
    {
        arguments.remove(1);
    }
    let all = Arguments::command();
    let is_command = |argument: &OsString| !argument.as_encoded_bytes().starts_with(b"-");
    let position = arguments.iter().skip(1).position(is_command);
    let command = position.and_then(|at| all.find_subcommand(&arguments[at + 1]));
    let (Some(at), Some(command)) = (position, command) else {
        return (arguments, Vec::new());
    };
    if !["run", "test", "bench", "nextest"].contains(&command.get_name()) {
        return (arguments, Vec::new());
    }
    let rest = arguments.split_off(at + 2);
    let mut of_cargo = Vec::new();
    let mut rest = rest.into_iter();
    while let Some(argument) = rest.next() {
        if argument == "--" {
            of_cargo.push(argument);
            of_cargo.extend(rest.by_ref());
        } else if argument == "--quiet" || argument == "-q" {
            arguments.push(argument.clone());
            of_cargo.push(argument);
        } else if argument == "--help" || argument == "-h" {
            arguments.push(argument);
        } else if let Some(takes_value) = own(command, &argument) {
            arguments.push(argument);
            arguments.extend(takes_value.then(|| rest.next()).flatten());
        } else {
            of_cargo.push(argument);
        }
    }
    (arguments, of_cargo)
}

/// Whether the next argument is this one's value; none where it is not memprof's.
fn own(command: &clap::Command, argument: &OsString) -> Option<bool> {
    let text = argument.to_str()?.strip_prefix("--")?;
    let (name, has_value) = match text.split_once('=') {
        Some((name, _)) => (name, true),
        None => (text, false),
    };
    let known = command
        .get_arguments()
        .find(|it| it.get_long() == Some(name))?;
    Some(known.get_action().takes_values() && !has_value)
}

fn sort_keys() -> impl TypedValueParser<Value = SortKey> {
    PossibleValuesParser::new(SortKey::ALL.map(SortKey::name))
        .try_map(|name| SortKey::from_str(&name))
}

/// `5%` or `0.05`.
fn share(text: &str) -> Result<f64, String> {
    let number = |text: &str| text.trim().parse::<f64>().ok();
    let share = match text.trim().strip_suffix('%') {
        Some(percent) => number(percent).map(|percent| percent / 100.0),
        None => number(text),
    };
    let share = share.filter(|share| share.is_finite() && *share >= 0.0);
    share.ok_or_else(|| "not a share: give one like `5%`".to_owned())
}

/// `4096` or `4KiB`.
fn size(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let digits = text
        .find(|char: char| !char.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor: Option<u64> = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => Some(1),
        "kib" => Some(1 << 10),
        "kb" => Some(1_000),
        "mib" => Some(1 << 20),
        "mb" => Some(1_000_000),
        "gib" => Some(1 << 30),
        "gb" => Some(1_000_000_000),
        _ => None,
    };
    let bytes = number.parse::<u64>().ok().zip(factor);
    let bytes = bytes.and_then(|(number, factor)| number.checked_mul(factor));
    bytes.ok_or_else(|| "not a number of bytes: give one like `4096` or `4KiB`".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(line: &str) -> (String, String) {
        let (own, of_cargo) = split(line.split(' ').map(OsString::from));
        let text = |parts: Vec<OsString>| parts.join(" ".as_ref()).into_string().unwrap();
        (text(own), text(of_cargo))
    }

    #[test]
    fn the_definition_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn what_memprof_does_not_know_is_cargos() {
        for (line, own, of_cargo) in [
            (
                "x memprof run --format folded --release -- --format a",
                "x run --format folded",
                "--release -- --format a",
            ),
            (
                "x test --top=3 -p a --lib --top 3",
                "x test --top=3 --top 3",
                "-p a --lib",
            ),
            ("x -q test --quiet -q", "x -q test --quiet -q", "--quiet -q"),
            ("x bench --help", "x bench --help", ""),
            ("x run --tree a", "x run --tree", "a"),
            ("x report --release", "x report --release", ""),
            ("x run --top", "x run --top", ""),
            ("x", "x", ""),
            ("x memprof", "x", ""),
        ] {
            assert_eq!(parts(line), (own.to_owned(), of_cargo.to_owned()), "{line}");
        }
    }

    #[test]
    fn shares_and_sizes() {
        assert_eq!(share("5%"), Ok(0.05));
        assert_eq!(share("0.05"), Ok(0.05));
        assert_eq!(size("4096"), Ok(4096));
        assert_eq!(size("4 KiB"), Ok(4096));
        assert_eq!(size("1MB"), Ok(1_000_000));
        for wrong in ["", "%", "-1%", "nan", "inf", "5 percent"] {
            assert!(share(wrong).is_err(), "{wrong}");
        }
        for wrong in [
            "",
            "KiB",
            "-1",
            "1.5KiB",
            "99999999999999999999",
            "99999999999999GiB",
        ] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }
}
