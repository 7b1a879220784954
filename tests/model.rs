//! Promise: for every program of allocations, reallocations, frees and scopes, on one to four threads,
//! memprof's figures are those of a plain model, to the byte: self figures and retained of every path,
//! inclusive figures, calls and peaks of every operation, the root's and the process's totals.
//!
//! Programs are random. Real threads run them in lock-step: a driver and its workers share one counter, and
//! the step that it names is its thread's turn. Between two snapshots (a *window*) nobody allocates but
//! the steps, hence the differences of the two are the steps' own, also on the root path. Windows
//! begin and end at any moment, so scopes are open in most of the snapshots.
//!
//! The model (`tests/model/`) knows nothing of memprof: it keeps lists of blocks and of open scopes.

mod alone;
mod model {
    pub(crate) mod compare;
    pub(crate) mod crew;
    pub(crate) mod figures;
    pub(crate) mod program;
    pub(crate) mod simulate;
}

use model::compare::{History, compare};
use model::crew::Crew;
use model::program::{Step, program, steps};
use model::simulate::Simulation;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};

#[global_allocator]
static ALLOCATOR: memprof::Allocator = memprof::Allocator::system();

fn main() {
    alone::run(
        "figures_are_those_of_the_model",
        figures_are_those_of_the_model,
    );
}

fn figures_are_those_of_the_model() {
    let config = Config {
        cases: 64,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(0x6d65_6d70_726f_6601),
        max_shrink_iters: 2_000,
        ..Config::default()
    };
    let result = TestRunner::new(config).run(&program(), |program| {
        run(&steps(&program)).map_err(TestCaseError::fail)
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

/// Runs the steps and the model side by side; the first difference.
fn run(steps: &[Step]) -> Result<(), String> {
    let mut simulation = Simulation::new();
    let crew = Crew::new(steps);
    let history = History::of(&memprof::snapshot());
    let result = std::thread::scope(|scope| {
        let workers: Vec<_> = crew
            .members()
            .map(|member| scope.spawn(move || member.work()))
            .collect();
        let stop = crew.stop_at_end();
        crew.wait_until_ready();
        let result = windows(steps, &crew, &mut simulation, &history);
        drop(stop);
        for worker in workers {
            worker.join().expect("workers do not panic");
        }
        result
    });
    result?;
    // The scopes that were open end, their threads too; a thread's end allocates on the root path.
    simulation.leave_all();
    compare(&history, None, &memprof::snapshot(), &simulation, None)?;
    // This thread, on the root path, frees what others left.
    let blocks = simulation.blocks();
    let model = simulation.begin_window();
    let before = memprof::snapshot();
    for (slot, layout) in &blocks {
        crew.free(*slot, *layout);
    }
    let after = memprof::snapshot();
    crew.check()?;
    simulation.free_all();
    compare(&history, Some(&before), &after, &simulation, Some(&model))
}

fn windows(
    steps: &[Step],
    crew: &Crew<'_>,
    simulation: &mut Simulation,
    history: &History,
) -> Result<(), String> {
    let mut next = 0;
    while next < steps.len() {
        let window = steps[next..].iter().position(|step| step.ends_window);
        let end = window.map_or(steps.len(), |length| next + length + 1);
        let model = simulation.begin_window();
        let before = memprof::snapshot();
        crew.run_until(end);
        let after = memprof::snapshot();
        crew.check()?;
        for step in &steps[next..end] {
            simulation.step(step);
        }
        compare(history, Some(&before), &after, simulation, Some(&model))
            .map_err(|error| format!("after step {end}: {error}"))?;
        next = end;
    }
    Ok(())
}
