//! Each wrong limit is pointed at, and what to write instead is said.

#[memprof::budget]
fn nothing() {}

#[memprof::budget(crate = memprof)]
fn nothing_yet() {}

#[memprof::budget(peek = 1)]
fn misspelt() {}

#[memprof::budget(peak)]
fn no_value() {}

#[memprof::budget(peak =)]
fn no_value_either() {}

#[memprof::budget(peak = 1, peak = 2)]
fn twice() {}

#[memprof::budget(peak = "2 M")]
fn ambiguous() {}

#[memprof::budget(peak = "2 parsecs")]
fn unknown_unit() {}

#[memprof::budget(allocations = "2 MB")]
fn size_for_a_number() {}

#[memprof::budget(allocations = -1)]
fn negative() {}

#[memprof::budget(allocated = 12..=1)]
fn empty_range() {}

#[memprof::budget(allocated = 1..12)]
fn half_open_range() {}

#[memprof::budget(allocated <= 12)]
fn other_sign() {}

#[memprof::budget(peak = 1.5)]
fn fraction() {}

#[memprof::budget(peak = LIMIT)]
fn constant() {}

#[memprof::budget(peak = 99999999999999999999)]
fn too_large() {}

#[memprof::budget(peak = 1 allocations = 2)]
fn no_comma() {}

#[memprof::budget(peak = 1)]
const fn compiler() {}

#[memprof::budget(peak = 1)]
struct Index;

#[memprof::budget(peak = 1)]
impl Index {}

#[memprof::track(budget = 1)]
fn no_parentheses() {}

#[memprof::track(budget())]
fn no_limits() {}

#[memprof::track(budget(peak = 1), budget(peak = 2))]
fn two_budgets() {}

#[memprof::track("Search", budget(colour = 1))]
fn unknown_key() {}

fn main() {
    // Beside an error the item is still there: no second error says that it cannot be found.
    nothing();
    no_limits();
    let _ = Index;
}
