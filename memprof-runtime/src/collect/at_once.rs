//! Whether nothing happened while a profiler lived, as where `let _ = Profiler::builder().build()` drops it at once: its report
//! has then nothing in it and reads as if no operation was ever called. One that is bound to a name where nothing follows looks
//! the same, so this is said and changes nothing: either way the report is of the profiler's own time.

use crate::record::own::current;
use crate::record::thread::Thread;
use memprof_report::{Report, Warning};
use std::ptr;
use std::time::{Duration, Instant};

/// What goes on for longer did not end at once, though its own thread did nothing.
const LONGEST: Duration = Duration::from_secs(1);

/// The moment in which a profiler was built.
#[derive(Debug)]
pub(super) struct Moment {
    /// Of its thread's words: to ask the standard library which thread this is may allocate.
    place: usize,
    allocations: u64,
    at: Instant,
}

impl Moment {
    /// Now. Not in a pause, in which the thread's figures are put aside.
    pub(super) fn now() -> Self {
        let allocations = current(Thread::totals).allocations;
        Self {
            place: current(|thread| ptr::from_ref(thread).addr()),
            allocations,
            at: Instant::now(),
        }
    }

    /// Whether nothing was allocated on its thread since then.
    pub(super) fn is_now(&self) -> bool {
        let now = Self::now();
        let is_same = now.place == self.place && now.allocations == self.allocations;
        is_same && now.at.duration_since(self.at) < LONGEST
    }
}

/// Warns in the report of such a profiler, unless something was called before or on other threads; what to say.
pub(super) fn warn(report: &mut Report) -> Option<&'static str> {
    let mut operations = report.operations.iter();
    if operations.any(|operation| operation.calls > 0) {
        return None;
    }
    let message = "nothing was called while the profiler lived: if something was meant to be, bind it to a name, `let \
                   _profiler = …`; `let _ = …` drops it at once";
    report.warnings.push(Warning {
        code: "nothing-profiled".to_owned(),
        message: message.to_owned(),
    });
    Some(message)
}
