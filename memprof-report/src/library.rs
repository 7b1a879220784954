//! Library frames: what of a call stack is of the standard library and of the collections that allocate for the program.
//!
//! They stand between the line of the program that allocates and the allocator, and say little of the program. Whoever
//! shows stacks leaves them out, unless they are asked for.

use std::collections::BTreeMap;

use crate::merge::add_stack;
use crate::{Frame, Report, StackReport};

/// Crates that allocate for whoever calls them.
const CRATES: [&str; 14] = [
    "alloc",
    "core",
    "std",
    "test",
    "hashbrown",
    "indexmap",
    "smallvec",
    "arrayvec",
    "thin_vec",
    "allocator_api2",
    "memprof",
    "memprof_runtime",
    "backtrace",
    "panic_unwind",
];
/// The folders of packages whose names differ from those of their crates, and of those that are often in a registry.
const PACKAGES: [&str; 9] = [
    "hashbrown",
    "indexmap",
    "smallvec",
    "arrayvec",
    "thin-vec",
    "allocator-api2",
    "memprof",
    "memprof-runtime",
    "backtrace",
];
/// Functions of the system that start a program or a thread.
const SYSTEM: [&str; 9] = [
    "main",
    "_start",
    "start",
    "__libc_start_main",
    "__libc_start_call_main",
    "start_thread",
    "clone",
    "clone3",
    "thread_start",
];

impl Frame {
    /// Whether the function is of the standard library, or of a crate whose collections allocate for the program, such as
    /// hashbrown: by its file, else by its name.
    ///
    /// ```
    /// use memprof_report::Frame;
    ///
    /// let of = |name: &str| Frame { function: Some(name.into()), ..Default::default() };
    /// assert!(of("alloc::vec::Vec<T>::push").is_library());
    /// assert!(of("<hashbrown::map::HashMap<K,V> as core::clone::Clone>::clone").is_library());
    /// assert!(!of("search::index::build").is_library());
    /// ```
    #[must_use]
    pub fn is_library(&self) -> bool {
        match (&self.file, &self.function) {
            (Some(file), function) => {
                let is_by_name = || function.as_deref().is_some_and(is_generated);
                is_library_file(&file.replace('\\', "/")) || is_by_name()
            }
            (None, Some(function)) => is_library_function(function),
            (None, None) => false,
        }
    }

    /// Whether it is of a package that cargo downloaded.
    pub(crate) fn is_downloaded(&self) -> bool {
        let file = self.file.as_deref().unwrap_or_default().replace('\\', "/");
        file.contains("/registry/src/") || file.contains("/git/checkouts/")
    }
}

fn is_library_file(file: &str) -> bool {
    // The standard library's own dependencies lie below `/rust/deps/`; a path without its beginning is that of a build
    // that trimmed it.
    const STANDARD: [&str; 2] = ["/rustlib/src/rust/", "/rust/deps/"];
    let of_rustc = file
        .split_once("/rustc/")
        .is_some_and(|(_, rest)| rest.contains("/library/"));
    if of_rustc || STANDARD.iter().any(|part| file.contains(part)) || file.starts_with("library/") {
        return true;
    }
    let folders = file.split('/').rev().skip(1);
    folders.into_iter().any(|folder| {
        PACKAGES.iter().any(|package| {
            let version = folder.strip_prefix(package);
            version
                .and_then(|rest| rest.strip_prefix('-'))
                .is_some_and(is_version)
        })
    }) || file.contains("/memprof-runtime/src/")
}

/// Behind a package's name in a registry's folder.
fn is_version(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit()) && text.contains('.')
}

/// What the compiler makes, with the user's file or none.
fn is_generated(function: &str) -> bool {
    ["__rust", "__rg_", "__rdl_"]
        .iter()
        .any(|start| function.starts_with(start))
}

fn is_library_function(function: &str) -> bool {
    let begin = function.trim_start_matches(|c: char| !(c.is_alphanumeric() || c == '_'));
    let of_crate = |name: &&str| -> bool {
        let rest = begin.strip_prefix(*name);
        rest.is_some_and(|rest| rest.starts_with("::"))
    };
    is_generated(begin)
        || begin.contains("__rust_alloc")
        || CRATES.iter().any(of_crate)
        || SYSTEM.contains(&begin)
}

