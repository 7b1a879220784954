//! The hint that work of operations lands outside any, since it was handed to threads without the context.

use super::say::{counted, were};
use crate::record::copy::Copied;
use memprof_report::Warning;

/// Less is not worth a word.
const LEAST_BYTES: u64 = 1 << 20;

/// Names the operation that the threads mostly freed blocks of, where they allocated much of all that was allocated.
pub(super) fn warning(copied: &Copied) -> Option<Warning> {
    let workers = copied.workers;
    let all: u64 = copied
        .figures
        .iter()
        .map(|path| path.allocated_bytes())
        .sum();
    if workers.bytes < LEAST_BYTES.max(all / 4) {
        return None;
    }
    let name = copied.nodes.get(workers.path as usize)?.site()?.name();
    Some(Warning {
        code: "work-outside".to_owned(),
        message: format!(
            "{} {} allocated outside any operation by {} that freed blocks of operations, most of \"{name}\": what an \
             operation hands to threads counts for it only with its context; use memprof::thread, memprof::tokio, \
             memprof::rayon (feature rayon) or memprof::Context",
            counted(workers.bytes, "byte"),
            were(workers.bytes),
            counted(workers.threads, "thread"),
        ),
    })
}
