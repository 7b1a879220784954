//! The state at a report's end, apart from what happened in its time: of two parts of one process's time the later has it.

use crate::{Refusal, Report};

impl Report {
    /// Adds the report of an earlier part of the same process's time, such as that of its profiler before. What lives and
    /// is retained is what this report says.
    ///
    /// # Errors
    /// As [`Report::merge`].
    #[doc(hidden)]
    pub fn add_earlier_part(&mut self, earlier: &Self) -> Result<(), Refusal> {
        let _quiet = self.pause();
        let mut earlier = earlier.clone();
        earlier.forget_state();
        self.merge(&earlier)
    }

    fn forget_state(&mut self) {
        let process = &mut self.process;
        (
            process.live_blocks,
            process.live_bytes,
            process.overhead_bytes,
        ) = (0, 0, 0);
        process.external_bytes = process.external_bytes.map(|_| 0);
        self.run.threads = 0;
        let none = |figure: &mut Option<u64>| *figure = figure.map(|_| 0);
        for row in &mut self.operations {
            (row.open_calls, row.external_bytes) = (0, 0);
            none(&mut row.retained_blocks);
            none(&mut row.retained_bytes);
            none(&mut row.self_figures.retained_blocks);
            none(&mut row.self_figures.retained_bytes);
        }
        for row in &mut self.paths {
            row.open_calls = 0;
            none(&mut row.retained_blocks);
            none(&mut row.retained_bytes);
        }
        for stack in &mut self.stacks {
            none(&mut stack.retained_blocks);
            none(&mut stack.retained_bytes);
        }
        for row in &mut self.external {
            (row.regions, row.bytes) = (0, 0);
        }
    }
}
