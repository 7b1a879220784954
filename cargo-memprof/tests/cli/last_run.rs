//! Promise: which run is shown, and how old it is, is told; what a run left is found, whether it was summed up or not; and
//! what is not whole is not judged.
//!
//! The runs are laid out as `cargo memprof` does, with nothing built.

use std::fs;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use memprof_report::Report;

use crate::directory::{Directory, Outcome, run};
use crate::krate::plain;
use crate::samples::{json, sample};

/// No process has it: numbers end at 2²² on Linux.
const NOBODY: u32 = 4_194_305;

/// A package whose runs are laid out in it.
struct Laid(Directory);

impl Laid {
    fn new() -> Self {
        Self(plain("fn main() {}"))
    }

    fn memprof(&self, arguments: &[&str]) -> Outcome {
        let target = self.0.path("target");
        run(self.0.command(arguments).env("CARGO_TARGET_DIR", target))
    }

    /// A run of so long ago, of that command by that process, with reports of its processes; its directory.
    fn run(&self, ago: u64, command: &str, pid: u32, rest: &str, reports: &[&Report]) -> String {
        let began = SystemTime::now() - Duration::from_secs(ago);
        let began = began.duration_since(UNIX_EPOCH).unwrap().as_millis();
        let run = format!("target/memprof/{began}-{pid}");
        let workspace = self.0.path("");
        let workspace = workspace.to_str().unwrap().trim_end_matches('/');
        self.0.write(&format!("{run}/workspace"), workspace);
        let state = format!(
            "{{\"command\":\"{command}\",\"line\":\"{command} --release\",\"pid\":{pid}{rest}}}"
        );
        self.0.write(&format!("{run}/run.json"), state);
        for (number, report) in reports.iter().enumerate() {
            let name = format!("{run}/processes/{number}.json");
            self.0.write(&name, json(report));
        }
        run
    }

    fn note(&self, run: &str, pid: u32, rest: &str) {
        let text = format!("executable /a/target/debug/daemon\n{rest}");
        self.0
            .write(&format!("{run}/processes/{pid}.process"), text);
    }
}

/// Calls and processes of what `report` shows.
#[track_caller]
fn calls(laid: &Laid) -> u64 {
    let outcome = laid.memprof(&["report", "--format", "json"]);
    let report = Report::from_json(&outcome.expect(0).stdout).unwrap();
    report.operations.iter().map(|row| row.calls).sum()
}

fn of_process(pid: u32) -> Report {
    let mut report = sample();
    report.run.pid = pid;
    report.violations.clear();
    report
}

fn calls_of(report: &Report) -> u64 {
    report.operations.iter().map(|row| row.calls).sum()
}

#[test]
fn the_run_that_is_shown_is_told_with_its_age() {
    let laid = Laid::new();
    for (ago, age) in [(7_300, "2 hours ago"), (300, "5 minutes ago")] {
        laid.run(ago, "run", NOBODY, ",\"status\":0", &[&of_process(7)]);
        let told = format!("memprof: the last run: `cargo memprof run --release`, {age}\n");
        for command in ["report", "list", "accept", "check"] {
            let outcome = laid.memprof(&[command]);
            assert!(
                outcome.expect(0).stderr.starts_with(&told),
                "{}",
                outcome.stderr
            );
        }
        assert_eq!(laid.memprof(&["report", "--quiet"]).expect(0).stderr, "");
    }
}

#[test]
fn reports_without_a_sum_are_found() {
    let laid = Laid::new();
    laid.run(600, "run", NOBODY, ",\"status\":0", &[&of_process(1)]);
    // One process, as `run` has: that report is all of it.
    laid.run(60, "run", NOBODY, "", &[&of_process(7)]);
    assert_eq!(calls(&laid), calls_of(&sample()));
    laid.memprof(&["accept"]).expect(0);
    laid.memprof(&["check"]).expect(0);
    // Of more, nobody knows whether there are others.
    let run = laid.run(30, "test", NOBODY, "", &[&of_process(7), &of_process(8)]);
    assert_eq!(calls(&laid), 2 * calls_of(&sample()));
    let outcome = laid.memprof(&["report"]);
    let warning = "\nwarning: the run is incomplete: it was cut off before its end\n";
    assert!(outcome.stderr.contains(warning), "{}", outcome.stderr);
    for command in ["check", "accept"] {
        let outcome = laid.memprof(&[command]);
        let begin = "the last run (`cargo memprof test --release`, 30 seconds ago) is not judged: it was cut off before \
                     its end: run again, or name its files: ";
        outcome.expect_error(1, begin, &format!("{run}/processes"));
    }
    // Whoever means them names them.
    let processes = format!("{run}/processes");
    laid.memprof(&["check", "--tolerance", "100%", &processes])
        .expect(0);
}

