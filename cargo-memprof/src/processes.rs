//! The processes: which reports are of one process, and the reports of all processes of a run as one.

use memprof_report::{Report, Warning};

use crate::input::Source;

/// Of each process the latest report, and how many were passed over. A process can write several, one a
/// profiler; since its figures run from its beginning, the last one holds the others.
pub(crate) fn latest(sources: Vec<Source>) -> (Vec<Source>, usize) {
    let number = sources.len();
    let mut kept: Vec<Source> = Vec::new();
    for mut source in sources {
        let other = kept
            .iter_mut()
            .find(|it| is_one_process(&it.report, &source.report));
        match other {
            Some(other) => {
                if is_earlier(&other.report, &source.report) {
                    std::mem::swap(other, &mut source);
                }
                // What an earlier profiler found is no less true.
                for violation in source.report.violations.drain(..) {
                    if !other.report.violations.contains(&violation) {
                        other.report.violations.push(violation);
                    }
                }
            }
            None => kept.push(source),
        }
    }
    let passed_over = number - kept.len();
    (kept, passed_over)
}

/// The reports of a run's processes as one; none where there is none. What cannot be merged is told in the
/// report's warnings and left out.
pub(crate) fn as_one(sources: Vec<Source>) -> Option<Report> {
    let (counted, uncounted): (Vec<_>, Vec<_>) = sources
        .into_iter()
        .partition(|source| source.report.run.allocator.installed);
    let mut left_out = Vec::new();
    let mut builds: Vec<(Report, usize)> = Vec::new();
    for source in counted {
        let mut merged = false;
        for (report, number) in &mut builds {
            merged = report.merge(&source.report).is_ok();
            if merged {
                *number += 1;
                break;
            }
        }
        if !merged {
            builds.push((source.report, 1));
        }
    }
    // The build of the most processes, the first of equals.
    builds.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
    let mut builds = builds.into_iter();
    let Some((mut report, _)) = builds.next() else {
        return uncounted.into_iter().next().map(|source| source.report);
    };
    left_out.extend(builds.map(|(other, number)| {
        let (profile, target) = (&other.run.profile, &other.run.target);
        Warning {
            code: "build-not-merged".to_owned(),
            message: format!(
                "{number} processes of another build ({profile} {target}), such as `{}`, are left out",
                other.run.name
            ),
        }
    }));
    if let Some(first) = uncounted.first() {
        let (number, name) = (uncounted.len(), &first.report.run.name);
        left_out.push(Warning {
            code: "processes-not-counted".to_owned(),
            message: format!(
                "{number} processes, such as `{name}`, had no allocator of memprof and are left out: install \
                 `memprof::Allocator` as their `#[global_allocator]`"
            ),
        });
    }
    report.warnings.append(&mut left_out);
    Some(report)
}

fn is_one_process(one: &Report, other: &Report) -> bool {
    /// When a process began is reckoned anew for each report, from clocks that are read one after another.
    const PRECISION_NS: u64 = 100_000_000;

    let (a, b) = (&one.run, &other.run);
    let is_same = a.pid == b.pid && a.executable == b.executable;
    is_same
        && a.started_unix_ns.abs_diff(b.started_unix_ns) < PRECISION_NS
        // A program that begins anew under its id has fewer.
        && (is_earlier(one, other) || is_earlier(other, one))
}

fn is_earlier(one: &Report, other: &Report) -> bool {
    let (a, b) = (&one.process, &other.process);
    one.run.duration_ns <= other.run.duration_ns
        && a.allocations <= b.allocations
        && a.allocated_bytes <= b.allocated_bytes
        && a.deallocations <= b.deallocations
}
