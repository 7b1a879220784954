//! The rules, one function each.

use super::code::words;
use super::{File, Findings, examples};

/// The only places of `unsafe`, as beginnings of paths. All but the first three are no part of what users get.
const UNSAFE: &[&str] = &[
    "memprof-runtime/src/record/",
    "memprof-runtime/src/os/",
    "src/off.rs",
    // Inner allocators, and allocators called without a `Box` or `Vec` between.
    "benches/allocators.rs",
    "benches/threads.rs",
    "benches/instructions/src/fixed.rs",
    // No crate maps a file without it.
    "examples/kv_ring_buffer/src/shared.rs",
    // What another version of memprof leaves in a section.
    "cargo-memprof/tests/cli/crates/ends/copies.rs",
    "tests/",
];

/// Crates with one place of `unsafe` from the list above: they deny it, and that place allows it again.
const NOT_FORBIDDING: &[&str] = &[
    "src/lib.rs",
    "memprof-runtime/src/lib.rs",
    "benches/instructions/src/lib.rs",
    "examples/kv_ring_buffer/src/lib.rs",
];

/// Lines of a library's file: up to here it is long, beyond it is too long.
const LONG_LINES: usize = 500;
const MOST_LINES: usize = 600;

pub(super) fn check(file: &File, findings: &mut Findings) {
    machine_paths(file, &mut findings.errors);
    let Some(code) = &file.code else {
        return;
    };
    layers(file, code, &mut findings.errors);
    places_of_unsafe(file, code, &mut findings.errors);
    forbids_unsafe(file, code, &mut findings.errors);
    leftovers(file, code, &mut findings.errors);
    examples::check(file, code, &mut findings.errors);
    length(file, findings);
}

/// What runs inside the allocator knows nothing of what makes reports.
fn layers(file: &File, code: &str, errors: &mut Vec<String>) {
    if !file.path.starts_with("memprof-runtime/src/record/") {
        return;
    }
    for (number, line) in (1..).zip(code.lines()) {
        // The module, neither the method of iterators nor the macro of `inventory`.
        let is_module = |at: usize| {
            let is_method = line[..at].trim_end().ends_with('.');
            !is_method && !line[at..].starts_with("collect!")
        };
        let is_named = words(line, "collect").any(is_module);
        if is_named {
            errors.push(format!(
                "{}:{number}: `record/` never names `collect/`",
                file.path
            ));
        }
    }
}

fn places_of_unsafe(file: &File, code: &str, errors: &mut Vec<String>) {
    if UNSAFE.iter().any(|place| file.path.starts_with(place)) {
        return;
    }
    for (number, line) in (1..).zip(code.lines()) {
        // Not the token that a macro looks for, nor the functions that its tests feed it.
        let is_code = words(line, "unsafe").next().is_some();
        if is_code && !file.path.starts_with("memprof-macros/src/") {
            errors.push(format!(
                "{}:{number}: `unsafe` outside of its places",
                file.path
            ));
        }
    }
}

fn forbids_unsafe(file: &File, code: &str, errors: &mut Vec<String>) {
    let is_root = file.path == "src/lib.rs" || file.path.ends_with("/src/lib.rs");
    let is_empty = code.trim().is_empty();
    if !is_root || is_empty || NOT_FORBIDDING.contains(&file.path.as_str()) {
        return;
    }
    if !code.contains("#![forbid(unsafe_code)]") {
        errors.push(format!(
            "{}: `#![forbid(unsafe_code)]` is missing",
            file.path
        ));
    }
}

/// What is left from work in progress. Clippy knows some of it, but not in what it does not compile.
fn leftovers(file: &File, code: &str, errors: &mut Vec<String>) {
    for (number, line) in (1..).zip(code.lines()) {
        for left in ["todo!", "unimplemented!", "dbg!", "#[ignore"] {
            let found = match left.strip_suffix('!') {
                Some(name) => words(line, name).any(|at| line[at..].starts_with(left)),
                None => line.contains(left),
            };
            if found {
                errors.push(format!("{}:{number}: `{left}` is left", file.path));
            }
        }
    }
}

