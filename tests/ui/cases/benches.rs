//! What cannot be benched, or is told wrongly, is pointed at, and what to write instead is said.
#![allow(unused_variables)]
#[memprof::bench(arguments = [1])]
fn misspelt() {}

#[memprof::bench(args)]
fn no_value(n: usize) {}

#[memprof::bench(args = [1], args = [2])]
fn twice(n: usize) {}

#[memprof::bench]
fn no_arguments(n: usize) {}

#[memprof::bench(args = [1])]
fn takes_nothing() {}

#[memprof::bench(setup = no_arguments)]
fn takes_no_input() {}

#[memprof::bench(args = [1])]
fn takes_two(n: usize, m: usize) {}

#[memprof::bench(setup = takes_nothing)]
fn sets_up_itself(bencher: &mut memprof::Bencher) {}

#[memprof::bench(args = [1], growth = "O(2^n)")]
fn unknown_growth(n: usize) {}

#[memprof::bench(growth = "O(n)")]
fn growth_over_nothing() {}

#[memprof::bench(args = [1], growth = Linear)]
fn growth_is_text(n: usize) {}

#[memprof::bench(budget(peek = 1))]
fn wrong_budget() {}

#[memprof::bench("once", "twice")]
fn named_twice() {}

#[memprof::track(bench(crate = my::memprof))]
fn path_of_the_bench() {}

#[memprof::bench]
async fn waits() {}

#[memprof::bench(args = [1])]
fn generic<T>(value: T) {}

#[memprof::bench]
const fn compiler() {}

#[memprof::bench]
struct Index;

struct Tracked;

impl Tracked {
    #[memprof::track(bench)]
    fn method(&self) {}
}

#[memprof::track("Search", growth = "n")]
fn tracked_growth() {}

fn main() {}
