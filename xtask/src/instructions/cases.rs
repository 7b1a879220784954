//! The cases and their targets. The loops themselves are in `benches/instructions`, by the same names.

/// A loop that is counted in three programs.
pub(super) struct Case {
    /// What the programs call it.
    pub(super) name: &'static str,
    /// What the table calls it: the event that the figures are per.
    pub(super) title: &'static str,
    /// Events in a round.
    pub(super) events: u64,
    /// Rounds that last long are so much fewer.
    pub(super) shorter_by: u64,
    pub(super) target: Option<Target>,
}

/// At most so many instructions over the bare program, by the design.
pub(super) struct Target {
    pub(super) counting: u32,
    pub(super) owning: u32,
}

const fn case(name: &'static str, title: &'static str) -> Case {
    Case {
        name,
        title,
        events: 1,
        shorter_by: 1,
        target: None,
    }
}

const fn at_most(counting: u32, owning: u32) -> Option<Target> {
    Some(Target { counting, owning })
}

/// Where the design sets no target the figure is shown for comparison with the last one.
pub(super) const CASES: [Case; 11] = [
    Case {
        target: at_most(12, 26),
        ..case("pair", "alloc + free, 64 bytes")
    },
    case("zeroed", "alloc_zeroed + free, 64 bytes"),
    case("churn", "alloc + free, mixed, 16 alive"),
    Case {
        events: 2,
        ..case("realloc", "realloc, 64 <-> 128 bytes")
    },
    Case {
        shorter_by: 100,
        ..case("growth", "vector of 1,000 u64, pushed")
    },
    Case {
        target: at_most(80, 80),
        ..case("empty", "tracked call, empty")
    },
    case("one-pair", "tracked call, one alloc + free"),
    Case {
        events: 4,
        ..case("nested", "tracked call, of 4 nested")
    },
    case("scope", "scope!, empty"),
    Case {
        target: at_most(100, 100),
        ..case("poll", "poll of a tracked future")
    },
    case("future", "tracked future, 2 polls + drop"),
];