fn length(file: &File, findings: &mut Findings) {
    let is_library = file.path.starts_with("src/")
        || (file.path.starts_with("memprof-") && file.path.contains("/src/"));
    let lines = file.text.lines().count();
    if !is_library || lines <= LONG_LINES {
        return;
    }
    let finding = format!("{}: {lines} lines, at most {MOST_LINES}", file.path);
    if lines > MOST_LINES {
        findings.errors.push(finding);
    } else {
        findings.warnings.push(finding);
    }
}

/// Paths that exist on one machine only.
fn machine_paths(file: &File, errors: &mut Vec<String>) {
    // In two parts, so that this file may be looked at as well.
    let folders = ["home", "root", "Users", "work", "tmp"].map(|name| format!("/{name}/"));
    for (number, line) in (1..).zip(file.text.lines()) {
        let is_absolute = |at: usize| {
            let before = line[..at].chars().next_back();
            !before.is_some_and(|char| char.is_alphanumeric() || "._-/}>".contains(char))
        };
        let found = folders
            .iter()
            .any(|folder| line.match_indices(folder).any(|(at, _)| is_absolute(at)));
        if found || line.contains(concat!(":\\", "Users\\")) {
            errors.push(format!("{}:{number}: a path of one machine", file.path));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(path: &str, text: &str) -> Vec<String> {
        let mut findings = Findings::default();
        check(&File::new(path.to_owned(), text.to_owned()), &mut findings);
        findings.errors
    }

    #[test]
    fn the_recorder_never_names_the_collector() {
        let record = "memprof-runtime/src/record/row.rs";
        assert_eq!(errors(record, "use crate::{collect::sites, os};").len(), 1);
        assert_eq!(
            errors(record, "// collect\nlet a = b\n    .collect::<Vec<_>>();"),
            [""; 0]
        );
        assert_eq!(
            errors("memprof-runtime/src/lib.rs", "mod collect;"),
            [""; 0]
        );
    }

    #[test]
    fn unsafe_has_its_places() {
        let block = "fn f() { unsafe { g() } }";
        assert_eq!(errors("memprof-runtime/src/os/fork.rs", block), [""; 0]);
        assert_eq!(
            errors("memprof-runtime/src/collect/end.rs", block),
            ["memprof-runtime/src/collect/end.rs:1: `unsafe` outside of its places"]
        );
        assert_eq!(
            errors("src/macros.rs", "/// unsafe\nconst A: &str = \"unsafe\";"),
            [""; 0]
        );
    }

    #[test]
    fn library_roots_forbid_unsafe_code() {
        let root = "memprof-report/src/lib.rs";
        assert_eq!(errors(root, "//! #![forbid(unsafe_code)]\nmod a;").len(), 1);
        assert_eq!(errors(root, "#![forbid(unsafe_code)]\nmod a;"), [""; 0]);
    }

    #[test]
    fn nothing_is_left_over() {
        assert_eq!(
            errors("tests/a.rs", "fn f() { todo!() }\n#[ignore = \"\"]").len(),
            2
        );
        assert_eq!(errors("tests/a.rs", "my_todo!(); // dbg!(x)"), [""; 0]);
    }

    #[test]
    fn library_files_have_a_bound() {
        let long = "\n".repeat(MOST_LINES + 1);
        assert_eq!(errors("memprof-report/src/a.rs", &long).len(), 1);
        assert_eq!(errors("memprof-report/tests/a.rs", &long), [""; 0]);
    }

    #[test]
    fn paths_of_one_machine_are_found() {
        let path = format!("see {}me/notes", concat!("/", "home/"));
        assert_eq!(errors("README.md", &path).len(), 1);
        assert_eq!(
            errors("README.md", &format!("https://example.org{path}")).len(),
            1
        );
        assert_eq!(
            errors("README.md", "https://example.org/work/a, ./tmp/"),
            [""; 0]
        );
    }
}
