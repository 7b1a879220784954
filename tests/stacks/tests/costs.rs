//! What call stacks cost: at least ten times less than dhat's where every allocation has its own, of the same
//! depth in the same program; and at most 3 % where they are sampled every 512 KiB.
//!
//! Asserted in instructions, by callgrind, which are the same in every run. Times are printed as ratios of one
//! run. Without callgrind there is nothing to assert.

#[path = "../../alone/mod.rs"]
mod alone;
mod built;

use std::path::Path;
use std::process::Command;

const EVERY: Option<(&str, &str)> = Some(("MEMPROF_MEMORY_SAMPLE_RATE", "1"));
const SAMPLED: Option<(&str, &str)> = Some(("MEMPROF_MEMORY_SAMPLE_INTERVAL", "512 KiB"));

/// A program, its setting, and after how many rounds and up to how many it is counted.
struct Case {
    name: &'static str,
    program: &'static str,
    setting: Option<(&'static str, &'static str)>,
    rounds: [u64; 2],
}

/// So often each is timed.
const RUNS: usize = 25;
/// So often two are timed right after one another.
const TURNS: usize = 100;

const CASES: [Case; 5] = [
    case("bare", "churn_bare", None, [10_000, 110_000]),
    case("off", "churn", None, [100_000, 600_000]),
    // Behind the first stacks, which are captured both ways.
    case("sampled", "churn", SAMPLED, [100_000, 600_000]),
    case("every", "churn", EVERY, [10_000, 30_000]),
    case("dhat", "churn_dhat", None, [1_000, 3_000]),
];

const fn case(
    name: &'static str,
    program: &'static str,
    setting: Option<(&'static str, &'static str)>,
    rounds: [u64; 2],
) -> Case {
    Case {
        name,
        program,
        setting,
        rounds,
    }
}

fn main() {
    alone::run("stacks_cost_what_they_may", stacks_cost_what_they_may);
}

fn stacks_cost_what_they_may() {
    let release = ["--release", "--bins", "--config=profile.release.debug=1"];
    let folder = built::build("frame-pointers", &release).join("release");
    let has_frame_pointers = follows_frame_pointers(&folder.join("churn"));
    assert_eq!(
        has_frame_pointers,
        cfg!(any(target_arch = "x86_64", target_arch = "aarch64"))
    );
    let nanoseconds = times(&folder);
    let is_counted = Command::new("valgrind").arg("--version").output().is_ok();
    let instructions = CASES.each_ref().map(|case| match is_counted {
        true => count(&folder, case),
        false => 0.0,
    });
    println!(
        "{:<10}{:>14}{:>8}{:>12}{:>8}",
        "a round", "instructions", "", "ns", ""
    );
    for (at, case) in CASES.iter().enumerate() {
        let (count, time) = (instructions[at], nanoseconds[at]);
        let (counts, times) = (count / instructions[0], time / nanoseconds[0]);
        println!(
            "{:<10}{count:>14.2}{counts:>7.2}x{time:>12.1}{times:>7.2}x",
            case.name
        );
    }
    if !is_counted {
        println!("note: nothing asserted: `valgrind` is not installed");
        return;
    }
    let [_, off, sampled, every, dhat] = instructions;
    println!(
        "sampled / off {:.4}, dhat / every {:.1}",
        sampled / off,
        dhat / every
    );
    println!(
        "time: sampled / off {:.4}, dhat / every {:.1}",
        ratio(&folder, &CASES[2], &CASES[1]),
        nanoseconds[4] / nanoseconds[3]
    );
    assert!(sampled <= 1.03 * off, "sampled: {sampled} for {off}");
    assert!(
        dhat >= 10.0 * every,
        "every allocation: {every}, dhat {dhat}"
    );
}

fn follows_frame_pointers(churn: &Path) -> bool {
    let output = built::command(churn, EVERY)
        .args(["1000", "tell"])
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stderr).contains("frame pointers: true")
}

/// Nanoseconds of a round: of the fastest runs, as every case has them in turn. What the program's start costs, with the
/// first stacks, is in both times of a case.
fn times(folder: &Path) -> [f64; 5] {
    let mut fastest = [[f64::INFINITY; 2]; 5];
    for _ in 0..RUNS {
        for (case, fastest) in CASES.iter().zip(&mut fastest) {
            for (rounds, fastest) in timed(case).iter().zip(fastest) {
                *fastest = fastest.min(time(folder, case, *rounds));
            }
        }
    }
    let mut fastest = fastest.into_iter();
    CASES.each_ref().map(|case| {
        let [few, many] = timed(case);
        let [short, long] = fastest.next().expect("one for each");
        (long - short) / (many - few) as f64
    })
}

/// The time of one case over that of another, where they are too near to each other for the fastest runs: the median of
/// what runs right after one another have, as a machine is fast for a while and slow for a while.
fn ratio(folder: &Path, one: &Case, other: &Case) -> f64 {
    let round = |case: &Case| {
        let [few, many] = timed(case);
        (time(folder, case, many) - time(folder, case, few)) / (many - few) as f64
    };
    let turns = (0..TURNS).map(|turn| match turn % 2 {
        0 => round(one) / round(other),
        _ => 1.0 / (round(other) / round(one)),
    });
    let mut ratios: Vec<f64> = turns.collect();
    ratios.sort_by(f64::total_cmp);
    (ratios[TURNS / 2 - 1] + ratios[TURNS / 2]) / 2.0
}

/// More rounds than are counted: the clock is coarser.
fn timed(case: &Case) -> [u64; 2] {
    [case.rounds[0], 4 * case.rounds[1]]
}

/// Nanoseconds of a whole run.
fn time(folder: &Path, case: &Case, rounds: u64) -> f64 {
    let mut command = built::command(&folder.join(case.program), case.setting);
    let output = command.arg(rounds.to_string()).output().unwrap();
    assert!(output.status.success());
    let said = String::from_utf8_lossy(&output.stdout);
    said.trim().parse().unwrap()
}

/// Instructions of a round; what the program's start and end cost is in both counts.
fn count(folder: &Path, case: &Case) -> f64 {
    let [few, many] = case.rounds.map(|rounds| {
        let mut command = built::command(Path::new("valgrind"), case.setting);
        let output = command
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(folder.join(case.program))
            .arg(rounds.to_string())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        let (_, rest) = said
            .split_once("Collected :")
            .unwrap_or_else(|| panic!("{said}"));
        rest.split_whitespace()
            .next()
            .unwrap()
            .parse::<f64>()
            .unwrap()
    });
    (many - few) / (case.rounds[1] - case.rounds[0]) as f64
}
