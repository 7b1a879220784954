//! Tells the crate what it is built for and by: `run.target`, `run.profile` and `run.rustc_version`; whether `asm!`
//! is stable there (`has_asm`); whether the compiler adds to memory in one instruction (`adds_in_place`); whether it optimises
//! (`optimised`); and where the words of a thread are (`words_in_place`, `words_keyed`; see `record::own`).

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
    let atomics = std::env::var("CARGO_CFG_TARGET_HAS_ATOMIC").unwrap_or_default();
    if !atomics.split(',').any(|width| width == "64") {
        println!(
            "cargo::error=memprof counts with 64-bit atomics, which this target does not have. Depend on memprof with \
             `default-features = false` there: its attributes and allocators then do nothing"
        );
    }
    println!("cargo::rustc-check-cfg=cfg(words_in_place, words_keyed)");
    if let Some(words) = words() {
        println!("cargo::rustc-cfg={words}");
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

/// Where a thread's words are; `None`: where a thread-local pointer says.
fn words() -> Option<&'static str> {
    let of_target = |name| std::env::var(name).unwrap_or_default();
    let flags = of_target("CARGO_ENCODED_RUSTFLAGS");
    // For tests of what other targets have.
    println!("cargo::rerun-if-env-changed=MEMPROF_BUILD_WORDS");
    match of_target("MEMPROF_BUILD_WORDS").as_str() {
        "keyed" => return Some("words_keyed"),
        "pointed" => return None,
        _ => {}
    }
    // Thread-locals that a library frees by a key's destructor.
    if flags.contains("tls-model=emulated") {
        return Some("words_keyed");
    }
    // By the name: a target of one's own may have no thread-locals of the linker's making.
    if of_target("TARGET").contains("-linux-gnu") {
        return Some("words_in_place");
    }
    // There thread-locals are blocks that the standard library frees when a thread ends.
    if of_target("TARGET").ends_with("-windows-gnu") {
        return Some("words_keyed");
    }
    let with_pointer = [
        "dragonfly",
        "freebsd",
        "fuchsia",
        "linux",
        "netbsd",
        "solaris",
    ];
    let is_unix = std::env::var_os("CARGO_CFG_UNIX").is_some();
    let is_musl = of_target("TARGET").contains("-musl");
    let os = of_target("CARGO_CFG_TARGET_OS");
    let has_pointer = with_pointer.contains(&os.as_str()) && (os != "linux" || is_musl);
    (is_unix && !has_pointer).then_some("words_keyed")
}
