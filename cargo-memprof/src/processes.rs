//! The processes: which reports are of one process, and the reports of all processes of a run as one.

use memprof_report::{Report, Run, Warning};

use crate::failure::Result;
use crate::input::Source;

/// Of each process the latest report, and how many were passed over. A process can write several, one a profiler. One that is of
/// a time that another is of too is passed over; parts of the time that lie one after the other are to be added.
pub(crate) fn latest(sources: Vec<Source>) -> (Vec<Source>, usize) {
    let mut passed_over = 0;
    let mut kept: Vec<Source> = Vec::new();
    for mut source in sources {
        let other = kept
            .iter_mut()
            .find(|it| is_one_process(&it.report, &source.report));
        match other {
            Some(other) if is_part(&other.report) || is_part(&source.report) => {
                passed_over += add_part(other, source);
            }
            Some(other) => {
                passed_over += 1;
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
    (kept, passed_over)
}

/// Adds a report to those of the same process; how many are passed over for it.
fn add_part(to: &mut Source, mut source: Source) -> usize {
    let mut parts = std::mem::take(&mut to.earlier);
    let last = |report: &Report| (end(report), std::cmp::Reverse(begin(report)));
    if last(&to.report) < last(&source.report) {
        std::mem::swap(to, &mut source);
    }
    parts.push(source);
    // Of two that overlap the one that is of more stays: what each counted in the time of both is the same.
    parts.sort_by_key(|part| std::cmp::Reverse(part.report.run.duration_ns));
    let mut passed_over = 0;
    for part in parts {
        let overlaps = |other: &Source| {
            begin(&part.report) < end(&other.report) && begin(&other.report) < end(&part.report)
        };
        if !overlaps(to) && !to.earlier.iter().any(overlaps) {
            to.earlier.push(part);
            continue;
        }
        passed_over += 1;
        let is_held = begin(&to.report) <= begin(&part.report);
        let mut others = to.earlier.iter();
        if !is_held && !others.any(|other| holds(&other.report, &part.report)) {
            let name = &part.report.run.name;
            to.report.warnings.push(Warning {
                code: "profilers-overlap".to_owned(),
                message: format!(
                    "a profiler of `{name}` was alive while another one was, and its report is left out"
                ),
            });
        }
        // What it found is no less true.
        for violation in part.report.violations {
            if !to.report.violations.contains(&violation) {
                to.report.violations.push(violation);
            }
        }
    }
    passed_over
}

/// Whether the report is of a part of its process's time.
fn is_part(report: &Report) -> bool {
    report.run.before_ns > 0
}

/// When the time that the report is of began, in the process's own time.
fn begin(report: &Report) -> u64 {
    report.run.before_ns
}

fn end(report: &Report) -> u64 {
    begin(report).saturating_add(report.run.duration_ns)
}

fn holds(one: &Report, other: &Report) -> bool {
    begin(one) <= begin(other) && end(other) <= end(one)
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
    let started = |run: &Run| run.started_unix_ns.saturating_sub(run.before_ns);
    is_same
        && started(a).abs_diff(started(b)) < PRECISION_NS
        // A program that begins anew under its id has fewer.
        && (is_part(one) || is_part(other) || is_earlier(one, other) || is_earlier(other, one))
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
            earlier: Vec::new(),
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

    /// A report of a profiler that lived from one moment to another.
    fn part(from: u64, to: u64, allocations: u64) -> Source {
        let mut source = source(1, allocations, true);
        source.report.run.before_ns = from;
        source.report.run.started_unix_ns = 1 << 40 | from;
        source.report.run.duration_ns = to - from;
        source.report.process.live_bytes = to;
        source
    }

    /// The allocations and live bytes of all, and how many are passed over.
    fn of_parts(parts: Vec<Source>) -> (u64, u64, usize, usize) {
        let (kept, passed_over) = latest(parts);
        let input = crate::input::Input { is_unlimited: true };
        let kept = kept.into_iter().map(|source| input.whole(source).unwrap());
        let kept: Vec<Source> = kept.collect();
        assert_eq!(kept.len(), 1);
        let report = &kept[0].report;
        let (process, warnings) = (&report.process, report.warnings.len());
        (
            process.allocations,
            process.live_bytes,
            passed_over,
            warnings,
        )
    }

    #[test]
    fn profilers_one_after_the_other_add_up() {
        let parts = || vec![part(10, 20, 5), part(30, 40, 7), part(50, 60, 9)];
        assert_eq!(of_parts(parts()), (21, 60, 0, 0));
        let mut turned = parts();
        turned.reverse();
        assert_eq!(of_parts(turned), (21, 60, 0, 0));
    }

    #[test]
    fn of_profilers_in_the_time_of_another_that_one_is_taken() {
        assert_eq!(
            of_parts(vec![part(30, 40, 7), part(10, 50, 20)]),
            (20, 50, 1, 0)
        );
        // Both ends beyond the other's: one of them is left out, and told.
        assert_eq!(
            of_parts(vec![part(10, 40, 7), part(30, 50, 9)]),
            (9, 50, 1, 1)
        );
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