#[test]
fn no_run_is_judged_while_a_newer_one_goes_on_or_where_that_has_no_report() {
    let laid = Laid::new();
    laid.run(7_300, "run", NOBODY, ",\"status\":0", &[&of_process(1)]);
    laid.memprof(&["accept"]).expect(0);
    let baseline = laid.0.read("memprof.baseline.json");
    laid.0.write("before.json", json(&sample()));
    let own = std::process::id();
    for (ago, pid, rest, why) in [
        (50, own, "", "is still going on and has no report yet"),
        (
            40,
            NOBODY,
            "",
            "has no report: it was cut off before its end",
        ),
        (
            30,
            NOBODY,
            ",\"status\":101,\"failure\":\"it failed\"",
            "has no report: it failed",
        ),
    ] {
        laid.run(ago, "run", pid, rest, &[]);
        let last =
            format!("the last run (`cargo memprof run --release`, {ago} seconds ago) {why}: ");
        for command in [&["check"][..], &["accept"], &["diff", "before.json"]] {
            let begin = format!("{last}an older run is not judged: ");
            let outcome = laid.memprof(command);
            outcome.expect_error(1, &begin, "run again, or name a file");
        }
        let outcome = laid.memprof(&["report", "--quiet"]);
        let told = format!(
            "warning: {last}this is an older run, `cargo memprof run --release`, 2 hours ago\n"
        );
        assert_eq!(outcome.expect(0).stderr, told);
    }
    // One that has reports already.
    laid.run(20, "test", own, "", &[&of_process(7)]);
    let outcome = laid.memprof(&["check"]);
    let begin = "the last run (`cargo memprof test --release`, 20 seconds ago) is not judged: it is still going on: ";
    outcome.expect_error(1, begin, "/processes");
    assert_eq!(laid.0.read("memprof.baseline.json"), baseline);
}

#[test]
fn a_process_that_reports_after_the_run_is_found() {
    let laid = Laid::new();
    let summed = ",\"status\":0,\"merged\":[\"0.json\"]";
    let run = laid.run(60, "run", NOBODY, summed, &[&of_process(7)]);
    let report = format!("{run}/report.json");
    laid.0.write(&report, json(&of_process(7)));
    laid.note(&run, 8, "");
    assert_eq!(calls(&laid), calls_of(&sample()));
    // The daemon ends.
    let later = format!("{run}/processes/daemon.json");
    laid.0.write(&later, json(&of_process(8)));
    assert_eq!(calls(&laid), 2 * calls_of(&sample()));
    laid.memprof(&["accept"]).expect(0);
    // Without a run that has begun since, also where it has no report of its own.
    fs::remove_file(laid.0.path(&report)).unwrap();
    assert_eq!(calls(&laid), 2 * calls_of(&sample()));
}

#[test]
fn a_run_that_failed_and_lacks_a_process_is_not_judged() {
    let laid = Laid::new();
    let run = laid.run(60, "test", NOBODY, ",\"status\":101", &[&of_process(7)]);
    // Its figures are there: the tests failed, and all of them ran.
    laid.memprof(&["accept"]).expect(0);
    laid.note(&run, 8, "");
    for command in ["check", "accept"] {
        let begin = "the last run (`cargo memprof test --release`, 60 seconds ago) is not judged: `daemon` ended before \
                     it wrote a report, and cargo with status 101: ";
        laid.memprof(&[command])
            .expect_error(1, begin, "/processes");
    }
    // One that came to its end and called no tracked function lacks nothing.
    laid.note(&run, 8, "allocator true\nsites 3\nended true\n");
    laid.memprof(&["check"]).expect(0);
}

#[test]
fn processes_of_the_build_are_not_in_the_run() {
    // A build script and a procedural macro report as one that has memprof in it does.
    let report = |name: &str| {
        format!(
            "let text = include_str!(\"SAMPLE\").replace(\"EXECUTABLE\", std::env::current_exe().unwrap().to_str().unwrap());\n\
             let text = text.replace(\"424242\", &std::process::id().to_string());\n\
             if let Ok(directory) = std::env::var(\"MEMPROF_REPORTING_OUTPUT_DIRECTORY\") {{\n\
                 std::fs::create_dir_all(&directory).unwrap();\n\
                 std::fs::write(format!(\"{{directory}}/{name}.json\"), text).unwrap();\n\
             }}\n"
        )
    };
    let krate = plain("");
    let main = format!(
        "fn main() {{\n of_build::nothing!();\n{}}}\n",
        report("program")
    );
    let script = format!("fn main() {{\n{}}}\n", report("script"));
    let library = format!(
        "#[proc_macro]\npub fn nothing(_: proc_macro::TokenStream) -> proc_macro::TokenStream {{\n{}\nDefault::default()\n}}\n",
        report("macro")
    );
    let mut process = of_process(424_242);
    process.run.executable = "EXECUTABLE".into();
    let path = krate.path("report.json");
    let placed = |text: String| text.replace("SAMPLE", path.to_str().unwrap());
    let manifest = krate.read("Cargo.toml");
    krate
        .write("report.json", json(&process))
        .write("src/main.rs", placed(main))
        .write("build.rs", placed(script))
        .write("of_build/src/lib.rs", placed(library))
        .write(
            "of_build/Cargo.toml",
            "[package]\nname = \"of_build\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[lib]\nproc-macro = true\n",
        )
        .write(
            "Cargo.toml",
            format!("{manifest}[dependencies]\nof_build = {{ path = \"of_build\" }}\n"),
        );
    // The first builds, the second has nothing to build.
    for is_first in [true, false] {
        let outcome = krate.memprof(&["run"]);
        let told = "memprof: 1 process, report written to ";
        assert!(
            outcome.expect(0).stderr.contains(told),
            "{}",
            outcome.stderr
        );
        let written = outcome.written();
        let report = crate::directory::report(&written);
        assert_eq!(calls_of(&report), calls_of(&sample()));
        // They were there, and are kept apart.
        let aside = written.with_file_name("build");
        let number = fs::read_dir(aside).map_or(0, |entries| entries.count());
        assert_eq!(number, if is_first { 2 } else { 0 });
    }
}
