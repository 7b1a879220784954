//! Compares reports with the model. Sites are static, so what they did in earlier programs is in the report
//! too: sums are compared as differences from the program's beginning, extremes with the earlier ones in
//! them.

use super::figures::{Figures, Path, Paths, difference};
use super::program::SITES;
use super::simulate::Simulation;
use memprof::{OperationReport, Report};
use memprof_report::Distribution;

/// What was there before the program.
pub(crate) struct History {
    paths: Paths,
    operations: Vec<OperationReport>,
}

impl History {
    pub(crate) fn of(report: &Report) -> Self {
        Self {
            paths: paths(report),
            operations: (0..SITES)
                .map(|site| operation(report, site).clone())
                .collect(),
        }
    }
}

/// The first difference. With `before` and the model of that moment, the window between is compared too,
/// where the root path and the process count.
pub(crate) fn compare(
    history: &History,
    before: Option<&Report>,
    after: &Report,
    simulation: &Simulation,
    model: Option<&Simulation>,
) -> Result<(), String> {
    if let (Some(before), Some(model)) = (before, model) {
        compare_window(before, after, simulation, model)?;
    }
    let without_root = |mut paths: Paths| {
        paths.remove(&Path::default());
        paths
    };
    let happened = difference(&without_root(paths(after)), &history.paths);
    let expected = difference(&without_root(simulation.paths.clone()), &Paths::new());
    same("paths", &happened, &expected)?;
    for site in 0..SITES {
        let (earlier, row) = (&history.operations[site], operation(after, site));
        compare_operation(site, earlier, row, simulation)
            .map_err(|error| format!("operation {site}: {error}"))?;
    }
    adds_up(after)
}

fn compare_window(
    before: &Report,
    after: &Report,
    simulation: &Simulation,
    model: &Simulation,
) -> Result<(), String> {
    let expected = difference(&simulation.paths, &model.paths);
    let happened = difference(&paths(after), &paths(before));
    same("paths of the window", &happened, &expected)?;

    let mut sum = Figures::default();
    expected.values().for_each(|figures| sum += *figures);
    let happened = process(after) - process(before);
    let expected = Figures {
        calls: 0,
        open_calls: 0,
        reallocated_old_bytes: 0,
        reallocated_new_bytes: 0,
        ..sum
    };
    same("process", &happened, &expected)?;

    let (earlier, later) = (&before.process, &after.process);
    let error = i128::from(later.peak_error_bytes);
    let highest = i128::from(earlier.live_bytes) + simulation.highest_above(model);
    let peak = i128::from(later.peak_live_bytes);
    let most = highest.max(earlier.peak_live_bytes.into());
    if peak + error < highest || peak - error > most {
        return Err(format!(
            "peak {peak} ± {error} where live bytes rose to {highest}"
        ));
    }
    Ok(())
}

fn compare_operation(
    site: usize,
    earlier: &OperationReport,
    row: &OperationReport,
    simulation: &Simulation,
) -> Result<(), String> {
    let (mut all, mut own) = (Figures::default(), Figures::default());
    for ((chain, current), figures) in &simulation.paths {
        if chain.contains(&site) {
            all += *figures;
        }
        if *current == Some(site) {
            own += *figures;
        }
    }
    let (calls, open_calls) = (own.calls, own.open_calls);
    all = Figures {
        calls,
        open_calls,
        ..all
    };
    same("inclusive", &(inclusive(row) - inclusive(earlier)), &all)?;
    let own = Figures {
        calls: 0,
        open_calls: 0,
        ..own.without_reallocations()
    };
    same("self", &(self_figures(row) - self_figures(earlier)), &own)?;

    let calls = &simulation.calls[site];
    let distribution = |row: &OperationReport, is_peak| {
        let per_call = row.per_call.as_ref();
        per_call.map(|values| {
            if is_peak {
                values.peak_bytes
            } else {
                values.allocated_bytes
            }
        })
    };
    for (is_peak, values) in [(false, &calls.allocated), (true, &calls.peak)] {
        let (now, then) = (distribution(row, is_peak), distribution(earlier, is_peak));
        let what = if is_peak {
            "peaks of calls"
        } else {
            "bytes of calls"
        };
        compare_calls(now, then, [finished(row), finished(earlier)], values)
            .map_err(|error| format!("{what}: {error}"))?;
    }
    let highest = distribution(row, true).map_or(0, |peaks| peaks.max);
    let highest = i128::from(highest).max(simulation.open_peak(site));
    same("peak", &i128::from(row.peak_bytes), &highest)
}

fn compare_calls(
    now: Option<Distribution>,
    then: Option<Distribution>,
    finished: [i128; 2],
    values: &[i128],
) -> Result<(), String> {
    same(
        "finished",
        &(finished[0] - finished[1]),
        &(values.len() as i128),
    )?;
    let Some(now) = now else {
        return same("finished without a distribution", &finished[0], &0);
    };
    let earlier = then.map_or(0, |then| sum(&then, finished[1]));
    same(
        "sum",
        &(sum(&now, finished[0]) - earlier),
        &values.iter().sum(),
    )?;
    let (least, most) = (
        then.map(|then| then.min.into()),
        then.map(|then| then.max.into()),
    );
    let least = values.iter().copied().chain(least).min();
    let most = values.iter().copied().chain(most).max();
    same(
        "min and max",
        &(Some(now.min.into()), Some(now.max.into())),
        &(least, most),
    )?;
    same("exact", &now.exact, &(least == most))
}

/// A mean of 64 bits times its number is the sum, as long as that has at most 52.
fn sum(values: &Distribution, finished: i128) -> i128 {
    (values.mean * finished as f64).round() as i128
}

