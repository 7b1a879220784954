//! Tells the crate what it is built for and by: `run.target`, `run.profile` and `run.rustc_version`; whether `asm!`
//! is stable there (`has_asm`); whether the compiler adds to memory in one instruction (`adds_in_place`); and whether it optimises (`optimised`).

use std::process::Command;

/// The architectures on which `asm!` is stable in the oldest compiler that we take.
const WITH_ASM: [&str; 9] = [
    "aarch64",
    "arm",
    "arm64ec",
    "loongarch64",
    "riscv32",
    "riscv64",
    "s390x",
    "x86",
    "x86_64",
];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(has_asm)");
    let architecture = std::env::var("CARGO_CFG_TARGET_ARCH").unwrap_or_default();
    let is_miri = std::env::var_os("CARGO_CFG_MIRI").is_some();
    if WITH_ASM.contains(&architecture.as_str()) && !is_miri {
        println!("cargo::rustc-cfg=has_asm");
    }
    println!("cargo::rustc-check-cfg=cfg(adds_in_place)");
    let is_optimised = std::env::var("OPT_LEVEL").is_ok_and(|level| level != "0");
    println!("cargo::rustc-check-cfg=cfg(optimised)");
    if is_optimised {
        println!("cargo::rustc-cfg=optimised");
    }
    if architecture == "x86_64" && is_optimised && !is_miri {
        println!("cargo::rustc-cfg=adds_in_place");
    }
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
