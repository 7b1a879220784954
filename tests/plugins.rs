//! Promise: a plugin that has memprof can be unloaded while threads live that it was called on, and loaded again any number
//! of times: the host goes on, and loses no keys for thread-locals.
//!
//! The plugin is a crate of its own (`tests/plugins/plugin.rs`), the host is this test, once without memprof and, as
//! `plugins_of_a_tracked_host`, once with it.
//!
//! A program that is linked statically, as those for musl, loads nothing.
#![cfg(all(unix, not(target_feature = "crt-static")))]

#[path = "plugins/host.rs"]
mod host;

#[test]
fn a_plugin_is_unloaded_and_loaded_again() {
    host::loads_and_unloads("plugin_of_plain_host");
}
