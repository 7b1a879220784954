//! The examples that the help of each command ends with.

pub(crate) const ALL: &str = "\
Examples:
  cargo memprof init                         set this package up
  cargo memprof test                         cargo's own output, then one table of all processes
  cargo memprof run --release -- --size 10
  cargo memprof report --sort peak --top 10  the last run once more
  cargo memprof accept                       take it as the baseline, and commit that
  cargo memprof check                        exits with 3 where the last run is worse

Exit status: 0 fine, 1 an error, 2 wrong usage, 3 a budget, a threshold or a baseline was exceeded;
cargo's own where cargo failed.";

pub(crate) const RUN: &str = "\
Every argument that is not listed here is cargo's; behind `--` all are the program's.

Examples:
  cargo memprof run --release -- --size 10
  cargo memprof run --format flamegraph,markdown --output-directory reports";

pub(crate) const TEST: &str = "\
Every argument that is not listed here is cargo's. Unit tests, integration tests and doc tests are merged
into one report. The reports of the last ten runs are kept below `target/memprof`.

Examples:
  cargo memprof test --workspace
  cargo memprof test --sort peak --test search -- --nocapture";

pub(crate) const BENCH: &str = "\
Every argument that is not listed here is cargo's.

Examples:
  cargo memprof bench --bench memory";

pub(crate) const NEXTEST: &str = "\
Every argument that is not listed here is that of `cargo nextest run`.

Examples:
  cargo memprof nextest --workspace
  cargo memprof nextest -E 'test(search)'";

pub(crate) const REPORT: &str = "\
Exits with 3 where the report has violations.

Examples:
  cargo memprof report
  cargo memprof report memory_reports --sort retained --filter index
  cargo memprof report run.json --tree
  cargo memprof report run.json --format markdown >> \"$GITHUB_STEP_SUMMARY\"
  cargo memprof report run.json --format flamegraph --weight retained -o retained.svg";

pub(crate) const DIFF: &str = "\
Examples:
  cargo memprof diff main.json
  cargo memprof diff main.json branch.json --tolerance 1% --slack 4KiB
  cargo memprof diff main.json branch.json --format markdown";

pub(crate) const CHECK: &str = "\
Examples:
  cargo memprof check
  cargo memprof check run.json --format github
  cargo memprof check run.json --format junit -o memory.xml";

pub(crate) const ACCEPT: &str = "\
Examples:
  cargo memprof accept && git add memprof.baseline.json
  cargo memprof accept run.json --baseline ci/memory.json";

pub(crate) const MERGE: &str = "\
Examples:
  cargo memprof merge memory_reports -o run.json
  cargo memprof merge a.json b.json | cargo memprof report -";

pub(crate) const LIST: &str = "\
Examples:
  cargo memprof list
  cargo memprof list run.json --never-called";

pub(crate) const INIT: &str = "\
Examples:
  cargo memprof init --dry-run
  cargo memprof init crates/search";

pub(crate) const COMPLETIONS: &str = "\
Examples:
  cargo memprof completions bash > ~/.local/share/bash-completion/completions/cargo-memprof";
