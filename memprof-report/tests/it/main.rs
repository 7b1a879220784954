//! Every promise of `memprof-report`, a module each, in one program: none depends on state of the process, and linking
//! is most of what a test binary costs.

mod baseline;
mod baseline_errors;
mod baseline_text;
mod common;
mod diff;
mod diff_table;
mod formats;
mod fuzz;
mod growth;
mod growth_noise;
mod json;
mod leak_corpus;
mod leaks;
mod merge;
mod queries;
mod quiet;
mod schema;
mod selection;
mod since;
mod table;
mod tree;
mod write;
