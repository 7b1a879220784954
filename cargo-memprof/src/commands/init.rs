//! `init`: sets a package up. All is looked at before anything is written; what is there stays as it is, but
//! for the manifest, to whose end the bench target is added.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::arguments::InitOptions;
use crate::failure::{Done, Failure, Result, is_quiet};
use crate::output;

const CONFIGURATION: &str = include_str!("../../templates/memory_profiling.toml");
const BENCH: &str = include_str!("../../templates/memory.rs");
const WORKFLOW: &str = include_str!("../../templates/memory.yml");
/// What the manifest gets.
const TARGET: &str = "\n[[bench]]\nname = \"memory\"\nharness = false\n";

/// What is to be done about a file.
enum Step {
    Write { path: PathBuf, text: &'static str },
    Add { path: PathBuf, text: String },
    Keep { path: PathBuf },
}

pub(crate) fn init(options: &InitOptions) -> Result<Done> {
    let directory = options.directory.clone().unwrap_or_default();
    let manifest = manifest(&directory)?;
    let steps = [
        write(directory.join("memory_profiling.toml"), CONFIGURATION)?,
        write(directory.join("benches").join("memory.rs"), BENCH)?,
        bench_target(&directory, &manifest)?,
        write(workflows(&directory).join("memory.yml"), WORKFLOW)?,
    ];
    // That of theirs may be another's.
    let needs_harness = match &steps[1] {
        Step::Keep { path } => fs::read_to_string(path).is_ok_and(|text| text == BENCH),
        _ => true,
    };
    let mut told = String::new();
    for step in &steps {
        let (done, would, path) = match step {
            Step::Write { path, .. } => ("wrote", "would write", path),
            Step::Add { path, .. } => (
                "added a bench target to",
                "would add a bench target to",
                path,
            ),
            Step::Keep { path } => ("kept", "would keep", path),
        };
        let verb = if options.dry_run { would } else { done };
        told.push_str(&format!("{verb} {}\n", path.display()));
    }
    if !options.dry_run {
        for step in steps {
            match step {
                Step::Write { path, text } => output::new_file(&path, text.as_bytes())?,
                Step::Add { path, text } => output::file(&path, text.as_bytes())?,
                Step::Keep { .. } => {}
            }
        }
    }
    let memprof = dependencies(&manifest.table);
    if memprof.is_empty() {
        told.push_str(
            "next: `cargo add memprof`, and `#[memprof::track]` on the functions that matter\n",
        );
    }
    if needs_harness && !memprof.iter().any(|dependency| has_harness(dependency)) {
        told.push_str("next: `cargo add --dev memprof --features bench`, for the bench\n");
    }
    if options.dry_run || !is_quiet() {
        output::stdout(told.as_bytes())?;
    }
    Ok(Done::Fine)
}

struct Manifest {
    path: PathBuf,
    text: String,
    table: Table,
}

fn manifest(directory: &Path) -> Result<Manifest> {
    let path = directory.join("Cargo.toml");
    let shown = path.display();
    let text = fs::read_to_string(&path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Failure::error(format!(
            "there is no package: `{shown}` does not exist: name the directory of one, or make one with `cargo \
             init`"
        )),
        _ => Failure::error(format!("`{shown}` cannot be read: {error}: make it readable to you")),
    })?;
    let table: Table = text.parse().map_err(|error: toml::de::Error| {
        Failure::error(format!(
            "`{shown}` is no manifest: {}: correct it",
            error.message()
        ))
    })?;
    match table.contains_key("package") {
        true => Ok(Manifest { path, text, table }),
        false => Err(Failure::error(format!(
            "`{shown}` has no package, only a workspace: name the directory of a member"
        ))),
    }
}

/// Writes what is not there. A directory in its place is told before anything is written.
fn write(path: PathBuf, text: &'static str) -> Result<Step> {
    match fs::symlink_metadata(&path) {
        Ok(found) if found.is_dir() => Err(Failure::error(format!(
            "`{}` cannot be written: it is a directory: move it away",
            path.display()
        ))),
        Ok(_) => Ok(Step::Keep { path }),
        Err(_) => Ok(Step::Write { path, text }),
    }
}

fn bench_target(directory: &Path, manifest: &Manifest) -> Result<Step> {
    let path = manifest.path.clone();
    let benches = manifest.table.get("bench").and_then(Value::as_array);
    let is_ours = |bench: &Value| bench.get("name").and_then(Value::as_str) == Some("memory");
    // A bench of theirs that cargo finds by its place is theirs.
    let is_theirs = directory.join("benches").join("memory.rs").exists();
    if is_theirs || benches.is_some_and(|benches| benches.iter().any(is_ours)) {
        return Ok(Step::Keep { path });
    }
    let end = if manifest.text.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    let text = format!("{}{end}{TARGET}", manifest.text);
    match text.parse::<Table>() {
        Ok(_) => Ok(Step::Add { path, text }),
        Err(_) => Err(Failure::error(format!(
            "no bench target can be added to `{}`: add one that is called `memory` and has `harness = false` \
             to its list",
            path.display()
        ))),
    }
}

/// The workflows of the repository, or of the package where there is none.
fn workflows(directory: &Path) -> PathBuf {
    let absolute = std::env::current_dir().unwrap_or_default().join(directory);
    let mut above = absolute.ancestors();
    let root = above.find(|directory| directory.join(".git").exists());
    let root = root.filter(|root| **root != absolute).unwrap_or(directory);
    root.join(".github").join("workflows")
}

/// What the manifest says of memprof, as a dependency of whatever kind.
fn dependencies(manifest: &Table) -> Vec<&Value> {
    let kinds = ["dependencies", "dev-dependencies"].into_iter();
    kinds
        .filter_map(|kind| manifest.get(kind)?.get("memprof"))
        .collect()
}

/// Whether memprof comes with what `bench_main!` needs.
fn has_harness(dependency: &Value) -> bool {
    let features = dependency.get("features").and_then(Value::as_array);
    features.is_some_and(|features| features.iter().any(|it| it.as_str() == Some("bench")))
}
