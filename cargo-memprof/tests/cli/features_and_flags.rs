//! What a run adds to cargo's arguments: the memory feature and frame pointers, and nothing else.

use crate::directory::run;
use crate::krate::{MEMPROF, PROFILE, krate, plain};

/// A program that tells a flag of the user's and one of memprof's.
const TELLS: &str = "fn main() { println!(\"mine: {}\", cfg!(mine)); }\n";

#[test]
fn the_memory_feature_is_enabled() {
    let krate = krate();
    let manifest = format!(
        "[package]\nname = \"demo\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
         [features]\nmemory = [\"memprof/enabled\"]\n\n\
         [dependencies]\nmemprof = {{ path = {MEMPROF:?}, default-features = false }}\n\n[workspace]\n\n{PROFILE}"
    );
    krate.write("Cargo.toml", manifest);
    let outcome = krate.memprof(&["run", "--", "5"]);
    let line = "\nWork: Allocated: 5 bytes, Deallocated: 0 bytes, Net: 5 bytes\n";
    assert!(
        outcome.expect(0).stdout.contains(line),
        "{}",
        outcome.stdout
    );
    // Off, there is nothing to report.
    let outcome = krate.memprof(&["run", "--no-memory-feature", "--", "5"]);
    assert_eq!(outcome.expect(1).stdout, "worked: 5\n");
    assert!(
        outcome
            .stderr
            .contains("\nerror: no process wrote a report: "),
        "{}",
        outcome.stderr
    );
}

#[test]
fn frame_pointers_are_added_to_the_flags_that_are_there() {
    let ours = "-Cforce-frame-pointers=yes";
    let krate = plain(TELLS);
    let cfg = "--cfg mine";
    let mut number = 0;
    let mut expect =
        |environment: &[(&str, &str)], options: &[&str], is_mine: bool, is_ours: bool| {
            // What is fresh is not built, and its flags are not shown.
            number += 1;
            krate.write("src/main.rs", format!("// {number}\n{TELLS}"));
            let arguments = [&["run", "-v"], options].concat();
            let mut command = krate.command(&arguments);
            let outcome = run(command.envs(environment.iter().copied()));
            // There is nothing of memprof in it.
            assert_eq!(outcome.expect(1).stdout, format!("mine: {is_mine}\n"));
            assert_eq!(outcome.stderr.contains(ours), is_ours, "{}", outcome.stderr);
        };
    expect(&[], &[], false, true);
    expect(&[], &["--no-frame-pointers"], false, false);
    expect(&[("RUSTFLAGS", cfg)], &[], true, true);
    expect(
        &[("CARGO_ENCODED_RUSTFLAGS", "--cfg\u{1f}mine")],
        &[],
        true,
        true,
    );
    // Cargo takes it, empty as it is.
    expect(&[("RUSTFLAGS", "")], &[], false, true);
    expect(&[("CARGO_ENCODED_RUSTFLAGS", "")], &[], false, true);
    expect(&[("CARGO_BUILD_RUSTFLAGS", cfg)], &[], true, true);
    if cfg!(all(
        target_arch = "x86_64",
        target_os = "linux",
        target_env = "gnu"
    )) {
        let of_target = "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS";
        expect(&[(of_target, cfg)], &[], true, true);
    }
    let list = "build.rustflags=[\"--cfg\", \"mine\"]";
    expect(&[], &["--config", list], true, true);
    // Cargo cannot join a string that is typed with another.
    let text = "build.rustflags=\"--cfg mine\"";
    expect(&[], &["--config", text], true, false);
    for (configuration, is_ours) in [
        ("[build]\nrustflags = [\"--cfg\", \"mine\"]\n", true),
        (
            "[target.'cfg(all())']\nrustflags = [\"--cfg\", \"mine\"]\n",
            true,
        ),
        ("[target.'cfg(all())']\nrustflags = \"--cfg mine\"\n", true),
        ("[build]\nrustflags = \"--cfg mine\"\n", true),
    ] {
        krate.write(".cargo/config.toml", configuration);
        expect(&[], &[], true, is_ours);
    }
    expect(&[("RUSTFLAGS", "")], &[], false, true);
}

#[test]
fn flags_that_leave_no_room_for_frame_pointers_are_told() {
    let krate = plain(TELLS);
    let text = "build.rustflags=\"--cfg mine\"";
    let outcome = krate.memprof(&["run", "--config", text]);
    let notice = "memprof: built without frame pointers, so that call stacks take longer: `--config` has \
                  `build.rustflags` as a string: give a list\n";
    assert!(
        outcome.expect(1).stderr.starts_with(notice),
        "{}",
        outcome.stderr
    );
    let outcome = krate.memprof(&["run", "--no-frame-pointers", "--config", text]);
    assert!(
        !outcome.expect(1).stderr.contains(notice),
        "{}",
        outcome.stderr
    );
}
