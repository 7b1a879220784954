//! The system's hooks, each a thin wrapper: notice of a thread's end, of `fork`, of the process's
//! end, what it knows of the process, and what allocators tell of themselves.
//!
//! On Unix they are pthread keys, `pthread_atfork` and `atexit`; elsewhere the documented fallback stands
//! beside them. `unsafe` lives here and in `record/` only.

pub(crate) mod copies;
pub(crate) mod errno;
pub(crate) mod fork;
pub(crate) mod heap;
#[cfg(feature = "report")]
pub(crate) mod object;
#[cfg(not(words_in_place))]
pub(crate) mod pages;
pub(crate) mod parking;
pub(crate) mod pin;
pub(crate) mod process;
pub(crate) mod process_exit;
pub(crate) mod process_start;
#[cfg(feature = "stacks")]
pub(crate) mod stack;
pub(crate) mod thread_exit;
