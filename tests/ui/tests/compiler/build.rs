//! Compiles the cases.
//!
//! Not by trybuild: it builds all that they need twice, for itself alone. Here memprof is built where the crates of
//! other tests are, as these are, so that what they have in common is built once.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The flags of `cargo memprof`, in whose tests memprof is built with its benches too.
const FLAGS: &str = "-Cforce-frame-pointers=yes";

/// memprof as the cases have it.
pub(crate) struct Memprof {
    folder: PathBuf,
    library: String,
}

impl Memprof {
    pub(crate) fn build() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let output = Command::new(env!("CARGO"))
            .args([
                "build",
                "--offline",
                "--message-format=json",
                "--manifest-path",
            ])
            .arg(lay_out(&folder.join("ui")))
            .arg("--target-dir")
            .arg(folder.join("crates"))
            .env_remove("CARGO_BUILD_TARGET")
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env("RUSTFLAGS", FLAGS)
            .output()
            .expect("cargo runs");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "memprof does not build: {errors}");
        let text = String::from_utf8(output.stdout).expect("cargo prints text");
        let messages = text
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let mut libraries = messages.filter(|message| message["target"]["name"] == "memprof");
        let library = libraries.next().expect("cargo tells of memprof");
        Self {
            folder: folder.join("crates/debug/deps"),
            library: library["filenames"][0].as_str().expect("a path").to_owned(),
        }
    }

    /// Whether a program compiles, and what the compiler says of it.
    pub(crate) fn compile(&self, case: &str) -> (bool, String) {
        let output = self
            .command(
                std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()),
                "2024",
            )
            // The path from here is in messages, and how long it is in where they are cut.
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .arg(format!("cases/{case}.rs"))
            .arg("--allow=dead_code")
            // Types are written out.
            .args(["--verbose", "--diagnostic-width=140", "--color=never"])
            .output()
            .expect("the compiler runs");
        let said = String::from_utf8(output.stderr).expect("the compiler prints text");
        (output.status.success(), said)
    }

    /// What clippy says of a library.
    pub(crate) fn lint(&self, source: &str, name: &str, edition: &str) -> Vec<Value> {
        let folder = self.folder.with_file_name("ui");
        fs::create_dir_all(&folder).expect("a directory");
        let file = folder.join(format!("{name}.rs"));
        fs::write(&file, source).expect("written");
        let output = self
            .command("clippy-driver".into(), edition)
            .arg(file)
            .args([
                "--crate-type=lib",
                "--error-format=json",
                "--cap-lints=warn",
            ])
            .output()
            .expect("clippy runs");
        let said = String::from_utf8(output.stderr).expect("clippy prints text");
        let messages = said.lines().map(serde_json::from_str);
        messages.map(|it| it.expect("JSON")).collect()
    }

    fn command(&self, compiler: OsString, edition: &str) -> Command {
        let mut command = Command::new(compiler);
        command
            .arg(format!("--edition={edition}"))
            .arg("--emit=metadata")
            .arg(format!("--extern=memprof={}", self.library))
            .arg(format!("-Ldependency={}", self.folder.display()))
            .arg("--out-dir")
            .arg(self.folder.with_file_name("ui"));
        command
    }
}

/// Writes an empty program that has memprof; its manifest.
fn lay_out(folder: &Path) -> PathBuf {
    let memprof = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let memprof = fs::canonicalize(memprof).expect("the repository");
    let manifest = format!(
        "[package]\nname = \"ui-cases\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [[bin]]\nname = \"ui-cases\"\npath = \"main.rs\"\n\n\
         [dependencies]\nmemprof = {{ path = {memprof:?}, features = [\"bench\"] }}\n\n\
         [profile.dev]\ndebug = false\nincremental = false\n\n[workspace]\n"
    );
    fs::create_dir_all(folder).expect("a directory");
    let file = folder.join("Cargo.toml");
    fs::write(&file, manifest).expect("the manifest");
    fs::write(folder.join("main.rs"), "fn main() {}\n").expect("the program");
    // The versions that this workspace is built with, which are there without a network.
    fs::copy(memprof.join("Cargo.lock"), folder.join("Cargo.lock")).expect("the lock file");
    file
}
