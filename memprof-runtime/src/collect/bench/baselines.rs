//! The baselines of a bench target: the one that is committed, `memprof.baseline.json` beside the manifest, and
//! those that criterion's arguments name, which stand beside its own.
//!
//! As criterion does, a run without any name is compared with the last one and takes its place; unless it is
//! worse, so that it stays worse until it is accepted.

use super::arguments::Arguments;
use super::gate::Gate;
use memprof_report::{Baseline, Diff, DiffOptions, Verdict, write_whole};
use std::fs;
use std::path::{Path, PathBuf};

/// What criterion calls the last run.
const LAST_RUN: &str = "base";

/// Compares the run with every baseline that is asked for, keeps what is to be kept, and prints what is to say.
/// What is worse goes to the failures of the gate.
///
/// # Errors
/// Where a baseline cannot be read or written, in a line.
pub(super) fn compare(
    gate: &mut Gate,
    arguments: &Arguments,
    manifest: &Path,
) -> Result<(), String> {
    let accepts = std::env::var("MEMPROF_BASELINE").is_ok_and(|wish| wish == "accept");
    let committed = manifest.join("memprof.baseline.json");
    if !gate.run.allocator.installed {
        if accepts || committed.exists() || arguments.compare.is_some() {
            let failure = "the comparison with the baseline: nothing is counted";
            gate.failures.push(failure.to_owned());
        }
        return Ok(());
    }
    if gate.current.entries().is_empty() && gate.inexact.is_empty() {
        return Ok(());
    }
    if accepts {
        for (name, line) in &gate.inexact {
            println!("memprof: not taken: \"{name}\": {line}");
        }
        let mut baseline = read(&committed)?.unwrap_or_default();
        baseline.accept(&gate.current);
        write(&committed, &baseline)?;
        println!("memprof: accepted into `{}`", committed.display());
    } else if let Some(baseline) = read(&committed)? {
        let which = format!("`{}`", committed.display());
        judge(gate, &baseline, &which);
        gate.failures
            .extend(not_comparable(gate, &baseline, &which));
    }
    if arguments.tests {
        return Ok(());
    }
    let directory = directory(&gate.run.name);
    let file = |name: &str| directory.join(format!("{}.baseline.json", safe(name)));
    if let Some(name) = &arguments.compare {
        return match read(&file(name))? {
            Some(baseline) => {
                let which = format!("baseline `{name}`");
                judge(gate, &baseline, &which);
                let inexact = not_comparable(gate, &baseline, &which);
                // Named to be held to, as criterion has it.
                if inexact.is_empty() && !arguments.is_lenient {
                    gate.failures
                        .extend(nothing_compared(gate, &baseline, &which));
                }
                gate.failures.extend(inexact);
                Ok(())
            }
            None if arguments.is_lenient => Ok(()),
            None => Err(format!(
                "there is no baseline `{name}` of memory figures: make it with `--save-baseline {name}`"
            )),
        };
    }
    if arguments.discards {
        return Ok(());
    }
    let is_worse = arguments.save.is_none() && !accepts && {
        let last = read(&file(LAST_RUN))?;
        last.is_some_and(|last| judge(gate, &last, "the last run"))
    };
    if is_worse {
        println!(
            "memprof: the last run's figures stay until `MEMPROF_BASELINE=accept` or `--save-baseline base` takes these"
        );
        return Ok(());
    }
    let path = file(arguments.save.as_deref().unwrap_or(LAST_RUN));
    // A run of some benches changes only those.
    let mut kept = read(&path).ok().flatten().unwrap_or_default();
    kept.accept(&gate.current);
    write(&path, &kept)
}

/// Prints what changed, and notes what is worse; whether anything is.
fn judge(gate: &mut Gate, baseline: &Baseline, which: &str) -> bool {
    let mut diff = match baseline.check(&gate.current, &DiffOptions::default()) {
        Ok(diff) => diff,
        Err(refusal) => {
            println!("memprof: not compared with {which}: {refusal}");
            return false;
        }
    };
    // Most often it was filtered out, or is of another target.
    diff.rows.retain(|row| row.verdict != Verdict::Gone);
    diff.notices
        .retain(|notice| !notice.contains("not in this run"));
    if diff
        .rows
        .iter()
        .all(|row| row.verdict == Verdict::Unchanged)
    {
        return false;
    }
    println!("\nagainst {which}\n{diff}");
    let is_worse = diff.is_regression();
    if is_worse {
        gate.failures.extend(worse(&diff, which));
    }
    is_worse
}

