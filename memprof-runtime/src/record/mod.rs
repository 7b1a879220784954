//! What runs inside the allocator and at the boundaries of scopes.
//!
//! Nothing here allocates through the global allocator or panics; the locks in it are taken on cold paths only. Nothing
//! does I/O, but for a thread's first call stack: where its stack lies, glibc reads from a file for the main thread.
//! It never imports `collect/`. From the inside out: `word` (one number), `thread` (a thread's
//! words), `own` (where they are), `pending` (its events since the last boundary), `frames` (its open scopes), `freed` (what it gave back),
//! `interrupted` (by a signal handler), `level` (their cold path), `deallocate`, `reallocate`, `steady` (how others read them), `allocator`, `scope`, `context`, `call`,
//! `future`, `stream`, `handover`, `in_context` and `measure` (who writes them), `row`, `histogram` and
//! `paths` (what is kept), `registry`, `copy`, `late` and `children` (all threads), `inherited` (what a forked child leaves
//! out), `pause` (memprof's own work), `live` and `live_blocks` (the process's live bytes and blocks), `rooms` and `lone` (how
//! far threads may be from it), `peak_watch` (who looks
//! at the process at its peak), `composition`, `timeline` and `trend` (what was at which time), `detail` (sizes of
//! blocks, and who frees whose), `temporary` (blocks that their call frees), `switches` (which of these). Tools of these:
//! `lock`, `memory`, `opaque` (what the optimiser must not know).

pub(crate) mod allocator;
pub(crate) mod call;
pub(crate) mod children;
#[cfg(feature = "report")]
pub(crate) mod company;
pub(crate) mod composition;
pub(crate) mod context;
pub(crate) mod copy;
mod deallocate;
pub(crate) mod detail;
pub(crate) mod frames;
mod freed;
pub(crate) mod future;
pub(crate) mod handover;
pub(crate) mod histogram;
pub(crate) mod in_context;
pub(crate) mod inherited;
pub(crate) mod interrupted;
pub(crate) mod late;
pub(crate) mod level;
pub(crate) mod live;
pub(crate) mod live_blocks;
pub(crate) mod lock;
mod lone;
#[cfg(feature = "report")]
pub(crate) mod measure;
pub(crate) mod memory;
#[cfg(feature = "tracing")]
pub(crate) mod met;
mod opaque;
#[cfg(feature = "dhat")]
pub(crate) mod over_dhat;
pub(crate) mod own;
pub(crate) mod panicking;
pub(crate) mod paths;
pub(crate) mod pause;
pub(crate) mod peak_watch;
mod pending;
mod reallocate;
pub(crate) mod registration;
pub(crate) mod registry;
mod rooms;
pub(crate) mod row;
pub(crate) mod scope;
pub(crate) mod site;
pub(crate) mod sizes;
#[cfg(feature = "stacks")]
pub(crate) mod stacks;
#[cfg(not(feature = "stacks"))]
#[path = "no_stacks.rs"]
pub(crate) mod stacks;
mod steady;
#[cfg(feature = "stream")]
mod stream;
pub(crate) mod switches;
pub(crate) mod temporary;
pub(crate) mod thread;
pub(crate) mod timeline;
pub(crate) mod trend;
#[cfg(feature = "tracing")]
pub(crate) mod visit;
pub(crate) mod word;
pub(crate) mod workers;

#[cfg(windows)]
pub(crate) use pause::{goes_on_alone, others_were_killed};
pub(crate) use registry::{after_fork_in_child, after_fork_in_parent, before_fork, thread_ends};
pub(crate) use thread::Thread;
