//! The formats of `report`, `diff` and `check`: each is what its reader reads.

use serde_json::Value;

use crate::directory::Directory;
use crate::samples::{json, sample, violated};

fn directory() -> Directory {
    let directory = Directory::new();
    let mut worse = sample();
    worse.operations[1].allocated_bytes += 1;
    directory
        .write("run.json", json(&sample()))
        .write("violated.json", json(&violated()))
        .write("worse.json", json(&worse));
    directory
}

fn report(format: &str) -> String {
    let outcome = directory().memprof(&["report", "run.json", "--format", format]);
    assert_eq!(outcome.expect(0).stderr, "");
    outcome.stdout
}

#[test]
fn json_is_the_report_itself() {
    assert_eq!(report("json"), json(&sample()) + "\n");
}

#[test]
fn markdown_has_a_row_an_operation() {
    let text = report("markdown");
    assert!(text.starts_with("### memprof: demo\n"), "{text}");
    assert!(
        text.contains("\n| Index | 2 |") && text.contains("\n| Search | 5 |"),
        "{text}"
    );
}

#[test]
fn annotations_stand_at_the_operation() {
    let outcome = directory().memprof(&["report", "violated.json", "--format", "github"]);
    assert_eq!(
        outcome.expect(0).stdout,
        "::error file=src/lib.rs,line=10,title=memprof%3A max_peak_usage_mb::\"Index\": peak 2,500 B > 2,000 B\n"
    );
    assert_eq!(report("github"), "");
    let outcome = directory().memprof(&["diff", "run.json", "worse.json", "--format", "github"]);
    assert_eq!(
        outcome.expect(3).stdout,
        "::error file=src/lib.rs,line=20,title=memprof%3A regressed::\"Search\": allocated 1,000 B → 1,001 B \
         (+1 B, +0.10 %25)\n"
    );
}

#[test]
fn junit_has_a_case_an_operation_and_a_failure_a_violation() {
    let directory = directory();
    let outcome = directory.memprof(&["report", "violated.json", "--format", "junit"]);
    assert!(
        outcome.expect(0).stdout.starts_with("<?xml "),
        "{}",
        outcome.stdout
    );
    assert_eq!(
        outcome.stdout.matches("<failure ").count(),
        1,
        "{}",
        outcome.stdout
    );
    assert_eq!(report("junit").matches("<failure ").count(), 0);
    let outcome = directory.memprof(&["diff", "run.json", "worse.json", "--format", "junit"]);
    assert_eq!(
        outcome.expect(3).stdout.matches("<failure ").count(),
        1,
        "{}",
        outcome.stdout
    );
}

#[test]
fn html_is_one_page_with_the_report_in_it() {
    let page = report("html");
    assert!(page.starts_with("<!doctype html>"), "{page}");
    assert!(page.contains("<title>memprof: demo</title>"));
    let held = |page: &str, id: &str| {
        let (_, from) = page.split_once(&format!("id=\"{id}\">")).unwrap();
        from.split_once("</script>").unwrap().0.to_owned()
    };
    let shown: Value = serde_json::from_str(&held(&page, "report")).unwrap();
    assert_eq!(
        shown,
        serde_json::from_str::<Value>(&json(&sample())).unwrap()
    );

    let outcome = directory().memprof(&["diff", "run.json", "worse.json", "--format", "html"]);
    let page = &outcome.expect(3).stdout;
    let diff: Value = serde_json::from_str(&held(page, "diff")).unwrap();
    assert_eq!(diff["diff"]["rows"][2]["verdict"], "regressed");
    assert_eq!(held(page, "old"), held(&report("html"), "report"));

    let tolerant = ["--tolerance", "5%"];
    let outcome = directory().memprof(
        &[
            &["diff", "run.json", "worse.json", "--format", "html"][..],
            &tolerant,
        ]
        .concat(),
    );
    let diff: Value = serde_json::from_str(&held(&outcome.expect(0).stdout, "diff")).unwrap();
    assert_eq!(diff["diff"]["rows"][2]["verdict"], "unchanged");
}

#[test]
fn bencher_and_benchmark_have_a_value_a_figure() {
    let document: Value = serde_json::from_str(&report("bencher")).unwrap();
    assert_eq!(document["Index"]["allocated-bytes"]["value"], 2_000);
    assert_eq!(document["Search"]["allocations"]["value"], 5);
    assert_eq!(document["Idle"], Value::Null);
    let document: Value = serde_json::from_str(&report("benchmark")).unwrap();
    assert_eq!(document.as_array().unwrap().len(), 8);
    assert_eq!(document[1]["name"], "Index: allocated");
    assert_eq!(document[1]["value"], 2_000);
}

#[test]
fn profiles_have_the_figure_that_is_asked_for() {
    assert_eq!(report("folded"), "Index 1500\nIndex;Search 1000\n");
    let directory = directory();
    let outcome = directory.memprof(&[
        "report",
        "run.json",
        "--format",
        "folded",
        "--weight",
        "allocations",
    ]);
    assert_eq!(outcome.expect(0).stdout, "Index 2\nIndex;Search 5\n");
    assert!(report("flamegraph").contains("</svg>"));
    let dhat: Value = serde_json::from_str(&report("dhat")).unwrap();
    assert_eq!(dhat["dhatFileVersion"], 2);
    let speedscope: Value = serde_json::from_str(&report("speedscope")).unwrap();
    assert!(speedscope["$schema"].is_string());
    let outcome =
        directory.memprof(&["report", "run.json", "--format", "pprof", "-o", "run.pb.gz"]);
    outcome.expect(0);
    assert_eq!(
        std::fs::read(directory.path("run.pb.gz")).unwrap()[..2],
        [0x1f, 0x8b]
    );
}

#[test]
fn a_figure_that_was_not_recorded_is_an_error() {
    let directory = directory();
    let mut report = sample();
    for path in &mut report.paths {
        path.retained_bytes = None;
    }
    report.run.allocator.ownership = false;
    directory.write("counts.json", json(&report));
    directory
        .memprof(&[
            "report",
            "counts.json",
            "--format",
            "folded",
            "--weight",
            "retained",
        ])
        .expect_error(
            1,
            "the report cannot be written as folded: the report has no retained bytes",
            ": choose another `--format` or `--weight`",
        );
}

#[test]
fn comparisons_have_their_formats_too() {
    let directory = directory();
    directory.memprof(&["accept", "run.json"]).expect(0);
    for command in [
        &["diff", "run.json", "worse.json"][..],
        &["check", "worse.json"],
    ] {
        let shown = |format| {
            directory
                .memprof(&[command, &["--format", format]].concat())
                .expect(3)
                .stdout
                .clone()
        };
        let document: Value = serde_json::from_str(&shown("json")).unwrap();
        let rows = document["rows"].as_array().unwrap();
        let regressed = rows.iter().filter(|row| row["verdict"] == "regressed");
        let names: Vec<&Value> = regressed.map(|row| &row["subject"]["name"]).collect();
        assert_eq!(names, ["Search"]);
        assert!(
            shown("markdown").contains("❌ **1 regressed, 1 unchanged: "),
            "{}",
            shown("markdown")
        );
        assert!(
            shown("table").contains("1 regressed, 1 unchanged: "),
            "{}",
            shown("table")
        );
    }
}
