//! The progress: how far a long piece of work is, in one line of the terminal that is gone at the end. There is
//! none where stderr is no terminal, where quiet was asked for, and of what is short.

use std::io::{self, IsTerminal, Write};

use crate::failure::is_quiet;

/// What has fewer steps is over before it is read.
const FEWEST_STEPS: usize = 20;

/// Work of so many steps.
pub(crate) struct Progress {
    verb: &'static str,
    steps: usize,
    step: usize,
    is_shown: bool,
}

impl Progress {
    pub(crate) fn new(verb: &'static str, steps: usize) -> Self {
        Self {
            verb,
            steps,
            step: 0,
            is_shown: steps >= FEWEST_STEPS && !is_quiet() && io::stderr().is_terminal(),
        }
    }

    /// Begins a step.
    pub(crate) fn step(&mut self) {
        self.step += 1;
        if self.is_shown {
            let (verb, step, steps) = (self.verb, self.step, self.steps);
            let _ = write!(io::stderr(), "\rmemprof: {verb} {step} of {steps} reports");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.is_shown {
            // Back to the line's beginning, and clear to its end.
            let _ = write!(io::stderr(), "\r\u{1b}[K");
        }
    }
}
