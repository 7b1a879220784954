//! The system's hooks, each a thin wrapper: notice of a thread's end, of `fork`, and of the process's end.
//!
//! On Unix they are pthread keys, `pthread_atfork` and `atexit`; elsewhere the documented fallback stands
//! beside them. `unsafe` lives here and in `record/` only.

pub(crate) mod fork;
pub(crate) mod process_exit;
pub(crate) mod thread_exit;
