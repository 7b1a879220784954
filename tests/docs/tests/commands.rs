//! Promise: every command in README.md and in `docs/` is run, by a walk (see `src/walk.rs`) or by whom `ELSEWHERE` names.
//!
//! Walks that begin in a clone are the gate's step `guides`, the others are `tests/walks.rs`. Commands in running text
//! are mentions of such a command: the start of one that is run.
#![forbid(unsafe_code)]

use std::fs;

use docs::{
    DOC_TESTED, ELSEWHERE, Elsewhere, Guide, Place, Step, fences, guides, repository, spans,
};

fn read(file: &str) -> String {
    fs::read_to_string(repository().join(file)).unwrap_or_else(|err| panic!("{file}: {err}"))
}

/// All commands in blocks, walked or run elsewhere.
fn commands(guides: &[Guide]) -> Vec<&str> {
    let steps = guides.iter().flat_map(|guide| &guide.steps);
    let commands = steps.filter_map(|step| match step {
        Step::Command { command, .. } => Some(command.as_str()),
        Step::File { .. } => None,
    });
    commands.collect()
}

fn has_step(name: &str) -> bool {
    read("xtask/src/ci/steps.rs").contains(&format!("name: {name:?},"))
}

#[test]
fn who_runs_a_command_elsewhere_is_there() {
    for (command, who) in ELSEWHERE {
        match who {
            Elsewhere::Step(step) => assert!(has_step(step), "{command}: no step `{step}`"),
            Elsewhere::Test(file, words) => {
                assert!(read(file).contains(words), "{command}: {file}")
            }
        }
    }
    assert!(has_step("guides"));
}

#[test]
fn what_is_run_elsewhere_is_in_a_guide() {
    let guides = guides();
    for (command, _) in ELSEWHERE {
        let is_there = |guide: &Guide| guide.text.contains(command);
        assert!(guides.iter().any(is_there), "`{command}` is in no guide");
    }
}

#[test]
fn commands_in_running_text_are_run() {
    let guides = guides();
    let mut run = commands(&guides);
    run.extend(ELSEWHERE.iter().map(|(command, _)| *command));
    for guide in &guides {
        for (line, span) in spans(&guide.text) {
            let is_run = |command: &&str| {
                let rest = command.strip_prefix(span.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
            };
            let is_command = span.starts_with("cargo ") || span.contains(" cargo ");
            assert!(
                !is_command || run.iter().any(is_run),
                "{}:{line}: nobody runs `{span}`",
                guide.file
            );
        }
    }
}

#[test]
fn blocks_are_of_languages_that_are_looked_at() {
    for guide in guides() {
        for fence in fences(&guide.text) {
            let known = ["console", "rust", "sh", "text", "toml", "yaml"];
            let place = format!("{}:{}", guide.file, fence.line);
            assert!(
                known.contains(&fence.language),
                "{place}: {:?}",
                fence.language
            );
            assert!(!fence.text.trim().is_empty(), "{place}");
        }
    }
}

#[test]
fn examples_of_guides_are_compiled() {
    for guide in guides() {
        let is_rust =
            |step: &Step| matches!(step, Step::File { path, .. } if path.ends_with(".rs"));
        let files = guide.steps.iter().filter(|step| is_rust(step)).count();
        let blocks = fences(&guide.text);
        let blocks = blocks
            .iter()
            .filter(|fence| fence.language == "rust")
            .count();
        let is_doc_tested = DOC_TESTED.contains(&guide.file.as_str());
        assert!(
            is_doc_tested || files == blocks,
            "{}: {files} of {blocks}",
            guide.file
        );
    }
}

#[test]
fn walks_begin_where_a_walk_ends() {
    for guide in guides() {
        if let Place::After(other) = &guide.place {
            assert_ne!(Guide::read(other).place, Place::InClone, "{}", guide.file);
        }
    }
}
