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

const WORKFLOW: &str = "cargo-memprof/tests/cli/workflow.rs";
const FORMATS: &str = "cargo-memprof/tests/cli/formats.rs";

/// Each of them with who runs it. That both are there is tested in `tests/commands.rs`.
pub const ELSEWHERE: &[(&str, Elsewhere)] = &[
    ("cargo test --workspace", Step("test")),
    ("cargo xtask instructions", Step("instructions")),
    ("cargo xtask results", Step("results")),
    ("cargo xtask results --check", Step("results")),
    ("cargo bench", Step("bench")),
];

/// Whether something else than a walk runs that command.
pub fn is_elsewhere(command: &str) -> bool {
    ELSEWHERE.iter().any(|(listed, _)| *listed == command)
}
