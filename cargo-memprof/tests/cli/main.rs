//! `cargo memprof` end to end: the built program is run in fresh crates and directories, and what it prints,
//! writes and exits with is compared.
#![forbid(unsafe_code)]

mod bad_input;
mod bad_output;
mod bounds;
mod comment;
mod compare;
mod directory;
mod ends;
mod features_and_flags;
mod formats;
mod init;
mod journey;
mod krate;
mod last_run;
mod list_and_merge;
mod look;
mod run;
mod samples;
mod switched;
mod terminal;
mod workflow;
mod workspace;
