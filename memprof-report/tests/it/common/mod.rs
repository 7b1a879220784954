//! The report that the tests share: every field is used, every optional one is there once and lacks once.

pub(crate) mod builds;
pub(crate) mod sites;

use memprof_report::{
    AllocatorInfo, Distribution, ExternalReport, FlowReport, Fragmentation, Frame, Growth,
    GrowthClass, LeakClass, LeakPath, LeakReport, MemoryParts, OperationGrowth, OperationReport,
    PathReport, PerCall, Process, Report, Run, SelfFigures, SizeClass, SizesReport, StackReport,
    TimelinePoint, TrendPoint, Violation, Warning,
};

pub(crate) fn full_report() -> Report {
    let mut report = Report::default();
    report.run = Run {
        name: "hybrid_search".into(),
        pid: 4242,
        executable: "/opt/search/hybrid_search".into(),
        started_unix_ns: 1_760_000_000_123_456_789,
        duration_ns: 1_240_000_000,
        before_ns: 0,
        target: "x86_64-unknown-linux-gnu".into(),
        profile: "release".into(),
        memprof_version: "0.1.0".into(),
        rustc_version: Some("1.88.0".into()),
        allocator: AllocatorInfo {
            installed: true,
            ownership: true,
        },
        threads: 4,
        sample_rate: 0,
        sample_interval_bytes: None,
    };
    report.process = Process {
        allocations: 12_345,
        allocated_bytes: 48_397_485,
        deallocations: 12_300,
        deallocated_bytes: 46_080_000,
        reallocations: 210,
        live_blocks: 45,
        live_bytes: 2_317_485,
        peak_live_bytes: 12_897_485,
        peak_error_bytes: 131_072,
        external_bytes: Some(8_388_608),
        peak_external_bytes: Some(16_777_216),
        rss_bytes: Some(20_971_520),
        peak_rss_bytes: Some(25_165_824),
        overhead_bytes: 65_536,
        fragmentation: Some(fragmentation()),
    };
    report.operations = vec![
        index(),
        tokenize(),
        search("src/local.rs", 12, 700),
        search("src/remote.rs", 90, 300),
    ];
    for name in ["Merge", "Rank"] {
        let mut site = row(name, "src/merge.rs", 5);
        (site.retained_blocks, site.retained_bytes) = (Some(0), Some(0));
        (
            site.self_figures.retained_blocks,
            site.self_figures.retained_bytes,
        ) = (Some(0), Some(0));
        report.operations.push(site);
    }
    report.paths = paths();
    report.frames = frames();
    report.stacks = stacks();
    report.external = vec![ExternalReport {
        name: "shared ring".into(),
        path: 1,
        regions: 2,
        bytes: 8_388_608,
        peak_bytes: 16_777_216,
    }];
    report.timeline = timeline();
    report.leaks = vec![leak()];
    report.sizes = vec![SizesReport {
        operation: Some(0),
        moved_reallocations: 2,
        copied_bytes: 96,
        temporary_blocks: 1_900,
        temporary_bytes: 30_400,
        temporary_error_blocks: 1,
        classes: vec![SizeClass {
            least_bytes: 16,
            allocations: 2_000,
        }],
    }];
    report.flow = vec![FlowReport {
        from: Some(0),
        to: None,
        blocks: 3,
        bytes: 6_000,
    }];
    report.violations = vec![violation()];
    report.warnings = vec![Warning {
        code: "scope-out-of-order".into(),
        message: "2 scopes were left out of order; their figures went to the scope around them"
            .into(),
    }];
    report
}

fn row(name: &str, file: &str, line: u32) -> OperationReport {
    OperationReport {
        name: name.into(),
        module: "hybrid_search".into(),
        function: name.to_lowercase(),
        file: file.into(),
        line,
        column: 1,
        ..Default::default()
    }
}

