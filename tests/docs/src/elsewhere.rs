//! Commands of the guides that a walk leaves out, because something else runs them already.

/// Who runs a command.
#[derive(Clone, Copy, Debug)]
pub enum Elsewhere {
    /// A step of `.ci/run`, by its name.
    Step(&'static str),
    /// A test: a file of the repository, and words that are in it.
    Test(&'static str, &'static str),
}

use Elsewhere::{Step, Test};

/// Each of them with who runs it. That both are there is tested in `tests/commands.rs`.
pub const ELSEWHERE: &[(&str, Elsewhere)] = &[
    ("cargo test --workspace", Step("test")),
    ("cargo test -p memory_growth", Step("test")),
    ("cargo bench", Step("bench")),
    ("cargo xtask instructions", Step("instructions")),
    ("cargo xtask results", Step("results")),
    ("cargo xtask results --check", Step("results")),
    (
        "cargo test -- --nocapture",
        Test(
            "tests/end_to_end/cargo_test.rs",
            "args([\"--\", \"--nocapture\"])",
        ),
    ),
    (
        "cargo test --benches",
        Test("tests/benching/tests/harness.rs", "\"--test\", \"--bench\""),
    ),
    (
        "cargo memprof accept memory",
        Test(
            "cargo-memprof/tests/cli/workflow.rs",
            "&[\"accept\", \"memory\"]",
        ),
    ),
];

/// Whether something else than a walk runs that command.
pub fn is_elsewhere(command: &str) -> bool {
    ELSEWHERE.iter().any(|(listed, _)| *listed == command)
}