/// Why no figure was compared, in a line; none where one was.
fn nothing_compared(gate: &Gate, baseline: &Baseline, which: &str) -> Option<String> {
    let why = match baseline.check(&gate.current, &DiffOptions::default()) {
        Ok(diff) => {
            let mut verdicts = diff.rows.iter().map(|row| row.verdict);
            let is_compared = |verdict| {
                !matches!(
                    verdict,
                    Verdict::New | Verdict::Gone | Verdict::NotComparable
                )
            };
            if verdicts.any(is_compared) {
                return None;
            }
            "it has no exact figures of these benches".to_owned()
        }
        Err(refusal) => refusal.to_string(),
    };
    Some(format!("nothing was compared with {which}: {why}"))
}

/// A line for each bench whose exact figures are in the baseline, and which has none any more.
fn not_comparable(gate: &Gate, baseline: &Baseline, which: &str) -> Vec<String> {
    let known = |name: &str| baseline.entries().iter().any(|entry| entry.name == name);
    let lost = gate.inexact.iter().filter(|(name, _)| known(name));
    lost.map(|(name, line)| format!("\"{name}\" cannot be compared with {which}: {line}"))
        .collect()
}

/// A line for each bench that is worse.
fn worse(diff: &Diff, which: &str) -> Vec<String> {
    let rows = diff
        .rows
        .iter()
        .filter(|row| row.verdict == Verdict::Regressed);
    rows.map(|row| {
        let changes = row
            .changes
            .iter()
            .filter(|change| change.verdict == Verdict::Regressed);
        let changes: Vec<String> = changes
            .map(|change| {
                let number = |figure: Option<i128>| figure.unwrap_or_default();
                format!(
                    "{} {} → {}",
                    change.metric.label(),
                    number(change.old),
                    number(change.new)
                )
            })
            .collect();
        format!(
            "\"{}\" regressed against {which}: {}",
            row.subject.name,
            changes.join(", ")
        )
    })
    .collect()
}

/// None where there is no such file.
fn read(path: &Path) -> Result<Option<Baseline>, String> {
    match fs::read_to_string(path) {
        Ok(text) => Baseline::from_json(&text)
            .map(Some)
            .map_err(|error| format!("failed to read baseline `{}`: {error}", path.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!(
            "failed to read baseline `{}`: {error}",
            path.display()
        )),
    }
}

fn write(path: &Path, baseline: &Baseline) -> Result<(), String> {
    let failed = |error: &dyn std::fmt::Display| {
        format!("failed to write baseline `{}`: {error}", path.display())
    };
    let text = baseline.to_json().map_err(|error| failed(&error))?;
    write_whole(path, |writer| writer.write_all(text.as_bytes())).map_err(|error| failed(&error))
}

/// Where the baselines of a bench target are kept: in criterion's directory.
fn directory(target: &str) -> PathBuf {
    let of_criterion = || {
        let home = std::env::var_os("CRITERION_HOME").map(PathBuf::from);
        let target =
            || Some(PathBuf::from(std::env::var_os("CARGO_TARGET_DIR")?).join("criterion"));
        // `target/release/deps/suite-0123456789abcdef`
        let beside = || {
            Some(
                std::env::current_exe()
                    .ok()?
                    .ancestors()
                    .nth(3)?
                    .join("criterion"),
            )
        };
        home.or_else(target).or_else(beside)
    };
    let directory = of_criterion().unwrap_or_else(|| PathBuf::from("target/criterion"));
    directory.join("memprof").join(safe(target))
}

fn safe(name: &str) -> String {
    name.replace(
        |letter: char| !letter.is_alphanumeric() && !"._-".contains(letter),
        "_",
    )
}
