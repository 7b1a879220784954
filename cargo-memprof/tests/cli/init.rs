//! `init`: what it writes, says and leaves alone.

use crate::directory::Directory;
use crate::krate::{krate, plain};

const FILES: [&str; 3] = [
    "memory_profiling.toml",
    "benches/memory.rs",
    ".github/workflows/memory.yml",
];

#[test]
fn a_package_is_set_up_once() {
    let krate = plain("fn main() {}");
    let manifest = krate.read("Cargo.toml");
    let next = "next: `cargo add memprof`, and `#[memprof::track]` on the functions that matter\n\
                next: `cargo add --dev memprof --features bench`, for the bench\n";

    let before = krate.files();
    let outcome = krate.memprof(&["init", "--dry-run"]);
    assert_eq!(
        outcome.expect(0).stdout,
        "would write memory_profiling.toml\nwould write benches/memory.rs\nwould add a bench target to \
         Cargo.toml\nwould write .github/workflows/memory.yml\n"
            .to_owned()
            + next
    );
    assert_eq!(krate.files(), before);

    let outcome = krate.memprof(&["init"]);
    assert_eq!(
        outcome.expect(0).stdout,
        "wrote memory_profiling.toml\nwrote benches/memory.rs\nadded a bench target to Cargo.toml\nwrote \
         .github/workflows/memory.yml\n"
            .to_owned()
            + next
    );
    let target = "\n[[bench]]\nname = \"memory\"\nharness = false\n";
    assert_eq!(krate.read("Cargo.toml"), manifest + target);
    assert_eq!(
        krate.read(FILES[2]),
        include_str!("../../templates/memory.yml")
    );

    let before = krate.files();
    let outcome = krate.memprof(&["init"]);
    assert_eq!(
        outcome.expect(0).stdout,
        "kept memory_profiling.toml\nkept benches/memory.rs\nkept Cargo.toml\nkept \
         .github/workflows/memory.yml\n"
            .to_owned()
            + next
    );
    assert_eq!(krate.files(), before);
    assert_eq!(krate.memprof(&["init", "--quiet"]).expect(0).stdout, "");
}

#[test]
fn what_is_there_is_not_overwritten() {
    for taken in FILES {
        let krate = plain("fn main() {}");
        krate.write(taken, "mine");
        let outcome = krate.memprof(&["init"]);
        assert!(
            outcome
                .expect(0)
                .stdout
                .contains(&format!("kept {taken}\n")),
            "{}",
            outcome.stdout
        );
        assert_eq!(krate.read(taken), "mine");
        // A bench of theirs needs what it needs.
        let is_ours = outcome.stdout.contains("--features bench");
        assert_eq!(is_ours, taken != "benches/memory.rs");
        for other in FILES.iter().filter(|file| **file != taken) {
            assert!(krate.read(other).len() > 100, "{other}");
        }
    }
}

#[test]
fn the_configuration_is_one_and_a_workflow_stands_in_the_repository() {
    let krate = krate();
    krate.write("repository/.git/HEAD", "");
    krate.write(
        "repository/crates/a/Cargo.toml",
        "[package]\nname = \"a\"\n\n[dependencies]\nmemprof = \"0.1\"\n\n[dev-dependencies]\nmemprof = { \
         version = \"0.1\", features = [\"bench\"] }",
    );
    let outcome = krate.memprof(&["init", "repository/crates/a"]);
    assert!(
        !outcome.expect(0).stdout.contains("next: "),
        "{}",
        outcome.stdout
    );
    assert!(
        krate
            .path("repository/.github/workflows/memory.yml")
            .is_file()
    );
    let manifest = krate.read("repository/crates/a/Cargo.toml");
    assert!(
        manifest.ends_with("[\"bench\"] }\n\n[[bench]]\nname = \"memory\"\nharness = false\n"),
        "{manifest}"
    );

    // Every key is one that memprof knows: with all of them switched on it says nothing.
    let configuration = krate.read("repository/crates/a/memory_profiling.toml");
    let switched_on: String = configuration
        .lines()
        .map(|line| {
            line.strip_prefix("# ")
                .filter(|rest| rest.contains(" = "))
                .unwrap_or(line)
                .to_owned()
                + "\n"
        })
        .collect();
    assert_eq!(switched_on.matches("\n# ").count(), 1, "{switched_on}");
    krate.write("memory_profiling.toml", switched_on);
    let outcome = krate.memprof(&["run", "--", "5"]);
    assert!(
        !outcome.expect(0).stderr.contains("unknown"),
        "{}",
        outcome.stderr
    );
    assert!(
        !outcome.stderr.contains("the defaults apply"),
        "{}",
        outcome.stderr
    );
}

#[test]
fn without_a_package_nothing_is_written() {
    let directory = Directory::new();
    let init = || directory.memprof(&["init"]);
    init().expect_error(
        1,
        "there is no package: `Cargo.toml` does not exist",
        "or make one with `cargo init`",
    );
    directory.write("Cargo.toml", "[workspace]\n");
    init().expect_error(
        1,
        "`Cargo.toml` has no package, only a workspace",
        ": name the directory of a member",
    );
    directory.write("Cargo.toml", "[package\n");
    init().expect_error(1, "`Cargo.toml` is no manifest: ", ": correct it");
    directory.write("Cargo.toml", "bench = 7\n[package]\nname = \"a\"\n");
    init().expect_error(
        1,
        "no bench target can be added to `Cargo.toml`",
        "to its list",
    );
    directory
        .write("Cargo.toml", "[package]\nname = \"a\"\n")
        .write("memory_profiling.toml/file", "");
    init().expect_error(
        1,
        "`memory_profiling.toml` cannot be written: it is a directory",
        ": move it away",
    );
    assert_eq!(directory.files().len(), 2);
}

#[cfg(unix)]
#[test]
fn a_package_that_cannot_be_written_is_told() {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt;
    let directory = Directory::new();
    directory
        .write("good.json", "")
        .write("a/Cargo.toml", "[package]\nname = \"a\"\n");
    set_permissions(directory.path("a"), Permissions::from_mode(0o555)).unwrap();
    let outcome = crate::bad_output::unprivileged(&directory, &["init", "a"]);
    outcome.expect_error(
        1,
        "`a/memory_profiling.toml` cannot be written: no permission",
        ": make its directory writable to you, or name another place",
    );
    set_permissions(directory.path("a"), Permissions::from_mode(0o755)).unwrap();
}
