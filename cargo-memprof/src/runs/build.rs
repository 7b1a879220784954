//! The build: which processes cargo started to build the programs. They find the run's environment as well, and are
//! there when cargo has to build and not there when it does not, so they are no part of a run.

use std::path::Path;

/// What compiles, by the names of its programs. A procedural macro is in one of them.
const COMPILERS: [&str; 4] = ["rustc", "rustdoc", "clippy-driver", "cargo"];

/// Whether this is the executable of a build script or of what compiles.
pub(crate) fn is_of_build(executable: &str) -> bool {
    let path = Path::new(executable);
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let directories = |number| {
        let above = path.ancestors().skip(1).take(number);
        above.filter_map(|directory| directory.file_name()?.to_str())
    };
    // `…/build/NAME-HASH/build-script-build`, and with a directory of its own for each package some levels deeper.
    let is_script = name.starts_with("build-script-") || name.starts_with("build_script_");
    // A compiler that the user is making stands elsewhere, and has no toolchain around it.
    let is_compiler = COMPILERS.contains(&&*name) && directories(1).any(|name| name == "bin");
    is_compiler || (is_script && directories(4).any(|name| name == "build"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn build_scripts_and_compilers_are_of_the_build() {
        for (executable, expected) in [
            (
                "/a/target/debug/build/demo-0123456789abcdef/build-script-build",
                true,
            ),
            ("/a/build/demo/0123456789abcdef/out/build-script-main", true),
            ("/a/target/debug/build/demo-01/build_script_build-01", true),
            ("/u/.rustup/toolchains/stable/bin/rustc", true),
            ("/usr/bin/rustdoc", true),
            ("/u/.cargo/bin/clippy-driver", true),
            // Programs of these names that the user makes.
            ("/a/target/debug/rustc", false),
            ("/a/target/debug/build-script-runner", false),
            ("/a/target/debug/deps/demo-0123456789abcdef", false),
            ("/t/rustdoctest1/rust_out", false),
            ("", false),
        ] {
            assert_eq!(is_of_build(executable), expected, "{executable}");
        }
    }
}
