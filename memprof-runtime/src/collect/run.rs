//! The facts of the run: what program, built how, since when.

use crate::record::inherited;
use memprof_report::{AllocatorInfo, Run};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Describes the run under `name`, or under the executable's own name.
pub(super) fn describe(name: Option<&str>, allocator: AllocatorInfo, threads: u64) -> Run {
    let executable = std::env::current_exe().unwrap_or_default();
    let own_name = || {
        let stem = executable.file_stem().unwrap_or_default();
        target_name(&executable).map_or_else(|| stem.to_string_lossy().into_owned(), str::to_owned)
    };
    let before_ns = inherited::forked_at_ns();
    let duration = crate::os::process::age().saturating_sub(Duration::from_nanos(before_ns));
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Run {
        name: name.map_or_else(own_name, str::to_owned),
        pid: std::process::id(),
        executable: executable.to_string_lossy().into_owned(),
        started_unix_ns: nanoseconds(now.saturating_sub(duration)),
        duration_ns: nanoseconds(duration),
        before_ns,
        target: env!("MEMPROF_TARGET").to_owned(),
        profile: env!("MEMPROF_PROFILE").to_owned(),
        memprof_version: env!("CARGO_PKG_VERSION").to_owned(),
        rustc_version: Some(env!("MEMPROF_RUSTC_VERSION").to_owned())
            .filter(|version| !version.is_empty()),
        allocator,
        threads,
        sample_rate: 0,
        sample_interval_bytes: None,
    }
}

/// Whether this is a program that `cargo test` or `cargo bench` built.
pub(super) fn is_of_cargo_test() -> bool {
    std::env::current_exe().is_ok_and(|executable| target_name(&executable).is_some())
}

/// What cargo calls a test or bench that it built as `deps/NAME-HASH`; `None` for any other program.
fn target_name(executable: &Path) -> Option<&str> {
    const HASH_DIGITS: usize = 16;
    let is_in_deps = executable.parent()?.file_name()? == "deps";
    let (name, hash) = executable.file_stem()?.to_str()?.rsplit_once('-')?;
    let is_hash = hash.len() == HASH_DIGITS && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_in_deps && is_hash && !name.is_empty()).then_some(name)
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::target_name;
    use std::path::Path;

    #[test]
    fn only_what_cargo_built_as_a_test_has_a_target_name() {
        for (executable, name) in [
            (
                "target/debug/deps/my-suite-0123456789abcdef",
                Some("my-suite"),
            ),
            (
                "target/debug/deps/suite-0123456789abcdef.exe",
                Some("suite"),
            ),
            ("target/debug/deps/suite", None),
            ("target/debug/deps/suite-0123456789abcde", None),
            ("target/debug/deps/suite-0123456789abcdeg", None),
            ("target/debug/suite-0123456789abcdef", None),
            ("suite-0123456789abcdef", None),
            ("", None),
        ] {
            assert_eq!(target_name(Path::new(executable)), name, "{executable}");
        }
    }
}