fn fragmentation() -> Fragmentation {
    Fragmentation {
        allocator: "glibc".into(),
        now: MemoryParts {
            rss_bytes: Some(20_971_520),
            held_bytes: 13_383_021,
            live_bytes: 2_317_485,
            overhead_bytes: 65_536,
            rounding_bytes: Some(1_000_000),
            other_bytes: None,
            unused_bytes: 10_000_000,
            outside_bytes: Some(8_588_499),
            absent_bytes: Some(1_000_000),
        },
        at_peak: Some(MemoryParts {
            held_bytes: 16_648_448,
            live_bytes: 12_582_912,
            overhead_bytes: 65_536,
            unused_bytes: 4_000_000,
            ..MemoryParts::default()
        }),
    }
}

fn index() -> OperationReport {
    OperationReport {
        calls: 3,
        allocations: 12_000,
        allocated_bytes: 48_390_000,
        deallocations: 11_960,
        deallocated_bytes: 46_073_000,
        net_bytes: 2_317_000,
        reallocations: 210,
        reallocated_old_bytes: 1_000_000,
        reallocated_new_bytes: 2_000_000,
        peak_bytes: 12_890_000,
        peak_error_bytes: 0,
        self_figures: SelfFigures {
            allocations: 2000,
            allocated_bytes: 8_390_000,
            deallocations: 1960,
            deallocated_bytes: 6_073_000,
            net_bytes: 2_317_000,
            retained_blocks: Some(40),
            retained_bytes: Some(2_317_000),
        },
        per_call: Some(PerCall {
            allocated_bytes: Distribution {
                min: 1024,
                max: 40_000_000,
                mean: 24_195_000.333_333_332,
                p50: 8_388_608,
                p95: 41_943_040,
                p99: 41_943_040,
                exact: false,
                max_relative_error: 0.125,
            },
            peak_bytes: Distribution {
                min: 512,
                max: 512,
                mean: 512.0,
                p50: 512,
                p95: 512,
                p99: 512,
                exact: true,
                max_relative_error: 0.0,
            },
        }),
        open_calls: 1,
        retained_blocks: Some(40),
        retained_bytes: Some(2_317_000),
        external_bytes: 8_388_608,
        peak_external_bytes: 16_777_216,
        growth: Some(growth()),
        ..row("Index", "src/index.rs", 30)
    }
}

fn growth() -> OperationGrowth {
    let constant = Growth::fit(&[(10, 512), (100, 512), (1000, 512)]);
    OperationGrowth {
        declared: Some(GrowthClass::Linear),
        allocated_bytes: constant.clone(),
        allocations: Growth::fit(&[(10, 1)]),
        peak_bytes: constant,
    }
}

fn tokenize() -> OperationReport {
    OperationReport {
        calls: 1_000_000,
        allocations: 10_000,
        allocated_bytes: 40_000_000,
        deallocations: 10_000,
        deallocated_bytes: 40_000_000,
        peak_bytes: 4000,
        self_figures: SelfFigures {
            allocations: 10_000,
            allocated_bytes: 40_000_000,
            deallocations: 10_000,
            deallocated_bytes: 40_000_000,
            net_bytes: 0,
            retained_blocks: Some(0),
            retained_bytes: Some(0),
        },
        retained_blocks: Some(0),
        retained_bytes: Some(0),
        ..row("Tokenize", "src/tokenize.rs", 7)
    }
}

/// Two operations bear this name; they are told apart by their place.
fn search(file: &str, line: u32, bytes: u64) -> OperationReport {
    OperationReport {
        calls: 2,
        allocations: 2,
        allocated_bytes: bytes,
        deallocations: 3,
        deallocated_bytes: bytes + 512,
        net_bytes: -512,
        peak_bytes: bytes,
        self_figures: SelfFigures {
            allocations: 2,
            allocated_bytes: bytes,
            deallocations: 3,
            deallocated_bytes: bytes + 512,
            net_bytes: -512,
            retained_blocks: Some(0),
            retained_bytes: Some(0),
        },
        retained_blocks: Some(0),
        retained_bytes: Some(0),
        ..row("Hybrid Search", file, line)
    }
}