/// Holds in every report of a program at rest.
fn adds_up(report: &Report) -> Result<(), String> {
    let mut all = Figures::default();
    paths(report).values().for_each(|figures| all += *figures);
    let own = report.operations.iter().map(self_figures);
    let mut rows = paths(report)[&Path::default()].without_reallocations();
    own.for_each(|figures| rows += figures);
    same(
        "self figures and the root's",
        &rows,
        &Figures {
            calls: 0,
            open_calls: 0,
            ..all.without_reallocations()
        },
    )?;
    let all = Figures {
        calls: 0,
        open_calls: 0,
        reallocated_old_bytes: 0,
        reallocated_new_bytes: 0,
        ..all
    };
    same("process and its paths", &process(report), &all)?;
    retained_is_live(report)?;
    composition_holds(report)
}

/// What the operations hold by themselves, and what was allocated outside of them, is what lives.
fn retained_is_live(report: &Report) -> Result<(), String> {
    let own = report.operations.iter().map(|row| &row.self_figures);
    let bytes: Option<u64> = own.clone().map(|own| own.retained_bytes).sum();
    let blocks: Option<u64> = own.map(|own| own.retained_blocks).sum();
    let root = report.path(&[]).expect("a row of the root");
    let sum = |one: Option<u64>, other: Option<u64>| one.zip(other).map(|(one, other)| one + other);
    let retained = (
        sum(bytes, root.retained_bytes),
        sum(blocks, root.retained_blocks),
    );
    let process = &report.process;
    let live = (Some(process.live_bytes), Some(process.live_blocks));
    same("retained and live", &retained, &live)
}

/// What lived at the peak is within 1 % of it, or within its stated error.
fn composition_holds(report: &Report) -> Result<(), String> {
    let process = &report.process;
    let at_peak: Option<u64> = report.paths.iter().map(|row| row.at_peak_bytes).sum();
    let at_peak = at_peak.ok_or("no composition")?;
    let bound = (process.peak_live_bytes / 100).max(process.peak_error_bytes);
    match at_peak.abs_diff(process.peak_live_bytes) <= bound {
        true => Ok(()),
        false => Err(format!("{at_peak} bytes at the peak of {process:?}")),
    }
}

fn same<T: std::fmt::Debug + PartialEq>(
    what: &str,
    happened: &T,
    expected: &T,
) -> Result<(), String> {
    match happened == expected {
        true => Ok(()),
        false => Err(format!(
            "{what}\nreported: {happened:#?}\nexpected: {expected:#?}"
        )),
    }
}

fn operation(report: &Report, site: usize) -> &OperationReport {
    report
        .operation(&site.to_string())
        .expect("a row for each site")
}

fn finished(row: &OperationReport) -> i128 {
    i128::from(row.calls) - i128::from(row.open_calls)
}

fn paths(report: &Report) -> Paths {
    let number = |name: &String| name.parse().expect("names are numbers");
    let rows = report.paths.iter().map(|row| {
        let chain: Vec<usize> = row.path.iter().map(number).collect();
        let current = row.reentered.as_ref().map(number).or(chain.last().copied());
        let figures = Figures {
            calls: row.calls.into(),
            open_calls: row.open_calls.into(),
            allocations: row.allocations.into(),
            allocated_bytes: row.allocated_bytes.into(),
            deallocations: row.deallocations.into(),
            deallocated_bytes: row.deallocated_bytes.into(),
            net_bytes: row.net_bytes.into(),
            reallocations: row.reallocations.into(),
            reallocated_old_bytes: row.reallocated_old_bytes.into(),
            reallocated_new_bytes: row.reallocated_new_bytes.into(),
            retained_blocks: row.retained_blocks.expect("ownership").into(),
            retained_bytes: row.retained_bytes.expect("ownership").into(),
        };
        ((chain, current), figures)
    });
    let paths: Paths = rows.collect();
    assert_eq!(paths.len(), report.paths.len(), "one row a path");
    paths
}

fn inclusive(row: &OperationReport) -> Figures {
    Figures {
        calls: row.calls.into(),
        open_calls: row.open_calls.into(),
        allocations: row.allocations.into(),
        allocated_bytes: row.allocated_bytes.into(),
        deallocations: row.deallocations.into(),
        deallocated_bytes: row.deallocated_bytes.into(),
        net_bytes: row.net_bytes.into(),
        reallocations: row.reallocations.into(),
        reallocated_old_bytes: row.reallocated_old_bytes.into(),
        reallocated_new_bytes: row.reallocated_new_bytes.into(),
        retained_blocks: row.retained_blocks.expect("ownership").into(),
        retained_bytes: row.retained_bytes.expect("ownership").into(),
    }
}

fn self_figures(row: &OperationReport) -> Figures {
    let own = &row.self_figures;
    Figures {
        allocations: own.allocations.into(),
        allocated_bytes: own.allocated_bytes.into(),
        deallocations: own.deallocations.into(),
        deallocated_bytes: own.deallocated_bytes.into(),
        net_bytes: own.net_bytes.into(),
        retained_blocks: own.retained_blocks.expect("ownership").into(),
        retained_bytes: own.retained_bytes.expect("ownership").into(),
        ..Figures::default()
    }
}

/// Live blocks and bytes are what all paths retain.
fn process(report: &Report) -> Figures {
    let process = &report.process;
    Figures {
        allocations: process.allocations.into(),
        allocated_bytes: process.allocated_bytes.into(),
        deallocations: process.deallocations.into(),
        deallocated_bytes: process.deallocated_bytes.into(),
        net_bytes: process.live_bytes.into(),
        reallocations: process.reallocations.into(),
        retained_blocks: process.live_blocks.into(),
        retained_bytes: process.live_bytes.into(),
        ..Figures::default()
    }
}
