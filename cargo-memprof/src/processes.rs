//! The processes: which reports are of one process, and the reports of all processes of a run as one.

use memprof_report::{Report, Warning};

use crate::failure::Result;
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
/// report's warnings and left out. They are taken one by one, so that few are in memory.
pub(crate) fn as_one(sources: impl Iterator<Item = Result<Source>>) -> Result<Option<Report>> {
    let mut uncounted: Option<(Report, usize)> = None;
    let mut builds: Vec<(Report, usize)> = Vec::new();
    for source in sources {
        let other = source?.report;
        if !other.run.allocator.installed {
            uncounted.get_or_insert((other, 0)).1 += 1;
            continue;
        }
        let mut alike = builds.iter_mut();
        match alike.find_map(|(report, number)| report.merge(&other).is_ok().then_some(number)) {
            Some(number) => *number += 1,
            None => builds.push((other, 1)),
        }
    }
    // The build of the most processes, the first of equals.
    builds.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
    let mut builds = builds.into_iter();
    let Some((mut report, _)) = builds.next() else {
        return Ok(uncounted.map(|(report, _)| report));
    };
    for (other, number) in builds {
        let run = &other.run;
        report.warnings.push(Warning {
            code: "build-not-merged".to_owned(),
            message: format!(
                "{number} of the processes, such as `{}`, are of another build ({} {}) and are left out",
                run.name, run.profile, run.target
            ),
        });
        // A limit that was passed was passed, in whatever build.
        report.violations.extend(other.violations.iter().cloned());
    }
    if let Some((first, number)) = uncounted {
        let name = &first.run.name;
        report.warnings.push(Warning {
            code: "processes-not-counted".to_owned(),
            message: format!(
                "{number} of the processes, such as `{name}`, had no allocator of memprof and are left out: \
                 install `memprof::Allocator` as their `#[global_allocator]`"
            ),
        });
    }
    Ok(Some(report))
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A report of a process with so many allocations.
    fn source(pid: u32, allocations: u64, is_installed: bool) -> Source {
        let mut report = Report::default();
        report.run.name = format!("process {pid}");
        report.run.pid = pid;
        report.run.duration_ns = allocations;
        report.run.allocator.installed = is_installed;
        report.process.allocations = allocations;
        Source {
            name: String::new(),
            path: "none.json".into(),
            report,
            is_whole: true,
        }
    }

    fn one_of(sources: Vec<Source>) -> Option<Report> {
        as_one(sources.into_iter().map(Ok)).unwrap()
    }

    fn codes(report: &Report) -> Vec<&str> {
        report
            .warnings
            .iter()
            .map(|warning| &*warning.code)
            .collect()
    }

    #[test]
    fn of_a_process_the_latest_report_is_taken() {
        let sources = vec![source(1, 5, true), source(2, 7, true), source(1, 6, true)];
        let (kept, passed_over) = latest(sources);
        let kept: Vec<u64> = kept
            .iter()
            .map(|it| it.report.process.allocations)
            .collect();
        assert_eq!((kept, passed_over), (vec![6, 7], 1));
    }

    #[test]
    fn a_program_that_begins_anew_under_its_id_is_another_process() {
        let mut anew = source(1, 3, true);
        anew.report.run.duration_ns = 9;
        let (kept, passed_over) = latest(vec![source(1, 5, true), anew]);
        assert_eq!((kept.len(), passed_over), (2, 0));
    }

    #[test]
    fn a_violation_of_an_earlier_profiler_is_kept() {
        let mut earlier = source(1, 5, true);
        earlier
            .report
            .violations
            .push(memprof_report::Violation::default());
        let (kept, _) = latest(vec![source(1, 6, true), earlier]);
        assert_eq!(kept[0].report.violations.len(), 1);
    }

    #[test]
    fn what_was_not_counted_is_left_out_and_told() {
        let sources = vec![source(1, 0, false), source(2, 7, true), source(3, 8, true)];
        let report = one_of(sources).unwrap();
        assert_eq!(report.process.allocations, 15);
        assert_eq!(codes(&report), ["processes-not-counted"]);
        // Where none was, its report says so itself.
        assert_eq!(one_of(vec![source(1, 0, false)]).unwrap().run.pid, 1);
        assert!(one_of(Vec::new()).is_none());
    }

    #[test]
    fn the_build_of_the_most_processes_is_taken() {
        let mut other = source(1, 100, true);
        other.report.run.profile = "release".into();
        other
            .report
            .violations
            .push(memprof_report::Violation::default());
        let report = one_of(vec![other, source(2, 7, true), source(3, 8, true)]).unwrap();
        assert_eq!(report.violations.len(), 1);
        assert_eq!(report.process.allocations, 15);
        assert_eq!(codes(&report), ["build-not-merged"]);
    }
}
