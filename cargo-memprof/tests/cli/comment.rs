//! The workflow that comments: its script, run with a `gh` that notes what it is asked for. And that no line of a
//! workflow is left out: each is run here, in `workflow.rs`, or sets the runner up.

use std::fs;
use std::process::Command;

use crate::directory::{Directory, Outcome, run};

const COMMENT: &str = include_str!("../../../docs/memory-comment.yml");
const MEMORY: &str = include_str!("../../../docs/memory.yml");

/// What sets a runner up: the toolchain, and `cargo memprof` out of the registry instead of a clone.
const SETTING_UP: [&str; 3] = [
    "rustup toolchain install stable --profile minimal",
    "cargo install cargo-memprof --locked",
    "cargo install cargo-memprof --locked",
];

/// Knows one pull request, whose head is `abc`, and the comments in `$COMMENTS`.
const GH: &str = r#"#!/bin/sh
echo "$*" >> asked
case "$*" in
    "pr view 7 --json headRefOid --jq .headRefOid") echo abc ;;
    "api --paginate repos/o/r/issues/7/comments --jq "*) printf '%s' "$COMMENTS" ;;
    "api --method PATCH "* | "pr comment 7 --body-file body.md") ;;
    *) exit 1 ;;
esac
"#;

/// What a workflow runs, in its order.
fn scripts(workflow: &str) -> Vec<String> {
    let mut scripts: Vec<String> = Vec::new();
    let mut block = None;
    for line in workflow.lines() {
        let indentation = line.len() - line.trim_start().len();
        if let Some(script) = line.trim_start().strip_prefix("- run: ") {
            block = (script == "|").then_some(indentation);
            scripts.push(if script == "|" {
                String::new()
            } else {
                script.to_owned()
            });
        } else if let (Some(outer), Some(script)) = (block, scripts.last_mut())
            && indentation > outer
        {
            *script += line.trim_start();
            script.push('\n');
        } else {
            block = None;
        }
    }
    scripts
}

/// Runs the script for that pull request and head, where these comments of ours are.
fn comment(number: &str, head: &str, comments: &str) -> (Directory, Outcome) {
    let directory = Directory::new();
    directory
        .write("comment/number", number)
        .write("comment/text.md", "| a | table |\n")
        .write("bin/gh", GH);
    let mut make_executable = Command::new("chmod");
    run(make_executable
        .args(["+x", "bin/gh"])
        .current_dir(directory.path("")))
    .expect(0);
    let [script] = &scripts(COMMENT)[..] else {
        panic!("{:?}", scripts(COMMENT));
    };
    let path = std::env::var("PATH").unwrap();
    let mut bash = Command::new("bash");
    bash.args(["-e", "-o", "pipefail", "-c", script])
        .current_dir(directory.path(""))
        .env(
            "PATH",
            format!("{}:{path}", directory.path("bin").display()),
        )
        .envs([("GH_REPO", "o/r"), ("HEAD", head), ("COMMENTS", comments)]);
    let outcome = run(&mut bash);
    (directory, outcome)
}

/// The last thing that `gh` was asked for.
fn last_asked(directory: &Directory) -> String {
    let asked = fs::read_to_string(directory.path("asked")).unwrap_or_default();
    asked.lines().last().unwrap_or_default().to_owned()
}

#[cfg(unix)]
#[test]
fn one_comment_is_made_and_then_changed() {
    let (directory, outcome) = comment("7\n", "abc", "");
    outcome.expect(0);
    assert_eq!(last_asked(&directory), "pr comment 7 --body-file body.md");
    assert_eq!(
        directory.read("body.md"),
        "<!-- memprof -->\n| a | table |\n"
    );

    let (directory, outcome) = comment("7\n", "abc", "41\n");
    outcome.expect(0);
    assert_eq!(
        last_asked(&directory),
        "api --method PATCH repos/o/r/issues/comments/41 -F body=@body.md"
    );
}

#[cfg(unix)]
#[test]
fn nothing_is_said_to_another_pull_request() {
    // Not a number, and one whose head is not what was measured.
    for (number, head) in [("7; touch bad", "abc"), ("7\n", "def"), ("8\n", "abc")] {
        let (directory, outcome) = comment(number, head, "");
        outcome.expect(1);
        assert!(!directory.path("body.md").exists() && !directory.path("bad").exists());
    }
}

#[test]
fn no_line_of_a_workflow_is_left_out() {
    let mut left: Vec<String> = scripts(MEMORY);
    left.retain(|script| !script.contains("cargo memprof "));
    assert_eq!(left, SETTING_UP);
    // Those that are left out here are what `workflow.rs` runs.
    assert_eq!(scripts(MEMORY).len(), SETTING_UP.len() + 3);
}
