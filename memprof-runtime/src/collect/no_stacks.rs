//! Call stacks when the feature `stacks` is off: none. The settings that ask for them are told to have no
//! effect by `config::effect`.

use super::config::Config;
use super::settings::Settings;
use super::tree::Tree;
use memprof_report::Report;

pub(super) fn begin(_settings: &Settings) {}

pub(super) fn end() {}

pub(super) fn fill(_report: &mut Report, _tree: &Tree<'_>, _config: &Config) {}

pub(super) fn before_fork() {}

pub(super) fn after_fork() {}
