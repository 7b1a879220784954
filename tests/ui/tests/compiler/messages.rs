//! What the attributes say to a user who got something wrong: every message, word for word.
//!
//! Each file in `cases` is a program that does not compile; what the compiler says is in the file beside it.
//! `UI=overwrite cargo test -p ui` writes these anew.

use std::fs;
use std::path::{Path, PathBuf};

use crate::build::Memprof;
use crate::normalize::normalize;

/// The names of the cases, sorted.
fn cases() -> Vec<String> {
    let files = fs::read_dir(folder()).expect("the cases");
    let mut cases: Vec<String> = files
        .filter_map(|file| file.expect("a file").file_name().into_string().ok())
        .filter_map(|name| Some(name.strip_suffix(".rs")?.to_owned()))
        .collect();
    cases.sort();
    cases
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")
}

#[test]
fn messages() {
    let cases = cases();
    assert!(!cases.is_empty());
    let is_overwriting = std::env::var_os("UI").is_some_and(|value| value == "overwrite");
    let memprof = Memprof::build();
    let mut wrong = Vec::new();
    for case in &cases {
        let (is_compiled, said) = memprof.compile(case);
        let found = normalize(&said, case);
        let beside = folder().join(format!("{case}.stderr"));
        if is_overwriting {
            fs::write(&beside, &found).expect("written");
        }
        let expected = fs::read_to_string(&beside).unwrap_or_default();
        if is_compiled {
            wrong.push(format!("cases/{case}.rs compiles"));
        } else if found != expected {
            wrong.push(format!(
                "cases/{case}.rs\n--- expected\n{expected}\n--- found\n{found}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
