//! The workflow: what is in `docs/` is what `init` writes, and its commands work as they stand there.

use std::process::Command;

use crate::directory::{Directory, Outcome, run};
use crate::krate::krate;

const WORKFLOW: &str = include_str!("../../templates/memory.yml");

/// The lines that run memprof, in their order.
fn lines() -> Vec<&'static str> {
    let lines = WORKFLOW
        .lines()
        .filter(|line| line.contains("cargo memprof "));
    lines
        .map(|line| line.trim().trim_start_matches("- run: "))
        .collect()
}

/// Runs a line as a runner's shell does.
fn shell(directory: &Directory, line: &str) -> Outcome {
    let inner = directory.command(&[]);
    let mut command = Command::new("bash");
    let program = env!("CARGO_BIN_EXE_cargo-memprof");
    let line = line.replace("cargo memprof ", &format!("{program:?} memprof "));
    command
        .args(["-e", "-o", "pipefail", "-c", &line])
        .current_dir(directory.path(""));
    for (name, value) in inner.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    run(&mut command)
}

#[test]
fn the_document_and_the_template_are_one() {
    assert_eq!(WORKFLOW, include_str!("../../../docs/memory.yml"));
}

#[cfg(unix)]
#[test]
fn its_commands_gate_a_pull_request() {
    let [measure, markdown, gate] = lines()[..] else {
        panic!("{:?}", lines());
    };
    let krate = krate();
    std::fs::create_dir(krate.path("comment")).unwrap();
    shell(&krate, measure).expect(0);
    // The first time there is no baseline yet, and the error says what to do.
    let outcome = shell(&krate, gate);
    outcome.expect(1);
    assert!(
        outcome
            .stderr
            .contains("make one with `cargo memprof accept`"),
        "{}",
        outcome.stderr
    );
    krate.memprof(&["accept", "memory"]).expect(0);
    shell(&krate, markdown).expect(0);
    assert!(krate.read("comment/text.md").contains("✅"));
    assert_eq!(shell(&krate, gate).expect(0).stdout, "");

    // A pull request that allocates one byte more.
    let library = krate
        .read("src/lib.rs")
        .replace("vec![7; size]", "vec![7; size + 1]");
    let library = library
        .replace("[7]", "[7, 7]")
        .replace("work(1_000).len(), 1_000", "work(1_000).len(), 1_001");
    krate.write("src/lib.rs", library);
    let suite = krate
        .read("tests/suite.rs")
        .replace("100);", "101);")
        .replace("10);", "11);");
    krate.write("tests/suite.rs", suite);
    std::fs::remove_dir_all(krate.path("memory")).unwrap();
    shell(&krate, measure).expect(0);
    shell(&krate, markdown).expect(0);
    assert!(krate.read("comment/text.md").contains("❌ **1 regressed: "));
    let outcome = shell(&krate, gate);
    assert!(
        outcome
            .expect(3)
            .stdout
            .starts_with("::error file=src/lib.rs,line="),
        "{}",
        outcome.stdout
    );

    // An operation above a threshold is for the gate to say, not for the measuring.
    krate.write(
        "memory_profiling.toml",
        "[thresholds]\nmax_peak_usage_mb = 0\n",
    );
    std::fs::remove_dir_all(krate.path("memory")).unwrap();
    shell(&krate, measure).expect(0);
    shell(&krate, gate).expect(3);
}