impl Report {
    /// Leaves the library's frames out of all call stacks. Stacks that are then the same add up; one that has no other
    /// frames stays as it is.
    ///
    /// ```
    /// use memprof_report::{Frame, Report, StackReport};
    ///
    /// let mut report = Report::default();
    /// report.frames = ["alloc::vec::Vec<T>::push", "rank"]
    ///     .map(|name| Frame { function: Some(name.into()), ..Default::default() })
    ///     .into();
    /// report.stacks = vec![StackReport { frames: vec![0, 1], ..Default::default() }];
    /// report.hide_library_frames();
    /// assert_eq!(report.stacks[0].frames, [1]);
    /// ```
    pub fn hide_library_frames(&mut self) {
        self.stacks = of_users(&self.frames, &self.stacks);
    }
}

/// The stacks without the library's frames, in the order of their paths and frames.
pub(crate) fn of_users<'a>(
    frames: &[Frame],
    stacks: impl IntoIterator<Item = &'a StackReport>,
) -> Vec<StackReport> {
    let is_library: Vec<bool> = frames.iter().map(Frame::is_library).collect();
    // What leads nowhere, of a damaged document, is told by whoever shows it.
    let is_shown = |frame: &&usize| is_library.get(**frame) != Some(&true);
    let mut kept: BTreeMap<(usize, Vec<usize>, bool), StackReport> = BTreeMap::new();
    for stack in stacks {
        let mut shown: Vec<usize> = stack.frames.iter().filter(is_shown).copied().collect();
        if shown.is_empty() {
            shown.clone_from(&stack.frames);
        }
        match kept.entry((stack.path, shown.clone(), stack.truncated)) {
            std::collections::btree_map::Entry::Occupied(mut ours) => {
                add_stack(ours.get_mut(), stack)
            }
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(StackReport {
                    frames: shown,
                    ..stack.clone()
                });
            }
        }
    }
    kept.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(function: &str, file: Option<&str>) -> Frame {
        Frame {
            function: Some(function.into()),
            file: file.map(str::to_owned),
            ..Default::default()
        }
    }

    #[test]
    fn what_is_the_librarys_is_told_by_file_and_by_name() {
        let std = "/rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/alloc/src/vec/mod.rs";
        let hashbrown = "/c/.cargo/registry/src/index.crates.io-1/hashbrown-0.15.2/src/raw/mod.rs";
        let own = "/rust/deps/hashbrown-0.15.2/src/raw/mod.rs";
        for (function, file, is_library) in [
            ("push", Some(std), true),
            (
                "core::ops::function::FnOnce::call_once",
                Some("C:\\rustlib\\src\\rust\\library\\core\\src\\ops\\function.rs"),
                true,
            ),
            ("insert", Some(hashbrown), true),
            ("insert", Some(own), true),
            ("app::alloc::alloc", Some("src/alloc.rs"), false),
            (
                "serde_json::de::from_str",
                Some("/c/.cargo/registry/src/i/serde_json-1.0.1/src/de.rs"),
                false,
            ),
            ("mine", Some("/c/memprof-tools/src/main.rs"), false),
            ("mine", Some("/c/hashbrown-fork/src/main.rs"), false),
            (
                "<alloc::vec::Vec<T> as core::clone::Clone>::clone",
                None,
                true,
            ),
            ("<app::Index as core::clone::Clone>::clone", None, false),
            ("allocate::it", None, false),
            ("__rustc::__rust_alloc", None, true),
            ("main", None, true),
            ("app::main", None, false),
            ("qsort", None, false),
        ] {
            assert_eq!(
                frame(function, file).is_library(),
                is_library,
                "{function} {file:?}"
            );
        }
        assert!(!Frame::default().is_library());
    }

    #[test]
    fn stacks_that_are_the_same_to_the_user_add_up() {
        let frames = [
            frame("alloc::a", None),
            frame("std::b", None),
            frame("app::c", None),
        ];
        let stack = |frames: &[usize], bytes| StackReport {
            frames: frames.to_vec(),
            samples: 1,
            allocations: 1,
            allocated_bytes: bytes,
            retained_blocks: Some(1),
            retained_bytes: Some(bytes),
            ..Default::default()
        };
        let found = of_users(
            &frames,
            &[stack(&[0, 2], 10), stack(&[1, 0, 2], 5), stack(&[0, 1], 3)],
        );
        let found: Vec<_> = found
            .iter()
            .map(|it| (it.frames.as_slice(), it.allocated_bytes, it.retained_bytes))
            .collect();
        assert_eq!(
            found,
            [(&[0_usize, 1][..], 3, Some(3)), (&[2][..], 15, Some(15))]
        );
    }
}
