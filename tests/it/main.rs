//! The tests that share an allocator and features, in one program. Each file says what it promises.
//!
//! A test of process-wide figures begins with `alone!()` and then has a process of its own.

#[macro_use]
mod alone;

mod assertions;
mod bounded;
mod changing_blocks;
mod context;
mod context_million;
mod context_peak;
mod crowd;
mod damaged_footer;
mod declared_budgets;
mod external;
mod foreign_threads;
mod forgotten_guards;
mod fork;
mod fragmentation;
mod grown_report;
mod guards;
mod late_fork_handler;
mod lazy_zeroed;
mod moved_guards;
mod nesting;
mod other_users;
mod own_time;
mod panic_backtraces;
mod parallel;
mod plugins_of_a_tracked_host;
mod short_threads;
mod signals_in_malloc;
mod sizes;
mod snapshot_in_parts;
mod threads;
mod unwinding;

use std::collections::{BTreeMap, BTreeSet};

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

/// Tests look up rows by name, which finds the first one: no name may be of two modules.
#[test]
fn names_are_of_one_module() {
    let mut modules = BTreeMap::<_, BTreeSet<_>>::new();
    for row in memprof::snapshot().operations {
        // The assertions in code are named for their macro; nothing looks them up.
        if !row.name.ends_with('!') {
            modules.entry(row.name).or_default().insert(row.module);
        }
    }
    modules.retain(|_, modules| modules.len() > 1);
    assert!(modules.is_empty(), "{modules:#?}");
}
