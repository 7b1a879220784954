//! Promise: a thread that allocates for the first time while the system destroys its keys, in whichever round, is counted and
//! harms nobody: its memory is gone afterwards, and so is all that memprof knows of it. Whether the key is older or newer than
//! memprof's.
#![forbid(unsafe_op_in_unsafe_fn)]

#[cfg(unix)]
mod alone;
#[cfg(unix)]
#[path = "late_first_events/rounds.rs"]
mod rounds;

fn main() {
    #[cfg(unix)]
    rounds::main();
}
