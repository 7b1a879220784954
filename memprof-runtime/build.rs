//! Tells the crate what it is built for and by: `run.target`, `run.profile` and `run.rustc_version`.

use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    for (name, variable) in [("MEMPROF_TARGET", "TARGET"), ("MEMPROF_PROFILE", "PROFILE")] {
        let value = std::env::var(variable).unwrap_or_default();
        println!("cargo::rustc-env={name}={value}");
    }
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output().ok();
    let version = version
        .and_then(|output| String::from_utf8(output.stdout).ok())
        .unwrap_or_default();
    println!("cargo::rustc-env=MEMPROF_RUSTC_VERSION={}", version.trim());
}