fn paths() -> Vec<PathReport> {
    let retained = |blocks, bytes, row| PathReport {
        retained_blocks: Some(blocks),
        retained_bytes: Some(bytes),
        ..row
    };
    let root = PathReport {
        allocations: 5,
        allocated_bytes: 6485,
        net_bytes: 485,
        deallocations: 3,
        deallocated_bytes: 6000,
        ..Default::default()
    };
    let index = PathReport {
        path: vec!["Index".into()],
        operations: vec![0],
        calls: 2,
        open_calls: 1,
        allocations: 2000,
        allocated_bytes: 8_390_000,
        ..Default::default()
    };
    let again = PathReport {
        path: vec!["Index".into(), "Tokenize".into()],
        operations: vec![0, 1],
        reentered: Some("Index".into()),
        calls: 1,
        ..Default::default()
    };
    let tokenize = PathReport {
        reentered: None,
        calls: 1_000_000,
        ..again.clone()
    };
    let at_peak = |bytes, row| PathReport {
        at_peak_bytes: Some(bytes),
        ..row
    };
    vec![
        retained(5, 485, at_peak(485, root)),
        retained(40, 2_317_000, at_peak(12_890_000, index)),
        retained(0, 0, at_peak(0, again)),
        retained(0, 0, tokenize),
    ]
}

/// `with_capacity` is inlined into `build`; nothing is known of the last one but where it is.
fn frames() -> Vec<Frame> {
    let with_capacity = Frame {
        function: Some("alloc::vec::Vec<T>::with_capacity".into()),
        object: Some("/opt/search/hybrid_search".into()),
        file: Some("library/alloc/src/vec/mod.rs".into()),
        line: Some(520),
        column: Some(9),
        address: Some(0x5555_5555_9c3a),
        object_offset: None,
        inlined: true,
    };
    let build = Frame {
        function: Some("hybrid_search::index::build".into()),
        file: Some("src/index.rs".into()),
        line: Some(33),
        column: None,
        inlined: false,
        ..with_capacity.clone()
    };
    let unknown = Frame {
        address: Some(0x7fff_f7dd_0090),
        ..Default::default()
    };
    vec![with_capacity, build, unknown]
}

fn stacks() -> Vec<StackReport> {
    let sampled = StackReport {
        truncated: false,
        path: 1,
        frames: vec![0, 1, 2],
        samples: 16,
        allocations: 1500,
        allocated_bytes: 8_000_000,
        retained_blocks: Some(40),
        retained_bytes: Some(2_317_000),
        relative_standard_error: 0.25,
        allocations_relative_standard_error: Some(0.5),
    };
    let counted = StackReport {
        truncated: false,
        path: 0,
        frames: vec![1, 2],
        samples: 2,
        allocations: 2,
        allocated_bytes: 6000,
        retained_blocks: None,
        retained_bytes: None,
        relative_standard_error: 0.0,
        allocations_relative_standard_error: None,
    };
    vec![sampled, counted]
}

fn timeline() -> Vec<TimelinePoint> {
    let point = |elapsed_ns, live_bytes| TimelinePoint {
        elapsed_ns,
        live_bytes,
    };
    vec![point(0, 485), point(1_000_000_000, 12_890_485)]
}

fn leak() -> LeakReport {
    let point = |calls, retained_blocks, retained_bytes| TrendPoint {
        calls,
        retained_blocks,
        retained_bytes,
    };
    let path = LeakPath {
        path: 1,
        class: LeakClass::Undetermined,
        calls: 2,
        retained_blocks: 40,
        retained_bytes: 2_317_000,
        bytes_per_call: 1_158_500.0,
        tail_blocks: 4,
        tail_bytes: 231_700,
        trend: vec![point(1, 20, 1_158_500), point(2, 40, 2_317_000)],
    };
    LeakReport {
        operation: 0,
        class: path.class,
        calls: path.calls,
        retained_blocks: path.retained_blocks,
        retained_bytes: path.retained_bytes,
        bytes_per_call: path.bytes_per_call,
        tail_blocks: path.tail_blocks,
        tail_bytes: path.tail_bytes,
        paths: vec![path],
    }
}

fn violation() -> Violation {
    Violation {
        threshold: "max_peak_usage_mb".into(),
        operation: Some("Index".into()),
        path: Some(vec!["Index".into()]),
        file: Some("src/index.rs".into()),
        line: Some(30),
        limit_bytes: 10_485_760,
        actual_bytes: 12_890_000,
        limit: None,
        actual: Some(-1),
        message: "peak 12.3 MiB > 10.0 MiB (+22.9 %)".into(),
    }
}
