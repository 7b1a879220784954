//! Both versions over the size of their input: time and exact memory, the growth that each declares, and what is
//! committed of it in `memprof.baseline.json`.
//!
//! ```sh
//! cargo bench -p skill_matching --bench matching    # with the time
//! cargo test -p skill_matching --bench matching     # memory and gates alone
//! ```
#![forbid(unsafe_code)]

use skill_matching::{Match, Result, Version, allocator, embed, find, people};

#[global_allocator]
static ALLOC: memprof::Allocator<allocator::Inner> = memprof::Allocator::new(allocator::INNER);

/// So many candidates and half as many required skills. A service has its model before the first question.
fn texts(candidates: usize) -> (String, String) {
    embed::model();
    (
        people::made_up_candidates(candidates),
        people::made_up_required(candidates / 2),
    )
}

/// The matrix is there in full.
#[memprof::bench(args = [10, 50, 100, 200, 400], setup = texts, growth = "O(n^2)")]
fn before((candidates, required): &(String, String)) -> Result<Vec<Match>> {
    find(Version::Before, candidates, required)
}

/// A row of it at a time.
#[memprof::bench(
    args = [10, 50, 100, 200, 400],
    setup = texts,
    growth = "O(n)",
    budget(peak = "170 KiB", allocations = 40)
)]
fn after((candidates, required): &(String, String)) -> Result<Vec<Match>> {
    find(Version::After, candidates, required)
}

memprof::bench_main!();
