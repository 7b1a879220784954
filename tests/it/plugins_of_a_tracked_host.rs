//! Promise: as `tests/plugins.rs`, where the host has memprof too: each side counts its own.
//!
//! A program that is linked statically, as those for musl, loads nothing.
#![cfg(all(unix, not(target_feature = "crt-static")))]

#[path = "../plugins/host.rs"]
mod host;

#[memprof::track("Host Work")]
fn work() -> Vec<u8> {
    std::hint::black_box(vec![1; 100])
}

#[test]
fn a_plugin_is_unloaded_and_loaded_again() {
    alone!();
    drop(work());
    host::loads_and_unloads("plugin_of_tracked_host");
    drop(work());

    let report = memprof::snapshot();
    assert_eq!(report.warnings, []);
    let row = report.operation("Host Work").expect("the operation");
    assert_eq!((row.calls, row.allocated_bytes), (2, 200));
    assert!(report.operation("Plugin Work").is_none());
}
