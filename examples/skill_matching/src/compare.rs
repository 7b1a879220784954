//! `compare` runs both versions, each in a process of its own so that neither is in the other's figures, and
//! shows what each stage needs less, and whether that is as much as was promised. The first version is also held
//! against its committed baseline, so that what is compared with is still what it was.

use std::error::Error;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use memprof::report::{
    Allowance, Baseline, Diff, DiffOptions, Metric, OperationReport, Report, SubjectKind,
};

use crate::recording::DHAT_FILE;

/// The exit code where a promise does not hold, or the first version is not what it was.
const EXCEEDED: u8 = 3;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// How many candidates to make up, for half as many required skills
    #[arg(long, value_name = "N", default_value = "100", value_parser = super::positive)]
    size: usize,

    /// File with the figures of the first version, to hold it against
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,

    /// Write the figures of the first version to the baseline instead; those of other builds stay
    #[arg(long, requires = "baseline")]
    accept: bool,

    /// How much less peak the second version is to need, in percent
    #[arg(long, value_name = "PERCENT", default_value = "30", value_parser = clap::value_parser!(u64).range(..=100))]
    less_peak: u64,

    /// How many allocations fewer it is to make, in percent
    #[arg(long, value_name = "PERCENT", default_value = "50", value_parser = clap::value_parser!(u64).range(..=100))]
    fewer_allocations: u64,
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result<ExitCode, Box<dyn Error>> {
    let before = report_of("before", args.size)?;
    let after = report_of("after", args.size)?;
    let mut options = DiffOptions::default();
    // The second version has a row of the matrix where the first had all of it.
    options.metrics.insert(Metric::Calls, Allowance::ANY);
    let mut diff = Diff::between(&before, &after, &options)?;
    // The process's own figures have its environment and its arguments in them.
    diff.rows
        .retain(|row| row.subject.kind != SubjectKind::Process);
    write!(out, "{diff}")?;

    let (old, new) = (whole(&before)?, whole(&after)?);
    let size = args.size;
    writeln!(out, "\n{size} candidates, {} required:", (size / 2).max(1))?;
    let peaks = (old.peak_bytes, new.peak_bytes);
    let allocations = (old.allocations, new.allocations);
    let is_kept = [
        promise(out, "peak", " bytes", peaks, args.less_peak)?,
        promise(out, "allocations", "", allocations, args.fewer_allocations)?,
    ];
    let is_as_it_was = match &args.baseline {
        Some(path) => check(path, args.accept, &before, out)?,
        None => true,
    };
    Ok(match is_kept == [true, true] && is_as_it_was {
        true => ExitCode::SUCCESS,
        false => ExitCode::from(EXCEEDED),
    })
}

/// The report of one version's run.
fn report_of(version: &str, size: usize) -> Result<Report, Box<dyn Error>> {
    let folder =
        std::env::temp_dir().join(format!("skill_matching-{}-{version}", std::process::id()));
    let output = Command::new(std::env::current_exe()?)
        .args([
            "--service",
            version,
            "--size",
            &size.to_string(),
            "--output",
        ])
        .arg(&folder)
        // A configuration of the folder that it is run in is for the service, not for this.
        .env("MEMPROF_CONFIG", "")
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .status()?;
    if !output.success() {
        return Err(format!("the run of version `{version}` failed: {output}").into());
    }
    let report = read_only_report(&folder);
    let _ = std::fs::remove_dir_all(&folder);
    report
}

fn read_only_report(folder: &Path) -> Result<Report, Box<dyn Error>> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let is_json = path.extension().is_some_and(|it| it == "json");
        if is_json && !path.ends_with(DHAT_FILE) {
            return Ok(Report::from_json(&std::fs::read_to_string(path)?)?);
        }
    }
    Err(format!("no report in `{}`", folder.display()).into())
}

/// The operation that holds all stages.
fn whole(report: &Report) -> Result<&OperationReport, Box<dyn Error>> {
    Ok(report
        .operation("Skill Matching")
        .ok_or("no `Skill Matching` in the report")?)
}

/// Shows a figure of both versions, and whether it fell by at least that much.
fn promise(
    out: &mut impl Write,
    label: &str,
    unit: &str,
    (old, new): (u64, u64),
    percent: u64,
) -> Result<bool, Box<dyn Error>> {
    let less = 100.0 * (1.0 - new as f64 / old.max(1) as f64);
    let is_kept = less >= percent as f64;
    let sign = if is_kept { "✓" } else { "✗" };
    writeln!(
        out,
        "  {label}: {old}{unit} → {new}{unit}, {less:.2} % less (at least {percent} % promised) {sign}"
    )?;
    Ok(is_kept)
}

/// Whether the first version's figures are those of the baseline.
fn check(
    path: &Path,
    is_accepted: bool,
    before: &Report,
    out: &mut impl Write,
) -> Result<bool, Box<dyn Error>> {
    let current = Baseline::of_report(before)?;
    let named = |err: &dyn std::fmt::Display| format!("baseline `{}`: {err}", path.display());
    let committed = match std::fs::read_to_string(path) {
        Ok(text) => Baseline::from_json(&text).map_err(|err| named(&err))?,
        Err(err) if is_accepted && err.kind() == ErrorKind::NotFound => Baseline::default(),
        Err(err) => Err(named(&err) + ": write it with `--accept`")?,
    };
    if is_accepted {
        let mut accepted = committed;
        accepted.accept(&current);
        std::fs::write(path, accepted.to_json()?).map_err(|err| named(&err))?;
        writeln!(out, "Baseline written: {}", path.display())?;
        return Ok(true);
    }
    let mut diff = committed.check(&current, &DiffOptions::default())?;
    // The file has the figures of the benches as well, which do not run here.
    diff.rows
        .retain(|row| row.subject.kind == SubjectKind::Operation);
    writeln!(
        out,
        "Baseline of the first version: {}",
        diff.summary_line()
    )?;
    Ok(!diff.is_regression())
}
