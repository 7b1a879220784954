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
    ("cargo xtask compile-cost", Step("compile-cost")),
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
        "cargo memprof run",
        Test("cargo-memprof/tests/cli/ends.rs", "Sent::ToGroup(\"INT\")"),
    ),
    (
        "timeout 60 cargo memprof run",
        Test(
            "cargo-memprof/tests/cli/ends.rs",
            "Command::new(\"timeout\")",
        ),
    ),
    // The examples' READMEs: steps that read the lines out of them, or run the same.
    (
        "MEMPROF_CONFIG=examples/hybrid_search/memory_profiling.toml cargo run --release -p hybrid_search",
        Step("example"),
    ),
    (
        "cargo run -p hybrid_search --no-default-features -- --limit 100",
        Step("example-features"),
    ),
    (
        "cargo run -p hybrid_search --features dhat-heap -- --limit 100",
        Step("example-features"),
    ),
    ("cargo xtask allocators", Step("example-features")),
    ("cargo bench -p hybrid_search", Step("bench")),
    ("cargo test -p hybrid_search --benches", Step("bench")),
    ("cargo test -p kv_ring_buffer", Step("test")),
    (
        "cargo test -p kv_ring_buffer --features dhat --test mpmc",
        Step("over-allocators"),
    ),
    (
        "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER=\"valgrind --leak-check=full --num-callers=40 \
         --error-exitcode=9 --suppressions=valgrind.supp\" MPMC_ENTRIES=500 cargo test -p kv_ring_buffer --test mpmc",
        Step("leak-check"),
    ),
    (
        "cargo run --release -p skill_matching -- compare --baseline examples/skill_matching/memprof.baseline.json",
        Step("matching"),
    ),
    ("cargo test -p skill_matching -- --nocapture", Step("test")),
    (
        "cargo bench -p skill_matching --bench matching",
        Step("bench"),
    ),
    (
        "cargo test -p skill_matching --bench matching",
        Step("bench"),
    ),
    (
        "cargo run --release -p skill_matching -- compare --baseline examples/skill_matching/memprof.baseline.json \
         --accept",
        Test("examples/skill_matching/tests/cli.rs", "--accept"),
    ),
    (
        "cargo run -p skill_matching -- compare --baseline examples/skill_matching/memprof.baseline.json --accept",
        Test("examples/skill_matching/tests/cli.rs", "--accept"),
    ),
    (
        "MEMPROF_BASELINE=accept cargo bench -p skill_matching --bench matching -- --test",
        Test("tests/benching/tests/harness.rs", "\"accept\""),
    ),
    (
        "MEMPROF_BASELINE=accept cargo test -p skill_matching --bench matching",
        Test("tests/benching/tests/harness.rs", "\"accept\""),
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
